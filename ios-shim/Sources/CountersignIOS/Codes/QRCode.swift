// A QR code to be scanned by another phone: an authenticator account that moves there.

#if canImport(CoreImage) && canImport(CoreGraphics)
    import CoreGraphics
    import CoreImage
    import CoreImage.CIFilterBuiltins
    import Foundation

    public enum QRCode {
        /// `text` as a QR code, a pixel to a square, dark on light: draw it large, without interpolation, and with
        /// some white around it. None where it is too long for one, some 2,000 characters.
        public static func image(of text: String) -> CGImage? {
            let filter = CIFilter.qrCodeGenerator()
            filter.message = Data(text.utf8)
            filter.correctionLevel = "M"
            guard let drawn = filter.outputImage else { return nil }
            return CIContext().createCGImage(drawn, from: drawn.extent)
        }
    }
#endif

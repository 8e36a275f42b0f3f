// The camera that reads a pairing's QR code.

#if canImport(AVFoundation) && canImport(UIKit) && canImport(SwiftUI)
    @preconcurrency import AVFoundation
    import SwiftUI
    import UIKit

    /// Shows the camera and says what the first QR code in sight holds. The app's Info.plist needs
    /// `NSCameraUsageDescription`.
    public struct QRScanner: UIViewControllerRepresentable {
        private let found: @MainActor (String) -> Void
        private let unavailable: @MainActor () -> Void

        /// `unavailable`: there is no camera, or it was refused to this app. Offer to type the link.
        public init(
            found: @escaping @MainActor (String) -> Void, unavailable: @escaping @MainActor () -> Void
        ) {
            self.found = found
            self.unavailable = unavailable
        }

        public func makeUIViewController(context: Context) -> QRScannerController {
            QRScannerController(found: found, unavailable: unavailable)
        }

        public func updateUIViewController(_ controller: QRScannerController, context: Context) {}
    }

    /// The camera's view.
    public final class QRScannerController: UIViewController, AVCaptureMetadataOutputObjectsDelegate {
        private let found: @MainActor (String) -> Void
        private let unavailable: @MainActor () -> Void
        // Starting and stopping block, so they happen on a queue of their own.
        private nonisolated(unsafe) let session = AVCaptureSession()
        private let queue = DispatchQueue(label: "io.countersign.camera")
        private var preview: AVCaptureVideoPreviewLayer?
        /// The camera goes on seeing the code until it has stopped: it is told once.
        private var told = false

        init(found: @escaping @MainActor (String) -> Void, unavailable: @escaping @MainActor () -> Void) {
            self.found = found
            self.unavailable = unavailable
            super.init(nibName: nil, bundle: nil)
        }

        @available(*, unavailable)
        required init?(coder: NSCoder) { fatalError("made in code alone") }

        override public func viewDidLoad() {
            super.viewDidLoad()
            view.backgroundColor = .black
            Task {
                guard await AVCaptureDevice.requestAccess(for: .video), setUp() else { return unavailable() }
                queue.async { [session] in session.startRunning() }
            }
        }

        override public func viewDidLayoutSubviews() {
            super.viewDidLayoutSubviews()
            preview?.frame = view.bounds
        }

        override public func viewWillDisappear(_ animated: Bool) {
            super.viewWillDisappear(animated)
            queue.async { [session] in session.stopRunning() }
        }

        private func setUp() -> Bool {
            guard let camera = AVCaptureDevice.default(for: .video),
                let input = try? AVCaptureDeviceInput(device: camera), session.canAddInput(input)
            else { return false }
            session.addInput(input)
            let output = AVCaptureMetadataOutput()
            guard session.canAddOutput(output) else { return false }
            session.addOutput(output)
            output.setMetadataObjectsDelegate(self, queue: .main)
            output.metadataObjectTypes = [.qr]
            let preview = AVCaptureVideoPreviewLayer(session: session)
            preview.videoGravity = .resizeAspectFill
            view.layer.addSublayer(preview)
            self.preview = preview
            return true
        }

        public nonisolated func metadataOutput(
            _ output: AVCaptureMetadataOutput, didOutput objects: [AVMetadataObject],
            from connection: AVCaptureConnection
        ) {
            let codes = objects.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }
            guard let text = codes.first else { return }
            // On the main queue, as asked for above.
            MainActor.assumeIsolated { report(text) }
        }

        private func report(_ text: String) {
            guard !told else { return }
            told = true
            queue.async { [session] in session.stopRunning() }
            UINotificationFeedbackGenerator().notificationOccurred(.success)
            found(text)
        }
    }
#endif

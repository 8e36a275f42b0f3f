// The sample's QR codes, read back.

package io.countersign.android

import com.google.zxing.BinaryBitmap
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import io.countersign.sample.QrCode
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals

class QrCodeTest {
    @Test
    fun what_is_exported_is_what_another_phone_scans() {
        val link = "otpauth://totp/ACME:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=ACME&algorithm=SHA1&digits=6&period=30"
        val seen = RGBLuminanceSource(768, 768, QrCode.pixels(link, 768))
        assertEquals(link, QRCodeReader().decode(BinaryBitmap(HybridBinarizer(seen))).text)
    }
}

// A QR code to be scanned by another phone.

package io.countersign.sample

import android.graphics.Bitmap
import android.graphics.Color
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter

internal object QrCode {
    /** A square of `side` pixels, dark on light whatever the theme: not every scanner reads the opposite. */
    fun pixels(text: String, side: Int): IntArray {
        val drawn = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, side, side)
        return IntArray(side * side) { if (drawn.get(it % side, it / side)) Color.BLACK else Color.WHITE }
    }

    fun picture(text: String, side: Int): Bitmap =
        Bitmap.createBitmap(pixels(text, side), side, side, Bitmap.Config.ARGB_8888)
}

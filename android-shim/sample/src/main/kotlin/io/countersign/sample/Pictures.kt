// Tenants' pictures, from their own servers.

package io.countersign.sample

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import java.util.concurrent.ConcurrentHashMap

internal object Pictures {
    private const val LIMIT = 5_000
    private val kept = ConcurrentHashMap<String, Bitmap>()

    /** The picture at an address, which changes with the picture; none where it cannot be had. */
    suspend fun at(address: String): Bitmap? =
        kept[address] ?: withContext(Dispatchers.IO) { fetch(address) }?.also { kept[address] = it }

    private fun fetch(address: String): Bitmap? = try {
        val connection = URL(address).openConnection() as HttpURLConnection
        connection.connectTimeout = LIMIT
        connection.readTimeout = LIMIT
        connection.instanceFollowRedirects = false
        connection.inputStream.use(BitmapFactory::decodeStream)
    } catch (_: IOException) {
        null
    }
}

// The core's way to its servers: HttpURLConnection, which brings the phone's trust store, proxies and the app's
// network security configuration.

package io.countersign.android

import io.countersign.mobile.HttpClient
import io.countersign.mobile.HttpException
import io.countersign.mobile.HttpHeader
import io.countersign.mobile.HttpOpened
import io.countersign.mobile.HttpRequest
import io.countersign.mobile.HttpResponse
import io.countersign.mobile.HttpStream
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URI
import java.security.cert.CertificateException
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLPeerUnverifiedException
import kotlin.coroutines.cancellation.CancellationException

/** Follows no redirects, keeps no cookies, sends nothing twice. A cancelled call closes its connection. */
class UrlHttp(
    private val limits: Limits = Limits(),
    private val io: CoroutineDispatcher = Dispatchers.IO,
) : HttpClient {
    /** In milliseconds. `whole` is for an answer to be there entirely, or to begin where it is a stream, `silence` for the next piece of a stream. */
    data class Limits(val connect: Int = 5_000, val whole: Int = 15_000, val silence: Int = 40_000)

    override suspend fun send(request: HttpRequest): HttpResponse {
        val call = Call(request, limits.connect, limits.whole, io)
        val answer = withTimeoutOrNull(limits.whole.toLong()) {
            call.run { connection ->
                val body = bodyOf(connection).use(::readAll)
                HttpResponse(connection.responseCode.toUShort(), headersOf(connection), body)
            }
        }
        return answer ?: throw HttpException.Unreachable("no answer in ${limits.whole} ms")
    }

    override suspend fun open(request: HttpRequest): HttpOpened {
        val call = Call(request, limits.connect, limits.silence, io)
        // The head of an answer comes as soon as an answer does: what may be silent for longer is the stream.
        val opened = withTimeoutOrNull(limits.whole.toLong()) {
            call.run { connection ->
                val body = bodyOf(connection)
                HttpOpened(connection.responseCode.toUShort(), UrlStream(call, body))
            }
        }
        return opened ?: throw HttpException.Unreachable("no answer in ${limits.whole} ms")
    }

    private companion object {
        /** More than any real answer. */
        const val MOST_BYTES = 64 * 1024

        fun readAll(body: InputStream): ByteArray {
            val read = ByteArrayOutputStream()
            val piece = ByteArray(8192)
            while (true) {
                val count = body.read(piece)
                if (count < 0) return read.toByteArray()
                read.write(piece, 0, count)
                if (read.size() > MOST_BYTES) throw HttpException.TooLong()
            }
        }

        /** An answer of 400 or 500 is read as any other. */
        fun bodyOf(connection: HttpURLConnection): InputStream = when {
            connection.responseCode < HttpURLConnection.HTTP_BAD_REQUEST -> connection.inputStream
            else -> connection.errorStream ?: ByteArrayInputStream(ByteArray(0))
        }

        fun headersOf(connection: HttpURLConnection): List<HttpHeader> =
            connection.headerFields.orEmpty().flatMap { (name: String?, values) ->
                // The status line has no name.
                if (name == null) emptyList() else values.map { HttpHeader(name.lowercase(), it) }
            }
    }
}

/** One request: its blocking calls on threads of their own, ended by closing the connection under them. */
internal class Call(
    private val request: HttpRequest,
    private val connectLimit: Int,
    private val readLimit: Int,
    io: CoroutineDispatcher,
) {
    private val scope = CoroutineScope(SupervisorJob() + io)
    private val connection: HttpURLConnection by lazy(::prepare)

    suspend fun <T> run(block: (HttpURLConnection) -> T): T = blocking {
        if (request.body.isNotEmpty()) connection.outputStream.use { it.write(request.body) }
        block(connection)
    }

    /** Runs `block`, which may block; a cancelled caller does not wait for it. */
    suspend fun <T> blocking(block: () -> T): T {
        val done = CompletableDeferred<T>()
        scope.launch {
            try {
                done.complete(block())
            } catch (fault: Throwable) {
                done.completeExceptionally(httpError(fault))
            }
        }
        try {
            return done.await()
        } catch (cancelled: CancellationException) {
            close()
            throw cancelled
        }
    }

    /** Off the caller's thread: closing a TLS connection says good-bye over the network. */
    fun close() {
        scope.launch { connection.disconnect() }
    }

    private fun prepare(): HttpURLConnection {
        val connection = URI(request.url).toURL().openConnection() as HttpURLConnection
        connection.requestMethod = request.method
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        connection.connectTimeout = connectLimit
        connection.readTimeout = readLimit
        request.headers.forEach { connection.setRequestProperty(it.name, it.value) }
        // A connection that was kept could be dead: the platform would then send the request a second time,
        // and a server takes each signed call once.
        connection.setRequestProperty("connection", "close")
        connection.doOutput = request.body.isNotEmpty()
        return connection
    }
}

/** An answer whose body is still coming. */
private class UrlStream(private val call: Call, private val body: InputStream) : HttpStream {
    private val buffer = ByteArray(4096)

    override suspend fun next(): ByteArray? = call.blocking {
        val count = body.read(buffer)
        if (count < 0) null else buffer.copyOf(count)
    }

    override fun stop() = call.close()
}

/** What went wrong on the way. A certificate that is not trusted is told apart: trying again does not help. */
internal fun httpError(fault: Throwable): HttpException = when {
    fault is HttpException -> fault
    fault is SSLPeerUnverifiedException || (fault is SSLHandshakeException && fault.isAboutCertificates()) ->
        HttpException.CertificateWrong("${fault.javaClass.simpleName}: ${fault.message}")
    else -> HttpException.Unreachable("${fault.javaClass.simpleName}: ${fault.message}")
}

private fun IOException.isAboutCertificates() =
    generateSequence<Throwable>(this) { it.cause }.take(8).any { it is CertificateException }

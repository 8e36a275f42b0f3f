// The real HTTP client against real sockets.

package io.countersign.android

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import io.countersign.mobile.HttpException
import io.countersign.mobile.HttpHeader
import io.countersign.mobile.HttpRequest
import io.countersign.story.StoryServer
import io.countersign.story.text
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.util.concurrent.Executors
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue

class UrlHttpTest {
    private val threads = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0).apply {
        executor = threads
        start()
    }
    private val origin = "http://127.0.0.1:${server.address.port}"
    private val http = UrlHttp()

    @AfterEach
    fun stop() {
        server.stop(0)
        threads.shutdownNow()
    }

    private fun serve(path: String, answer: (HttpExchange) -> Unit) = server.createContext(path) { it.use(answer) }

    private fun HttpExchange.say(status: Int, body: ByteArray) {
        sendResponseHeaders(status, if (body.isEmpty()) -1 else body.size.toLong())
        if (body.isNotEmpty()) responseBody.write(body)
    }

    private fun request(path: String, method: String = "GET", body: ByteArray = ByteArray(0)) =
        HttpRequest(method, origin + path, listOf(HttpHeader("authorization", "Countersign abc")), body)

    @Test
    fun each_method_carries_its_headers_and_its_body() = runBlocking {
        serve("/echo") { it.say(200, "${it.requestMethod} ${it.requestHeaders["authorization"]} ${it.requestBody.readAllBytes().decodeToString()}".toByteArray()) }
        for ((method, body) in listOf("GET" to "", "POST" to "{}", "PUT" to "{\"a\":1}", "DELETE" to "")) {
            val answer = http.send(request("/echo", method, body.toByteArray()))
            assertEquals("$method [Countersign abc] $body", answer.body.decodeToString())
        }
    }

    @Test
    fun a_status_of_400_or_500_is_an_answer_and_a_redirect_is_not_followed() = runBlocking {
        serve("/401") { it.say(401, "{\"code\":\"unknown_device\"}".toByteArray()) }
        serve("/500") { it.say(500, ByteArray(0)) }
        serve("/302") { exchange ->
            exchange.responseHeaders["location"] = listOf("/401")
            exchange.say(302, ByteArray(0))
        }
        for (method in listOf("GET", "POST")) {
            val body = if (method == "POST") "{}".toByteArray() else ByteArray(0)
            val refused = http.send(request("/401", method, body))
            assertEquals("401 {\"code\":\"unknown_device\"}", "${refused.status} ${refused.body.decodeToString()}")
        }
        assertEquals(500u.toUShort(), http.send(request("/500")).status)
        val moved = http.send(request("/302"))
        assertEquals(302u.toUShort(), moved.status)
        assertEquals("/401", moved.headers.single { it.name == "location" }.value)
    }

    @Test
    fun an_answer_longer_than_any_real_one_is_cut_off() = runBlocking {
        serve("/long") { it.say(200, ByteArray(64 * 1024 + 1)) }
        assertFailsWith<HttpException.TooLong> { http.send(request("/long")) }
        Unit
    }

    @Test
    fun nobody_there_and_nobody_answering_are_unreachable() = runBlocking {
        val silent = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
        val impatient = UrlHttp(UrlHttp.Limits(connect = 200, whole = 200, silence = 200))
        val to = "http://127.0.0.1:${silent.localPort}/"
        assertFailsWith<HttpException.Unreachable> { impatient.send(HttpRequest("GET", to, emptyList(), ByteArray(0))) }
        assertFailsWith<HttpException.Unreachable> { impatient.open(HttpRequest("GET", to, emptyList(), ByteArray(0))) }
        silent.close()
        assertFailsWith<HttpException.Unreachable> { http.send(HttpRequest("GET", to, emptyList(), ByteArray(0))) }
        Unit
    }

    @Test
    fun a_stream_that_does_not_begin_is_given_up_as_soon_as_a_call_is() = runBlocking {
        val silent = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
        val impatient = UrlHttp(UrlHttp.Limits(connect = 200, whole = 200, silence = 60_000))
        val to = "http://127.0.0.1:${silent.localPort}/"
        assertFailsWith<HttpException.Unreachable> { impatient.open(HttpRequest("GET", to, emptyList(), ByteArray(0))) }
        silent.close()
    }

    @Test
    fun a_certificate_from_nobody_is_told_apart() = runBlocking {
        val elsewhere = StoryServer.tool("certificate_from_nobody", "name" to "localhost").text("origin")
        assertFailsWith<HttpException.CertificateWrong> { http.send(HttpRequest("GET", "$elsewhere/", emptyList(), ByteArray(0))) }
        Unit
    }

    @Test
    fun a_stream_gives_its_pieces_as_they_come_and_ends() = runBlocking {
        val (first, second) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        serve("/stream") { exchange ->
            exchange.sendResponseHeaders(200, 0)
            for ((piece, go) in listOf("one" to first, "two" to second)) {
                exchange.responseBody.write(piece.toByteArray())
                exchange.responseBody.flush()
                runBlocking { go.await() }
            }
        }
        val opened = http.open(request("/stream"))
        assertEquals(200u.toUShort(), opened.status)
        assertEquals("one", opened.body.next()?.decodeToString())
        first.complete(Unit)
        assertEquals("two", opened.body.next()?.decodeToString())
        second.complete(Unit)
        assertNull(opened.body.next())
        opened.body.stop()
    }

    @Test
    fun a_stopped_stream_ends_the_call_that_waits_and_closes_the_connection() = runBlocking {
        val listener = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
        val closed = async(Dispatchers.IO) {
            listener.accept().use { socket ->
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n".toByteArray())
                val request = socket.getInputStream()
                while (request.read() >= 0) Unit
                true
            }
        }
        val opened = http.open(HttpRequest("GET", "http://127.0.0.1:${listener.localPort}/", emptyList(), ByteArray(0)))
        assertEquals("one", opened.body.next()?.decodeToString())
        val waiting = async(Dispatchers.Default) { runCatching { opened.body.next() } }
        opened.body.stop()
        val ended = waiting.await()
        assertTrue(ended.exceptionOrNull() is HttpException.Unreachable || ended.getOrNull() == null, "$ended")
        assertTrue(closed.await())
    }

    @Test
    fun a_cancelled_call_closes_its_connection() = runBlocking {
        val listener = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
        val asked = CompletableDeferred<Unit>()
        val closed = async(Dispatchers.IO) {
            listener.accept().use { socket ->
                val request = socket.getInputStream()
                request.read()
                asked.complete(Unit)
                while (request.read() >= 0) Unit
                true
            }
        }
        val sending = launch(Dispatchers.Default) {
            http.send(HttpRequest("GET", "http://127.0.0.1:${listener.localPort}/", emptyList(), ByteArray(0)))
        }
        asked.await()
        sending.cancelAndJoin()
        assertTrue(closed.await())
    }
}

// What an app brings, in memory: for stories that are not about keys, storage or HTTP themselves.

package io.countersign.story

import io.countersign.mobile.HttpClient
import io.countersign.mobile.HttpException
import io.countersign.mobile.HttpHeader
import io.countersign.mobile.HttpOpened
import io.countersign.mobile.HttpRequest
import io.countersign.mobile.HttpResponse
import io.countersign.mobile.HttpStream
import io.countersign.mobile.KeyProtection
import io.countersign.mobile.KeyPurpose
import io.countersign.mobile.KeyStore
import io.countersign.mobile.KeyStoreException
import io.countersign.mobile.KeyUnlock
import io.countersign.mobile.MadeKey
import io.countersign.mobile.PromptCounter
import io.countersign.mobile.SecureStorage
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runInterruptible
import java.io.IOException
import java.io.InputStream
import java.math.BigInteger
import java.net.URI
import java.net.http.HttpClient.Version.HTTP_1_1
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.time.Duration
import java.util.concurrent.CompletionException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import javax.net.ssl.SSLException

/** Keys in memory, and a person who always looks at the phone. */
open class SoftKeys : KeyStore {
    private val keys = ConcurrentHashMap<String, KeyPair>()

    /** What each key was asked for, and the reasons that people were given. */
    val made = ConcurrentHashMap<String, Pair<KeyPurpose, ByteArray?>>()
    val reasons: MutableList<String> = java.util.Collections.synchronizedList(mutableListOf())

    /** How often the person was asked. */
    private val asked = AtomicLong()
    val prompts = object : PromptCounter {
        override fun prompts() = asked.get().toULong()
    }

    protected open fun ask() {
        asked.incrementAndGet()
    }

    override suspend fun create(alias: String, purpose: KeyPurpose, challenge: ByteArray?): MadeKey {
        val pair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
        keys[alias] = pair
        made[alias] = purpose to challenge
        return MadeKey(point(pair), if (purpose == KeyPurpose.DEVICE) KeyUnlock.NOT_ASKED else KeyUnlock.BIOMETRIC, null)
    }

    override suspend fun publicKey(alias: String): ByteArray = point(keys[alias] ?: throw KeyStoreException.NotFound())

    override suspend fun sign(alias: String, message: ByteArray, reason: String?): ByteArray {
        val pair = keys[alias] ?: throw KeyStoreException.NotFound()
        reason?.let(reasons::add)
        if (made.getValue(alias).first == KeyPurpose.APPROVAL) ask()
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(pair.private)
            update(message)
            sign()
        }
    }

    override suspend fun delete(alias: String) {
        keys.remove(alias)
    }

    override fun protection() = KeyProtection.SOFTWARE

    /** As after a restored backup: the storage came along, the keys did not. */
    fun lose() = keys.clear()

    private fun point(pair: KeyPair): ByteArray {
        val w = (pair.public as ECPublicKey).w
        return byteArrayOf(4) + coordinate(w.affineX) + coordinate(w.affineY)
    }

    private fun coordinate(value: BigInteger): ByteArray {
        val bytes = value.toByteArray().dropWhile { it == 0.toByte() }.toByteArray()
        return ByteArray(32 - bytes.size) + bytes
    }
}

open class MemoryStorage : SecureStorage {
    private val values = ConcurrentHashMap<String, ByteArray>()

    override suspend fun get(name: String): ByteArray? = values[name]

    override suspend fun put(name: String, value: ByteArray) {
        values[name] = value
    }

    override suspend fun delete(name: String) {
        values.remove(name)
    }

    fun lose() = values.clear()
}

/** Java's own client. */
open class JavaHttp : HttpClient {
    private val client = java.net.http.HttpClient.newBuilder().version(HTTP_1_1).connectTimeout(LIMIT).build()

    override suspend fun send(request: HttpRequest): HttpResponse {
        val asked = request.asJava().timeout(LIMIT).build()
        val answer = told { client.sendAsync(asked, BodyHandlers.ofByteArray()).await() }
        val headers = answer.headers().map().flatMap { (name, values) -> values.map { HttpHeader(name, it) } }
        return HttpResponse(answer.statusCode().toUShort(), headers, answer.body())
    }

    override suspend fun open(request: HttpRequest): HttpOpened {
        val answer = told { client.sendAsync(request.asJava().build(), BodyHandlers.ofInputStream()).await() }
        return HttpOpened(answer.statusCode().toUShort(), Pieces(answer.body()))
    }

    private class Pieces(private val body: InputStream) : HttpStream {
        override suspend fun next(): ByteArray? = told {
            runInterruptible(Dispatchers.IO) {
                val piece = ByteArray(4096)
                val count = body.read(piece)
                if (count < 0) null else piece.copyOf(count)
            }
        }

        override fun stop() = body.close()
    }

    private companion object {
        val LIMIT: Duration = Duration.ofSeconds(5)

        fun HttpRequest.asJava(): java.net.http.HttpRequest.Builder {
            val body = if (body.isEmpty()) BodyPublishers.noBody() else BodyPublishers.ofByteArray(body)
            val builder = java.net.http.HttpRequest.newBuilder(URI(url)).method(method, body)
            headers.forEach { builder.header(it.name, it.value) }
            return builder
        }

        suspend fun <T> told(block: suspend () -> T): T = try {
            block()
        } catch (fault: CompletionException) {
            throw told(fault.cause)
        } catch (fault: IOException) {
            throw told(fault)
        }

        fun told(fault: Throwable?): HttpException = when (fault) {
            is SSLException -> HttpException.CertificateWrong("$fault")
            else -> HttpException.Unreachable("$fault")
        }
    }
}

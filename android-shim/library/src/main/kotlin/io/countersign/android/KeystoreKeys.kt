// The core's keys, in the phone's Keystore.

package io.countersign.android

import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import io.countersign.mobile.KeyProtection
import io.countersign.mobile.KeyPurpose
import io.countersign.mobile.KeyStore
import io.countersign.mobile.KeyStoreException
import io.countersign.mobile.KeyUnlock
import io.countersign.mobile.MadeKey
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.security.PrivateKey
import java.security.ProviderException
import java.security.Signature
import java.security.cert.Certificate
import java.security.interfaces.ECPublicKey

/**
 * Keys in StrongBox where the phone has one, else in the TEE. `unlock` asks the person; `approvals` says by
 * what, for keys that are made from now on: keys made before stay as they were made.
 */
class KeystoreKeys(
    private val unlock: Unlock,
    private val approvals: UnlockedBy = UnlockedBy.BIOMETRIC,
    private val io: CoroutineDispatcher = Dispatchers.IO,
) : KeyStore {
    /** What the names of the keys that were made last begin with. */
    @Volatile private var latest: String? = null

    /** The system shows one prompt at a time and ends the one before: so they queue here. */
    private val prompting = Mutex()

    override suspend fun create(alias: String, purpose: KeyPurpose, challenge: ByteArray?): MadeKey = told {
        val made = make(KeyRequest(alias, purpose, approvals, challenge, strongBox = true))
        latest = alias.substringBeforeLast('.')
        val attested = challenge != null && made.chain.size > 1
        val certificates = if (attested) made.chain.map { it.encoded } else null
        MadeKey(point(made.chain.first()), unlockOf(purpose), certificates, made.attestationFailed)
    }

    private fun unlockOf(purpose: KeyPurpose): KeyUnlock = when {
        purpose == KeyPurpose.DEVICE -> KeyUnlock.NOT_ASKED
        approvals == UnlockedBy.BIOMETRIC -> KeyUnlock.BIOMETRIC
        else -> KeyUnlock.DEVICE_PASSCODE
    }

    override suspend fun publicKey(alias: String): ByteArray = told {
        val key = Keystore.privateKey(alias) ?: throw KeyStoreException.NotFound()
        // Asks nobody, and fails where the key was ended by a new face or finger. Of other keys it tells nothing,
        // and the hardware has a handful of places for what is begun.
        if (unlockedBy(Keystore.info(key)) == UnlockedBy.BIOMETRIC) begin(key)
        point(Keystore.chain(alias)?.firstOrNull() ?: throw KeyStoreException.NotFound())
    }

    override suspend fun sign(alias: String, message: ByteArray, reason: String?): ByteArray {
        val key = told { Keystore.privateKey(alias) ?: throw KeyStoreException.NotFound() }
        val by = told { unlockedBy(Keystore.info(key)) } ?: return told { begin(key).over(message) }
        return prompting.withLock {
            // Begun only now: an operation that waits for long is ended by the Keystore.
            val begun = told { begin(key) }
            val unlocked = unlock.unlock(begun, by, reason.orEmpty())
            told { unlocked.over(message) }
        }
    }

    override suspend fun delete(alias: String) = told { Keystore.delete(alias) }

    /**
     * Where the keys of the account are that was made last: those of others say nothing about it, and may have come to
     * their end. Without keys, and on emulators, nothing is claimed.
     */
    override fun protection(): KeyProtection {
        val prefix = latest ?: return KeyProtection.SOFTWARE
        val keys = Keystore.names().filter { it.startsWith("$prefix.") }.mapNotNull(Keystore::privateKey)
        val inHardware = keys.isNotEmpty() && keys.all { isInHardware(Keystore.info(it)) }
        return if (inHardware) KeyProtection.HARDWARE else KeyProtection.SOFTWARE
    }

    /** StrongBox before TEE, attested before not: a phone that cannot attest says so by giving no certificates. */
    private fun make(request: KeyRequest): Made {
        var attestationFailed = false
        val tee = request.copy(strongBox = false)
        val tries = if (request.challenge == null) listOf(request, tee) else listOf(request, tee, tee.copy(challenge = null))
        for (each in tries.dropLast(1)) {
            try {
                return Made(makeOnce(each), attestationFailed = false)
            } catch (fault: ProviderException) {
                // StrongBoxUnavailableException, and what phones throw instead of it.
                Keystore.delete(each.name)
                attestationFailed = passes(fault)
            }
        }
        return Made(makeOnce(tries.last()), attestationFailed && request.challenge != null)
    }

    private class Made(val chain: List<Certificate>, val attestationFailed: Boolean)

    private fun makeOnce(request: KeyRequest): List<Certificate> {
        Keystore.makeKeyPair(signingKeySpec(request))
        return Keystore.chain(request.name) ?: throw KeyStoreException.Failed("the new key has no certificate")
    }

    private suspend fun <T> told(block: () -> T): T = withContext(io) { translated(block) }

    private companion object {
        fun begin(key: PrivateKey): Signature = Signature.getInstance("SHA256withECDSA").apply { initSign(key) }

        fun Signature.over(message: ByteArray): ByteArray {
            update(message)
            return sign()
        }

        /** As the key was made: its own word, so that nothing about it has to be remembered elsewhere. */
        fun unlockedBy(info: KeyInfo): UnlockedBy? = when {
            !info.isUserAuthenticationRequired -> null
            info.userAuthenticationType and KeyProperties.AUTH_BIOMETRIC_STRONG != 0 -> UnlockedBy.BIOMETRIC
            else -> UnlockedBy.DEVICE_CREDENTIAL
        }

        @Suppress("DEPRECATION") // What came in its place is missing on Android 11.
        fun isInHardware(info: KeyInfo): Boolean = info.isInsideSecureHardware

        /** SEC 1, uncompressed: 4, x, y. */
        fun point(certificate: Certificate): ByteArray {
            val key = certificate.publicKey as? ECPublicKey ?: throw KeyStoreException.Failed("not a key on a curve")
            return byteArrayOf(4) + coordinate(key.w.affineX) + coordinate(key.w.affineY)
        }

        fun coordinate(value: java.math.BigInteger): ByteArray {
            val bytes = value.toByteArray().dropWhile { it == 0.toByte() }.toByteArray()
            return ByteArray(32 - bytes.size) + bytes
        }
    }
}

// A stand-in for the phone's key hardware, behind the Java security API under Android's name for it. It is our
// reading of Android's documentation: real phones differ, and are not tested by it.

package io.countersign.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.InvalidAlgorithmParameterException
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.ProviderException
import java.security.SecureRandom
import java.security.Signature
import java.security.SignatureException
import java.security.cert.X509Certificate
import java.security.interfaces.ECPublicKey
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/** What the phone has and what happened to it. */
class FakePhone {
    var strongBox = true
    var hardware = true
    var attests = true

    /** Who certifies new keys: one whom a server believes, or the fake's own maker, whom nobody does. */
    var certified: ((key: java.security.PublicKey, challenge: ByteArray, approval: Boolean) -> List<X509Certificate>)? = null

    /** How many faces and fingers are enrolled. */
    var enrolled = 1
        private set
    var screenLock = true

    /** Some phones do not hand out an ended key at all. */
    var endedKeysAreUnreadable = false

    /** The maker's attestation keys are used up for the moment: Android 13 says of it that it passes. */
    var attestationIsOutForNow = false

    /** How many operations were begun, by key: the hardware has a handful of places for them. */
    val begun = ConcurrentHashMap<String, Int>()

    internal val keyPairs = ConcurrentHashMap<String, FakeKeyPair>()
    internal val secretKeys = ConcurrentHashMap<String, SecretKey>()
    private val maker = Certificates()

    fun enrolAnother() {
        enrolled += 1
        keyPairs.values.filter { it.spec.isInvalidatedByBiometricEnrollment && it.biometric }.forEach { it.ended = true }
    }

    fun forgetAllFaces() {
        enrolled = 0
    }

    /** What the Keystore was asked for. */
    fun spec(alias: String): KeyGenParameterSpec = keyPairs.getValue(alias).spec

    fun aliases(): Set<String> = keyPairs.keys.toSet()

    /** As on another phone: files may be restored there, keys are not. */
    fun loseKeys() {
        keyPairs.clear()
        secretKeys.clear()
    }

    internal fun makeKeyPair(spec: KeyGenParameterSpec): KeyPair {
        refuse(spec)
        val pair = KeyPairGenerator.getInstance("EC").apply { initialize(spec.algorithmParameterSpec as ECGenParameterSpec) }.generateKeyPair()
        val challenge = spec.attestationChallenge
        val believed = certified.takeIf { challenge != null }
        val chain = believed?.invoke(pair.public, challenge, spec.isUserAuthenticationRequired) ?: maker.chain(pair.public, challenge)
        keyPairs[spec.keystoreAlias] = FakeKeyPair(spec, pair, chain, hardware)
        return KeyPair(pair.public, FakePrivateKey(spec.keystoreAlias, this))
    }

    internal fun makeSecretKey(spec: KeyGenParameterSpec): SecretKey {
        val raw = ByteArray(spec.keySize / 8).also(SecureRandom()::nextBytes)
        secretKeys[spec.keystoreAlias] = SecretKeySpec(raw, "AES")
        return FakeSecretKey(spec.keystoreAlias, this)
    }

    private fun refuse(spec: KeyGenParameterSpec) {
        if (spec.isUserAuthenticationRequired && !screenLock) {
            throw refused("Secure lock screen must be enabled to create keys requiring user authentication")
        }
        if (spec.isUserAuthenticationRequired && spec.isBiometric() && enrolled == 0) {
            throw refused("At least one biometric must be enrolled to create keys requiring user authentication for every use")
        }
        if (spec.isStrongBoxBacked && !strongBox) throw StrongBoxUnavailableException("Failed to generate key pair")
        if (spec.attestationChallenge != null && attestationIsOutForNow) {
            throw ProviderException("Failed to generate key pair.", KeyStoreException("no attestation keys"))
        }
        if (spec.attestationChallenge != null && !attests) throw ProviderException("Failed to generate attestation certificate chain")
    }

    private fun refused(text: String) = InvalidAlgorithmParameterException(IllegalStateException(text))
}

/** As Android 13's own: it says of itself whether trying later may help. */
internal class KeyStoreException(text: String) : Exception(text) {
    @Suppress("unused") // Called by its name.
    fun isTransientFailure() = true
}

private fun KeyGenParameterSpec.isBiometric() = userAuthenticationType and KeyProperties.AUTH_BIOMETRIC_STRONG != 0

internal class FakeKeyPair(val spec: KeyGenParameterSpec, val pair: KeyPair, val chain: List<X509Certificate>, val hardware: Boolean) {
    val biometric = spec.isUserAuthenticationRequired && spec.isBiometric()
    var ended = false
}

/** Says its name and nothing more, as keys in hardware do. */
internal class FakePrivateKey(val alias: String, val phone: FakePhone) : PrivateKey {
    override fun getAlgorithm() = "EC"

    override fun getFormat(): String? = null

    override fun getEncoded(): ByteArray? = null

    fun found(): FakeKeyPair = phone.keyPairs[alias] ?: throw java.security.InvalidKeyException("no such key")
}

internal class FakeSecretKey(val alias: String, val phone: FakePhone) : SecretKey {
    override fun getAlgorithm() = "AES"

    override fun getFormat(): String? = null

    override fun getEncoded(): ByteArray? = null
}

/** Handed to a signature by the fake prompt when the person was recognised. */
internal object Recognised : AlgorithmParameterSpec

/** One operation of the key hardware: refuses where the person was not recognised for this very one. */
@Suppress("DEPRECATION") // The API of signature providers has parts that nobody calls.
internal class FakeSignature : java.security.SignatureSpi() {
    private val signer = Signature.getInstance("SHA256withECDSA", "SunEC")
    private lateinit var key: FakeKeyPair
    private var recognised = false

    override fun engineInitSign(privateKey: PrivateKey) {
        key = (privateKey as FakePrivateKey).found()
        privateKey.phone.begun.merge(privateKey.alias, 1, Int::plus)
        if (key.ended) throw KeyPermanentlyInvalidatedException()
        recognised = false
        signer.initSign(key.pair.private)
    }

    override fun engineInitVerify(publicKey: java.security.PublicKey) = throw java.security.InvalidKeyException("signs only")

    override fun engineUpdate(b: Byte) = signer.update(b)

    override fun engineUpdate(b: ByteArray, off: Int, len: Int) = signer.update(b, off, len)

    override fun engineSign(): ByteArray {
        if (key.spec.isUserAuthenticationRequired && !recognised) throw SignatureException("android.security.KeyStoreException: Key user not authenticated")
        recognised = false
        return signer.sign()
    }

    override fun engineVerify(sigBytes: ByteArray) = throw SignatureException("signs only")

    override fun engineSetParameter(params: AlgorithmParameterSpec) {
        recognised = params === Recognised
    }

    @Deprecated("Deprecated in Java")
    override fun engineSetParameter(param: String, value: Any) = Unit

    @Deprecated("Deprecated in Java")
    override fun engineGetParameter(param: String): Any? = null
}

internal fun ECPublicKey.verifies(message: ByteArray, signature: ByteArray): Boolean =
    Signature.getInstance("SHA256withECDSA", "SunEC").run {
        initVerify(this@verifies)
        update(message)
        verify(signature)
    }

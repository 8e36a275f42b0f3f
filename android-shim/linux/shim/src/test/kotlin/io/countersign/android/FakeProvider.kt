// The fake phone as a `java.security.Provider` named AndroidKeyStore, of which there is one a process.

package io.countersign.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import java.io.InputStream
import java.io.OutputStream
import java.security.AlgorithmParameters
import java.security.Key
import java.security.KeyFactorySpi
import java.security.KeyPair
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.Cipher
import javax.crypto.CipherSpi
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

class FakeProvider private constructor() : Provider(Keystore.PROVIDER, "1", "a phone's key hardware, acted") {
    private fun offer(type: String, algorithm: String, make: () -> Any) = putService(
        object : Service(this, type, algorithm, "io.countersign.android.Fake", null, null) {
            override fun newInstance(constructorParameter: Any?): Any = make()

            override fun supportsParameter(parameter: Any?) = parameter is FakePrivateKey || parameter is FakeSecretKey
        },
    )

    companion object {
        @Volatile private var phone = FakePhone()

        /** A new phone, which the Java security API speaks to from now on. */
        fun insert(): FakePhone {
            phone = FakePhone()
            if (Security.getProvider(Keystore.PROVIDER) == null) Security.addProvider(make())
            return phone
        }

        private fun make() = FakeProvider().apply {
            offer("KeyPairGenerator", "EC") { FakeKeyPairGenerator(phone) }
            offer("KeyGenerator", "AES") { FakeKeyGenerator(phone) }
            offer("KeyStore", Keystore.PROVIDER) { FakeKeyStoreSpi(phone) }
            offer("KeyFactory", "EC") { FakeKeyFactory() }
            offer("Signature", "SHA256withECDSA") { FakeSignature() }
            offer("Cipher", "AES/GCM/NoPadding") { FakeCipher() }
        }
    }
}

private class FakeKeyPairGenerator(private val phone: FakePhone) : KeyPairGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun initialize(keysize: Int, random: SecureRandom?) = error("a spec is needed")

    override fun initialize(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
    }

    override fun generateKeyPair(): KeyPair = phone.makeKeyPair(spec)
}

private class FakeKeyGenerator(private val phone: FakePhone) : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = error("a spec is needed")

    override fun engineInit(keysize: Int, random: SecureRandom?) = error("a spec is needed")

    override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
    }

    override fun engineGenerateKey(): SecretKey = phone.makeSecretKey(spec)
}

/** What the hardware says of a key. */
private class FakeKeyFactory : KeyFactorySpi() {
    @Suppress("UNCHECKED_CAST")
    override fun <T : KeySpec> engineGetKeySpec(key: Key, keySpec: Class<T>): T = info((key as FakePrivateKey).alias, key.found()) as T

    private fun info(alias: String, key: FakeKeyPair) = with(key.spec) {
        KeyInfo(
            alias, key.hardware, KeyProperties.ORIGIN_GENERATED, 256, null as Date?, null as Date?, null as Date?,
            purposes, emptyArray<String>(), emptyArray<String>(), digests, emptyArray<String>(),
            isUserAuthenticationRequired, userAuthenticationValidityDurationSeconds, userAuthenticationType, key.hardware,
            isUserAuthenticationValidWhileOnBody, isUserPresenceRequired, isInvalidatedByBiometricEnrollment,
            isUserConfirmationRequired,
        )
    }

    override fun engineGeneratePublic(keySpec: KeySpec): PublicKey = error("not of this store")

    override fun engineGeneratePrivate(keySpec: KeySpec): PrivateKey = error("not of this store")

    override fun engineTranslateKey(key: Key): Key = error("not of this store")
}

private class FakeKeyStoreSpi(private val phone: FakePhone) : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?): Key? = when {
        phone.keyPairs[alias]?.ended == true && phone.endedKeysAreUnreadable -> throw UnrecoverableKeyException("ended")
        phone.keyPairs.containsKey(alias) -> FakePrivateKey(alias, phone)
        phone.secretKeys.containsKey(alias) -> FakeSecretKey(alias, phone)
        else -> null
    }

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = phone.keyPairs[alias]?.chain?.toTypedArray()

    override fun engineGetCertificate(alias: String): Certificate? = phone.keyPairs[alias]?.chain?.first()

    override fun engineDeleteEntry(alias: String) {
        phone.keyPairs.remove(alias)
        phone.secretKeys.remove(alias)
    }

    override fun engineAliases(): Enumeration<String> = Collections.enumeration(phone.keyPairs.keys + phone.secretKeys.keys)

    override fun engineContainsAlias(alias: String) = phone.keyPairs.containsKey(alias) || phone.secretKeys.containsKey(alias)

    override fun engineSize() = phone.keyPairs.size + phone.secretKeys.size

    override fun engineIsKeyEntry(alias: String) = engineContainsAlias(alias)

    override fun engineIsCertificateEntry(alias: String) = false

    override fun engineGetCertificateAlias(cert: Certificate?): String? = null

    override fun engineGetCreationDate(alias: String): Date? = null

    override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

    override fun engineStore(stream: OutputStream?, password: CharArray?) = error("keys are not given out")

    override fun engineSetKeyEntry(alias: String, key: Key?, password: CharArray?, chain: Array<out Certificate>?) = error("keys are made inside")

    override fun engineSetKeyEntry(alias: String, key: ByteArray?, chain: Array<out Certificate>?) = error("keys are made inside")

    override fun engineSetCertificateEntry(alias: String, cert: Certificate?) = error("keys are made inside")
}

/** AES-GCM by keys that only have names. As the real one, it takes no nonce from the caller to seal with. */
private class FakeCipher : CipherSpi() {
    private val cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE")

    private fun raw(key: Key): SecretKey = (key as FakeSecretKey).run { phone.secretKeys[alias] ?: throw java.security.InvalidKeyException("no such key") }

    override fun engineInit(opmode: Int, key: Key, random: SecureRandom?) = cipher.init(opmode, raw(key))

    override fun engineInit(opmode: Int, key: Key, params: AlgorithmParameterSpec, random: SecureRandom?) {
        if (opmode == Cipher.ENCRYPT_MODE) throw java.security.InvalidAlgorithmParameterException("Caller-provided IV not permitted")
        cipher.init(opmode, raw(key), params)
    }

    override fun engineInit(opmode: Int, key: Key, params: AlgorithmParameters?, random: SecureRandom?) = cipher.init(opmode, raw(key), params)

    override fun engineUpdateAAD(src: ByteArray, offset: Int, len: Int) = cipher.updateAAD(src, offset, len)

    override fun engineUpdate(input: ByteArray?, inputOffset: Int, inputLen: Int): ByteArray? = cipher.update(input, inputOffset, inputLen)

    override fun engineUpdate(input: ByteArray, inputOffset: Int, inputLen: Int, output: ByteArray, outputOffset: Int) =
        cipher.update(input, inputOffset, inputLen, output, outputOffset)

    override fun engineDoFinal(input: ByteArray?, inputOffset: Int, inputLen: Int): ByteArray =
        if (input == null) cipher.doFinal() else cipher.doFinal(input, inputOffset, inputLen)

    override fun engineDoFinal(input: ByteArray, inputOffset: Int, inputLen: Int, output: ByteArray, outputOffset: Int) =
        cipher.doFinal(input, inputOffset, inputLen, output, outputOffset)

    override fun engineGetIV(): ByteArray? = cipher.iv

    override fun engineGetParameters(): AlgorithmParameters? = cipher.parameters

    override fun engineGetOutputSize(inputLen: Int) = cipher.getOutputSize(inputLen)

    override fun engineGetBlockSize() = cipher.blockSize

    override fun engineSetMode(mode: String?) = Unit

    override fun engineSetPadding(padding: String?) = Unit
}

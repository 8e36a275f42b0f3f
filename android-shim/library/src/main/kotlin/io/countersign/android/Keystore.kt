// The phone's Keystore, as the Java security API shows it. Nothing in here asks the person anything.

package io.countersign.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.cert.Certificate
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

internal object Keystore {
    const val PROVIDER = "AndroidKeyStore"

    fun makeKeyPair(spec: KeyGenParameterSpec) {
        val generator = KeyPairGenerator.getInstance("EC", PROVIDER)
        generator.initialize(spec)
        generator.generateKeyPair()
    }

    fun makeSecretKey(spec: KeyGenParameterSpec): SecretKey {
        val generator = KeyGenerator.getInstance("AES", PROVIDER)
        generator.init(spec)
        return generator.generateKey()
    }

    fun privateKey(name: String): PrivateKey? = open().getKey(name, null) as? PrivateKey

    fun secretKey(name: String): SecretKey? = open().getKey(name, null) as? SecretKey

    /** The key's certificate and, where the key was attested, those that vouch for it. Leaf first. */
    fun chain(name: String): List<Certificate>? = open().getCertificateChain(name)?.toList()

    fun delete(name: String) = open().deleteEntry(name)

    fun names(): List<String> = open().aliases().toList()

    /** What the hardware enforces for a key. */
    fun info(key: PrivateKey): KeyInfo =
        KeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java)

    private fun open(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }
}

// The fakes are worth something only if they catch mistakes: each of these is made on purpose.

package io.countersign.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import io.countersign.mobile.KeyPurpose
import io.countersign.mobile.KeyStoreException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import java.security.InvalidAlgorithmParameterException
import java.security.Signature
import java.security.SignatureException
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

class DeliberateMistakesTest {
    private val phone = FakeProvider.insert()
    private val alias = "mistake"

    private fun approvalKey() = Keystore.makeKeyPair(signingKeySpec(KeyRequest(alias, KeyPurpose.APPROVAL, UnlockedBy.BIOMETRIC, null, true)))

    private fun begun() = Signature.getInstance("SHA256withECDSA").apply { initSign(Keystore.privateKey(alias)) }

    @Test
    fun signing_without_a_prompt_is_refused() {
        approvalKey()
        assertFailsWith<SignatureException> { begun().sign() }
    }

    @Test
    fun signing_by_another_signature_than_the_unlocked_one_is_refused() = runBlocking {
        approvalKey()
        val another = object : Unlock {
            override suspend fun unlock(signature: Signature, by: UnlockedBy, reason: String): Signature {
                signature.setParameter(Recognised)
                return begun()
            }
        }
        assertFailsWith<KeyStoreException.Failed> { KeystoreKeys(another).sign(alias, ByteArray(1), "") }
        Unit
    }

    @Test
    fun one_prompt_unlocks_one_signature() {
        approvalKey()
        val signature = begun().apply { setParameter(Recognised) }
        signature.sign()
        assertFailsWith<SignatureException> { signature.sign() }
    }

    @Test
    fun a_key_that_outlives_a_new_finger_would_be_seen() {
        val careless = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(java.security.spec.ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .setUserAuthenticationRequired(true)
            .setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG)
            .setInvalidatedByBiometricEnrollment(false)
            .build()
        Keystore.makeKeyPair(careless)
        phone.enrolAnother()
        begun()
        assertTrue(!phone.spec(alias).isInvalidatedByBiometricEnrollment)
    }

    @Test
    fun a_nonce_of_ones_own_is_refused() {
        val key = Keystore.makeSecretKey(storageKeySpec(alias))
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        assertFailsWith<InvalidAlgorithmParameterException> { cipher.init(Cipher.ENCRYPT_MODE, key, GCMParameterSpec(128, ByteArray(12))) }
    }

    @Test
    fun the_hardware_gives_no_key_out() {
        approvalKey()
        assertTrue(Keystore.privateKey(alias)?.encoded == null)
    }
}

// The real key class over the fake hardware and the fake prompt.

package io.countersign.android

import android.hardware.biometrics.BiometricPrompt
import android.security.keystore.KeyProperties
import io.countersign.mobile.KeyProtection
import io.countersign.mobile.KeyPurpose
import io.countersign.mobile.KeyStore
import io.countersign.mobile.KeyStoreException
import io.countersign.mobile.KeyUnlock
import io.countersign.mobile.MadeKey
import io.countersign.mobile.PromptCounter
import io.countersign.mobile.checkKeyStore
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import kotlin.reflect.KClass
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue

class KeystoreKeysTest {
    private val phone = FakeProvider.insert()
    private val prompt = FakePrompt()
    private val keys = KeystoreKeys(PromptUnlock(prompt, Dispatchers.Default))
    private val prompts = object : PromptCounter {
        override fun prompts() = prompt.shown.size.toULong()
    }
    private val message = "what is signed".toByteArray()

    private fun verifies(alias: String, signature: ByteArray) =
        (phone.keyPairs.getValue(alias).pair.public as ECPublicKey).verifies(message, signature)

    @Test
    fun an_approval_key_is_unlocked_for_each_use_by_a_strong_biometric_and_ended_by_a_new_one() = runBlocking {
        keys.create("a", KeyPurpose.APPROVAL, null)
        with(phone.spec("a")) {
            assertEquals(KeyProperties.PURPOSE_SIGN, purposes)
            assertEquals("secp256r1", (algorithmParameterSpec as ECGenParameterSpec).name)
            assertContentEquals(arrayOf(KeyProperties.DIGEST_SHA256), digests)
            assertTrue(isUserAuthenticationRequired && isInvalidatedByBiometricEnrollment)
            assertEquals(0, userAuthenticationValidityDurationSeconds)
            assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG, userAuthenticationType)
        }
        repeat(2) { assertTrue(verifies("a", keys.sign("a", message, "Sign in"))) }
        assertEquals(listOf("Sign in", "Sign in"), prompt.shown.map { it.reason })
        assertEquals(listOf(UnlockedBy.BIOMETRIC, UnlockedBy.BIOMETRIC), prompt.shown.map { it.by })
    }

    @Test
    fun a_device_key_asks_nobody_also_on_a_locked_phone() = runBlocking {
        val made = keys.create("d", KeyPurpose.DEVICE, null)
        with(phone.spec("d")) { assertTrue(!isUserAuthenticationRequired && !isUnlockedDeviceRequired) }
        prompt.doing = Doing.Throws(IllegalStateException("nobody is asked"))
        assertTrue(verifies("d", keys.sign("d", message, null)))
        assertEquals(65, made.publicKey.size)
        assertContentEquals(made.publicKey, keys.publicKey("d"))
    }

    @Test
    fun a_key_is_in_strongbox_where_there_is_one_else_in_the_tee() = runBlocking {
        keys.create("countersign.1", KeyPurpose.APPROVAL, null)
        assertTrue(phone.spec("countersign.1").isStrongBoxBacked)
        phone.strongBox = false
        keys.create("countersign.2", KeyPurpose.APPROVAL, null)
        assertTrue(!phone.spec("countersign.2").isStrongBoxBacked)
        assertEquals(KeyProtection.HARDWARE, keys.protection())
    }

    @Test
    fun nothing_is_claimed_without_keys_or_with_one_in_software() = runBlocking {
        assertEquals(KeyProtection.SOFTWARE, keys.protection())
        keys.create("countersign.1", KeyPurpose.DEVICE, null)
        assertEquals(KeyProtection.HARDWARE, keys.protection())
        phone.hardware = false
        keys.create("countersign.2", KeyPurpose.APPROVAL, null)
        assertEquals(KeyProtection.SOFTWARE, keys.protection())
    }

    @Test
    fun the_challenge_is_attested_and_the_chain_handed_on_leaf_first() = runBlocking {
        val challenge = ByteArray(32) { it.toByte() }
        val made = keys.create("a", KeyPurpose.APPROVAL, challenge)
        assertContentEquals(challenge, phone.spec("a").attestationChallenge)
        val chain = phone.keyPairs.getValue("a").chain
        assertEquals(2, chain.size)
        assertEquals(chain.map { it.encoded.toList() }, made.attestation!!.map { it.toList() })
        assertNull(keys.create("b", KeyPurpose.APPROVAL, null).attestation)
    }

    @Test
    fun a_phone_that_cannot_attest_makes_its_key_all_the_same_and_says_so() = runBlocking {
        phone.attests = false
        phone.strongBox = false
        assertNull(keys.create("a", KeyPurpose.APPROVAL, ByteArray(32)).attestation)
        assertTrue(phone.spec("a").isUserAuthenticationRequired)
    }

    @Test
    fun a_phone_that_cannot_attest_for_the_moment_is_told_from_one_that_never_can() = runBlocking {
        phone.strongBox = false
        phone.attests = false
        assertTrue(!keys.create("a", KeyPurpose.DEVICE, ByteArray(32)).attestationFailed)
        phone.attestationIsOutForNow = true
        val made = keys.create("b", KeyPurpose.DEVICE, ByteArray(32))
        assertTrue(made.attestation == null && made.attestationFailed)
    }

    @Test
    fun an_ended_key_of_another_account_says_nothing_about_new_keys() = runBlocking {
        keys.create("countersign.old.device", KeyPurpose.DEVICE, null)
        keys.create("countersign.old.approval", KeyPurpose.APPROVAL, null)
        phone.endedKeysAreUnreadable = true
        phone.enrolAnother()
        keys.create("countersign.new.device", KeyPurpose.DEVICE, null)
        keys.create("countersign.new.approval", KeyPurpose.APPROVAL, null)
        assertEquals(KeyProtection.HARDWARE, keys.protection())
    }

    @Test
    fun looking_at_a_key_takes_a_place_in_the_hardware_only_where_that_can_tell_something() = runBlocking {
        keys.create("d", KeyPurpose.DEVICE, null)
        keys.create("a", KeyPurpose.APPROVAL, null)
        repeat(3) { keys.publicKey("d") }
        keys.publicKey("a")
        assertEquals(mapOf("a" to 1), phone.begun.toMap())
    }

    @Test
    fun each_end_of_a_prompt_is_told_in_the_cores_words() = runBlocking {
        keys.create("a", KeyPurpose.APPROVAL, null)
        val table = listOf<Pair<Int, KClass<out KeyStoreException>>>(
            BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED to KeyStoreException.Cancelled::class,
            BiometricPrompt.BIOMETRIC_ERROR_CANCELED to KeyStoreException.Cancelled::class,
            BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT to KeyStoreException.Cancelled::class,
            NEGATIVE_BUTTON to KeyStoreException.Cancelled::class,
            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT to KeyStoreException.LockedOut::class,
            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT to KeyStoreException.LockedOut::class,
            BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS to KeyStoreException.NoHardware::class,
            BiometricPrompt.BIOMETRIC_ERROR_HW_NOT_PRESENT to KeyStoreException.NoHardware::class,
            BiometricPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL to KeyStoreException.NoHardware::class,
            15 to KeyStoreException.NotAllowed::class,
            BiometricPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE to KeyStoreException.Failed::class,
            BiometricPrompt.BIOMETRIC_ERROR_VENDOR to KeyStoreException.Failed::class,
            4711 to KeyStoreException.Failed::class,
        )
        for ((code, expected) in table) {
            prompt.doing = Doing.Ends(code)
            assertEquals<KClass<*>>(expected, assertFailsWith<KeyStoreException> { keys.sign("a", message, "") }::class, "$code")
        }
        prompt.doing = Doing.SecondTry
        assertTrue(verifies("a", keys.sign("a", message, "")))
    }

    @Test
    fun a_prompt_that_cannot_be_shown_or_unlocks_nothing_fails() = runBlocking {
        keys.create("a", KeyPurpose.APPROVAL, null)
        prompt.doing = Doing.Throws(IllegalStateException("there is no activity in front to ask on"))
        assertFailsWith<KeyStoreException.Failed> { keys.sign("a", message, "") }
        prompt.doing = Doing.Throws(SecurityException("USE_BIOMETRIC"))
        assertFailsWith<KeyStoreException.NotAllowed> { keys.sign("a", message, "") }
        prompt.doing = Doing.AnotherSignature
        assertFailsWith<KeyStoreException.Failed> { keys.sign("a", message, "") }
        Unit
    }

    @Test
    fun a_newly_enrolled_finger_ends_the_approval_key_without_a_prompt_and_spares_the_device_key() = runBlocking {
        keys.create("a", KeyPurpose.APPROVAL, null)
        keys.create("d", KeyPurpose.DEVICE, null)
        phone.enrolAnother()
        assertFailsWith<KeyStoreException.BiometricsChanged> { keys.sign("a", message, "") }
        assertFailsWith<KeyStoreException.BiometricsChanged> { keys.publicKey("a") }
        assertTrue(prompt.shown.isEmpty())
        assertTrue(verifies("d", keys.sign("d", message, null)))
    }

    @Test
    fun a_keystore_that_hands_out_no_ended_key_is_understood_too() = runBlocking {
        keys.create("a", KeyPurpose.APPROVAL, null)
        phone.endedKeysAreUnreadable = true
        phone.enrolAnother()
        assertFailsWith<KeyStoreException.BiometricsChanged> { keys.sign("a", message, "") }
        Unit
    }

    @Test
    fun a_phone_without_a_face_a_finger_or_a_screen_lock_is_told_apart() = runBlocking {
        phone.forgetAllFaces()
        assertFailsWith<KeyStoreException.NoHardware> { keys.create("a", KeyPurpose.APPROVAL, null) }
        val byPin = KeystoreKeys(PromptUnlock(prompt, Dispatchers.Default), UnlockedBy.DEVICE_CREDENTIAL)
        byPin.create("b", KeyPurpose.APPROVAL, null)
        phone.screenLock = false
        assertFailsWith<KeyStoreException.NoHardware> { byPin.create("c", KeyPurpose.APPROVAL, null) }
        Unit
    }

    @Test
    fun a_key_that_the_passcode_unlocks_is_a_key_of_its_own_and_stays_so() = runBlocking {
        val byPin = KeystoreKeys(PromptUnlock(prompt, Dispatchers.Default), UnlockedBy.DEVICE_CREDENTIAL)
        assertEquals(KeyUnlock.DEVICE_PASSCODE, byPin.create("pin", KeyPurpose.APPROVAL, null).unlock)
        assertEquals(KeyUnlock.BIOMETRIC, keys.create("face", KeyPurpose.APPROVAL, null).unlock)
        assertEquals(KeyUnlock.NOT_ASKED, byPin.create("device", KeyPurpose.DEVICE, null).unlock)
        with(phone.spec("pin")) {
            assertEquals(KeyProperties.AUTH_DEVICE_CREDENTIAL, userAuthenticationType)
            assertEquals(0, userAuthenticationValidityDurationSeconds)
        }
        byPin.sign("face", message, "")
        keys.sign("pin", message, "")
        assertEquals(listOf(UnlockedBy.BIOMETRIC, UnlockedBy.DEVICE_CREDENTIAL), prompt.shown.map { it.by })
    }

    @Test
    fun a_cancelled_coroutine_puts_the_prompt_away_and_the_next_try_works() = runBlocking {
        keys.create("a", KeyPurpose.APPROVAL, null)
        prompt.doing = Doing.Nothing
        val signing = launch(Dispatchers.Default) { keys.sign("a", message, "") }
        prompt.waiting.await()
        signing.cancelAndJoin()
        prompt.putAway.await()
        prompt.doing = Doing.Recognised
        assertTrue(verifies("a", keys.sign("a", message, "")))
    }

    @Test
    fun the_cores_contract_of_key_stores_is_kept() = runBlocking {
        for (strongBox in listOf(true, false)) {
            phone.strongBox = strongBox
            val findings = checkKeyStore(keys, "test$strongBox", prompts)
            assertTrue(findings.isNotEmpty() && findings.all { it.broken == null }, "$findings")
        }
        assertTrue(phone.aliases().isEmpty(), "${phone.aliases()}")
    }

    @Test
    fun a_key_store_whose_approval_key_asks_nobody_breaks_the_contract() = runBlocking {
        val silent = object : KeyStore by keys {
            override suspend fun create(alias: String, purpose: KeyPurpose, challenge: ByteArray?): MadeKey {
                val made = keys.create(alias, KeyPurpose.DEVICE, challenge)
                return if (purpose == KeyPurpose.APPROVAL) made.copy(unlock = KeyUnlock.BIOMETRIC) else made
            }
        }
        val broken = checkKeyStore(silent, "silent", prompts).single { it.broken != null }
        assertTrue("asks its owner once" in broken.rule, "$broken")
        assertTrue(phone.aliases().isEmpty(), "a broken rule leaves no keys behind: ${phone.aliases()}")
    }

    @Test
    fun a_deleted_key_is_gone_and_deleting_it_again_is_no_error() = runBlocking {
        keys.create("a", KeyPurpose.DEVICE, null)
        repeat(2) { keys.delete("a") }
        assertFailsWith<KeyStoreException.NotFound> { keys.sign("a", message, null) }
        assertFailsWith<KeyStoreException.NotFound> { keys.publicKey("a") }
        Unit
    }
}

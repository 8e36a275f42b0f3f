// The whole library through the Rust core, against a running server: fake are the key hardware, the prompt and
// the list of notifications, and nothing else.

package io.countersign.android

import android.hardware.biometrics.BiometricPrompt
import io.countersign.mobile.CountersignException
import io.countersign.mobile.KeyProtection
import io.countersign.mobile.Outcome
import io.countersign.sample.replacedBy
import io.countersign.story.Phone
import io.countersign.story.World
import io.countersign.story.asEndpoint
import io.countersign.story.pairWith
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.security.interfaces.ECPublicKey
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue

class AppStoryTest {
    private val hardware = FakeProvider.insert()
    private val prompt = FakePrompt()
    private val world = World(number = "always")

    @TempDir
    lateinit var folder: File

    private val keys = KeystoreKeys(PromptUnlock(prompt, Dispatchers.Default))

    private fun start(http: UrlHttp = UrlHttp()) = Phone(
        keys,
        KeystoreFiles(folder),
        http,
        now = world::now,
    ).start()

    @Test
    fun a_wake_is_fetched_before_it_is_shown_and_approved_by_a_face_and_a_number() = runBlocking {
        val app = start()
        app.pairWith(world)
        val subscription = world.subscribe()
        app.setPush(subscription.asEndpoint())
        val login = world.begin()
        world.nextWake(subscription)
        // The system starts the app anew for a message.
        val board = Board()
        Wakes(start(), board).onWake()
        val popup = board.popups.single()
        assertEquals("Sign-in request: Tap to review", board.words.single())
        val request = start().fetch(popup.accountId, popup.login)
        assertEquals(Outcome.APPROVED, start().approve(request, login.number).outcome)
        assertEquals(listOf(true, true), prompt.shown.map { world.email in it.reason || "Use this phone" in it.reason })
        assertTrue(world.complete(login))
        Wakes(start(), board).onWake()
        assertTrue(board.popups.isEmpty())
    }

    @Test
    fun both_keys_are_attested_for_the_pairing() = runBlocking {
        hardware.strongBox = false
        start().pairWith(world)
        val challenges = hardware.aliases().map { hardware.spec(it).attestationChallenge }
        assertEquals(2, challenges.size)
        assertEquals(32, challenges.first().size)
        assertContentEquals(challenges.first(), challenges.last())
    }

    @Test
    fun where_attestation_is_required_a_phone_that_gives_it_is_paired_and_approves() = runBlocking {
        val strict = World(attestation = "required")
        hardware.certified = { key, challenge, approval ->
            strict.attestKey(pointOf(key as ECPublicKey), challenge, approval).map { der ->
                CertificateFactory.getInstance("X.509").generateCertificate(der.inputStream()) as X509Certificate
            }
        }
        val app = startIn(strict)
        app.pairWith(strict)
        val login = strict.begin()
        assertEquals(Outcome.APPROVED, app.approve(app.pending().requests.single(), null).outcome)
        assertTrue(strict.complete(login))
    }

    @Test
    fun where_attestation_is_required_a_phone_that_cannot_give_it_is_told_so() = runBlocking {
        val strict = World(attestation = "required")
        for (attests in listOf(false, true)) {
            // It attests nothing, or by a maker whom nobody believes.
            hardware.attests = attests
            val error = assertFailsWith<CountersignException.TellUser> { startIn(strict).pair(strict.link()) }
            assertEquals("attestation_required", error.reason)
            assertTrue("prove where it keeps its keys" in error.sentence, error.sentence)
            assertTrue(hardware.aliases().none { it.startsWith("countersign.") }, "nothing stays")
        }
    }

    @Test
    fun a_passcode_approves_where_the_organisation_allows_it_and_nowhere_else() = runBlocking {
        val tap = World()
        val app = startIn(tap, UnlockedBy.DEVICE_CREDENTIAL)
        val error = assertFailsWith<CountersignException.TellUser> { app.pair(tap.link()) }
        assertEquals("device_passcode_not_allowed", error.reason)
        assertTrue("passcode" in error.sentence, error.sentence)
        tap.allowPasscode(true)
        app.pairWith(tap)
        tap.begin()
        assertEquals(Outcome.APPROVED, app.approve(app.pending().requests.single(), null).outcome)
        assertEquals(UnlockedBy.DEVICE_CREDENTIAL, prompt.shown.last().by)
        tap.begin()
        val request = app.pending().requests.single()
        tap.allowPasscode(false)
        val refused = assertFailsWith<CountersignException.TellUser> { app.approve(request, null) }
        assertEquals("device_passcode_not_allowed", refused.reason)
        assertEquals(Outcome.DENIED, app.deny(request).outcome)
    }

    private fun startIn(world: World, by: UnlockedBy = UnlockedBy.BIOMETRIC) = Phone(
        KeystoreKeys(PromptUnlock(prompt, Dispatchers.Default), by),
        KeystoreFiles(folder),
        UrlHttp(),
        now = world::now,
    ).start()

    /** SEC 1, uncompressed, as the certificate's own encoding ends with it. */
    private fun pointOf(key: ECPublicKey): ByteArray = key.encoded.takeLast(65).toByteArray()

    @Test
    fun each_end_of_the_prompt_leads_the_app_on() = runBlocking {
        val app = start()
        app.pairWith(world)
        val login = world.begin()
        val request = app.pending().requests.single()
        prompt.doing = Doing.Ends(NEGATIVE_BUTTON)
        assertEquals("cancelled", assertFailsWith<CountersignException.AskAgain> { app.approve(request, login.number) }.reason)
        prompt.doing = Doing.Ends(BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT)
        assertEquals("locked_out", assertFailsWith<CountersignException.TellUser> { app.approve(request, login.number) }.reason)
        prompt.doing = Doing.Recognised
        assertEquals(Outcome.APPROVED, app.approve(request, login.number).outcome)
    }

    @Test
    fun after_a_new_finger_the_account_is_paired_again_and_a_denial_still_works() = runBlocking {
        val app = start()
        val account = app.pairWith(world)
        world.begin()
        val request = app.pending().requests.single()
        hardware.enrolAnother()
        assertEquals("biometrics_changed", assertFailsWith<CountersignException.PairAgain> { app.approve(request, "00") }.reason)
        assertEquals(Outcome.DENIED, app.deny(request).outcome)
        app.remove(account.id)
        assertTrue(hardware.aliases().isEmpty())
        app.pairWith(world)
        Unit
    }

    @Test
    fun after_a_new_finger_the_phone_pairs_again_as_the_hardware_that_it_is() = runBlocking {
        val app = start()
        val old = app.pairWith(world)
        hardware.endedKeysAreUnreadable = true
        hardware.enrolAnother()
        val faults = app.accounts().associate { it.id to it.fault }
        assertTrue(faults.getValue(old.id) is CountersignException.PairAgain)
        // As the app offers it, the account that came to its end still in the list, for the person to remove.
        val fresh = app.pairWith(world)
        assertEquals(old.id, replacedBy(fresh, app.accounts())?.id)
        val login = world.begin()
        val request = app.pending().requests.first { it.accountId != old.id }
        assertEquals(Outcome.APPROVED, app.approve(request, login.number).outcome)
        assertEquals(KeyProtection.HARDWARE, keys.protection())
        app.unpair(old.id)
        assertEquals(listOf(fresh.id), app.accounts().map { it.id })
        assertNull(replacedBy(fresh, app.accounts()))
    }

    @Test
    fun a_call_that_is_cancelled_puts_the_prompt_away_through_the_core() = runBlocking {
        val app = start()
        app.pairWith(world)
        val login = world.begin()
        val request = app.pending().requests.single()
        prompt.doing = Doing.Nothing
        val approving = launch(Dispatchers.Default) { app.approve(request, login.number) }
        prompt.waiting.await()
        approving.cancelAndJoin()
        prompt.putAway.await()
        prompt.doing = Doing.Recognised
        assertEquals(Outcome.APPROVED, app.approve(request, login.number).outcome)
    }

    @Test
    fun a_phone_without_a_biometric_is_told_so_and_keeps_nothing() = runBlocking {
        hardware.forgetAllFaces()
        val error = assertFailsWith<CountersignException.TellUser> { start().pair(world.link()) }
        assertEquals("no_hardware", error.reason)
        assertTrue(hardware.aliases().none { it.startsWith("countersign.") })
    }

    @Test
    fun on_another_phone_restored_files_open_nothing() = runBlocking {
        start().pairWith(world)
        hardware.loseKeys()
        assertTrue(start().accounts().isEmpty())
        start().pairWith(world)
        Unit
    }
}

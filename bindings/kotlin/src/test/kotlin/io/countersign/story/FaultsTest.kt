// Whatever the app's own code throws reaches the app as the right case, and never takes it down.

package io.countersign.story

import io.countersign.mobile.Countersign
import io.countersign.mobile.CountersignException
import io.countersign.mobile.HttpException
import io.countersign.mobile.HttpRequest
import io.countersign.mobile.HttpResponse
import io.countersign.mobile.KeyProtection
import io.countersign.mobile.KeyPurpose
import io.countersign.mobile.KeyStoreException
import io.countersign.mobile.MadeKey
import io.countersign.mobile.Outcome
import io.countersign.mobile.StorageException
import io.countersign.mobile.checkKeyStore
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import kotlin.reflect.KClass
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

class FaultsTest {
    private val world = World()
    private var signs: suspend () -> Unit = {}
    private var stores: suspend () -> Unit = {}
    private var sends: suspend (HttpRequest) -> Unit = {}
    private var answers: (HttpResponse) -> HttpResponse = { it }

    private val keys = object : SoftKeys() {
        override suspend fun create(alias: String, purpose: KeyPurpose, challenge: ByteArray?): MadeKey {
            signs()
            return super.create(alias, purpose, challenge)
        }

        override suspend fun sign(alias: String, message: ByteArray, reason: String?): ByteArray {
            if (reason != null) signs()
            return super.sign(alias, message, reason)
        }
    }
    private val storage = object : MemoryStorage() {
        override suspend fun get(name: String): ByteArray? {
            stores()
            return super.get(name)
        }
    }
    private val http = object : JavaHttp() {
        override suspend fun send(request: HttpRequest): HttpResponse {
            sends(request)
            return answers(super.send(request))
        }
    }
    private val app: Countersign = Phone(keys, storage, http, now = world::now).start()

    private fun told(error: CountersignException): Pair<KClass<*>, String> = when (error) {
        is CountersignException.AskAgain -> error::class to error.reason
        is CountersignException.PairAgain -> error::class to error.reason
        is CountersignException.UpdateApp -> error::class to error.reason
        is CountersignException.TellUser -> error::class to error.reason
        is CountersignException.RetryLater -> error::class to error.reason
    }

    @Test
    fun each_fault_of_the_key_store_is_told_as_what_the_app_should_do() = runBlocking {
        app.pairWith(world)
        world.begin()
        val request = app.pending().requests.single()
        val table = listOf(
            KeyStoreException.Cancelled() to (CountersignException.AskAgain::class to "cancelled"),
            KeyStoreException.LockedOut() to (CountersignException.TellUser::class to "locked_out"),
            KeyStoreException.BiometricsChanged() to (CountersignException.PairAgain::class to "biometrics_changed"),
            KeyStoreException.NoHardware() to (CountersignException.TellUser::class to "no_hardware"),
            KeyStoreException.NotAllowed() to (CountersignException.TellUser::class to "not_allowed"),
            KeyStoreException.NotFound() to (CountersignException.PairAgain::class to "keys_lost"),
            KeyStoreException.Failed("E1") to (CountersignException.TellUser::class to "key_store_failed"),
            IllegalStateException("E2") to (CountersignException.TellUser::class to "key_store_failed"),
        )
        for ((thrown, expected) in table) {
            signs = { throw thrown }
            assertEquals<Any>(expected, told(assertFailsWith<CountersignException> { app.approve(request, null) }), "$thrown")
        }
        signs = {}
        assertEquals(Outcome.APPROVED, app.approve(request, null).outcome)
    }

    @Test
    fun what_is_no_exception_is_told_too_and_nothing_hangs() = runBlocking {
        val account = app.pairWith(world)
        world.begin()
        val request = app.pending().requests.single()
        for (thrown in listOf(NotImplementedError("E4"), AssertionError("E4"), StackOverflowError("E4"), OutOfMemoryError("E4"))) {
            val (approving, listing, asking) = withTimeout(30_000) {
                signs = { throw thrown }
                val approving = assertFailsWith<CountersignException> { app.approve(request, null) }
                signs = {}
                stores = { throw thrown }
                val listing = assertFailsWith<CountersignException> { app.accounts() }
                stores = {}
                sends = { throw thrown }
                val asking = assertFailsWith<CountersignException> { app.refreshAccount(account.id) }
                sends = {}
                Triple(approving, listing, asking)
            }
            assertEquals<Any>(CountersignException.TellUser::class to "key_store_failed", told(approving), "$thrown")
            assertEquals<Any>(CountersignException.TellUser::class to "storage_failed", told(listing), "$thrown")
            assertEquals<Any>(CountersignException.RetryLater::class to "unreachable", told(asking), "$thrown")
        }
        assertEquals(Outcome.APPROVED, app.approve(request, null).outcome)
    }

    @Test
    fun a_key_store_that_cannot_say_where_its_keys_are_claims_nothing() = runBlocking {
        val silent = object : SoftKeys() {
            override fun protection(): KeyProtection = throw NotImplementedError("E5")
        }
        withTimeout(30_000) { Phone(silent, MemoryStorage(), JavaHttp(), now = world::now).start().pair(world.link()) }
        Unit
    }

    @Test
    fun each_fault_of_the_network_is_told_as_what_the_app_should_do() = runBlocking {
        val account = app.pairWith(world)
        val table = listOf(
            HttpException.Unreachable("E1") to (CountersignException.RetryLater::class to "unreachable"),
            HttpException.CertificateWrong("E2") to (CountersignException.TellUser::class to "certificate_wrong"),
            HttpException.TooLong() to (CountersignException.UpdateApp::class to "unknown_answer"),
            IllegalArgumentException("E3") to (CountersignException.RetryLater::class to "unreachable"),
        )
        for ((thrown, expected) in table) {
            sends = { throw thrown }
            assertEquals<Any>(expected, told(assertFailsWith<CountersignException> { app.refreshAccount(account.id) }), "$thrown")
        }
    }

    @Test
    fun a_storage_that_fails_is_told_and_keeps_its_details_out_of_the_sentence() = runBlocking {
        for (thrown in listOf(StorageException.Failed("disk E9"), IllegalStateException("disk E9"))) {
            stores = { throw thrown }
            val error = assertFailsWith<CountersignException.TellUser> { app.accounts() }
            assertEquals("storage_failed", error.reason)
            assertTrue("E9" in error.details && "E9" !in error.sentence, "$error")
        }
    }

    @Test
    fun a_call_whose_callback_hangs_is_cancelled_and_cancels_the_callback() = runBlocking {
        app.pairWith(world)
        world.begin()
        val request = app.pending().requests.single()
        val (asked, cancelled) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        signs = {
            asked.complete(Unit)
            try {
                awaitCancellation()
            } finally {
                cancelled.complete(Unit)
            }
        }
        val approving = launch(Dispatchers.Default) { app.approve(request, null) }
        asked.await()
        approving.cancelAndJoin()
        cancelled.await()
        // Nothing was sent, and the next try goes through.
        signs = {}
        assertEquals(Outcome.APPROVED, app.approve(request, null).outcome)
    }

    @Test
    fun a_pairing_that_is_cancelled_at_the_prompt_leaves_nothing() = runBlocking {
        signs = { throw KeyStoreException.Cancelled() }
        assertFailsWith<CountersignException.AskAgain> { app.pair(world.link()) }
        assertTrue(app.accounts().isEmpty())
    }

    @Test
    fun a_certificate_from_nobody_is_told_apart_from_a_bad_connection() = runBlocking {
        val elsewhere = StoryServer.tool("certificate_from_nobody", "name" to "localhost").text("origin")
        val link = world.link().replace(world.origin, elsewhere)
        val error = assertFailsWith<CountersignException.TellUser> { app.pair(link) }
        assertEquals("certificate_wrong", error.reason)
    }

    @Test
    fun a_request_that_another_key_signed_is_not_shown() = runBlocking {
        app.pairWith(world)
        world.begin()
        answers = { it.copy(body = forged(it.body.decodeToString()).toByteArray()) }
        val pending = app.pending()
        assertTrue(pending.requests.isEmpty())
        assertEquals("not_trusted", told(pending.unreached.single().error).second)
    }

    private fun forged(body: String): String {
        val statement = Regex("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+").find(body) ?: return body
        val signed = StoryServer.tool("sign_by_another_key", "statement" to statement.value).text("statement")
        return body.replace(statement.value, signed)
    }

    @Test
    fun the_key_store_of_these_stories_keeps_the_contract_and_a_bad_one_is_found_out() = runBlocking {
        suspend fun broken(keys: SoftKeys) = checkKeyStore(keys, "test", keys.prompts).filter { it.broken != null }
        assertEquals(listOf(), broken(SoftKeys()))
        val deaf = object : SoftKeys() {
            override suspend fun sign(alias: String, message: ByteArray, reason: String?) = super.sign(alias, message + 1, reason)
        }
        assertTrue(broken(deaf).isNotEmpty())
        val silent = object : SoftKeys() {
            override fun ask() = Unit
        }
        assertTrue("asks its owner once" in broken(silent).single().rule)
    }

    @Test
    fun what_is_no_pairing_link_is_asked_for_again() = runBlocking {
        for (text in listOf("", "hello", "https://example.com/", "\u0000")) {
            assertEquals("not_a_pairing_link", assertFailsWith<CountersignException.AskAgain> { app.pair(text) }.reason)
        }
        val plain = world.link().replace(world.origin, "http://login.example.com")
        assertEquals("insecure_server", assertFailsWith<CountersignException.TellUser> { app.pair(plain) }.reason)
    }
}

// The story that every language tells: pair, wake, show, approve with a number, deny, report.

package io.countersign.story

import io.countersign.mobile.AccountState
import io.countersign.mobile.CountersignException
import io.countersign.mobile.Happening
import io.countersign.mobile.Outcome
import io.countersign.mobile.Over
import io.countersign.mobile.Popup
import io.countersign.mobile.PushState
import io.countersign.mobile.uniffiEnsureInitialized
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

class StoryTest {
    @BeforeEach
    fun the_library_and_the_generated_code_fit_each_other() = uniffiEnsureInitialized()

    private val keys = SoftKeys()
    private val storage = MemoryStorage()

    private fun phoneIn(world: World, language: String = "en") = Phone(keys, storage, JavaHttp(), language, world::now)

    @Test
    fun a_login_is_approved_with_the_number_of_its_browser_and_signs_in() = runBlocking {
        val world = World(number = "always")
        val app = phoneIn(world).start()
        val started = app.pair(world.link())
        assertEquals(AccountState.UNCONFIRMED, app.accounts().single().state)
        assertTrue(world.confirm(started.code))
        assertEquals(AccountState.ACTIVE, app.refreshAccount(started.account.id).state)
        val subscription = world.subscribe()
        app.setPush(subscription.asEndpoint())
        assertEquals(PushState.WORKING, app.refreshAccount(started.account.id).push)

        val login = world.begin()
        assertTrue(world.nextWake(subscription).none { it == '@' }, "a wake names nobody")
        val changes = app.popupChanges(emptyList())
        assertEquals("Sign-in request", changes.title)
        val request = app.fetch(started.account.id, changes.show.single().login)
        assertEquals(world.email, request.account)
        assertEquals(world.origin, request.origin)
        assertEquals(login.number?.length, request.numberDigits?.toInt())

        val answered = app.approve(request, login.number)
        assertEquals(Outcome.APPROVED, answered.outcome)
        assertEquals("Approved. The browser goes on by itself.", answered.sentence)
        world.awaitState(login, "approved")
        assertTrue(world.complete(login))
        assertTrue(keys.reasons.any { world.email in it }, "${keys.reasons}")

        val put = app.popupChanges(listOf(Popup(request.login, request.accountId, request.expiresAt)))
        assertEquals(Over.SETTLED, put.withdraw.single().why)
    }

    @Test
    fun a_wrong_number_ends_the_login_and_a_number_too_short_does_not() = runBlocking {
        val world = World(number = "always")
        val app = phoneIn(world).start()
        app.pairWith(world)
        val login = world.begin()
        val request = app.pending().requests.single()
        val short = assertFailsWith<CountersignException.AskAgain> { app.approve(request, "1") }
        assertEquals("number_digits", short.reason)
        val right = login.number!!
        val wrong = right.map { '0' + (it.digitToInt() + 1) % 10 }.joinToString("")
        assertNotEquals(right, wrong)
        assertEquals(Outcome.WRONG_NUMBER, app.approve(request, wrong).outcome)
        assertEquals("already_decided", assertFailsWith<CountersignException.TellUser> { app.approve(request, right) }.reason)
        assertTrue(!world.complete(login))
    }

    @Test
    fun a_login_is_denied_and_nobody_signs_in() = runBlocking {
        val world = World()
        val app = phoneIn(world, "ja").start()
        app.pairWith(world)
        val login = world.begin()
        val answered = app.deny(app.pending().requests.single())
        assertEquals(Outcome.DENIED, answered.outcome)
        assertTrue(answered.sentence.startsWith("拒否しました。"), answered.sentence)
        world.awaitState(login, "denied")
        assertTrue(!world.complete(login))
        assertTrue(app.pending().requests.isEmpty())
    }

    @Test
    fun a_login_is_reported() = runBlocking {
        val world = World()
        val app = phoneIn(world).start()
        app.pairWith(world)
        val login = world.begin()
        assertEquals(Outcome.REPORTED, app.report(app.pending().requests.single()).outcome)
        world.awaitState(login, "reported")
    }

    @Test
    fun an_open_app_hears_of_a_login_without_a_wake_and_stops_listening_when_told() = runBlocking {
        val world = World()
        val app = phoneIn(world).start()
        val account = app.pairWith(world)
        val watch = app.watch(account.id)
        assertEquals(Happening.CHANGED, watch.next())
        world.begin()
        while (app.pending().requests.isEmpty()) assertEquals(Happening.CHANGED, watch.next())
        val waiting = async { runCatching { while (true) watch.next() } }
        watch.stop()
        assertTrue(waiting.await().exceptionOrNull() is CountersignException.RetryLater)
    }

    @Test
    fun two_accounts_of_one_name_are_told_apart_by_their_servers() = runBlocking {
        val (home, work) = World() to World()
        // Their clocks stand a little apart; the core corrects what matters.
        val app = phoneIn(home).start()
        val (first, second) = app.pairWith(home) to app.pairWith(work)
        assertEquals(first.account, second.account)
        assertNotEquals(first.origin, second.origin)
        work.begin()
        val request = app.pending().requests.single()
        assertEquals(second.id, request.accountId)
        assertEquals(work.origin, request.origin)
        assertEquals(Outcome.APPROVED, app.approve(request, null).outcome)
        app.remove(first.id)
        assertEquals(listOf(second.id), app.accounts().map { it.id })
    }

    @Test
    fun an_authenticator_app_code_signs_in_where_the_phone_is_not_answered() = runBlocking {
        val world = World()
        val app = phoneIn(world).start()
        val account = app.addTotp(world.offerAuthenticator())
        assertEquals(6u.toUByte(), account.digits)
        assertTrue(world.confirmAuthenticator(app.totpCode(account.id).code))
        // The same code is used once: the next one is due.
        world.pass(31)
        val login = world.begin()
        assertTrue(world.typeCode(login, app.totpCode(account.id).code))
        assertTrue(app.exportTotp(account.id).startsWith("otpauth://totp/"))
        app.removeTotp(account.id)
        assertTrue(app.totpAccounts().isEmpty())
        val fault = assertFailsWith<CountersignException> { app.addTotp("otpauth://hotp/x") }
        assertTrue(fault is CountersignException.AskAgain, "$fault")
    }

    @Test
    fun a_phone_takes_another_name_and_leaves_its_server() = runBlocking {
        val world = World()
        val app = phoneIn(world).start()
        val account = app.pairWith(world)
        app.renameDevice(account.id, "Ada’s new phone")
        app.unpair(account.id)
        assertTrue(app.accounts().isEmpty())
    }

    @Test
    fun a_phone_that_was_removed_on_the_server_is_told_to_pair_again() = runBlocking {
        val world = World()
        val app = phoneIn(world).start()
        val account = app.pairWith(world)
        val login = world.begin()
        app.approve(app.pending().requests.single(), null)
        assertTrue(world.complete(login))
        assertEquals(1, world.removePhones(login))
        val gone = assertFailsWith<CountersignException.PairAgain> { app.refreshAccount(account.id) }
        assertEquals("unknown_device", gone.reason)
    }
}

// An app that is ended between any two steps starts again and is where the server is.

package io.countersign.story

import io.countersign.mobile.AccountState
import io.countersign.mobile.CountersignException
import io.countersign.mobile.Outcome
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

class InterruptedTest {
    private val keys = SoftKeys()
    private val storage = MemoryStorage()
    private val world = World(number = "always")
    private val phone = Phone(keys, storage, JavaHttp(), now = world::now)

    @Test
    fun an_app_that_is_ended_after_each_step_goes_on_where_it_was() = runBlocking {
        val code = phone.start().pair(world.link()).code
        assertEquals(AccountState.UNCONFIRMED, phone.start().accounts().single().state)
        assertTrue(world.confirm(code))
        val account = phone.start().run { refreshAccount(accounts().single().id) }
        assertEquals(AccountState.ACTIVE, account.state)
        val subscription = world.subscribe()
        phone.start().setPush(subscription.asEndpoint())
        val login = world.begin()
        world.nextWake(subscription)
        val popup = phone.start().popupChanges(emptyList()).show.single()
        val request = phone.start().fetch(popup.accountId, popup.login)
        assertEquals(Outcome.APPROVED, phone.start().approve(request, login.number).outcome)
        assertTrue(phone.start().pending().requests.isEmpty())
        assertTrue(world.complete(login))
    }

    @Test
    fun a_lost_storage_means_no_accounts_and_the_phone_can_be_paired_again() = runBlocking {
        phone.start().pairWith(world)
        storage.lose()
        val app = phone.start()
        assertTrue(app.accounts().isEmpty())
        assertEquals(AccountState.ACTIVE, app.pairWith(world).state)
    }

    @Test
    fun a_backup_on_another_phone_has_accounts_without_keys_and_is_told_to_pair_again() = runBlocking {
        val account = phone.start().pairWith(world)
        keys.lose()
        val lost = assertFailsWith<CountersignException.PairAgain> { phone.start().refreshAccount(account.id) }
        assertEquals("keys_lost", lost.reason)
        phone.start().remove(account.id)
        assertEquals(AccountState.ACTIVE, phone.start().pairWith(world).state)
    }

    @Test
    fun a_server_that_is_down_is_tried_later_and_nothing_is_lost() = runBlocking {
        val app = phone.start()
        val account = app.pairWith(world)
        world.stop()
        val unreached = app.pending().unreached.single()
        assertEquals(account.id, unreached.accountId)
        assertTrue(unreached.error is CountersignException.RetryLater)
        world.start()
        val login = world.begin()
        assertEquals(Outcome.APPROVED, app.approve(app.pending().requests.single(), login.number).outcome)
    }

    @Test
    fun a_phone_whose_clock_goes_hours_off_approves_all_the_same() = runBlocking {
        phone.start().pairWith(world)
        val ahead = Phone(keys, storage, JavaHttp()) { world.now().plusSeconds(3 * 3600) }.start()
        val login = world.begin()
        val request = ahead.pending().requests.single()
        assertEquals(Outcome.APPROVED, ahead.approve(request, login.number).outcome)
    }
}

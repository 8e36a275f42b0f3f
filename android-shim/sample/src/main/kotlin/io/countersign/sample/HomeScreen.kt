// What waits, the accounts, and adding one.

package io.countersign.sample

import io.countersign.android.pairingLink
import io.countersign.mobile.Account
import io.countersign.mobile.AccountState
import io.countersign.mobile.CountersignException
import io.countersign.mobile.Happening
import io.countersign.mobile.PairingStarted
import io.countersign.mobile.Pending
import io.countersign.mobile.PushState
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch

internal class HomeScreen(private val main: MainActivity) {
    private val texts get() = main.texts
    private val countersign get() = main.countersign

    fun show(): Unit = main.run(::look, again = ::show) { (accounts, pending) -> draw(accounts, pending) }

    private suspend fun look(): Pair<List<Account>, Pending> = countersign.accounts() to countersign.pending()

    private fun draw(accounts: List<Account>, pending: Pending) {
        val page = Page(main)
        page.title(texts.waiting)
        if (pending.requests.isEmpty()) page.text(texts.nothingWaits)
        if (pending.requests.size > 1) page.text(countersign.waitingSentence(pending.requests.size.toUInt()))
        for (request in pending.requests) {
            page.button("${request.application} · ${request.account}") { main.review(request) }.contentDescription = request.spoken
        }
        for (each in pending.unreached) page.status(each.error.sentence())
        countersign.clockSkew()?.let { page.text(it.sentence) }
        page.heading(texts.accounts)
        if (accounts.isEmpty()) page.text(texts.noAccounts)
        accounts.forEach { account(page, it) }
        page.button(texts.addAccount) { addAccount(null) }
        page.button(texts.codes) { main.codes() }
        main.show(page) { redrawWhenChanged(accounts, pending) }
    }

    private fun account(page: Page, account: Account) {
        val state = if (account.state == AccountState.UNCONFIRMED) " · ${texts.unconfirmed}" else ""
        main.brand(page.text("${account.tenantName}\n${account.account} · ${account.origin}$state"), account)
        account.fault?.let {
            page.status(it.sentence())
            page.button(texts.addAccount) { addAccount(null) }
        }
        if (account.push == PushState.LOST) page.text(countersign.pushLostSentence())
        page.button(texts.remove) { askRemoval(account) }
    }

    private fun askRemoval(account: Account) {
        val page = Page(main)
        page.title(texts.removeTitle)
        page.text("${account.tenantName}\n${account.account}")
        page.text(texts.removeText)
        page.button(texts.remove) { main.run({ unpaired(account) }) { if (it) show() else askRemovalHere(account) } }
        page.button(texts.back) { show() }
        main.show(page)
    }

    /** Whether the server knows of it now; where it cannot be reached, the account is still here. */
    private suspend fun unpaired(account: Account): Boolean = try {
        countersign.unpair(account.id)
        true
    } catch (_: CountersignException.RetryLater) {
        false
    }

    private fun askRemovalHere(account: Account) {
        val page = Page(main)
        page.title(texts.removeTitle)
        page.text(texts.removeHereText)
        page.button(texts.removeHere) { main.run({ countersign.remove(account.id) }) { show() } }
        page.button(texts.back) { show() }
        main.show(page)
    }

    /** Requests come and go while the list is open. */
    private suspend fun redrawWhenChanged(accounts: List<Account>, shown: Pending) = coroutineScope {
        val heard = accounts.filter { it.state == AccountState.ACTIVE && it.fault == null }
        for (account in heard) launch { follow(account.id) { redrawIfChanged(accounts, shown) } }
        launch {
            heard.forEach { refresh(it) }
            redrawIfChanged(accounts, shown)
        }
    }

    /** Its tenant's name, colour and picture, as the server has them now. */
    private suspend fun refresh(account: Account) = try {
        countersign.refreshAccount(account.id)
        Unit
    } catch (_: CountersignException) {
        // What is wrong with an account is told by the list of what waits.
    }

    private suspend fun redrawIfChanged(accounts: List<Account>, shown: Pending) {
        val (accountsNow, pending) = try {
            look()
        } catch (_: CountersignException) {
            return
        }
        val same = accountsNow == accounts && pending.requests.map { it.login } == shown.requests.map { it.login }
        if (!same) draw(accountsNow, pending)
    }

    /** An account's stream of events, opened again however it ends. */
    private suspend fun follow(account: String, changed: suspend () -> Unit) {
        var failed = 0
        while (true) {
            val began = System.nanoTime()
            try {
                hear(account, changed)
            } catch (_: CountersignException) {
                changed()
            }
            failed = if (System.nanoTime() - began > HALF_A_MINUTE) 0 else failed + 1
            delay(countersign.reconnectPause(failed.toUInt()).toMillis())
        }
    }

    private suspend fun hear(account: String, changed: suspend () -> Unit) {
        val watch = countersign.watch(account)
        try {
            while (watch.next() == Happening.CHANGED) changed()
        } finally {
            watch.stop()
            watch.close()
        }
    }

    /** By a link that was tapped, or one that is pasted. */
    fun addAccount(link: String?) {
        val page = Page(main)
        page.title(texts.addAccount)
        page.text(texts.pairHint)
        val field = page.field(texts.pairHint)
        field.setText(link)
        page.button(texts.pairSubmit) { explainThen { pair(field.text.toString()) } }
        page.button(texts.back) { show() }
        main.show(page)
    }

    /** Why the phone is about to ask for a face or a finger: said once. */
    private fun explainThen(go: () -> Unit) = main.run({ countersign.explainsBiometrics() }) { explain ->
        if (!explain) return@run go()
        val why = countersign.biometricsWhy()
        val page = Page(main)
        page.title(why.title)
        page.text(why.body)
        page.button(why.button) { main.run({ countersign.biometricsExplained() }) { go() } }
        main.show(page)
    }

    private fun pair(text: String) {
        val again = { addAccount(text) }
        main.run({ countersign.pair(pairingLink(text).orEmpty()) }, again) { showCode(it) }
    }

    private fun showCode(started: PairingStarted) {
        val page = Page(main)
        page.title(texts.typeCode)
        page.figures(started.code.chunked(3).joinToString(" "), countersign.spokenDigits(started.code))
        page.text("${started.account.account} · ${started.account.tenantName}")
        page.button(texts.back) { show() }
        main.show(page) { untilConfirmed(started.account.id) }
    }

    private suspend fun untilConfirmed(account: String) {
        while (true) {
            delay(LOOK_AGAIN)
            try {
                val now = countersign.refreshAccount(account)
                if (now.state == AccountState.ACTIVE) return confirmed(now)
            } catch (_: CountersignException.RetryLater) {
                continue
            } catch (over: CountersignException) {
                val page = Page(main)
                page.status(over.sentence())
                page.button(texts.back) { show() }
                return main.show(page)
            }
        }
    }

    private fun confirmed(account: Account) = main.run({ replacedBy(account, countersign.accounts()) }) { old ->
        val page = Page(main)
        page.status(texts.pairDone)
        if (old != null) {
            page.heading(texts.oldTitle)
            page.text(texts.oldText)
            page.button(texts.remove) { main.run({ unpaired(old) }) { if (it) show() else askRemovalHere(old) } }
        }
        page.button(if (old == null) texts.done else texts.later) { show() }
        main.show(page)
    }

    private companion object {
        const val LOOK_AGAIN = 4_000L
        const val HALF_A_MINUTE = 30_000_000_000L
    }
}

/** What pairing again left behind: the same account, which works no more on this phone. */
internal fun replacedBy(fresh: Account, accounts: List<Account>): Account? = accounts.firstOrNull {
    it.fault != null && it.id != fresh.id && it.origin == fresh.origin && it.account == fresh.account
}

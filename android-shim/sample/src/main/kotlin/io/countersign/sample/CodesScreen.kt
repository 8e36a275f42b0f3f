// Codes of authenticator-app accounts, of any site.

package io.countersign.sample

import android.text.InputType
import android.widget.TextView
import io.countersign.mobile.TotpAccount
import io.countersign.mobile.TotpCode
import kotlinx.coroutines.delay
import java.time.Duration
import java.time.Instant

internal class CodesScreen(private val main: MainActivity) {
    private val texts get() = main.texts
    private val countersign get() = main.countersign

    private suspend fun look(): List<Pair<TotpAccount, TotpCode>> =
        countersign.totpAccounts().map { it to countersign.totpCode(it.id) }

    fun show(): Unit = main.run(::look, again = ::show) { accounts ->
        val page = Page(main)
        page.title(texts.codes)
        if (accounts.isEmpty()) page.text(texts.noCodes)
        val clocks = accounts.map { (account, code) -> code(page, account, code) to code }
        page.button(texts.addCode) { add() }
        page.button(texts.back) { main.home() }
        main.show(page) { runDown(clocks) }
    }

    private fun code(page: Page, account: TotpAccount, code: TotpCode): TextView {
        page.heading(account.called())
        page.figures(code.code.chunked(3).joinToString(" "), code.spoken)
        val left = page.text("")
        page.button(texts.change) { change(account) }.contentDescription = "${texts.change}, ${account.called()}"
        return left
    }

    /** Until the soonest code is over: the whole list is drawn again. */
    private suspend fun runDown(clocks: List<Pair<TextView, TotpCode>>) {
        while (clocks.isNotEmpty() && clocks.all { (_, code) -> secondsLeft(code) > 0 }) {
            for ((left, code) in clocks) {
                left.text = texts.timeLeft(secondsLeft(code))
                left.contentDescription = countersign.spokenTimeLeft(secondsLeft(code).toUInt())
            }
            delay(1_000)
        }
        if (clocks.isNotEmpty()) show()
    }

    private fun add() {
        val page = Page(main)
        page.title(texts.addCode)
        val field = page.field(texts.codeHint)
        page.button(texts.pairSubmit) {
            main.run({ countersign.addTotp(field.text.toString().trim()) }, again = ::add) { show() }
        }
        page.button(texts.back) { show() }
        main.show(page)
    }

    private fun change(account: TotpAccount) {
        val page = Page(main)
        page.title(account.called())
        val issuer = page.field(texts.codeIssuer, PLAIN)
        issuer.setText(account.issuer)
        val name = page.field(texts.codeName, PLAIN)
        name.setText(account.name)
        page.button(texts.save) {
            val (site, person) = issuer.text.toString().trim() to name.text.toString().trim()
            main.run({ countersign.renameTotp(account.id, site, person) }, again = { change(account) }) { show() }
        }
        page.button(texts.exportCode) { askExport(account) }
        page.button(texts.remove) { askRemoval(account) }
        page.button(texts.back) { show() }
        main.show(page)
    }

    /** The QR code holds the secret: it is drawn when the person says so, for a minute. */
    private fun askExport(account: TotpAccount) {
        val page = Page(main)
        page.title(texts.exportCode)
        page.text(texts.exportText)
        page.button(texts.exportYes) { main.run({ countersign.exportTotp(account.id) }) { export(account, it) } }
        page.button(texts.back) { change(account) }
        main.show(page)
    }

    private fun export(account: TotpAccount, link: String) {
        val page = Page(main)
        page.title(account.called())
        page.picture(QrCode.picture(link, SIDE), texts.exportCode)
        page.text(texts.exportScan)
        page.button(texts.done) { show() }
        main.show(page) {
            delay(SHOWN)
            show()
        }
    }

    private fun askRemoval(account: TotpAccount) {
        val page = Page(main)
        page.title(texts.removeCodeTitle)
        page.text(account.called())
        page.text(texts.removeCodeText)
        page.button(texts.remove) { main.run({ countersign.removeTotp(account.id) }) { show() } }
        page.button(texts.back) { change(account) }
        main.show(page)
    }

    private fun TotpAccount.called() = listOf(issuer, name).filter { it.isNotEmpty() }.joinToString(" · ")

    private companion object {
        const val PLAIN = InputType.TYPE_CLASS_TEXT
        const val SIDE = 768
        const val SHOWN = 60_000L

        fun secondsLeft(code: TotpCode) = Duration.between(Instant.now(), code.validUntil).toMillis().plus(999) / 1_000
    }
}

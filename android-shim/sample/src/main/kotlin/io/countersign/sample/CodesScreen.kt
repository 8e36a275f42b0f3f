// Codes of authenticator-app accounts, of any site.

package io.countersign.sample

import io.countersign.mobile.TotpAccount
import io.countersign.mobile.TotpCode
import kotlinx.coroutines.delay

internal class CodesScreen(private val main: MainActivity) {
    private val texts get() = main.texts
    private val countersign get() = main.countersign

    private suspend fun look(): List<Pair<TotpAccount, TotpCode>> =
        countersign.totpAccounts().map { it to countersign.totpCode(it.id) }

    fun show(): Unit = main.run(::look, again = ::show) { accounts ->
        val page = Page(main)
        page.title(texts.codes)
        if (accounts.isEmpty()) page.text(texts.noCodes)
        for ((account, code) in accounts) {
            page.heading(listOf(account.issuer, account.name).filter { it.isNotEmpty() }.joinToString(" · "))
            page.figures(code.code.chunked(3).joinToString(" "), code.spoken)
            page.text(texts.timeLeft(code.secondsLeft.toLong()))
        }
        page.button(texts.addCode) { add() }
        page.button(texts.back) { main.home() }
        main.show(page) {
            // The soonest that changes: the whole list is drawn again.
            if (accounts.isNotEmpty()) {
                delay(accounts.minOf { it.second.secondsLeft.toLong() } * 1_000)
                show()
            }
        }
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
}

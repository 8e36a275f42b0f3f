// One request: what is asked, the number, the answer.

package io.countersign.sample

import android.text.InputType
import io.countersign.mobile.Account
import io.countersign.mobile.Answered
import io.countersign.mobile.PendingRequest
import kotlinx.coroutines.delay
import java.time.Duration
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle

internal class RequestScreens(private val main: MainActivity) {
    private val texts get() = main.texts
    private val countersign get() = main.countersign

    /** Where the accounts cannot be read, the request is shown without its tenant's look. */
    fun review(request: PendingRequest): Unit = main.run({
        runCatching { countersign.accounts() }.getOrDefault(emptyList()).find { it.id == request.accountId }
    }) { account -> review(request, account) }

    private fun review(request: PendingRequest, account: Account?) {
        val page = Page(main)
        page.title(request.question)
        val left = page.text(texts.timeLeft(secondsLeft(request)))
        val who = page.text("${request.application}\n${request.account} · ${request.tenantName}", 20f)
        who.contentDescription = request.spoken
        account?.let { main.brand(who, it) }
        page.text("${texts.browser}: ${texts.browserOn(request.browser, request.system)}")
        page.text("${texts.place}: ${request.place}")
        page.text("${texts.address}: ${request.address}")
        page.text("${texts.asked}: ${TIME.format(request.askedAt.atZone(ZoneId.systemDefault()))}")
        page.choice(
            texts.deny to { answer(request) { countersign.deny(request) } },
            texts.approve to { approve(request) },
        )
        page.button(texts.report) { askReport(request) }
        main.show(page) {
            while (secondsLeft(request) > 0) {
                left.text = texts.timeLeft(secondsLeft(request))
                left.contentDescription = countersign.spokenTimeLeft(secondsLeft(request).toUInt())
                delay(1_000)
            }
            main.home()
        }
    }

    private fun approve(request: PendingRequest) {
        val digits = request.numberDigits ?: return answer(request) { countersign.approve(request, null) }
        val page = Page(main)
        page.title(texts.numberTitle)
        page.text("${request.application} · ${request.account}")
        val number = page.field(countersign.spokenNumber(digits), InputType.TYPE_CLASS_NUMBER)
        page.button(texts.approve) {
            val typed = number.text.toString()
            answer(request) { countersign.approve(request, typed) }
        }
        page.button(texts.back) { review(request) }
        main.show(page)
        number.requestFocus()
    }

    private fun askReport(request: PendingRequest) {
        val page = Page(main)
        page.title(texts.reportTitle)
        page.text(texts.reportText)
        page.button(texts.reportYes) { answer(request) { countersign.report(request) } }
        page.button(texts.back) { review(request) }
        main.show(page)
    }

    private fun answer(request: PendingRequest, ask: suspend () -> Answered) =
        main.run(ask, again = { review(request) }) { answered ->
            main.tidy()
            val page = Page(main)
            page.status(answered.sentence)
            page.button(texts.done) { main.home() }
            main.show(page)
        }

    private companion object {
        val TIME: DateTimeFormatter = DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM)

        fun secondsLeft(request: PendingRequest) = Duration.between(Instant.now(), request.expiresAt).seconds.coerceAtLeast(0)
    }
}

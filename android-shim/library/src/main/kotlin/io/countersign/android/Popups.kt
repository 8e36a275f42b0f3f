// After a wake: look first, then show. A wake says that something happened, not what.

package io.countersign.android

import io.countersign.mobile.Countersign
import io.countersign.mobile.CountersignException
import io.countersign.mobile.PendingRequest
import io.countersign.mobile.Popup
import io.countersign.mobile.PopupChanges
import io.countersign.mobile.Withdrawn
import kotlinx.coroutines.delay
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withTimeoutOrNull

/** Where popups are shown: the system's notifications ([NotificationBoard]), or a test's list. */
interface PopupBoard {
    /** Those that are on show. */
    fun shown(): List<Popup>

    /** Shows one, with a sound. Its text says nothing about who, where or to what. */
    fun show(request: PendingRequest, title: String, body: String)

    /** Puts one away. */
    fun withdraw(withdrawn: Withdrawn)

    /** Something happened and no server could be asked what: a tap opens the app, which looks again. */
    fun showUnknown(title: String, body: String)

    /** Puts that one away. */
    fun withdrawUnknown()
}

/** What tells popups apart. Two servers may give their logins one id, one of them on purpose. */
internal fun Popup.tag() = "$accountId/$login"

/** What a message from a push service leads to. One at a time: two at once would show each popup twice. */
class Wakes(
    private val countersign: Countersign,
    private val board: PopupBoard,
    private val pauses: List<Long> = listOf(500, 1_500, 3_000),
) {
    private val looking = Mutex()

    /**
     * Fetches what waits, then shows and puts away; tries again while a server cannot be reached. After `limit`, in
     * milliseconds, or whatever else happened, a popup says at least that something waits: the system gives a
     * message's work little time.
     */
    suspend fun onWake(limit: Long = LIMIT) {
        val look = Look()
        withTimeoutOrNull(limit) { looking.withLock { untilAllAreReached(look) } }
        if (!look.isDone) board.showUnknown(countersign.popupTitle(), countersign.popupBody())
    }

    /**
     * Puts away the popups of what waits no more, and shows nothing: after an answer, and whenever the app comes to the
     * front. A server that cannot be reached leaves its popups until their time is over.
     */
    suspend fun tidy() = looking.withLock {
        val changes = countersign.popupChanges(board.shown())
        changes.withdraw.forEach(board::withdraw)
        if (changes.pending.requests.isEmpty() && !changes.misses()) board.withdrawUnknown()
    }

    /** What came of looking so far. */
    private class Look {
        @Volatile var reachedAll = false

        @Volatile var showed = false
        val isDone get() = reachedAll || showed
    }

    /** An account that was reached, and has a request, says nothing of the one that the wake was for. */
    private suspend fun untilAllAreReached(look: Look) {
        for (pause in pauses + null) {
            try {
                once(look)
            } catch (_: CountersignException) {
                // The storage's: later it may be readable.
            }
            if (look.reachedAll) return
            delay(pause ?: return)
        }
    }

    private suspend fun once(look: Look) {
        val changes = countersign.popupChanges(board.shown())
        changes.withdraw.forEach(board::withdraw)
        changes.show.forEach { board.show(it, changes.title, changes.body) }
        look.showed = look.showed || changes.show.isNotEmpty()
        look.reachedAll = !changes.misses()
    }

    private fun PopupChanges.misses() = pending.unreached.any { it.error is CountersignException.RetryLater }

    companion object {
        /** Under what every push service gives. */
        const val LIMIT = 10_000L
    }
}

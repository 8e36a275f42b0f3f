// After a wake: look first, then show. A wake says that something happened, not what.

package io.countersign.android

import io.countersign.mobile.Countersign
import io.countersign.mobile.CountersignException
import io.countersign.mobile.PendingRequest
import io.countersign.mobile.Popup
import io.countersign.mobile.Withdrawn
import kotlinx.coroutines.delay
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

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
}

/** What a message from a push service leads to. One at a time: two at once would show each popup twice. */
class Wakes(
    private val countersign: Countersign,
    private val board: PopupBoard,
    private val pauses: List<Long> = listOf(500, 1_500, 3_000),
) {
    private val looking = Mutex()

    /** Fetches what waits, then shows and puts away. Where no server can be reached, tries again for a while. */
    suspend fun onWake() = looking.withLock {
        for (pause in pauses) {
            if (look()) return@withLock
            delay(pause)
        }
        look(last = true)
        Unit
    }

    /** Whether all accounts could be asked, or something was shown. */
    private suspend fun look(last: Boolean = false): Boolean {
        val changes = countersign.popupChanges(board.shown())
        changes.withdraw.forEach(board::withdraw)
        changes.show.forEach { board.show(it, changes.title, changes.body) }
        val unreached = changes.pending.unreached.any { it.error is CountersignException.RetryLater }
        if (last && unreached && changes.pending.requests.isEmpty()) board.showUnknown(changes.title, changes.body)
        return !unreached || changes.show.isNotEmpty()
    }
}

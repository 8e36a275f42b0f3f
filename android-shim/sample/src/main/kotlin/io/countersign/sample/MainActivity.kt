// The one activity: shows a screen, runs what its buttons ask for, and says what became of it.

package io.countersign.sample

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.graphics.Color
import android.graphics.drawable.BitmapDrawable
import android.graphics.drawable.ColorDrawable
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.view.WindowManager
import android.widget.TextView
import io.countersign.android.CountersignHost
import io.countersign.android.NotificationBoard
import io.countersign.android.pairingLink
import io.countersign.mobile.Account
import io.countersign.mobile.Countersign
import io.countersign.mobile.CountersignException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.unifiedpush.android.connector.UnifiedPush

class MainActivity : Activity() {
    internal val countersign: Countersign get() = (application as CountersignHost).countersignApp.countersign
    internal val texts by lazy { Texts.of(resources.configuration.locales[0]) }
    internal val scope: CoroutineScope = MainScope()

    /** What belongs to the screen on show, and ends with it: its clock, its stream of events. */
    private var ofTheScreen: Job? = null
    private var meanwhile: (suspend () -> Unit)? = null
    private val home by lazy { HomeScreen(this) }
    private val requests by lazy { RequestScreens(this) }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // What is shown here is nobody else's: no screenshots, nothing drawn over it.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        askForNotifications()
        registerForWakes()
        if (savedInstanceState == null) openFrom(intent) else home.show()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        openFrom(intent)
    }

    /** What was answered or settled while the app was away has no popup any more. */
    override fun onStart() {
        super.onStart()
        if (ofTheScreen?.isActive != true) ofTheScreen = scope.launch { meanwhile?.invoke() }
        tidy()
    }

    /** Streams are for an app in front; behind it, wakes tell. */
    override fun onStop() {
        ofTheScreen?.cancel()
        super.onStop()
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private fun openFrom(intent: Intent) {
        val popup = NotificationBoard.openedRequest(intent)
        val link = pairingLink(intent)
        when {
            popup != null -> run({ countersign.fetch(popup.accountId, popup.login) }, then = requests::review)
            link != null -> home.addAccount(link)
            else -> home.show()
        }
    }

    internal fun home() = home.show()

    internal fun codes() = CodesScreen(this).show()

    internal fun review(request: io.countersign.mobile.PendingRequest) = requests.review(request)

    /** Shows an account's tenant beside a line: its colour, and its picture as soon as that is there. */
    internal fun brand(line: TextView, account: Account) {
        account.colour?.let { line.beside(ColorDrawable(Color.parseColor(it)), width = 6) }
        val address = account.logo ?: return
        scope.launch { Pictures.at(address)?.let { line.beside(BitmapDrawable(resources, it), width = 40) } }
    }

    /** Puts a screen in front; `meanwhile` runs as long as it is there. */
    internal fun show(page: Page, meanwhile: (suspend () -> Unit)? = null) {
        this.meanwhile = meanwhile
        ofTheScreen?.cancel()
        page.root.filterTouchesWhenObscured = true
        setContentView(page.root)
        ofTheScreen = scope.launch { meanwhile?.invoke() }
    }

    /** Puts the popups away that are over. */
    internal fun tidy() {
        scope.launch { runCatching { (application as CountersignHost).countersignApp.tidy() } }
    }

    /** Asks the core for something, off the main thread; a fault becomes a screen with its sentence. */
    internal fun <T> run(ask: suspend () -> T, again: (() -> Unit)? = null, then: (T) -> Unit) {
        scope.launch {
            try {
                val answer = withContext(Dispatchers.Default) { ask() }
                then(answer)
            } catch (fault: CountersignException) {
                tell(fault, again)
            }
        }
    }

    private fun tell(fault: CountersignException, again: (() -> Unit)?) {
        val page = Page(this)
        page.status(fault.sentence())
        val helps = fault is CountersignException.AskAgain || fault is CountersignException.RetryLater
        if (helps && again != null) page.button(texts.tryAgain, again)
        if (fault is CountersignException.PairAgain) page.button(texts.addAccount) { home.addAccount(null) }
        if (fault is CountersignException.UpdateApp) page.button(texts.updateApp, ::openStore)
        if (fault is CountersignException.TellUser && fault.reason == "storage_damaged") {
            page.button(texts.forgetDamaged) { run({ countersign.forgetDamaged() }) { home() } }
        }
        page.button(texts.back) { home() }
        show(page)
    }

    private fun openStore() = try {
        startActivity(Intent(Intent.ACTION_VIEW, Uri.parse("market://details?id=$packageName")))
    } catch (_: ActivityNotFoundException) {
        home()
    }

    private fun askForNotifications() {
        if (Build.VERSION.SDK_INT >= ANDROID_13) requestPermissions(arrayOf(POST_NOTIFICATIONS), 0)
    }

    private fun registerForWakes() = UnifiedPush.tryUseCurrentOrDefaultDistributor(this) { found ->
        if (found) UnifiedPush.register(this)
    }

    private companion object {
        const val ANDROID_13 = 33
        const val POST_NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
    }
}

/** What the core says to the person. */
internal fun CountersignException.sentence(): String = when (this) {
    is CountersignException.AskAgain -> sentence
    is CountersignException.PairAgain -> sentence
    is CountersignException.UpdateApp -> sentence
    is CountersignException.TellUser -> sentence
    is CountersignException.RetryLater -> sentence
}

// All of it put together, once an app.

package io.countersign.android

import android.app.Activity
import android.app.Application
import android.os.Build
import android.provider.Settings
import io.countersign.mobile.Countersign
import io.countersign.mobile.PhoneInfo
import io.countersign.mobile.Ports
import io.countersign.mobile.PushEndpoint
import io.countersign.mobile.uniffiEnsureInitialized
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

/** Implemented by the app's `Application`, so that the push services, which the system starts, find it. */
interface CountersignHost {
    val countersignApp: CountersignApp
}

/** The core over this phone's keys, files, network and notifications. Make one in `Application.onCreate`. */
class CountersignApp(
    application: Application,
    notificationIcon: Int,
    requestActivity: Class<out Activity>,
    approvals: UnlockedBy = UnlockedBy.BIOMETRIC,
) {
    private val front = FrontActivity(application)
    private val words = Words.of(application.resources.configuration.locales[0])

    /** The accounts on this phone and all that can be done with them. */
    val countersign: Countersign
    private val wakes: Wakes

    init {
        // A library and generated code that do not fit each other are found here, not in the middle of a call.
        uniffiEnsureInitialized()
        val keys = KeystoreKeys(PromptUnlock(SystemPrompt(words, front::activity)), approvals)
        countersign = Countersign(Ports(keys, KeystoreFiles(application), UrlHttp()), phoneInfo(application))
        wakes = Wakes(countersign, NotificationBoard(application, notificationIcon, requestActivity, words))
    }

    /** Work that outlives the service that a message started: the system may end that one at any time. */
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    /**
     * A message came from a push service, whatever it holds. Fetches first, then shows. After `limit`, in milliseconds,
     * a popup says at least that something waits.
     */
    suspend fun onWake(limit: Long = Wakes.LIMIT) = wakes.onWake(limit)

    /** As [onWake], for a service that must not wait. */
    fun wakeInBackground(limit: Long) {
        scope.launch { runCatching { wakes.onWake(limit) } }
    }

    /** Puts away the popups of what waits no more: after an answer, and whenever the app comes to the front. */
    suspend fun tidy() = wakes.tidy()

    /** A push service handed out a token or an endpoint; none where the person allows no notifications. */
    suspend fun onPushEndpoint(endpoint: PushEndpoint?) = countersign.setPush(endpoint)

    /** As [onPushEndpoint], for whoever must not wait. A server that is not reached is told by the core later. */
    fun pushEndpointInBackground(endpoint: PushEndpoint?) {
        scope.launch { runCatching { countersign.setPush(endpoint) } }
    }
}

private fun phoneInfo(application: Application): PhoneInfo {
    val name = Settings.Global.getString(application.contentResolver, Settings.Global.DEVICE_NAME)
    val version = application.packageManager.getPackageInfo(application.packageName, 0).versionName
    return PhoneInfo(
        platform = "android",
        model = name?.takeIf { it.isNotBlank() } ?: "${Build.MANUFACTURER} ${Build.MODEL}",
        language = application.resources.configuration.locales[0].toLanguageTag(),
        appId = application.packageName,
        appVersion = version.orEmpty(),
    )
}

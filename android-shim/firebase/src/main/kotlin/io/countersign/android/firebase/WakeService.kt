// Wakes by Firebase Cloud Messaging. The only file that names Google's classes, which are in Google's own registry
// alone: so it is no part of the build on Linux.

package io.countersign.android.firebase

import com.google.firebase.messaging.FirebaseMessagingService
import com.google.firebase.messaging.RemoteMessage
import io.countersign.android.CountersignApp
import io.countersign.android.CountersignHost
import io.countersign.mobile.PushEndpoint
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull

/** Declare it in the manifest. The server sends data messages without text: nothing is shown before it is fetched. */
class WakeService : FirebaseMessagingService() {
    private val app: CountersignApp get() = (application as CountersignHost).countersignApp

    /** Runs on a thread of Firebase's, which keeps the app awake until it returns, for about 20 seconds. */
    override fun onMessageReceived(message: RemoteMessage) {
        runBlocking { withTimeoutOrNull(LIMIT) { runCatching { app.onWake() } } }
    }

    override fun onNewToken(token: String) {
        runBlocking { withTimeoutOrNull(LIMIT) { runCatching { app.onPushEndpoint(PushEndpoint.Fcm(token)) } } }
    }

    private companion object {
        const val LIMIT = 18_000L
    }
}

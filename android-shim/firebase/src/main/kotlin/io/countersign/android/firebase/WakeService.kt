// Wakes by Firebase Cloud Messaging. The only file that names Google's classes, which are in Google's own registry
// alone: on Linux it is compiled against stubs of them.

package io.countersign.android.firebase

import com.google.firebase.messaging.FirebaseMessaging
import com.google.firebase.messaging.FirebaseMessagingService
import com.google.firebase.messaging.RemoteMessage
import io.countersign.android.CountersignApp
import io.countersign.android.CountersignHost
import io.countersign.mobile.PushEndpoint
import kotlinx.coroutines.runBlocking

/**
 * Declared in this library's manifest. An app that has a service for Firebase's messages already takes this one out of
 * the merged manifest, since only one of them gets messages, and calls [CountersignApp.onWake] where a message's data
 * hold `wake`, and [CountersignApp.onPushEndpoint] for each token. The server sends data messages without text: nothing
 * is shown before it is fetched.
 */
class WakeService : FirebaseMessagingService() {
    private val app: CountersignApp get() = (application as CountersignHost).countersignApp

    /** Runs on a thread of Firebase's, which keeps the app awake until it returns, for about 20 seconds. */
    override fun onMessageReceived(message: RemoteMessage) {
        if ("wake" in message.data) runBlocking { runCatching { app.onWake() } }
    }

    override fun onNewToken(token: String) = app.pushEndpointInBackground(PushEndpoint.Fcm(token))
}

/**
 * Tells the servers where wakes go. Call it at each start of the app: Firebase tells of a new token by itself
 * ([WakeService.onNewToken]), but not of one that it gave to this app before.
 */
fun registerForWakes(app: CountersignApp) {
    FirebaseMessaging.getInstance().token.addOnSuccessListener { token ->
        app.pushEndpointInBackground(PushEndpoint.Fcm(token))
    }
}

// As much of Firebase as ../../firebase names, to compile it against: our reading of Google's documentation. The classes
// themselves are in Google's registry alone. Nothing here runs.

package com.google.firebase.messaging

import android.app.Service
import android.content.Intent
import android.os.IBinder
import com.google.android.gms.tasks.Task

abstract class FirebaseMessagingService : Service() {
    open fun onMessageReceived(message: RemoteMessage) = Unit

    open fun onNewToken(token: String) = Unit

    override fun onBind(intent: Intent): IBinder? = null
}

abstract class RemoteMessage {
    abstract val data: Map<String, String>
}

abstract class FirebaseMessaging {
    abstract val token: Task<String>

    companion object {
        @JvmStatic
        fun getInstance(): FirebaseMessaging = throw UnsupportedOperationException("a stub")
    }
}

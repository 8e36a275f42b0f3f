// Wakes by UnifiedPush (Web Push, RFC 8030 and RFC 8291): for phones without Google's services, and organisations
// that want none of them in between.

package io.countersign.android.unifiedpush

import io.countersign.android.CountersignApp
import io.countersign.android.CountersignHost
import io.countersign.mobile.PushEndpoint
import org.unifiedpush.android.connector.FailedReason
import org.unifiedpush.android.connector.PushService
import org.unifiedpush.android.connector.data.PushMessage
import org.unifiedpush.android.connector.data.PushEndpoint as ConnectorEndpoint

/** Declare it in the manifest, and call `UnifiedPush.tryUseDefaultDistributor` and `register` in an activity. */
class WakeService : PushService() {
    private val app: CountersignApp get() = (application as CountersignHost).countersignApp

    /**
     * What the message says is not looked at: the server's list is. The connector lets go of this service after a few
     * seconds, so the work is the app's, and a popup is there before that.
     */
    override fun onMessage(message: PushMessage, instance: String) = app.wakeInBackground(LIMIT)

    override fun onNewEndpoint(endpoint: ConnectorEndpoint, instance: String) {
        // An endpoint without keys takes no encrypted message.
        val keys = endpoint.pubKeySet ?: return
        tell(PushEndpoint.WebPush(endpoint.url, keys.pubKey, keys.auth))
    }

    override fun onUnregistered(instance: String) = tell(null)

    /** The endpoint that was there before, if there was one, goes on. The app asks again at its next start. */
    override fun onRegistrationFailed(reason: FailedReason, instance: String) = Unit

    private fun tell(endpoint: PushEndpoint?) = app.pushEndpointInBackground(endpoint)

    private companion object {
        const val LIMIT = 4_000L
    }
}

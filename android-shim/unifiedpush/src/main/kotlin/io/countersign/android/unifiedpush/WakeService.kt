// Wakes by UnifiedPush (Web Push, RFC 8030 and RFC 8291): for phones without Google's services, and organisations
// that want none of them in between.

package io.countersign.android.unifiedpush

import io.countersign.android.CountersignApp
import io.countersign.android.CountersignHost
import io.countersign.mobile.PushEndpoint
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import org.unifiedpush.android.connector.FailedReason
import org.unifiedpush.android.connector.PushService
import org.unifiedpush.android.connector.data.PushMessage
import org.unifiedpush.android.connector.data.PushEndpoint as ConnectorEndpoint

/** Declare it in the manifest, and call `UnifiedPush.tryUseDefaultDistributor` and `register` in an activity. */
class WakeService : PushService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val app: CountersignApp get() = (application as CountersignHost).countersignApp

    /** What the message says is not looked at: the server's list is. */
    override fun onMessage(message: PushMessage, instance: String) {
        scope.launch { runCatching { app.onWake() } }
    }

    override fun onNewEndpoint(endpoint: ConnectorEndpoint, instance: String) {
        // An endpoint without keys takes no encrypted message.
        val keys = endpoint.pubKeySet ?: return
        tell(PushEndpoint.WebPush(endpoint.url, keys.pubKey, keys.auth))
    }

    override fun onUnregistered(instance: String) = tell(null)

    /** The endpoint that was there before, if there was one, goes on. The app asks again at its next start. */
    override fun onRegistrationFailed(reason: FailedReason, instance: String) = Unit

    /** A server that was not reached is told by the core later. */
    private fun tell(endpoint: PushEndpoint?) {
        scope.launch { runCatching { app.onPushEndpoint(endpoint) } }
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }
}

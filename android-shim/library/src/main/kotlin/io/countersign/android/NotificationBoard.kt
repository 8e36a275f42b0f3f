// Popups as notifications. Without action buttons: an answer is given where the request can be read.

package io.countersign.android

import android.app.Activity
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.os.Bundle
import io.countersign.mobile.PendingRequest
import io.countersign.mobile.Popup
import io.countersign.mobile.Withdrawn
import java.time.Instant

/**
 * Shows notifications that open `activity` with the request's account and login ([openedRequest]). The system
 * remembers them: nothing is kept here.
 */
class NotificationBoard(
    private val context: Context,
    private val icon: Int,
    private val activity: Class<out Activity>,
    words: Words,
    private val now: () -> Instant = Instant::now,
) : PopupBoard {
    private val notifications: NotificationManager = context.getSystemService(NotificationManager::class.java)

    init {
        val channel = NotificationChannel(CHANNEL, words.channel, NotificationManager.IMPORTANCE_HIGH)
        channel.lockscreenVisibility = Notification.VISIBILITY_PUBLIC
        notifications.createNotificationChannel(channel)
    }

    override fun shown(): List<Popup> = notifications.activeNotifications.mapNotNull { it.notification.extras.popup() }

    override fun show(request: PendingRequest, title: String, body: String) {
        val popup = Popup(request.login, request.accountId, request.expiresAt)
        val left = request.expiresAt.toEpochMilli() - now().toEpochMilli()
        val notification = builder(title, body, popup)
            .setTimeoutAfter(left.coerceAtLeast(1))
            .setExtras(popup.bundle())
            .build()
        notifications.notify(popup.tag(), ID, notification)
        notifications.cancel(UNKNOWN, ID)
    }

    override fun withdraw(withdrawn: Withdrawn) = notifications.cancel(withdrawn.popup.tag(), ID)

    override fun showUnknown(title: String, body: String) =
        notifications.notify(UNKNOWN, ID, builder(title, body, null).setTimeoutAfter(UNKNOWN_LASTS).build())

    override fun withdrawUnknown() = notifications.cancel(UNKNOWN, ID)

    private fun builder(title: String, body: String, popup: Popup?): Notification.Builder =
        Notification.Builder(context, CHANNEL)
            .setSmallIcon(icon)
            .setContentTitle(title)
            .setContentText(body)
            .setCategory(Notification.CATEGORY_MESSAGE)
            // The words are generic, so a locked screen may show them.
            .setVisibility(Notification.VISIBILITY_PUBLIC)
            .setAutoCancel(true)
            .setContentIntent(opens(popup))

    private fun opens(popup: Popup?): PendingIntent {
        val intent = Intent(context, activity)
            .setAction(ACTION + (popup?.tag() ?: UNKNOWN))
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK or Intent.FLAG_ACTIVITY_SINGLE_TOP)
        if (popup != null) intent.putExtras(popup.bundle())
        val flags = PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT
        return PendingIntent.getActivity(context, 0, intent, flags)
    }

    companion object {
        private const val CHANNEL = "countersign.requests"
        private const val ACTION = "io.countersign.android.OPEN."
        private const val UNKNOWN = "unknown"
        private const val ID = 1
        private const val UNKNOWN_LASTS = 120_000L
        private const val LOGIN = "io.countersign.login"
        private const val ACCOUNT = "io.countersign.account"
        private const val EXPIRES = "io.countersign.expires"

        /** The popup that was tapped, in the activity that it opened. To be fetched: it may be over. */
        fun openedRequest(intent: Intent): Popup? = intent.extras?.popup()

        private fun Popup.bundle() = Bundle().apply {
            putString(LOGIN, login)
            putString(ACCOUNT, accountId)
            putLong(EXPIRES, expiresAt.toEpochMilli())
        }

        private fun Bundle.popup(): Popup? {
            val login = getString(LOGIN) ?: return null
            val account = getString(ACCOUNT) ?: return null
            return Popup(login, account, Instant.ofEpochMilli(getLong(EXPIRES)))
        }
    }
}

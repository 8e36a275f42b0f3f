// Where pairing links come from: a tap on one, a scanned QR code, or typed and pasted text.

package io.countersign.android

import android.content.Intent

/**
 * The link that opened the app, if one did. Ask once a start: the intent keeps it. Whoever calls an app's deep
 * link chooses its text; the core checks it, and a biometric stands between it and a key.
 */
fun pairingLink(intent: Intent): String? =
    if (intent.action == Intent.ACTION_VIEW) intent.dataString?.let(::pairingLink) else null

/** What was scanned, typed or pasted, without what people and keyboards put around it. */
fun pairingLink(text: String): String? =
    text.trim { it.isWhitespace() || it in "\u200B\uFEFF<>\"" }.takeIf { it.isNotEmpty() && it.none(Char::isWhitespace) }

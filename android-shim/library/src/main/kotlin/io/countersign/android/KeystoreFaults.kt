// What the Keystore throws, in the core's words.

package io.countersign.android

import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException
import io.countersign.mobile.KeyStoreException
import java.security.InvalidAlgorithmParameterException
import java.security.UnrecoverableKeyException
import kotlin.coroutines.cancellation.CancellationException

/**
 * Runs `block`; whatever the Keystore throws becomes one of the core's errors. A [Throwable] that is no [Exception]
 * too: it would get through the generated code and end the app.
 */
internal fun <T> translated(block: () -> T): T = try {
    block()
} catch (known: KeyStoreException) {
    throw known
} catch (cancelled: CancellationException) {
    throw cancelled
} catch (fault: Throwable) {
    throw keyStoreError(fault)
}

/** The Keystore wraps what happened in different ways, by version and maker: so all causes are looked at. */
internal fun keyStoreError(fault: Throwable): KeyStoreException {
    val causes = generateSequence(fault) { it.cause }.take(MOST_CAUSES).toList()
    return when {
        causes.any { it is KeyPermanentlyInvalidatedException || it.isEndedKey() } -> KeyStoreException.BiometricsChanged()
        // The person was not asked, or too long ago: asking again helps.
        causes.any { it is UserNotAuthenticatedException } -> KeyStoreException.Cancelled()
        causes.any { it is InvalidAlgorithmParameterException } && causes.any(::nothingEnrolled) ->
            KeyStoreException.NoHardware()
        causes.any { it is SecurityException } -> KeyStoreException.NotAllowed()
        else -> KeyStoreException.Failed(causes.joinToString(" < ") { "${it.javaClass.simpleName}: ${it.message}" })
    }
}

/** As the Keystore says it when the key is looked up: it drops the cause, and keeps it for all else. */
private fun Throwable.isEndedKey() = this is UnrecoverableKeyException && cause == null

/**
 * A key that needs a biometric or a screen lock is refused where there is none: "At least one biometric must be
 * enrolled…", "Secure lock screen must be enabled…".
 */
private fun nothingEnrolled(cause: Throwable) = cause is IllegalStateException

private const val MOST_CAUSES = 8

/**
 * Whether trying later may help, as Android's own `KeyStoreException` says from version 13 on: the keys that attest
 * may be used up for the moment. By its name: Android 11 has no such method.
 */
internal fun passes(fault: Throwable): Boolean = generateSequence(fault) { it.cause }.take(MOST_CAUSES).any { cause ->
    cause.javaClass.simpleName == "KeyStoreException" &&
        runCatching { cause.javaClass.getMethod("isTransientFailure").invoke(cause) as? Boolean }.getOrNull() == true
}

// Asking the person: from the system's prompt to a signature that may be used, or to the reason why not.

package io.countersign.android

import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import io.countersign.mobile.KeyStoreException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.security.Signature
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Asks the person to unlock one signature. */
interface Unlock {
    /** The unlocked signature, or a `KeyStoreException`. A cancelled coroutine puts the prompt away. */
    suspend fun unlock(signature: Signature, by: UnlockedBy, reason: String): Signature
}

/** What the prompt shows and unlocks. */
class PromptRequest(val signature: Signature, val by: UnlockedBy, val reason: String)

/** Shows a prompt: the system's ([SystemPrompt]), or a test's. Called on the main thread. */
fun interface PromptSurface {
    fun show(request: PromptRequest, cancel: CancellationSignal, callback: BiometricPrompt.AuthenticationCallback)
}

/** Shows prompts on a surface and turns what comes of them into the core's words. */
class PromptUnlock(
    private val surface: PromptSurface,
    private val main: CoroutineDispatcher = Dispatchers.Main,
) : Unlock {
    override suspend fun unlock(signature: Signature, by: UnlockedBy, reason: String): Signature =
        withContext(main) {
            suspendCancellableCoroutine { waiting ->
                val cancel = CancellationSignal()
                waiting.invokeOnCancellation { cancel.cancel() }
                try {
                    surface.show(PromptRequest(signature, by, reason), cancel, Answers(waiting))
                } catch (fault: Throwable) {
                    // No activity in front, biometrics forbidden to this app: nothing was shown.
                    if (waiting.isActive) waiting.resumeWithException(keyStoreError(fault))
                }
            }
        }

    private class Answers(
        private val waiting: CancellableContinuation<Signature>,
    ) : BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            // Only the signature that went through the prompt is unlocked.
            val unlocked = result.cryptoObject?.signature
            when {
                !waiting.isActive -> Unit
                unlocked != null -> waiting.resume(unlocked)
                else -> waiting.resumeWithException(KeyStoreException.Failed("the prompt unlocked no signature"))
            }
        }

        override fun onAuthenticationError(errorCode: Int, errString: CharSequence) {
            if (waiting.isActive) waiting.resumeWithException(promptError(errorCode))
        }

        /** A face or finger that did not match: the prompt stays and says so itself. */
        override fun onAuthenticationFailed() = Unit
    }
}

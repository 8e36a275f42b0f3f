// The person before the prompt.

package io.countersign.android

import android.hardware.biometrics.BiometricPrompt
import android.hardware.biometrics.BiometricPrompt.AuthenticationCallback
import android.hardware.biometrics.BiometricPrompt.AuthenticationResult
import android.hardware.biometrics.BiometricPrompt.CryptoObject
import android.os.CancellationSignal
import kotlinx.coroutines.CompletableDeferred
import java.security.Signature
import java.util.Collections

/** What the person does. */
sealed interface Doing {
    /** Is recognised. */
    data object Recognised : Doing

    /** Is not recognised, and then is. */
    data object SecondTry : Doing

    /** The prompt ends with one of its codes. */
    data class Ends(val code: Int) : Doing

    /** Goes away, and the prompt stays. */
    data object Nothing : Doing

    /** The prompt says yes to another signature than the one that it was given. */
    data object AnotherSignature : Doing

    /** There is no prompt to be had. */
    data class Throws(val fault: Exception) : Doing
}

class FakePrompt(var doing: Doing = Doing.Recognised) : PromptSurface {
    val shown: MutableList<PromptRequest> = Collections.synchronizedList(mutableListOf())
    val waiting = CompletableDeferred<Unit>()
    val putAway = CompletableDeferred<Unit>()

    override fun show(request: PromptRequest, cancel: CancellationSignal, callback: AuthenticationCallback) {
        shown += request
        cancel.setOnCancelListener {
            putAway.complete(Unit)
            callback.onAuthenticationError(BiometricPrompt.BIOMETRIC_ERROR_CANCELED, "cancelled")
        }
        when (val doing = doing) {
            Doing.Recognised -> recognise(request.signature, callback)
            Doing.SecondTry -> {
                callback.onAuthenticationFailed()
                recognise(request.signature, callback)
            }
            is Doing.Ends -> callback.onAuthenticationError(doing.code, "")
            Doing.Nothing -> waiting.complete(Unit)
            Doing.AnotherSignature -> callback.onAuthenticationSucceeded(AuthenticationResult(null, 2))
            is Doing.Throws -> throw doing.fault
        }
    }

    private fun recognise(signature: Signature, callback: AuthenticationCallback) {
        signature.setParameter(Recognised)
        callback.onAuthenticationSucceeded(AuthenticationResult(CryptoObject(signature), BiometricPrompt.AUTHENTICATION_RESULT_TYPE_BIOMETRIC))
    }
}

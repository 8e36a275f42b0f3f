// The system's own prompt.

package io.countersign.android

import android.app.Activity
import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal

/**
 * `android.hardware.biometrics.BiometricPrompt` over the activity that is in front, as `activity` gives it. The
 * prompt unlocks one signature (`CryptoObject`) and nothing else.
 */
class SystemPrompt(private val words: Words, private val activity: () -> Activity?) : PromptSurface {
    override fun show(
        request: PromptRequest,
        cancel: CancellationSignal,
        callback: BiometricPrompt.AuthenticationCallback,
    ) {
        val shownOver = checkNotNull(activity()) { "there is no activity in front to ask on" }
        val builder = BiometricPrompt.Builder(shownOver)
            .setTitle(words.promptTitle)
            .setDescription(request.reason)
            // The person has pressed "Approve" a moment ago.
            .setConfirmationRequired(false)
        when (request.by) {
            UnlockedBy.BIOMETRIC ->
                builder.setAllowedAuthenticators(Authenticators.BIOMETRIC_STRONG)
                    .setNegativeButton(words.cancel, shownOver.mainExecutor) { _, _ ->
                        callback.onAuthenticationError(NEGATIVE_BUTTON, words.cancel)
                    }
            // The system draws its own way out of it.
            UnlockedBy.DEVICE_CREDENTIAL -> builder.setAllowedAuthenticators(Authenticators.DEVICE_CREDENTIAL)
        }
        val crypto = BiometricPrompt.CryptoObject(request.signature)
        builder.build().authenticate(crypto, cancel, shownOver.mainExecutor, callback)
    }
}

// How a prompt ended without an answer, in the core's words.

package io.countersign.android

import android.hardware.biometrics.BiometricPrompt
import io.countersign.mobile.KeyStoreException

/** The negative button, as `androidx.biometric` numbers it; the framework calls a listener instead. */
const val NEGATIVE_BUTTON = 13

/** `BIOMETRIC_ERROR_SECURITY_UPDATE_REQUIRED`: the sensor is known to be unsound. Not in the public API. */
private const val SECURITY_UPDATE_REQUIRED = 15

/** The error for one of `BiometricPrompt`'s codes. */
fun promptError(code: Int): KeyStoreException = when (code) {
    BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED,
    BiometricPrompt.BIOMETRIC_ERROR_CANCELED,
    BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT,
    BiometricPrompt.BIOMETRIC_ERROR_UNABLE_TO_PROCESS,
    NEGATIVE_BUTTON,
    -> KeyStoreException.Cancelled()

    BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT,
    BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT,
    -> KeyStoreException.LockedOut()

    BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS,
    BiometricPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL,
    BiometricPrompt.BIOMETRIC_ERROR_HW_NOT_PRESENT,
    -> KeyStoreException.NoHardware()

    SECURITY_UPDATE_REQUIRED -> KeyStoreException.NotAllowed()

    else -> KeyStoreException.Failed("the prompt ended with error $code")
}

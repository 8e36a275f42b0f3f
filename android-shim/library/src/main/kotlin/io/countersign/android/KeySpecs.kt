// What is asked of the Keystore for each key: which operations, and what unlocks them.

package io.countersign.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import io.countersign.mobile.KeyPurpose
import java.security.spec.ECGenParameterSpec

/** What unlocks an approval key. Decided when the key is made, and for good: the other one is another key. */
enum class UnlockedBy {
    /** A strong (class 3) face or finger. A newly enrolled one ends the key. */
    BIOMETRIC,

    /**
     * The phone's PIN, pattern or password. Weaker: whoever watched it being typed has it. For organisations
     * that allow it, and people who cannot use biometrics.
     */
    DEVICE_CREDENTIAL,
}

internal data class KeyRequest(
    val name: String,
    val purpose: KeyPurpose,
    val unlockedBy: UnlockedBy,
    val challenge: ByteArray?,
    val strongBox: Boolean,
)

/** P-256, signing SHA-256 digests and nothing else. */
internal fun signingKeySpec(request: KeyRequest): KeyGenParameterSpec {
    val builder = KeyGenParameterSpec.Builder(request.name, KeyProperties.PURPOSE_SIGN)
        .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
        .setDigests(KeyProperties.DIGEST_SHA256)
        .setIsStrongBoxBacked(request.strongBox)
        .setAttestationChallenge(request.challenge)
    return when (request.purpose) {
        // Not `setUnlockedDeviceRequired`: a wake is answered while the phone lies locked.
        KeyPurpose.DEVICE -> builder.build()
        KeyPurpose.APPROVAL -> builder.unlockedEachTimeBy(request.unlockedBy).build()
    }
}

/** A timeout of 0: every single signature is unlocked. */
private fun KeyGenParameterSpec.Builder.unlockedEachTimeBy(by: UnlockedBy): KeyGenParameterSpec.Builder {
    setUserAuthenticationRequired(true)
    return when (by) {
        UnlockedBy.BIOMETRIC ->
            setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG)
                .setInvalidatedByBiometricEnrollment(true)
        UnlockedBy.DEVICE_CREDENTIAL ->
            setUserAuthenticationParameters(0, KeyProperties.AUTH_DEVICE_CREDENTIAL)
    }
}

/** AES-256-GCM, usable whenever the app runs; a nonce is never chosen by us. */
internal fun storageKeySpec(name: String): KeyGenParameterSpec =
    KeyGenParameterSpec.Builder(name, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
        .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
        .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
        .setKeySize(256)
        .build()

//! Keys, as an app implements them, and what attests them.

use async_trait::async_trait;
use uniffi::UnexpectedUniFFICallbackError as Unexpected;

/// What a key is for, and so how it is guarded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum KeyPurpose {
    /// Signs calls, denials and reports. Used without asking anyone, also in the background: it must be
    /// usable once the phone was unlocked after it started.
    Device,
    /// Signs approvals. Each use is unlocked by a biometric, and a newly enrolled face or finger makes the
    /// key unusable; or by the phone's passcode, for people who cannot use biometrics.
    Approval,
}

/// Where keys live.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum KeyProtection {
    /// In hardware, which does not give them out.
    Hardware,
    /// In a file: a simulator, a test.
    Software,
}

/// What unlocks a key. Decided when it is made, and for good: another one is another key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum KeyUnlock {
    /// Nobody is asked: device keys.
    NotAsked,
    /// A face or a finger, at each use.
    Biometric,
    /// The phone's passcode, at each use: weaker, and taken only where an organisation allows it.
    DevicePasscode,
}

/// A key that was made.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct MadeKey {
    /// Its public point: SEC 1, uncompressed, 65 bytes.
    pub public_key: Vec<u8>,
    /// What unlocks it. Servers are told, so it has to be so.
    pub unlock: KeyUnlock,
    /// The key hardware's certificates for the key, DER, leaf first (Android); none where the platform has
    /// none, or no challenge was given.
    #[uniffi(default = None)]
    pub attestation: Option<Vec<Vec<u8>>>,
    /// Whether the platform attests keys, and could not attest this one for the moment. A server that asks for it
    /// then means `RetryLater`, not another phone.
    #[uniffi(default = false)]
    pub attestation_failed: bool,
}

/// Keeps P-256 keys and signs with them.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Makes a key under a name that was never used before. Where the platform attests keys, it attests
    /// this one for `challenge`.
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError>;

    /// A key's public point, as in `MadeKey`. Asks nobody for a biometric; `NotFound` where there is no
    /// such key, `BiometricsChanged` where it is known to be lost.
    async fn public_key(&self, alias: String) -> Result<Vec<u8>, KeyStoreError>;

    /// Signs `message` by ECDSA with SHA-256 and returns the signature in DER. `reason` is shown to the
    /// person where the key asks for a biometric.
    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, KeyStoreError>;

    /// Forgets a key. A key that is not there is no error.
    async fn delete(&self, alias: String) -> Result<(), KeyStoreError>;

    /// Where the keys live.
    fn protection(&self) -> Result<KeyProtection, KeyStoreError>;
}

/// Why a key store did not do as asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum KeyStoreError {
    /// The person put the prompt away.
    #[error("the prompt was cancelled")]
    Cancelled,
    /// Too many faces or fingers that did not match.
    #[error("biometrics are locked")]
    LockedOut,
    /// Faces or fingers were enrolled since the key was made: it is lost.
    #[error("the enrolled biometrics have changed")]
    BiometricsChanged,
    /// The phone has no key hardware, or nobody has set up a biometric.
    #[error("the phone has no key hardware or no biometric is set up")]
    NoHardware,
    /// The platform or its owner forbids it: biometrics were refused to this app, say.
    #[error("the key store may not be used")]
    NotAllowed,
    /// No key of this name.
    #[error("there is no such key")]
    NotFound,
    /// Anything else.
    #[error("the key store failed: {details}")]
    Failed {
        /// What happened, for the log.
        details: String,
    },
}

impl From<Unexpected> for KeyStoreError {
    fn from(unexpected: Unexpected) -> Self {
        Self::Failed { details: unexpected.reason }
    }
}

/// Apple's App Attest: a statement by the platform that a genuine copy of the app makes this request.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait AppAttest: Send + Sync {
    /// Attests for `client_data_hash`, a SHA-256. None where the phone never can; an error where it cannot now.
    async fn attest(&self, client_data_hash: Vec<u8>) -> Result<Option<AppAttestation>, KeyStoreError>;
}

/// What App Attest gave.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct AppAttestation {
    /// The attested key's identifier: the decoded bytes.
    pub key_id: Vec<u8>,
    /// The attestation object, CBOR.
    pub object: Vec<u8>,
}

//! What an app implements, in the types of the border.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use uniffi::UnexpectedUniFFICallbackError as Unexpected;

/// Everything that the core is built on.
#[derive(Clone, uniffi::Record)]
pub struct Ports {
    /// Where the keys live.
    pub keys: Arc<dyn KeyStore>,
    /// Where accounts are remembered.
    pub storage: Arc<dyn SecureStorage>,
    /// How servers are reached.
    pub http: Arc<dyn HttpClient>,
    /// The present; none for the phone's own clock.
    #[uniffi(default = None)]
    pub clock: Option<Arc<dyn Clock>>,
    /// Apple's App Attest; none elsewhere.
    #[uniffi(default = None)]
    pub app_attest: Option<Arc<dyn AppAttest>>,
}

/// The phone and the app, as they introduce themselves.
#[derive(Clone, uniffi::Record)]
pub struct PhoneInfo {
    /// The system: `ios`, `android`, `desk`.
    pub platform: String,
    /// What the phone calls itself, for people: "Ada's iPhone".
    pub model: String,
    /// The language that the app speaks, as a tag such as `ja-JP`. English where the core knows it not.
    pub language: String,
    /// The app, as its platform names it: `com.example.signin`.
    pub app_id: String,
    /// The app's version, as people read it: `2.4.1`.
    pub app_version: String,
}

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

/// Keeps small values where other apps cannot read them, on this phone alone: not in a backup.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait SecureStorage: Send + Sync {
    /// The value of this name, if there is one.
    async fn get(&self, name: String) -> Result<Option<Vec<u8>>, StorageError>;
    /// Sets a value, entirely or not at all.
    async fn put(&self, name: String, value: Vec<u8>) -> Result<(), StorageError>;
    /// Forgets a value. A value that is not there is no error.
    async fn delete(&self, name: String) -> Result<(), StorageError>;
}

/// Why a value was not read or written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum StorageError {
    /// It failed.
    #[error("the storage failed: {details}")]
    Failed {
        /// What happened, for the log.
        details: String,
    },
}

impl From<Unexpected> for StorageError {
    fn from(unexpected: Unexpected) -> Self {
        Self::Failed { details: unexpected.reason }
    }
}

/// Sends HTTP requests. It must check the server's certificate, must not follow redirects, and must give
/// up: after 5 seconds without a connection, after 15 without an answer.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends `request`. A status of 400 or 500 is an answer, not an error.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Sends `request` and returns as soon as the answer's head is there; its body comes piece by piece
    /// and may go on for hours.
    async fn open(&self, request: HttpRequest) -> Result<HttpOpened, HttpError>;
}

/// The body of an answer that is still coming.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait HttpStream: Send + Sync {
    /// The next piece of the body as it arrives, however short; none when the answer has ended. Never
    /// called while an earlier call still waits. Nothing for 40 seconds means that the line is dead:
    /// `Unreachable`.
    async fn next(&self) -> Result<Option<Vec<u8>>, HttpError>;

    /// Closes the connection; a waiting `next` ends. Called once, by the core, when it is done.
    fn close(&self) -> Result<(), HttpError>;
}

/// An answer whose body is still coming.
#[derive(Clone, uniffi::Record)]
pub struct HttpOpened {
    /// The status, such as 200.
    pub status: u16,
    /// Its body.
    pub body: Arc<dyn HttpStream>,
}

/// An HTTP request. Not to be logged: a header authenticates the phone.
#[derive(Clone, uniffi::Record)]
pub struct HttpRequest {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Header names are lower case.
    pub headers: Vec<HttpHeader>,
    /// The body; empty for `GET`.
    pub body: Vec<u8>,
}

/// One header of a request or response.
#[derive(Clone, uniffi::Record)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An HTTP response.
#[derive(Clone, uniffi::Record)]
pub struct HttpResponse {
    /// The status, such as 200.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<HttpHeader>,
    /// The body. A client may cut off a connection that sends more than 64 KiB.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum HttpError {
    /// No connection, or no answer in time.
    #[error("the server could not be reached: {details}")]
    Unreachable {
        /// What happened, for the log.
        details: String,
    },
    /// The server's certificate is not one to trust: expired, for another name, from nobody known.
    #[error("the server's certificate is not trusted: {details}")]
    CertificateWrong {
        /// What happened, for the log.
        details: String,
    },
    /// The answer was cut off because it is longer than any real one.
    #[error("the answer is too long")]
    TooLong,
}

impl From<Unexpected> for HttpError {
    fn from(unexpected: Unexpected) -> Self {
        Self::Unreachable { details: unexpected.reason }
    }
}

/// The present.
#[uniffi::export(rust, foreign)]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Result<SystemTime, ClockError>;
}

/// There is no telling the time; the core takes the phone's own clock then.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum ClockError {
    /// It failed.
    #[error("the clock failed: {details}")]
    Failed {
        /// What happened, for the log.
        details: String,
    },
}

impl From<Unexpected> for ClockError {
    fn from(unexpected: Unexpected) -> Self {
        Self::Failed { details: unexpected.reason }
    }
}

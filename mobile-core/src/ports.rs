//! What the app gives to the core: keys, storage, HTTP, the clock and randomness.
//!
//! Arguments and results are owned values, so that Swift and Kotlin can implement these traits.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_protocol::pairing::KeyProtection;
use countersign_protocol::random::Random;
use countersign_protocol::time::Clock;

use crate::texts::Lang;

/// Everything that the core is built on.
#[derive(Clone)]
pub struct Ports {
    /// Where the keys live.
    pub keys: Arc<dyn KeyStore>,
    /// Where accounts are remembered.
    pub storage: Arc<dyn SecureStorage>,
    /// How servers are reached.
    pub http: Arc<dyn HttpClient>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub random: Arc<dyn Random>,
    /// The platform's word for the app, where it gives one: App Attest.
    pub app_attest: Option<Arc<dyn AppAttest>>,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports")
    }
}

/// The phone, as it introduces itself when it is paired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhoneInfo {
    /// The system: `ios`, `android`, `desk`.
    pub platform: String,
    /// What the phone calls itself, for people: "Ada's iPhone".
    pub model: String,
    /// The language of the sentences that the key store shows beside its prompt.
    pub language: Lang,
    /// The app, as its platform names it: `com.example.signin`. Empty where it has no such name.
    pub app_id: String,
    /// The app's version, as people read it: `2.4.1`. Empty where it has none.
    pub app_version: String,
}

/// What a key is for, and so how it is guarded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyPurpose {
    /// Signs calls, denials and reports. Used without asking anyone.
    Device,
    /// Signs approvals. Each use is unlocked by a biometric, and a newly enrolled face or finger
    /// makes the key unusable; or by the phone's passcode, for people who cannot use biometrics.
    Approval,
}

/// What unlocks a key. Decided when it is made, and for good: another one is another key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyUnlock {
    /// Nobody is asked: [`KeyPurpose::Device`].
    NotAsked,
    /// A face or a finger, at each use.
    Biometric,
    /// The phone's passcode, at each use: weaker, and taken only where an organisation allows it.
    DevicePasscode,
}

/// A key that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeKey {
    /// Its public point: SEC 1, uncompressed, 65 bytes.
    pub public_key: Vec<u8>,
    /// What unlocks it. Statements say it to servers, so it has to be so.
    pub unlock: KeyUnlock,
    /// The key hardware's certificates for the key, DER, leaf first, where the platform has them and a
    /// challenge was given.
    pub attestation: Option<Vec<Vec<u8>>>,
    /// Whether the platform attests keys, and could not attest this one for the moment.
    pub attestation_failed: bool,
}

/// Keeps P-256 keys and signs with them.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Makes a key. Where the platform attests keys, it attests this one for `challenge`.
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError>;

    /// A key's public point, as [`MadeKey::public_key`]. Asks nobody for a biometric.
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
    fn protection(&self) -> KeyProtection;
}

/// Why a key store did not do as asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
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
    /// Anything else, for the log.
    #[error("the key store failed: {0}")]
    Failed(String),
}

/// Apple's App Attest: a statement by the platform that a genuine copy of the app makes this request.
#[async_trait]
pub trait AppAttest: Send + Sync {
    /// Attests for `client_data_hash`, a SHA-256. None where the device cannot.
    async fn attest(&self, client_data_hash: Vec<u8>) -> Result<Option<AppAttestation>, KeyStoreError>;
}

/// What App Attest gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppAttestation {
    /// The attested key's identifier: the decoded bytes.
    pub key_id: Vec<u8>,
    /// The attestation object, CBOR.
    pub object: Vec<u8>,
}

/// Keeps small values where other apps cannot read them.
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
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StorageError {
    /// What happened, for the log.
    #[error("the storage failed: {0}")]
    Failed(String),
}

/// Sends HTTP requests. It must check the server's certificate and must not follow redirects.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends `request`. A status of 400 or 500 is an answer, not an error.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Sends `request` and returns as soon as the answer's head is there; its body comes piece by piece
    /// and may go on for hours. A limit on the whole time, as [`HttpClient::send`] has one, must not
    /// apply here, but a limit on silence must: see [`HttpStream::next`].
    async fn open(&self, request: HttpRequest) -> Result<Arc<dyn HttpStream>, HttpError>;
}

/// An answer whose body is still coming. Dropping it must close the connection.
#[async_trait]
pub trait HttpStream: Send + Sync {
    /// The status, such as 200.
    fn status(&self) -> u16;

    /// The next piece of the body as it arrives, however short; none when the answer has ended. Never
    /// called while an earlier call still waits.
    ///
    /// Nothing for [`SILENCE_SECONDS`] means that the line is dead: [`HttpError::Unreachable`].
    async fn next(&self) -> Result<Option<Vec<u8>>, HttpError>;
}

/// How long a stream may be silent. Servers send something every 15 seconds.
pub const SILENCE_SECONDS: u64 = 40;

/// An HTTP request. Not shown by `Debug` in full: a header authenticates the phone.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({} {})", self.method, self.url)
    }
}

/// One header of a request or response.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl fmt::Debug for HttpHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpHeader({})", self.name)
    }
}

/// An HTTP response.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status, such as 200.
    pub status: u16,
    /// Its headers. The core reads none so far.
    pub headers: Vec<HttpHeader>,
    /// The body. The client may cut off a connection that sends more than 64 KiB.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpResponse({}, {} bytes)", self.status, self.body.len())
    }
}

/// Why there is no response.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection, or no answer in time. The text is for the log.
    #[error("the server could not be reached: {0}")]
    Unreachable(String),
    /// The server's certificate is not one to trust: expired, for another name, from nobody known. The
    /// text is for the log.
    #[error("the server's certificate is not trusted: {0}")]
    CertificateWrong(String),
    /// The answer was cut off because it is longer than any real one.
    #[error("the answer is too long")]
    TooLong,
}

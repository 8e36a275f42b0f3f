//! What an app implements, and how it introduces itself.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use uniffi::UnexpectedUniFFICallbackError as Unexpected;

use crate::http::HttpClient;
use crate::keys::{AppAttest, KeyStore};

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

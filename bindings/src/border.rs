//! The app's ports, seen from the core.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use countersign_mobile_core::ports as core;
use countersign_mobile_core::{KeyProtection as CoreProtection, Lang, Timestamp};
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Clock as CoreClock;

use crate::http::{HttpClient, HttpError, HttpHeader, HttpOpened, HttpRequest, HttpResponse, HttpStream};
use crate::keys::{AppAttest, KeyProtection, KeyPurpose, KeyStore, KeyStoreError, KeyUnlock};
use crate::ports::{Clock, PhoneInfo, Ports, SecureStorage, StorageError};

impl From<Ports> for core::Ports {
    fn from(ports: Ports) -> Self {
        Self {
            keys: Arc::new(Keys(ports.keys)),
            storage: Arc::new(Storage(ports.storage)),
            http: Arc::new(Http(ports.http)),
            clock: Arc::new(Time(ports.clock)),
            // The operating system's: an app has nothing better to give.
            random: Arc::new(SystemRandom::new()),
            app_attest: ports.app_attest.map(|port| Arc::new(Attest(port)) as Arc<dyn core::AppAttest>),
        }
    }
}

impl From<PhoneInfo> for core::PhoneInfo {
    fn from(phone: PhoneInfo) -> Self {
        Self {
            platform: phone.platform,
            model: phone.model,
            language: Lang::from_tag(&phone.language),
            app_id: phone.app_id,
            app_version: phone.app_version,
        }
    }
}

pub(crate) struct Keys(pub(crate) Arc<dyn KeyStore>);

#[async_trait]
impl core::KeyStore for Keys {
    async fn create(
        &self,
        alias: String,
        purpose: core::KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<core::MadeKey, core::KeyStoreError> {
        let purpose = match purpose {
            core::KeyPurpose::Device => KeyPurpose::Device,
            core::KeyPurpose::Approval => KeyPurpose::Approval,
        };
        let made = self.0.create(alias, purpose, challenge).await?;
        let unlock = match made.unlock {
            KeyUnlock::NotAsked => core::KeyUnlock::NotAsked,
            KeyUnlock::Biometric => core::KeyUnlock::Biometric,
            KeyUnlock::DevicePasscode => core::KeyUnlock::DevicePasscode,
        };
        Ok(core::MadeKey {
            public_key: made.public_key,
            unlock,
            attestation: made.attestation,
            attestation_failed: made.attestation_failed,
        })
    }

    async fn public_key(&self, alias: String) -> Result<Vec<u8>, core::KeyStoreError> {
        Ok(self.0.public_key(alias).await?)
    }

    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, core::KeyStoreError> {
        Ok(self.0.sign(alias, message, reason).await?)
    }

    async fn delete(&self, alias: String) -> Result<(), core::KeyStoreError> {
        Ok(self.0.delete(alias).await?)
    }

    /// A store that cannot say claims nothing.
    fn protection(&self) -> CoreProtection {
        match self.0.protection() {
            Ok(KeyProtection::Hardware) => CoreProtection::Hardware,
            Ok(KeyProtection::Software) | Err(_) => CoreProtection::Software,
        }
    }
}

impl From<KeyStoreError> for core::KeyStoreError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Cancelled => Self::Cancelled,
            KeyStoreError::LockedOut => Self::LockedOut,
            KeyStoreError::BiometricsChanged => Self::BiometricsChanged,
            KeyStoreError::NoHardware => Self::NoHardware,
            KeyStoreError::NotAllowed => Self::NotAllowed,
            KeyStoreError::NotFound => Self::NotFound,
            KeyStoreError::Failed { details } => Self::Failed(details),
        }
    }
}

struct Attest(Arc<dyn AppAttest>);

#[async_trait]
impl core::AppAttest for Attest {
    async fn attest(
        &self,
        client_data_hash: Vec<u8>,
    ) -> Result<Option<core::AppAttestation>, core::KeyStoreError> {
        let attested = self.0.attest(client_data_hash).await?;
        Ok(attested.map(|given| core::AppAttestation { key_id: given.key_id, object: given.object }))
    }
}

struct Storage(Arc<dyn SecureStorage>);

#[async_trait]
impl core::SecureStorage for Storage {
    async fn get(&self, name: String) -> Result<Option<Vec<u8>>, core::StorageError> {
        Ok(self.0.get(name).await?)
    }

    async fn put(&self, name: String, value: Vec<u8>) -> Result<(), core::StorageError> {
        Ok(self.0.put(name, value).await?)
    }

    async fn delete(&self, name: String) -> Result<(), core::StorageError> {
        Ok(self.0.delete(name).await?)
    }
}

impl From<StorageError> for core::StorageError {
    fn from(error: StorageError) -> Self {
        let StorageError::Failed { details } = error;
        Self::Failed(details)
    }
}

struct Http(Arc<dyn HttpClient>);

#[async_trait]
impl core::HttpClient for Http {
    async fn send(&self, request: core::HttpRequest) -> Result<core::HttpResponse, core::HttpError> {
        let HttpResponse { status, headers, body } = self.0.send(request.into()).await?;
        let headers = headers.into_iter().map(|HttpHeader { name, value }| core::HttpHeader { name, value });
        Ok(core::HttpResponse { status, headers: headers.collect(), body })
    }

    async fn open(&self, request: core::HttpRequest) -> Result<Arc<dyn core::HttpStream>, core::HttpError> {
        let HttpOpened { status, body } = self.0.open(request.into()).await?;
        Ok(Arc::new(Stream { status, body }))
    }
}

impl From<core::HttpRequest> for HttpRequest {
    fn from(request: core::HttpRequest) -> Self {
        let core::HttpRequest { method, url, headers, body } = request;
        let headers = headers.into_iter().map(|core::HttpHeader { name, value }| HttpHeader { name, value });
        Self { method, url, headers: headers.collect(), body }
    }
}

impl From<HttpError> for core::HttpError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable { details } => Self::Unreachable(details),
            HttpError::CertificateWrong { details } => Self::CertificateWrong(details),
            HttpError::TooLong => Self::TooLong,
        }
    }
}

/// Other languages collect their garbage when they like: so the stream is closed in so many words.
struct Stream {
    status: u16,
    body: Arc<dyn HttpStream>,
}

#[async_trait]
impl core::HttpStream for Stream {
    fn status(&self) -> u16 {
        self.status
    }

    async fn next(&self) -> Result<Option<Vec<u8>>, core::HttpError> {
        Ok(self.body.next().await?)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let _closed_already = self.body.close();
    }
}

/// The app's clock, or the phone's own.
pub(crate) struct Time(pub(crate) Option<Arc<dyn Clock>>);

impl CoreClock for Time {
    fn now(&self) -> Timestamp {
        let given = self.0.as_ref().and_then(|clock| clock.now().ok());
        timestamp(given.unwrap_or_else(phone_clock))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the phone's clock enters")]
fn phone_clock() -> SystemTime {
    SystemTime::now()
}

pub(crate) fn timestamp(at: SystemTime) -> Timestamp {
    let micros = match at.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
    };
    Timestamp::from_micros(micros)
}

/// As a date of the other language; the epoch for what lies before it or beyond all calendars.
pub(crate) fn date(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.micros()).unwrap_or_default();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros)).unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_the_border() {
        for micros in [0, 1, 1_800_000_000_000_001, 253_402_300_799_000_000] {
            assert_eq!(timestamp(date(Timestamp::from_micros(micros))).micros(), micros);
        }
        assert_eq!(date(Timestamp::from_micros(-5)), SystemTime::UNIX_EPOCH);
        assert_eq!(timestamp(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).micros(), -1_000_000);
    }
}

//! A phone's ports in memory, with everything that can go wrong with them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_protocol::pairing::KeyProtection;
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::{Clock, Timestamp};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use super::server::Server;
use super::stream::{Gate, Held};
use crate::ports::{
    AppAttest, AppAttestation, HttpClient, HttpError, HttpRequest, HttpResponse, HttpStream, KeyPurpose,
    KeyStore, KeyStoreError, KeyUnlock, MadeKey, SecureStorage, StorageError,
};
use crate::{Core, Lang, PhoneInfo, Ports};

/// What the key store does when it is asked to sign.
#[derive(Clone, Debug, Default)]
pub(super) enum Signing {
    /// Signs.
    #[default]
    Good,
    /// Signs with another key.
    ByAnotherKey,
    /// Returns something that is no signature.
    Garbage,
    /// Fails for approval keys.
    ApprovalFails(KeyStoreError),
}

/// A biometric, unless a test says otherwise.
pub(super) struct Unlock(pub(super) KeyUnlock);

impl Default for Unlock {
    fn default() -> Self {
        Self(KeyUnlock::Biometric)
    }
}

#[derive(Default)]
pub(super) struct FakeKeys {
    pub(super) keys: Mutex<BTreeMap<String, (KeyPurpose, Arc<EcdsaKeyPair>)>>,
    pub(super) signing: Mutex<Signing>,
    pub(super) creating: Mutex<Option<(KeyPurpose, KeyStoreError)>>,
    /// Whether keys are attested: by giving the challenge back.
    pub(super) attested: Mutex<bool>,
    /// What it says of approval keys.
    pub(super) unlock: Mutex<Unlock>,
    pub(super) deleting: Mutex<Option<KeyStoreError>>,
    /// Purpose and reason of each use.
    pub(super) uses: Mutex<Vec<(KeyPurpose, Option<String>)>>,
}

/// A fresh key pair.
pub(super) fn new_key() -> EcdsaKeyPair {
    #[expect(clippy::disallowed_methods, reason = "keys of tests, which need not be repeatable")]
    let random = ring::rand::SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap()
}

/// Its signature in DER.
pub(super) fn sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "keys of tests, which need not be repeatable")]
    let random = ring::rand::SystemRandom::new();
    key.sign(&random, message).unwrap().as_ref().to_vec()
}

#[async_trait]
impl KeyStore for FakeKeys {
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError> {
        match &*self.creating.lock().unwrap() {
            Some((failing, error)) if *failing == purpose => return Err(error.clone()),
            _ => {}
        }
        let key = new_key();
        let public_key = key.public_key().as_ref().to_vec();
        let before = self.keys.lock().unwrap().insert(alias, (purpose, Arc::new(key)));
        assert!(before.is_none(), "an alias is used once");
        let attested = *self.attested.lock().unwrap();
        let attestation = challenge.filter(|_| attested).map(|challenge| vec![challenge]);
        let unlock = match purpose {
            KeyPurpose::Device => KeyUnlock::NotAsked,
            KeyPurpose::Approval => self.unlock.lock().unwrap().0,
        };
        Ok(MadeKey { public_key, unlock, attestation, attestation_failed: false })
    }

    async fn public_key(&self, alias: String) -> Result<Vec<u8>, KeyStoreError> {
        let keys = self.keys.lock().unwrap();
        let (_, key) = keys.get(&alias).ok_or(KeyStoreError::NotFound)?;
        Ok(key.public_key().as_ref().to_vec())
    }

    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, KeyStoreError> {
        let (purpose, key) = self.keys.lock().unwrap().get(&alias).cloned().ok_or(KeyStoreError::NotFound)?;
        self.uses.lock().unwrap().push((purpose, reason));
        match self.signing.lock().unwrap().clone() {
            Signing::ApprovalFails(error) if purpose == KeyPurpose::Approval => Err(error),
            Signing::Good | Signing::ApprovalFails(_) => Ok(sign(&key, &message)),
            Signing::ByAnotherKey => Ok(sign(&new_key(), &message)),
            Signing::Garbage => Ok(vec![0x30, 0x00]),
        }
    }

    async fn delete(&self, alias: String) -> Result<(), KeyStoreError> {
        if let Some(error) = &*self.deleting.lock().unwrap() {
            return Err(error.clone());
        }
        self.keys.lock().unwrap().remove(&alias);
        Ok(())
    }

    fn protection(&self) -> KeyProtection {
        KeyProtection::Hardware
    }
}

/// Attests by giving back what it is to attest, where it can.
struct FakeAppAttest(Result<(), KeyStoreError>);

#[async_trait]
impl AppAttest for FakeAppAttest {
    async fn attest(&self, client_data_hash: Vec<u8>) -> Result<Option<AppAttestation>, KeyStoreError> {
        self.0.clone()?;
        Ok(Some(AppAttestation { key_id: vec![7; 32], object: client_data_hash }))
    }
}

#[derive(Default)]
pub(super) struct FakeStorage {
    pub(super) values: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(super) full: Mutex<bool>,
}

#[async_trait]
impl SecureStorage for FakeStorage {
    async fn get(&self, name: String) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.values.lock().unwrap().get(&name).cloned())
    }

    async fn put(&self, name: String, value: Vec<u8>) -> Result<(), StorageError> {
        if *self.full.lock().unwrap() {
            return Err(StorageError::Failed("full".into()));
        }
        self.values.lock().unwrap().insert(name, value);
        Ok(())
    }

    async fn delete(&self, name: String) -> Result<(), StorageError> {
        self.values.lock().unwrap().remove(&name);
        Ok(())
    }
}

/// Several servers, found by the origin of the URL, and a gate on the way to them.
#[derive(Default)]
pub(super) struct FakeHttp(pub(super) Mutex<Vec<Arc<Server>>>, pub(super) Gate);

impl FakeHttp {
    fn server(&self, request: &HttpRequest) -> Result<Arc<Server>, HttpError> {
        let servers = self.0.lock().unwrap();
        let found = servers.iter().find(|server| request.url.starts_with(&format!("{}/", server.origin)));
        match found {
            Some(server) if server.is_up() => Ok(Arc::clone(server)),
            _ => Err(HttpError::Unreachable("connection refused".into())),
        }
    }
}

#[async_trait]
impl HttpClient for FakeHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let held = self.1.take();
        if held == Some(Held::Request) {
            self.1.wait().await;
        }
        let response = self.server(&request)?.answer(&request);
        if held == Some(Held::Answer) {
            self.1.wait().await;
        }
        Ok(response)
    }

    async fn open(&self, request: HttpRequest) -> Result<Arc<dyn HttpStream>, HttpError> {
        Ok(self.server(&request)?.open(&request))
    }
}

/// A clock that stands still until it is moved.
#[derive(Default)]
pub(super) struct FakeClock(pub(super) AtomicI64);

impl FakeClock {
    pub(super) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// A phone: the core over its ports, and handles on each of them.
pub(super) struct Phone {
    pub(super) core: Core,
    pub(super) keys: Arc<FakeKeys>,
    pub(super) storage: Arc<FakeStorage>,
    pub(super) http: Arc<FakeHttp>,
    pub(super) clock: Arc<FakeClock>,
}

/// When these tests begin, in seconds since 1970.
pub(super) const START: i64 = 1_800_000_000;

impl Phone {
    pub(super) fn new(servers: &[&Arc<Server>]) -> Self {
        let keys = Arc::new(FakeKeys::default());
        let storage = Arc::new(FakeStorage::default());
        let http = Arc::new(FakeHttp::default());
        let clock = Arc::new(FakeClock::default());
        clock.set(START);
        http.0.lock().unwrap().extend(servers.iter().map(|server| Arc::clone(server)));
        let core = core(&keys, &storage, &http, &clock, None);
        Self { core, keys, storage, http, clock }
    }

    /// A phone whose platform vouches for its apps.
    pub(super) fn with_app_attest(servers: &[&Arc<Server>], can: Result<(), KeyStoreError>) -> Self {
        let mut phone = Self::new(servers);
        let attest: Arc<dyn AppAttest> = Arc::new(FakeAppAttest(can));
        phone.core = core(&phone.keys, &phone.storage, &phone.http, &phone.clock, Some(attest));
        phone
    }

    /// The app is ended and started again: what is not stored is gone.
    pub(super) fn restart(&mut self) {
        self.core = core(&self.keys, &self.storage, &self.http, &self.clock, None);
    }

    pub(super) fn set_signing(&self, signing: Signing) {
        *self.keys.signing.lock().unwrap() = signing;
    }

    pub(super) fn key_count(&self) -> usize {
        self.keys.keys.lock().unwrap().len()
    }

    /// How often each purpose's key was used, and with which reasons.
    pub(super) fn uses(&self) -> Vec<(KeyPurpose, Option<String>)> {
        std::mem::take(&mut self.keys.uses.lock().unwrap())
    }
}

fn core(
    keys: &Arc<FakeKeys>,
    storage: &Arc<FakeStorage>,
    http: &Arc<FakeHttp>,
    clock: &Arc<FakeClock>,
    app_attest: Option<Arc<dyn AppAttest>>,
) -> Core {
    core_over(Ports {
        keys: keys.clone(),
        storage: storage.clone(),
        http: http.clone(),
        clock: clock.clone(),
        random: Arc::new(SystemRandom::new()),
        app_attest,
    })
}

/// The app as it starts, over these ports.
pub(super) fn core_over(ports: Ports) -> Core {
    let info = PhoneInfo {
        platform: "ios".into(),
        model: "Ada's iPhone".into(),
        language: Lang::English,
        app_id: "com.example.signin".into(),
        app_version: "2.4.1".into(),
    };
    Core::new(ports, info)
}

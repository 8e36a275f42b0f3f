//! The app ended in the middle of a pairing or a removal, at each call to one of its ports in turn.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use async_trait::async_trait;
use countersign_protocol::pairing::KeyProtection;
use countersign_protocol::random::SystemRandom;

use super::now;
use super::phone::{Phone, core_over};
use super::server::Server;
use crate::ports::{
    HttpClient, HttpError, HttpRequest, HttpResponse, HttpStream, KeyPurpose, KeyStore, KeyStoreError,
    MadeKey, SecureStorage, StorageError,
};
use crate::{AccountState, Core, Error, Lang, Ports, Reason, texts};

/// A port that stops answering after so many steps: one before each call, one after it.
struct Stepped<T> {
    port: Arc<T>,
    left: Arc<AtomicUsize>,
}

impl<T> Stepped<T> {
    async fn step(&self) {
        let less = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_err() {
            pending::<()>().await;
        }
    }

    async fn run<R>(&self, call: impl Future<Output = R>) -> R {
        self.step().await;
        let result = call.await;
        self.step().await;
        result
    }
}

#[async_trait]
impl<T: KeyStore> KeyStore for Stepped<T> {
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError> {
        self.run(self.port.create(alias, purpose, challenge)).await
    }

    async fn public_key(&self, alias: String) -> Result<Vec<u8>, KeyStoreError> {
        self.run(self.port.public_key(alias)).await
    }

    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, KeyStoreError> {
        self.run(self.port.sign(alias, message, reason)).await
    }

    async fn delete(&self, alias: String) -> Result<(), KeyStoreError> {
        self.run(self.port.delete(alias)).await
    }

    fn protection(&self) -> KeyProtection {
        self.port.protection()
    }
}

#[async_trait]
impl<T: SecureStorage> SecureStorage for Stepped<T> {
    async fn get(&self, name: String) -> Result<Option<Vec<u8>>, StorageError> {
        self.run(self.port.get(name)).await
    }

    async fn put(&self, name: String, value: Vec<u8>) -> Result<(), StorageError> {
        self.run(self.port.put(name, value)).await
    }

    async fn delete(&self, name: String) -> Result<(), StorageError> {
        self.run(self.port.delete(name)).await
    }
}

#[async_trait]
impl<T: HttpClient> HttpClient for Stepped<T> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.run(self.port.send(request)).await
    }

    async fn open(&self, request: HttpRequest) -> Result<Arc<dyn HttpStream>, HttpError> {
        self.run(self.port.open(request)).await
    }
}

/// The app on this phone, whose ports answer for `steps` steps.
fn ended_after(phone: &Phone, steps: usize) -> Core {
    fn stepped<T>(port: &Arc<T>, left: &Arc<AtomicUsize>) -> Arc<Stepped<T>> {
        Arc::new(Stepped { port: Arc::clone(port), left: Arc::clone(left) })
    }
    let left = Arc::new(AtomicUsize::new(steps));
    core_over(Ports {
        keys: stepped(&phone.keys, &left),
        storage: stepped(&phone.storage, &left),
        http: stepped(&phone.http, &left),
        clock: phone.clock.clone(),
        random: Arc::new(SystemRandom::new()),
        app_attest: None,
    })
}

/// Whether it came to its end before the app did.
fn ends(future: impl Future) -> bool {
    pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[test]
fn a_pairing_that_is_ended_anywhere_leaves_an_account_or_nothing() {
    let mut outcomes = [0, 0];
    for steps in 0..100 {
        let server = Server::new("https://login.example.com");
        let mut phone = Phone::new(&[&server]);
        let done = ends(ended_after(&phone, steps).pair(server.link(), None));
        phone.restart();
        let accounts = now(phone.core.accounts()).unwrap();
        assert!(accounts.iter().all(|account| account.fault.is_none()), "{steps}: {accounts:?}");
        assert_eq!(phone.key_count(), 2 * accounts.len(), "after {steps} steps");
        outcomes[accounts.len()] += 1;
        if done {
            assert!(outcomes[0] > 8 && outcomes[1] > 1, "{outcomes:?}");
            return;
        }
    }
    panic!("the pairing never ended");
}

#[test]
fn a_link_that_is_seen_again_after_the_app_was_ended_goes_on_or_says_to_begin_again() {
    let mut seen = [0; 3];
    for steps in 0..100 {
        let server = Server::new("https://login.example.com");
        let mut phone = Phone::new(&[&server]);
        let link = server.link();
        let done = ends(ended_after(&phone, steps).pair(link.clone(), None));
        phone.restart();
        let there = now(phone.core.accounts()).unwrap().len();
        let claimed = server.with(|state| state.device.is_some());
        phone.uses();
        match now(phone.core.pair(link, None)) {
            Ok(started) if there == 1 => {
                assert_eq!(
                    (started.code.as_str(), phone.uses().len()),
                    ("042017", 0),
                    "the same, and nobody is asked"
                );
                seen[0] += 1;
            }
            Ok(_) => {
                assert!(!claimed, "after {steps} steps: claimed twice");
                seen[1] += 1;
            }
            Err(over) => {
                assert!(claimed && there == 0, "after {steps} steps: {over:?}");
                assert_eq!(over, Error::PairAgain(Reason::PairingOver));
                assert!(texts::reason(over.reason(), Lang::English).contains("in the browser again"));
                now(phone.core.pair(server.link(), None)).unwrap();
                seen[2] += 1;
            }
        }
        assert_eq!(phone.key_count(), 2, "after {steps} steps");
        if done {
            assert!(seen.iter().all(|times| *times > 1), "{seen:?}");
            return;
        }
    }
    panic!("the pairing never ended");
}

#[test]
fn a_pairing_that_is_given_up_leaves_no_key_to_the_next() {
    let server = Server::new("https://login.example.com");
    let mut phone = Phone::new(&[&server]);
    phone.core = ended_after(&phone, 11);
    assert!(!ends(phone.core.pair(server.link(), None)));
    assert!(phone.key_count() > 0, "it was ended before it made a key");
    phone.restart();
    now(phone.core.pair(server.link(), None)).unwrap();
    assert_eq!(phone.key_count(), 2);
}

#[test]
fn a_removal_that_is_ended_anywhere_can_be_done_again() {
    for steps in 0..40 {
        let server = Server::new("https://login.example.com");
        let mut phone = Phone::new(&[&server]);
        let id = now(phone.core.pair(server.link(), None)).unwrap().account.id;
        server.confirm();
        assert_eq!(now(phone.core.refresh_account(id.clone())).unwrap().state, AccountState::Active);
        let done = ends(ended_after(&phone, steps).unpair(id.clone()));
        phone.restart();
        if !now(phone.core.accounts()).unwrap().is_empty() {
            now(phone.core.unpair(id)).unwrap();
        }
        assert_eq!(phone.key_count(), 0, "after {steps} steps");
        if done {
            return;
        }
    }
    panic!("the removal never ended");
}

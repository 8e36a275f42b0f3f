//! Ports that fail their core after so many steps: they never answer again, or they panic.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use async_trait::async_trait;
use countersign_protocol::pairing::KeyProtection;
use countersign_protocol::random::SystemRandom;

use super::phone::{Phone, core_over};
use crate::ports::{
    HttpClient, HttpError, HttpRequest, HttpResponse, HttpStream, KeyPurpose, KeyStore, KeyStoreError,
    MadeKey, SecureStorage, StorageError,
};
use crate::{Core, Ports};

/// What a port does when its steps are used up.
#[derive(Clone, Copy)]
enum Then {
    NeverAnswer,
    Panic,
}

/// A port for so many steps: one before each call, one after it.
struct Stepped<T> {
    port: Arc<T>,
    left: Arc<AtomicUsize>,
    then: Then,
}

impl<T> Stepped<T> {
    async fn step(&self) {
        let less = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_err() {
            match self.then {
                Then::NeverAnswer => pending::<()>().await,
                Then::Panic => panic!("a port's own mistake"),
            }
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
pub(super) fn ended_after(phone: &Phone, steps: usize) -> Core {
    stepped(phone, &Arc::new(AtomicUsize::new(steps)), Then::NeverAnswer)
}

/// The app on this phone, whose ports panic after as many steps as the counter beside it says.
pub(super) fn panicking_after(phone: &Phone, steps: usize) -> (Core, Arc<AtomicUsize>) {
    let left = Arc::new(AtomicUsize::new(steps));
    (stepped(phone, &left, Then::Panic), left)
}

fn stepped(phone: &Phone, left: &Arc<AtomicUsize>, then: Then) -> Core {
    fn port<T>(port: &Arc<T>, left: &Arc<AtomicUsize>, then: Then) -> Arc<Stepped<T>> {
        Arc::new(Stepped { port: Arc::clone(port), left: Arc::clone(left), then })
    }
    core_over(Ports {
        keys: port(&phone.keys, left, then),
        storage: port(&phone.storage, left, then),
        http: port(&phone.http, left, then),
        clock: phone.clock.clone(),
        random: Arc::new(SystemRandom::new()),
        app_attest: None,
    })
}

/// Whether it came to its end before the app did.
pub(super) fn ends(future: impl Future) -> bool {
    pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

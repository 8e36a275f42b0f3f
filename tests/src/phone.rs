//! A phone: the real mobile core over ports in memory, with the world's clock.

use std::sync::Arc;

use countersign_demo::desk::{MemoryStorage, NobodyAsked, SoftwareKeyStore, desk_phone};
use countersign_mobile_core::ports::KeyStore;
use countersign_mobile_core::{Core, Error, Lang, Outcome, PendingRequest, PhoneInfo, Ports, PushEndpoint};
use countersign_protocol::random::Random;
use countersign_protocol::time::Clock;
use tokio::sync::Mutex;
use tokio::sync::mpsc::Receiver;

use crate::tap::Tap;
use crate::wait::within;

/// A phone on which nothing is hidden from the test.
#[derive(Debug)]
pub struct Phone {
    /// The mobile core.
    pub core: Core,
    /// What goes in and out.
    pub http: Arc<Tap>,
    /// Where its wakes go.
    pub push: PushEndpoint,
    wakes: Mutex<Receiver<Vec<u8>>>,
    pub(crate) ports: Ports,
}

impl Phone {
    /// The core of an older or newer version of the app on this phone.
    #[must_use]
    pub fn core_of_version(&self, version: &str) -> Core {
        let info = desk_phone("Ada’s phone", Lang::English);
        Core::new(self.ports.clone(), PhoneInfo { app_version: version.into(), ..info })
    }

    pub(crate) fn new(
        name: &str,
        (push, wakes): (PushEndpoint, Receiver<Vec<u8>>),
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let storage = Arc::new(MemoryStorage::default());
        let keys: Arc<dyn KeyStore> = Arc::new(SoftwareKeyStore::new(storage.clone(), Arc::new(NobodyAsked)));
        let http = Arc::new(Tap::new());
        let ports = Ports { keys, storage, http: http.clone(), clock, random, app_attest: None };
        let info = desk_phone(name, Lang::English);
        Self { core: Core::new(ports.clone(), info), http, push, wakes: Mutex::new(wakes), ports }
    }

    /// Whether its push endpoint is at this path.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        matches!(&self.push, PushEndpoint::WebPush { endpoint, .. } if endpoint.ends_with(path))
    }

    /// Waits for a wake; its plain text.
    ///
    /// # Panics
    /// When none comes.
    pub async fn woken(&self) -> Vec<u8> {
        within("the phone is woken", async { self.wakes.lock().await.recv().await }).await.unwrap()
    }

    /// Whether a wake has come that nobody looked at.
    pub async fn has_wake(&self) -> bool {
        !self.wakes.lock().await.is_empty()
    }

    /// All that waits for an answer, newest first.
    ///
    /// # Panics
    /// When an account cannot be asked.
    pub async fn requests(&self) -> Vec<PendingRequest> {
        let pending = self.core.pending().await.unwrap();
        assert!(pending.unreached.is_empty(), "{:?}", pending.unreached);
        pending.requests
    }

    /// The one request that waits.
    ///
    /// # Panics
    /// When there is none, or several.
    pub async fn request(&self) -> PendingRequest {
        let requests = self.requests().await;
        assert_eq!(requests.len(), 1, "one request waits");
        requests.into_iter().next().unwrap()
    }

    /// Approves the one request that waits, with the number if one is given.
    ///
    /// # Errors
    /// The core's.
    pub async fn approve(&self, number: Option<&str>) -> Result<Outcome, Error> {
        self.core.approve(self.request().await, number.map(str::to_owned)).await
    }
}

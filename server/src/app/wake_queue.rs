//! The wakes that are handed over in memory: a lane for each provider, so that one that hangs keeps no
//! other one waiting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::time::Timestamp;
use tokio::sync::mpsc;

use crate::push::senders::Provider;
use crate::store::wakes::QueuedWake;

/// How many wakes wait in memory for each provider; further ones are found in the outbox.
pub(super) const QUEUE: usize = 4096;
/// A push service that refuses this server would refuse it again, and may shut out who insists.
pub(super) const REST: Duration = Duration::from_mins(1);

/// The lanes.
pub(super) struct Queue {
    lanes: Vec<(Provider, mpsc::Sender<QueuedWake>)>,
    receivers: Mutex<Vec<mpsc::Receiver<QueuedWake>>>,
    /// Until when a provider is left alone that did not take this server's settings.
    resting: Mutex<HashMap<Provider, Timestamp>>,
}

impl Queue {
    pub(super) fn new() -> Self {
        let open = |provider| {
            let (sender, receiver) = mpsc::channel(QUEUE);
            ((provider, sender), receiver)
        };
        let (lanes, receivers) = Provider::ALL.into_iter().map(open).unzip();
        Self { lanes, receivers: Mutex::new(receivers), resting: Mutex::default() }
    }

    /// Hands leased wakes to the worker. One that finds no place stays in the outbox.
    pub(super) fn send_now(&self, wakes: impl IntoIterator<Item = QueuedWake>) {
        for wake in wakes {
            let provider = Provider::of(&wake.push);
            let lane = self.lanes.iter().find(|(of, _)| *of == provider);
            if lane.is_none_or(|(_, lane)| lane.try_send(wake).is_err()) {
                tracing::debug!(?provider, "the wake queue is full; the outbox keeps the rest");
            }
        }
    }

    /// Whether a provider is left alone at `now`.
    pub(super) fn rests(&self, provider: Provider, now: Timestamp) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.get(&provider).is_some_and(|until| now < *until)
    }

    /// Leaves a provider alone until then.
    pub(super) fn rest(&self, provider: Provider, until: Timestamp) {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).insert(provider, until);
    }

    /// The other ends of the lanes, once.
    pub(super) fn take(&self) -> Vec<mpsc::Receiver<QueuedWake>> {
        std::mem::take(&mut *self.receivers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

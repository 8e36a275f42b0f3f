//! The wakes that are handed over in memory: a lane for each provider, so that one that hangs keeps no
//! other one waiting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::pairing::PushEndpoint;
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
    /// Until when a provider is left alone that did not take this server's settings; of Apple, for one app
    /// and environment, since a key may be good for another one.
    resting: Mutex<HashMap<(Provider, String), Timestamp>>,
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

    /// For how long an endpoint's push service is still left alone, if it is.
    pub(super) fn rest_of(&self, endpoint: &PushEndpoint, now: Timestamp) -> Option<Duration> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let until = resting.get(&whose_settings(endpoint))?;
        (now < *until).then(|| now.until(*until))
    }

    /// Leaves an endpoint's push service alone for a while.
    pub(super) fn rest(&self, endpoint: &PushEndpoint, now: Timestamp) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.insert(whose_settings(endpoint), now + REST);
    }

    /// The other ends of the lanes, once.
    pub(super) fn take(&self) -> Vec<mpsc::Receiver<QueuedWake>> {
        std::mem::take(&mut *self.receivers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Which of this server's settings an endpoint depends on. Only topics that the settings name get here.
fn whose_settings(endpoint: &PushEndpoint) -> (Provider, String) {
    let part = match endpoint {
        PushEndpoint::Apns { topic, environment, .. } => format!("{topic} {environment:?}"),
        PushEndpoint::WebPush { .. } | PushEndpoint::Fcm { .. } => String::new(),
    };
    (Provider::of(endpoint), part)
}

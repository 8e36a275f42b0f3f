//! Who is told that a login changed: one channel for each login that somebody watches.
//!
//! What travels is a hint, never a state. A page **subscribes, then reads, then streams**: a change
//! between the read and the stream is seen because the subscription came first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::ids::LoginId;
use tokio::sync::watch;

/// How many streams a login may have. The newest win: a reload comes before the old stream is gone.
pub const STREAMS_PER_LOGIN: usize = 2;

/// What a stream is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Read the login again.
    Changed,
    /// Newer streams took this one's place.
    Displaced,
    /// The server stops: connect again.
    Closing,
}

#[derive(Clone, Copy, Debug, Default)]
struct Signal {
    changes: u64,
    /// Streams with a lower number are displaced.
    oldest: u64,
    closing: bool,
}

struct Watched {
    signal: watch::Sender<Signal>,
    streams: VecDeque<u64>,
}

#[derive(Default)]
struct Inner {
    logins: HashMap<LoginId, Watched>,
    next_stream: u64,
    closing: bool,
}

/// The channels of all watched logins. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hub {
    inner: Arc<Mutex<Inner>>,
}

impl Hub {
    /// A hub that nobody watches.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere leaves the map whole: each change to it is one call.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches a login. With more than [`STREAMS_PER_LOGIN`], the oldest is displaced.
    #[must_use]
    pub fn subscribe(&self, login: LoginId) -> Subscription {
        let mut inner = self.lock();
        let number = inner.next_stream;
        inner.next_stream += 1;
        let closing = inner.closing;
        let watched = inner.logins.entry(login).or_insert_with(|| Watched {
            signal: watch::Sender::new(Signal { closing, ..Signal::default() }),
            streams: VecDeque::with_capacity(1),
        });
        watched.streams.push_back(number);
        while watched.streams.len() > STREAMS_PER_LOGIN {
            watched.streams.pop_front();
        }
        if let Some(&oldest) = watched.streams.front() {
            watched.signal.send_modify(|signal| signal.oldest = oldest);
        }
        let mut signal = watched.signal.subscribe();
        signal.mark_unchanged();
        let seen = signal.borrow().changes;
        Subscription { hub: self.clone(), login, number, signal, seen, told_closing: false }
    }

    /// Tells the streams of a login that it changed. Costs nothing if there is none.
    pub fn publish(&self, login: LoginId) {
        if let Some(watched) = self.lock().logins.get(&login) {
            watched.signal.send_modify(|signal| signal.changes += 1);
        }
    }

    /// Tells every stream, present and future, that the server stops.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closing = true;
        for watched in inner.logins.values() {
            watched.signal.send_modify(|signal| signal.closing = true);
        }
    }

    /// How many streams are open.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.lock().logins.values().map(|watched| watched.signal.receiver_count()).sum()
    }

    fn leave(&self, login: LoginId, number: u64) {
        let mut inner = self.lock();
        if let Some(watched) = inner.logins.get_mut(&login) {
            watched.streams.retain(|stream| *stream != number);
            if watched.streams.is_empty() {
                inner.logins.remove(&login);
            }
        }
    }
}

/// One stream's place at a login. Dropping it gives the place up.
pub struct Subscription {
    hub: Hub,
    login: LoginId,
    number: u64,
    signal: watch::Receiver<Signal>,
    seen: u64,
    told_closing: bool,
}

impl Subscription {
    /// Waits for the next hint. Several changes between two calls are one hint.
    pub async fn next(&mut self) -> Hint {
        loop {
            let signal = *self.signal.borrow_and_update();
            if signal.oldest > self.number {
                return Hint::Displaced;
            }
            if signal.closing && !self.told_closing {
                self.told_closing = true;
                return Hint::Closing;
            }
            if signal.changes != self.seen {
                self.seen = signal.changes;
                return Hint::Changed;
            }
            if self.signal.changed().await.is_err() {
                // The sender lives as long as one of the newest streams does.
                return Hint::Displaced;
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(self.login, self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn login(n: u128) -> LoginId {
        LoginId(uuid::Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn a_change_after_subscribing_is_never_lost() {
        let hub = Hub::new();
        let mut stream = hub.subscribe(login(1));
        hub.publish(login(1));
        hub.publish(login(1));
        hub.publish(login(2));
        assert_eq!(stream.next().await, Hint::Changed);
        assert!(stream.next().now_or_never().is_none(), "two changes are one hint");
    }

    #[tokio::test]
    async fn the_newest_two_streams_win() {
        let hub = Hub::new();
        let mut streams: Vec<_> = (0..3).map(|_| hub.subscribe(login(1))).collect();
        assert_eq!(streams[0].next().await, Hint::Displaced);
        hub.publish(login(1));
        assert_eq!(streams[1].next().await, Hint::Changed);
        assert_eq!(streams[2].next().await, Hint::Changed);
    }

    #[tokio::test]
    async fn a_closed_hub_tells_those_who_come_late_too() {
        let hub = Hub::new();
        let mut early = hub.subscribe(login(1));
        hub.close();
        assert_eq!(early.next().await, Hint::Closing);
        assert_eq!(hub.subscribe(login(2)).next().await, Hint::Closing);
    }

    #[tokio::test]
    async fn nothing_is_kept_of_streams_that_left() {
        let hub = Hub::new();
        let first = hub.subscribe(login(1));
        let second = hub.subscribe(login(1));
        drop(first);
        assert_eq!(hub.streams(), 1);
        drop(second);
        assert!(hub.lock().logins.is_empty());
    }
}

//! Who is told that something changed: one channel for each login that a browser watches, and for each
//! user whose phones do.
//!
//! What travels is a hint, never a state. A page **subscribes, then reads, then streams**: a change
//! between the read and the stream is seen because the subscription came first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::ids::{LoginId, UserId};
use tokio::sync::watch;

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// How one login stands: for its browser.
    Login(LoginId),
    /// What waits for a user's answer: for the user's phones.
    User(UserId),
}

impl Topic {
    /// How many streams there may be. The newest win: a reload comes before the old stream is gone.
    #[must_use]
    pub const fn most_streams(self) -> usize {
        match self {
            Self::Login(_) => 2,
            Self::User(_) => 16,
        }
    }
}

impl From<LoginId> for Topic {
    fn from(login: LoginId) -> Self {
        Self::Login(login)
    }
}

impl From<UserId> for Topic {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

/// What a stream is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Read again.
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
    watched: HashMap<Topic, Watched>,
    next_stream: u64,
    closing: bool,
}

/// The channels of all that is watched. Cheap to clone.
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

    /// Watches a topic. With more than [`Topic::most_streams`], the oldest is displaced.
    #[must_use]
    pub fn subscribe(&self, topic: impl Into<Topic>) -> Subscription {
        let topic = topic.into();
        let mut inner = self.lock();
        let number = inner.next_stream;
        inner.next_stream += 1;
        let closing = inner.closing;
        let watched = inner.watched.entry(topic).or_insert_with(|| Watched {
            signal: watch::Sender::new(Signal { closing, ..Signal::default() }),
            streams: VecDeque::with_capacity(1),
        });
        watched.streams.push_back(number);
        while watched.streams.len() > topic.most_streams() {
            watched.streams.pop_front();
        }
        if let Some(&oldest) = watched.streams.front() {
            watched.signal.send_modify(|signal| signal.oldest = oldest);
        }
        let mut signal = watched.signal.subscribe();
        signal.mark_unchanged();
        let seen = signal.borrow().changes;
        Subscription { hub: self.clone(), topic, number, signal, seen, told_closing: false }
    }

    /// Tells the streams of a topic that it changed. Costs nothing if there is none.
    pub fn publish(&self, topic: impl Into<Topic>) {
        if let Some(watched) = self.lock().watched.get(&topic.into()) {
            watched.signal.send_modify(|signal| signal.changes += 1);
        }
    }

    /// Tells every stream, present and future, that the server stops.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closing = true;
        for watched in inner.watched.values() {
            watched.signal.send_modify(|signal| signal.closing = true);
        }
    }

    /// How many streams are open.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.lock().watched.values().map(|watched| watched.signal.receiver_count()).sum()
    }

    fn leave(&self, topic: Topic, number: u64) {
        let mut inner = self.lock();
        if let Some(watched) = inner.watched.get_mut(&topic) {
            watched.streams.retain(|stream| *stream != number);
            if watched.streams.is_empty() {
                inner.watched.remove(&topic);
            }
        }
    }
}

/// One stream's place at a topic. Dropping it gives the place up.
pub struct Subscription {
    hub: Hub,
    topic: Topic,
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
        self.hub.leave(self.topic, self.number);
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
        assert!(hub.lock().watched.is_empty());
    }
}

//! A clock that moves when a test moves it; each look at it takes a microsecond, so that what happens
//! later has a later time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign_protocol::time::{Clock, Timestamp};

/// Where each world begins: 2027-01-15.
const BEGINNING: i64 = 1_800_000_000;

/// A clock that moves when it is moved.
#[derive(Debug)]
pub struct MovableClock(AtomicI64);

impl Default for MovableClock {
    fn default() -> Self {
        Self(AtomicI64::new(Timestamp::from_seconds(BEGINNING).micros()))
    }
}

impl MovableClock {
    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.shift(i64::try_from(by.as_micros()).unwrap());
    }

    /// Moves it by whole seconds, back where they are negative.
    pub fn shift_seconds(&self, seconds: i64) {
        self.shift(seconds * 1_000_000);
    }

    fn shift(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// A clock that goes right, and is set wrong.
#[derive(Debug)]
pub(crate) struct Off {
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) seconds: i64,
}

impl Clock for Off {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.now().micros() + self.seconds * 1_000_000)
    }
}

//! Randomness that repeats itself from run to run, and never within one.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::bytes::sha256;
use countersign_protocol::random::Random;

/// SHA-256 of a seed and a counter.
#[derive(Debug)]
pub struct Repeatable {
    seed: String,
    drawn: AtomicU64,
}

impl Repeatable {
    /// Two with the same seed draw the same.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), drawn: AtomicU64::new(0) }
    }
}

impl Random for Repeatable {
    fn fill(&self, into: &mut [u8]) {
        for chunk in into.chunks_mut(32) {
            let count = self.drawn.fetch_add(1, Ordering::Relaxed);
            let block = sha256(format!("{} {count}", self.seed)).0;
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

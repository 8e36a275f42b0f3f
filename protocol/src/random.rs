//! Where randomness comes from.

use crate::crypto;

/// A source of unpredictable bytes. Handed in, so that tests can repeat themselves.
pub trait Random: Send + Sync + 'static {
    /// Fills `into` with unpredictable bytes.
    fn fill(&self, into: &mut [u8]);
}

/// The operating system's random source.
#[derive(Debug, Default, Clone)]
pub struct SystemRandom(());

impl SystemRandom {
    /// The operating system's random source.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }
}

impl Random for SystemRandom {
    #[expect(
        clippy::panic,
        reason = "without randomness no secret may be made; one request ends, nothing fails open"
    )]
    fn fill(&self, into: &mut [u8]) {
        if !crypto::fill(into) {
            panic!("the operating system gives no randomness");
        }
    }
}

/// `N` unpredictable bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut out = [0; N];
    random.fill(&mut out);
    out
}

/// A uniformly chosen number of exactly `digits` decimal digits, leading zeros included.
/// At most 9 digits.
pub fn digits(random: &dyn Random, digits: u8) -> String {
    let digits = digits.min(9);
    let bound = 10_u64.pow(u32::from(digits));
    // Reject the uneven tail, so that no number is likelier than another.
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let drawn = u64::from_le_bytes(bytes(random));
        if drawn < limit {
            return format!("{:0width$}", drawn % bound, width = usize::from(digits));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_exactly_the_digits_asked_for() {
        for n in [1, 2, 3, 6, 9] {
            let number = digits(&SystemRandom::new(), n);
            assert_eq!(number.len(), usize::from(n));
            assert!(number.bytes().all(|b| b.is_ascii_digit()));
        }
    }
}

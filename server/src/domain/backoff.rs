//! Pauses that double.

use std::time::Duration;

/// The pause after so many pauses before it: `first`, twice that, and so on, up to `longest`.
#[must_use]
pub fn pause(first: Duration, before: u32, longest: Duration) -> Duration {
    first.saturating_mul(1 << before.min(20)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let seconds = |before| pause(Duration::from_secs(10), before, Duration::from_secs(60)).as_secs();
        assert_eq!([0, 1, 2, 3, u32::MAX].map(seconds), [10, 20, 40, 60, 60]);
    }
}

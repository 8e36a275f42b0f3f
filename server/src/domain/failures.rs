//! Failures of one user's factor, in a row: counted before each check, so that what fails half-way, or
//! runs beside others, has counted already.
//!
//! After [`FREE`] failures the factor is suspended for a minute, after each further one for twice as long
//! as before, up to a day. It is the factor that is suspended, never the user: every other way stays open.

use std::time::Duration;

use countersign_protocol::time::Timestamp;

use super::backoff;

/// How many failures in a row there may be.
pub const FREE: u32 = 10;
const FIRST_SUSPENSION: Duration = Duration::from_secs(60);
const LONGEST_SUSPENSION: Duration = Duration::from_secs(24 * 60 * 60);

/// How a factor fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// Failures in a row; a check under way counts as one until it has succeeded.
    pub in_a_row: u32,
    /// Until when nothing is checked.
    pub suspended_until: Option<Timestamp>,
}

impl Failures {
    /// Counts a check that is about to be made.
    ///
    /// # Errors
    /// Until when nothing may be checked.
    pub fn count(self, now: Timestamp) -> Result<Self, Timestamp> {
        match self.suspended_until {
            Some(until) if until > now => Err(until),
            _ => Ok(self.counted(now)),
        }
    }

    fn counted(self, now: Timestamp) -> Self {
        let in_a_row = self.in_a_row.saturating_add(1);
        let suspended_until = in_a_row
            .checked_sub(FREE)
            .map(|before| now + backoff::pause(FIRST_SUSPENSION, before, LONGEST_SUSPENSION));
        Self { in_a_row, suspended_until }
    }

    /// Until when the factor is suspended, if it is.
    #[must_use]
    pub fn suspended(self, now: Timestamp) -> Option<Timestamp> {
        self.suspended_until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_failure_in_a_row_suspends_for_a_growing_while() {
        let mut now = Timestamp::from_seconds(1_000);
        let mut failures = Failures::default();
        for n in 1..=FREE {
            failures = failures.count(now).unwrap();
            assert_eq!(failures.suspended(now).is_some(), n == FREE, "{n}");
        }
        for minutes in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440] {
            let until = failures.count(now).unwrap_err();
            assert_eq!(now.until(until), Duration::from_secs(minutes * 60));
            now = until;
            failures = failures.count(now).unwrap();
        }
    }

    #[test]
    fn a_counter_that_overflows_stays_suspended() {
        let now = Timestamp::from_seconds(0);
        let full = Failures { in_a_row: u32::MAX, suspended_until: None };
        assert_eq!(full.count(now).unwrap().in_a_row, u32::MAX);
        assert!(full.count(now).unwrap().suspended(now).is_some());
    }
}

//! The present.

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_protocol::time::{Clock, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the present enters")]
    fn now(&self) -> Timestamp {
        let epoch = Timestamp::from_micros(0);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => epoch + since,
            // A clock before 1970 is wrong, but a number all the same.
            Err(before) => epoch - before.duration(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_later_than_this_was_written_and_in_microseconds() {
        let now = SystemClock.now();
        assert!(now > Timestamp::from_seconds(1_790_000_000), "{now:?}");
        assert!(now < Timestamp::from_seconds(7_258_118_400), "not past the year 2200: {now:?}");
    }
}

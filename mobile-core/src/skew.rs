//! How far the phone's clock is off, as far as servers have said.

use crate::app::Core;
use crate::texts::{self, Lang};

/// What is not worth mentioning, in seconds: a step of an authenticator app's codes.
const WORTH_MENTIONING: i64 = 30;

/// The phone's clock is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockSkew {
    /// How far it is ahead, in seconds; behind, where negative.
    pub ahead_seconds: i64,
}

impl ClockSkew {
    /// What it leads to and what to do about it, for people.
    #[must_use]
    pub fn message(self, lang: Lang) -> String {
        texts::clock_skew(self.ahead_seconds, lang)
    }
}

impl Core {
    /// How far the phone's clock is off, if a server refused a call for it since the app was started. Approvals
    /// go on, since the core reckons by the server's clock; codes of authenticator apps do not.
    #[must_use]
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        let ahead_seconds = self.transport.offsets.furthest().saturating_neg();
        (ahead_seconds.abs() >= WORTH_MENTIONING).then_some(ClockSkew { ahead_seconds })
    }
}

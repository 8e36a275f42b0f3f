//! A login: a sign-in that passed the password and waits for its second factor.
//!
//! ```text
//! Pending ──approve──▶ Approved ──complete──▶ Completed
//!    │                    └──60 s──▶ NotCompleted
//!    ├──deny──▶ Denied            ├──wrong number──▶ WrongNumber
//!    ├──report──▶ Reported        ├──120 s──▶ Expired
//!    ├──another factor──▶ Completed
//!    └──a newer login in the same browser──▶ Replaced
//! ```
//!
//! Each arrow is one conditional UPDATE in the store, so a login ends in exactly one way.

use countersign_protocol::approval::{self, Decision, Mode};
use countersign_protocol::time::Timestamp;

/// Where a login stands, as the database spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoginState {
    /// Waits for an answer.
    Pending,
    /// A device approved; the browser may complete.
    Approved,
    /// The browser has its session.
    Completed,
    /// A device denied.
    Denied,
    /// A device reported it: "this wasn't me".
    Reported,
    /// The number typed on the phone was wrong.
    WrongNumber,
    /// Nobody answered in time.
    Expired,
    /// Approved, but the browser did not come back in time.
    NotCompleted,
    /// The same browser began another login.
    Replaced,
}

impl LoginState {
    const ALL: [Self; 9] = [
        Self::Pending,
        Self::Approved,
        Self::Completed,
        Self::Denied,
        Self::Reported,
        Self::WrongNumber,
        Self::Expired,
        Self::NotCompleted,
        Self::Replaced,
    ];

    /// As database, events and audit spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Completed => "completed",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::WrongNumber => "wrong_number",
            Self::Expired => "expired",
            Self::NotCompleted => "not_completed",
            Self::Replaced => "replaced",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Where the login stands at `now`, if the row says `self`: time ends it before a sweep does.
    #[must_use]
    pub fn at(self, now: Timestamp, lapses_at: Timestamp) -> Self {
        match self {
            Self::Pending if now >= lapses_at => Self::Expired,
            Self::Approved if now >= lapses_at => Self::NotCompleted,
            other => other,
        }
    }

    /// Whether nothing can happen to it any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Pending | Self::Approved)
    }
}

/// What a login is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To sign in once a second factor is set up: nothing else completes it.
    SetUp,
    /// To prove again, in the session with this id, who is there: before the ways in are changed.
    Confirm(uuid::Uuid),
}

impl Purpose {
    /// As the phone is told it.
    #[must_use]
    pub const fn said(self) -> approval::Purpose {
        match self {
            Self::SignIn | Self::SetUp => approval::Purpose::SignIn,
            Self::Confirm(_) => approval::Purpose::Confirm,
        }
    }
}

/// What a phone's answer makes of a pending login.
#[must_use]
pub fn answered(decision: Decision, mode: Mode, shown: Option<&str>, typed: Option<&str>) -> LoginState {
    match (decision, mode) {
        (Decision::Deny, _) => LoginState::Denied,
        (Decision::Report, _) => LoginState::Reported,
        (Decision::Approve, Mode::Tap) => LoginState::Approved,
        // Nothing shown, or nothing typed, is never equal.
        (Decision::Approve, Mode::Number { .. }) => match (shown, typed) {
            (Some(shown), Some(typed)) if shown == typed => LoginState::Approved,
            _ => LoginState::WrongNumber,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_number_approves() {
        let number = Mode::Number { digits: 2 };
        let case = |typed| answered(Decision::Approve, number, Some("07"), typed);
        assert_eq!(case(Some("07")), LoginState::Approved);
        for wrong in [Some("7"), Some("70"), Some("007"), Some(""), None] {
            assert_eq!(case(wrong), LoginState::WrongNumber, "{wrong:?}");
        }
        assert_eq!(answered(Decision::Approve, number, None, None), LoginState::WrongNumber);
    }

    #[test]
    fn a_no_needs_no_number() {
        let number = Mode::Number { digits: 2 };
        assert_eq!(answered(Decision::Deny, number, Some("07"), None), LoginState::Denied);
        assert_eq!(answered(Decision::Report, Mode::Tap, None, None), LoginState::Reported);
    }

    #[test]
    fn time_ends_a_login_by_itself() {
        let at = Timestamp::from_seconds;
        assert_eq!(LoginState::Pending.at(at(9), at(10)), LoginState::Pending);
        assert_eq!(LoginState::Pending.at(at(10), at(10)), LoginState::Expired);
        assert_eq!(LoginState::Approved.at(at(9), at(10)), LoginState::Approved);
        assert_eq!(LoginState::Approved.at(at(10), at(10)), LoginState::NotCompleted);
        assert_eq!(LoginState::Denied.at(at(99), at(10)), LoginState::Denied);
    }

    #[test]
    fn every_state_has_one_spelling() {
        for state in LoginState::ALL {
            assert_eq!(LoginState::parse(state.as_str()), Some(state));
        }
    }
}

//! A recovery: how somebody whose phone is lost gets rid of it.
//!
//! ```text
//! Mailed ──the link, in the browser that asked──▶ Opened ──another factor──▶ Proved ──what is lost──▶ Done
//!                                                   │                                                  ▲
//!                                                   └──nothing but e-mail──▶ Waiting ──when it is ripe──┘
//! Mailed, Opened, Proved, Waiting ──the person, an administrator, a sign-in with what was "lost"──▶ Stopped
//! ```
//!
//! Each arrow is one conditional UPDATE in the store. Time ends a recovery by itself.

use std::time::Duration;

use countersign_protocol::time::Timestamp;

/// How long the link in the mail works.
pub const LINK_LASTS: Duration = Duration::from_mins(30);
/// How long somebody may take who opened it.
pub const OPENED_LASTS: Duration = Duration::from_mins(30);
/// How long, once the waiting time is over, it can be finished.
pub const RIPE_LASTS: Duration = Duration::from_hours(24 * 7);
/// How many links a user is sent in an hour.
pub const LINKS_AN_HOUR: i64 = 3;
/// For how long after one was stopped none may begin to wait: whoever began it is not to try all day.
pub const QUIET_AFTER_STOP: Duration = Duration::from_hours(24);

/// Where a recovery stands, as the database spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryState {
    /// The link is on its way.
    Mailed,
    /// The link was opened in the browser that asked for it.
    Opened,
    /// Another factor was proved.
    Proved,
    /// There is nothing but e-mail: the waiting time runs.
    Waiting,
    /// What was lost is removed.
    Done,
    /// Somebody stopped it.
    Stopped,
}

impl RecoveryState {
    const ALL: [Self; 6] =
        [Self::Mailed, Self::Opened, Self::Proved, Self::Waiting, Self::Done, Self::Stopped];

    /// As the database spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mailed => "mailed",
            Self::Opened => "opened",
            Self::Proved => "proved",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Where a recovery stands for a person, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryStanding {
    /// Look into the mail.
    Mailed,
    /// Prove something else, or begin to wait.
    Opened,
    /// Until when it waits.
    Waiting(Timestamp),
    /// Another factor was proved, or the waiting time is over: what was lost can be removed.
    Ripe,
    /// It is done.
    Done,
    /// It was stopped.
    Stopped,
    /// Its time is over.
    Over,
}

/// Where a recovery stands at `now`, if the row says the rest.
#[must_use]
pub fn standing(
    state: RecoveryState,
    ripe_at: Option<Timestamp>,
    expires_at: Timestamp,
    now: Timestamp,
) -> RecoveryStanding {
    match (state, ripe_at) {
        (RecoveryState::Done, _) => RecoveryStanding::Done,
        (RecoveryState::Stopped, _) => RecoveryStanding::Stopped,
        _ if expires_at <= now => RecoveryStanding::Over,
        (RecoveryState::Mailed, _) => RecoveryStanding::Mailed,
        (RecoveryState::Opened, _) => RecoveryStanding::Opened,
        (RecoveryState::Proved, _) => RecoveryStanding::Ripe,
        (RecoveryState::Waiting, Some(ripe_at)) if ripe_at > now => RecoveryStanding::Waiting(ripe_at),
        (RecoveryState::Waiting, Some(_)) => RecoveryStanding::Ripe,
        // A row that waits for nothing: it never ripens.
        (RecoveryState::Waiting, None) => RecoveryStanding::Over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_ripens_when_its_time_is_over_and_not_before() {
        let at = Timestamp::from_seconds;
        let waiting = |now| standing(RecoveryState::Waiting, Some(at(100)), at(200), at(now));
        assert_eq!(waiting(99), RecoveryStanding::Waiting(at(100)));
        assert_eq!(waiting(100), RecoveryStanding::Ripe);
        assert_eq!(waiting(200), RecoveryStanding::Over);
        assert_eq!(standing(RecoveryState::Waiting, None, at(200), at(1)), RecoveryStanding::Over);
    }

    #[test]
    fn what_is_over_stays_so() {
        let at = Timestamp::from_seconds;
        for state in RecoveryState::ALL {
            let now = standing(state, Some(at(1)), at(200), at(201));
            let over =
                matches!(now, RecoveryStanding::Done | RecoveryStanding::Stopped | RecoveryStanding::Over);
            assert!(over, "{state:?}: {now:?}");
            assert_eq!(RecoveryState::parse(state.as_str()), Some(state));
        }
    }
}

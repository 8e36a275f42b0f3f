//! The users of a tenant as an administrator looks at them and acts on them: who is meant, and what is done.

use countersign_protocol::ids::UserId;
use countersign_protocol::time::NumericDate;
use serde::{Deserialize, Serialize};

use super::factor::Factor;
use super::user::Role;

/// Which users are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// All that match.
    All(Filter),
    /// These.
    These(Vec<UserId>),
}

/// What users are looked for by. What is left out is not asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// A part of the name or e-mail address, whatever its case.
    pub search: Option<String>,
    /// Their role.
    pub role: Option<Role>,
    /// Their type.
    pub user_type: Option<String>,
    /// Only those who have no type.
    pub untyped: bool,
    /// Whether they are disabled.
    pub disabled: Option<bool>,
    /// Whether an administrator has chosen them for a second factor.
    pub chosen: Option<bool>,
    /// What they have set up.
    pub holds: Option<Holds>,
}

impl Filter {
    /// Whether it finds all that another one finds, whatever those have set up.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(mine: Option<&T>, theirs: Option<&T>) -> bool {
            mine.is_none() || mine == theirs
        }
        same(self.search.as_ref(), other.search.as_ref())
            && same(self.role.as_ref(), other.role.as_ref())
            && same(self.user_type.as_ref(), other.user_type.as_ref())
            && (!self.untyped || other.untyped)
            && same(self.disabled.as_ref(), other.disabled.as_ref())
            && same(self.chosen.as_ref(), other.chosen.as_ref())
    }
}

/// What users have set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Neither phone nor passkey nor authenticator app.
    Nothing,
    /// At least one of these.
    Something,
    /// This one: a phone, a passkey or an authenticator app.
    This(Factor),
}

impl Action {
    /// Whether it follows from a change of the policy: people are told, or what they have set up goes, as the policy
    /// says. Whoever changed that was allowed to.
    #[must_use]
    pub const fn follows_policy(&self) -> bool {
        matches!(self, Self::TellTurnedOn { .. } | Self::TellSetUpDue { .. } | Self::TellTurnedOff { .. })
    }
}

/// What is done to each of some users. It may be done again to somebody to whom it was done: then it does nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The second factor is turned on for them: they are chosen. They are told.
    TurnOn,
    /// It is turned off again; what they have set up is kept or removed as the policy says. They are told.
    TurnOff,
    /// They cannot sign in any more.
    Disable,
    /// They can again.
    Enable,
    /// All their factors are removed, and their sessions end. They are told.
    Reset,
    /// No factor of theirs is suspended any more.
    Unlock,
    /// Their sessions end.
    EndSessions,
    /// They are of this type from now on; of none, if there is none.
    SetType(Option<String>),
    /// They have this role from now on; to one at a time. Whoever's role rises is signed out.
    SetRole(Role),
    /// They are told that a second factor is asked of them from now on, and until when it has to be set up.
    TellTurnedOn {
        /// Until when; none if at the next sign-in.
        until: Option<NumericDate>,
    },
    /// They are reminded to set up a second factor, if they have none.
    TellSetUpDue {
        /// Until when.
        until: NumericDate,
    },
    /// They are told that no second factor is asked of them any more; what they have set up is removed, if so.
    TellTurnedOff {
        /// Whether.
        remove: bool,
    },
}

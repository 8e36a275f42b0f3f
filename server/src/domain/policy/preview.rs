//! What a change of policy leads to, before it is made: for one user, and for groups of users who are alike.
//!
//! It is the very rule of [`crate::domain::requirement`] that is asked, for a sign-in in a browser that is not
//! remembered, from a network that is neither trusted nor refused.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use countersign_protocol::time::Timestamp;

use super::asked::{Asked, Person};
use super::networks::Networks;
use super::rule::SecondFactor;
use super::{Policy, TurnedOff};
use crate::domain::factor::{Factor, FactorRules};
use crate::domain::requirement::{Alone, Circumstances, Requirement, decide};
use crate::domain::tenant::Tenant;
use crate::domain::user::Role;
use crate::domain::ways::Holding;

/// What a user is to the policy: one, or many who are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// The role.
    pub role: Role,
    /// The type, if there is one.
    pub user_type: Option<String>,
    /// Since when an administrator has chosen the user, if so.
    pub chosen_since: Option<Timestamp>,
    /// Since when the user is there.
    pub since: Timestamp,
    /// What the user can prove a second step with.
    pub holding: Holding,
}

impl Alike {
    fn person(&self) -> Person<'_> {
        Person {
            role: self.role,
            user_type: self.user_type.as_deref(),
            chosen_since: self.chosen_since,
            since: self.since,
        }
    }
}

/// How somebody stands at the next sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The password is enough.
    NotAsked,
    /// A second factor is asked for.
    Asked,
    /// One must be set up, but not before this.
    SetUpBy(Timestamp),
    /// One must be set up at the next sign-in.
    SetUp,
}

/// What a change means to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A second factor is asked for, and was not before.
    Asked,
    /// One must be set up at the next sign-in, which was not so before.
    SetUp,
    /// One must be set up by the end of the grace period, which was not so before.
    SetUpLater,
    /// None is asked for any more.
    NotAsked,
    /// One that has been set up is no longer accepted.
    Loses,
    /// What has been set up is removed.
    Removed,
}

impl Effect {
    /// Each of them, in the order in which they are told.
    pub const ALL: [Self; 6] =
        [Self::SetUp, Self::SetUpLater, Self::Asked, Self::Loses, Self::Removed, Self::NotAsked];

    /// As forms and JSON spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::SetUp => "set-up",
            Self::SetUpLater => "set-up-later",
            Self::NotAsked => "not-asked",
            Self::Loses => "loses",
            Self::Removed => "removed",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == text)
    }
}

/// What is so before and after a change, for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Before.
    pub before: Standing,
    /// After.
    pub after: Standing,
    /// What the policy asked before, and by which rule.
    pub asked_before: Asked,
    /// What it asks after.
    pub asked_after: Asked,
    /// What that means.
    pub effects: Vec<Effect>,
}

/// A change, to be looked at.
#[derive(Clone, Debug)]
pub struct Change {
    before: Tenant,
    after: Tenant,
    now: Timestamp,
}

/// How many users a change means what to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many there are.
    pub users: u64,
    /// Of how many a second factor is asked now, set up or not.
    pub asked_before: u64,
    /// Of how many then.
    pub asked_after: u64,
    /// How many each effect is for.
    pub effects: BTreeMap<Effect, u64>,
}

impl Change {
    /// One tenant follows another, at `now`.
    #[must_use]
    pub fn new(before: &Tenant, after: &Tenant, now: Timestamp) -> Self {
        Self { before: from_anywhere(before), after: from_anywhere(after), now }
    }

    /// What it means to somebody.
    #[must_use]
    pub fn of(&self, somebody: &Alike) -> Difference {
        let (before, asked_before) = standing(&self.before, somebody, self.now);
        let (after, asked_after) = standing(&self.after, somebody, self.now);
        let effects = Effect::ALL.into_iter().filter(|effect| match effect {
            Effect::Asked => before == Standing::NotAsked && after == Standing::Asked,
            Effect::SetUp => after == Standing::SetUp && before != Standing::SetUp,
            Effect::SetUpLater => {
                matches!(after, Standing::SetUpBy(_)) && !matches!(before, Standing::SetUpBy(_))
            }
            Effect::NotAsked => before != Standing::NotAsked && after == Standing::NotAsked,
            Effect::Loses => self.loses(somebody.holding),
            Effect::Removed => {
                removes(&self.after.policy, &asked_before, &asked_after)
                    && somebody.holding.strongest().is_some()
            }
        });
        let effects = effects.collect();
        Difference { before, after, asked_before, asked_after, effects }
    }

    /// Whether something is accepted no more that was accepted before. A mailbox is not set up.
    fn loses(&self, holding: Holding) -> bool {
        let (before, after) = (&self.before.policy.factors, &self.after.policy.factors);
        let lost = |factor: Factor| before.accept(factor) && !after.accept(factor);
        Factor::ALL
            .into_iter()
            .any(|factor| factor != Factor::EmailCode && holding.has(factor) && lost(factor))
    }

    /// What it means to groups of users.
    pub fn figures<'a>(&self, groups: impl IntoIterator<Item = (&'a Alike, u64)>) -> Figures {
        let mut figures = Figures::default();
        for (alike, count) in groups {
            let difference = self.of(alike);
            figures.users += count;
            figures.asked_before += if difference.before == Standing::NotAsked { 0 } else { count };
            figures.asked_after += if difference.after == Standing::NotAsked { 0 } else { count };
            for effect in difference.effects {
                *figures.effects.entry(effect).or_default() += count;
            }
        }
        figures
    }

    /// For how many days fewer a browser may be remembered: none if not fewer.
    #[must_use]
    pub fn remembers_less(&self) -> Option<u16> {
        let [before, after] = [&self.before, &self.after].map(|tenant| tenant.policy.factors.remember_days);
        (after < before).then_some(after)
    }
}

/// Whether a policy removes what somebody has set up, once nothing is asked of them.
#[must_use]
pub fn removes(after: &Policy, asked_before: &Asked, asked_after: &Asked) -> bool {
    let off = |asked: &Asked| asked.second_factor == SecondFactor::Off;
    after.when_turned_off == TurnedOff::Remove && off(asked_after) && !off(asked_before)
}

/// The tenant, as it is for whoever signs in from an address of which nothing is said.
fn from_anywhere(tenant: &Tenant) -> Tenant {
    let policy = Policy { networks: Networks::default(), ..tenant.policy.clone() };
    Tenant { policy, ..tenant.clone() }
}

fn standing(tenant: &Tenant, somebody: &Alike, now: Timestamp) -> (Standing, Asked) {
    let at = Circumstances {
        person: somebody.person(),
        holding: somebody.holding,
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        trusted_at: None,
        remembered: false,
        denied_lately: false,
        address_reported: false,
        now,
    };
    let answer = decide(tenant, &at);
    let standing = match answer.requirement {
        Requirement::PasswordAlone(Alone::Grace(until)) => Standing::SetUpBy(until),
        Requirement::PasswordAlone(_) | Requirement::Remembered | Requirement::NotFromHere => {
            Standing::NotAsked
        }
        Requirement::Prove { ways, .. } if stands_alone(&ways, &tenant.policy.factors) => Standing::Asked,
        // Whatever host a passkey answers at, it is asked for.
        Requirement::Elsewhere => Standing::Asked,
        Requirement::Prove { .. } | Requirement::SetUp => Standing::SetUp,
    };
    (standing, answer.asked)
}

/// Whether one of these is enough by itself. Otherwise it proves who is there, and something better is set up then.
#[must_use]
pub fn stands_alone(ways: &[Factor], rules: &FactorRules) -> bool {
    ways.iter().any(|way| *way != Factor::RecoveryCode && rules.accept(*way))
}

#[cfg(test)]
pub(crate) mod tests;

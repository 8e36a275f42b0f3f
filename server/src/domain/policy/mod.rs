//! The policy: a tenant's rules of signing in. Who must prove a second factor, by what, from where, and who
//! may change that.
//!
//! * [`rule`]: a rule, its scope and conditions;
//! * [`asked`]: what the rules come to for one person, and which of them it was;
//! * [`change`]: one policy follows another;
//! * [`preview`]: what that leads to, before it is so;
//! * [`news`]: what users are told of it;
//! * [`preset`]: policies to begin with;
//! * [`stored`]: as JSON, where what cannot be read asks for more, never for less.

pub mod asked;
pub mod change;
pub mod network_change;
pub mod networks;
pub mod news;
mod plans;
pub mod preset;
pub mod preview;
pub mod rule;
pub mod stored;

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_protocol::time::{NumericDate, Timestamp};
use serde::{Deserialize, Serialize};

use super::attestation::AttestationRule;
use super::factor::FactorRules;
use super::tenant::{NumberDigits, NumberRule};
use super::user::Role;
use networks::Networks;
use rule::{Condition, Rule, Scope, SecondFactor};

/// A tenant's rules of signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What is asked of whoever no rule asks more of.
    pub base: SecondFactor,
    /// Since when.
    #[serde(default = "long_ago")]
    pub base_since: NumericDate,
    /// The rules. Of those that are for somebody, the strictest wins.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// The types of users that the tenant knows: "staff", "client".
    #[serde(default)]
    pub user_types: BTreeSet<String>,
    /// Which factors are accepted, and how they work.
    #[serde(default)]
    pub factors: FactorRules,
    /// When a phone asks for the number that the browser shows.
    #[serde(default)]
    pub number_rule: NumberRule,
    /// How many digits the number has.
    #[serde(default)]
    pub number_digits: NumberDigits,
    /// From which role on people may turn a second factor off where it is optional: members their own,
    /// administrators that of others.
    pub turned_off_by: Role,
    /// What becomes of factors when the second factor is turned off.
    pub when_turned_off: TurnedOff,
    /// From which role on this policy may be changed.
    pub changed_by: Role,
    /// Whether phones have to prove where they keep their keys when they are paired.
    #[serde(default)]
    pub attestation: AttestationRule,
    /// The networks that it knows.
    #[serde(default)]
    pub networks: Networks,
    /// For how many days somebody who must set up a second factor may put that off.
    #[serde(default)]
    pub grace_days: u16,
    /// How long sessions last.
    #[serde(default)]
    pub sessions: SessionLengths,
    /// Whether an administrator's reset of somebody's factors needs a second administrator. Then one alone does not do
    /// otherwise what comes to the same: see [`Self::changed_from`].
    #[serde(default)]
    pub resets_need_two: bool,
}

/// What becomes of factors when the second factor is turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnedOff {
    /// They are kept, for when it is turned on again.
    Keep,
    /// They are removed.
    Remove,
}

/// How long sessions last at most, in hours; as the server is set, where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionLengths {
    /// Of members.
    pub hours: Option<u16>,
    /// Of administrators.
    pub administrator_hours: Option<u16>,
}

impl SessionLengths {
    /// The longest, in hours.
    pub const MOST: u16 = 720;

    /// How long a session of somebody with this role lasts; `usual` where nothing is said.
    #[must_use]
    pub fn of(self, role: Role, usual: Duration) -> Duration {
        let own = if role == Role::Member { self.hours } else { self.administrator_hours.or(self.hours) };
        own.map_or(usual, |hours| Duration::from_hours(hours.into()))
    }
}

/// Why something is no policy. The text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON, or not of this shape.
    #[error("this is not a policy: {0}")]
    Unreadable(String),
    /// Two rules have one name, or one has none.
    #[error("each rule needs a name of its own: “{0}” is empty, too long or used twice")]
    RuleName(String),
    /// A rule is for a type that the tenant does not have.
    #[error("there is no user type “{0}”: add it to user_types, or correct the rule")]
    UnknownType(String),
    /// A type's name is empty or too long.
    #[error("“{0}” cannot be a user type: use 1 to 40 letters, digits, spaces, “-” and “_”")]
    TypeName(String),
    /// A number is out of bounds.
    #[error("{what} is from {least} to {most}")]
    OutOfBounds {
        /// Which.
        what: &'static str,
        /// The least.
        least: u16,
        /// The most.
        most: u16,
    },
    /// No factor that somebody could set up reaches the floor.
    #[error("no factor that is allowed reaches the floor: allow another one, or lower the floor")]
    NothingAllowed,
    /// Too many of something.
    #[error("there are too many {0}")]
    TooMany(&'static str),
    /// A condition names no plan.
    #[error("the rule “{0}” has a condition on the plan that names no plan")]
    NoPlan(String),
}

/// The most rules, user types or networks of a policy.
const MOST: usize = 100;
/// The longest name of a rule, type, plan or feature, in characters.
pub const LONGEST_NAME: usize = 40;
/// The longest grace period, in days.
pub const MOST_GRACE_DAYS: u16 = 90;

impl Policy {
    /// Whether it contradicts itself.
    ///
    /// # Errors
    /// [`PolicyError`], whose text says what to do.
    pub fn check(&self) -> Result<(), PolicyError> {
        for (what, count) in [
            ("rules", self.rules.len()),
            ("user types", self.user_types.len()),
            ("networks", self.networks.count()),
        ] {
            if count > MOST {
                return Err(PolicyError::TooMany(what));
            }
        }
        if let Some(bad) = self.user_types.iter().find(|name| !is_name(name)) {
            return Err(PolicyError::TypeName(bad.clone()));
        }
        self.check_rules()?;
        self.check_numbers()?;
        if self.factors.can_be_set_up() { Ok(()) } else { Err(PolicyError::NothingAllowed) }
    }

    fn check_rules(&self) -> Result<(), PolicyError> {
        let mut names = BTreeSet::new();
        for rule in &self.rules {
            if !is_name(&rule.name) || !names.insert(&rule.name) {
                return Err(PolicyError::RuleName(rule.name.clone()));
            }
            if let Scope::Types(types) = &rule.who
                && let Some(unknown) = types.iter().find(|name| !self.user_types.contains(*name))
            {
                return Err(PolicyError::UnknownType(unknown.clone()));
            }
            let no_plan =
                |condition: &Condition| matches!(condition, Condition::Plan(plans) if plans.is_empty());
            if rule.when.iter().any(no_plan) {
                return Err(PolicyError::NoPlan(rule.name.clone()));
            }
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), PolicyError> {
        let factors = &self.factors;
        let [shortest, _, longest] = FactorRules::EMAIL_CODE_SECONDS;
        let [fewest, most] = FactorRules::RECOVERY_HOURS;
        let hours = SessionLengths::MOST;
        let session = |hours: Option<u16>| hours.unwrap_or(1);
        for (what, value, least, most) in [
            ("email_code_seconds", factors.email_code_seconds, shortest, longest),
            ("remember_days", factors.remember_days, 0, FactorRules::MOST_REMEMBER_DAYS),
            ("recovery_hours", factors.recovery_hours, fewest, most),
            ("grace_days", self.grace_days, 0, MOST_GRACE_DAYS),
            ("sessions.hours", session(self.sessions.hours), 1, hours),
            ("sessions.administrator_hours", session(self.sessions.administrator_hours), 1, hours),
        ] {
            if !(least..=most).contains(&value) {
                return Err(PolicyError::OutOfBounds { what, least, most });
            }
        }
        Ok(())
    }

    /// The rule with this name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// From which role on it may be changed. Where resets need two, one administrator alone could otherwise turn that
    /// off, reset somebody, and turn it on again.
    #[must_use]
    pub fn changed_from(&self) -> Role {
        if self.resets_need_two { Role::SuperAdministrator } else { self.changed_by }
    }

    /// Until when somebody of whom more is asked since `since` may put off setting something up.
    #[must_use]
    pub fn grace_ends(&self, since: Timestamp) -> Timestamp {
        since + Duration::from_hours(24 * u64::from(self.grace_days))
    }

    /// Whether single users can be chosen, because some rule asks more of them.
    #[must_use]
    pub fn chooses_users(&self) -> bool {
        self.rules.iter().any(|rule| rule.who == Scope::Chosen && rule.ask > self.base)
    }
}

impl Default for Policy {
    /// Whoever has set up a second factor proves it.
    fn default() -> Self {
        Self {
            base: SecondFactor::Optional,
            base_since: long_ago(),
            rules: vec![Rule::chosen()],
            user_types: BTreeSet::new(),
            factors: FactorRules::default(),
            number_rule: NumberRule::default(),
            number_digits: NumberDigits::default(),
            turned_off_by: Role::Member,
            when_turned_off: TurnedOff::Keep,
            changed_by: Role::SuperAdministrator,
            attestation: AttestationRule::default(),
            networks: Networks::default(),
            grace_days: 0,
            sessions: SessionLengths::default(),
            resets_need_two: false,
        }
    }
}

/// When no grace is left.
const fn long_ago() -> NumericDate {
    NumericDate(0)
}

/// Whether something can be the name of a rule, type, plan or feature.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    !text.trim().is_empty()
        && text.trim() == text
        && text.chars().count() <= LONGEST_NAME
        && text.chars().all(good)
}

#[cfg(test)]
mod tests;

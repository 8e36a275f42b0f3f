//! One policy follows another: what it asks of whom since when, and whether the tenant's plan includes it.

use std::net::IpAddr;

use countersign_protocol::time::NumericDate;

use super::asked::{Facts, is_in_force};
use super::rule::SecondFactor;
use super::{Policy, PolicyError, plans};
use crate::domain::actor::By;
use crate::domain::user::Role;

/// Why a policy may not follow another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// It contradicts itself.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A rule would be turned on that is for other plans.
    #[error("the rule “{rule}” is part of other plans: {plans}", plans = plans.join(", "))]
    NotInPlan {
        /// The rule.
        rule: String,
        /// The plans that it is part of.
        plans: Vec<String>,
    },
    /// The plans that a rule is part of would change, or the rule would go.
    #[error("which plans the rule “{0}” is part of is for whoever runs the server to say")]
    PlansAreSet(String),
    /// Whoever changes it has no right to.
    #[error("this policy is changed by {role} alone", role = .0.as_str())]
    NotYours(Role),
    /// Whoever changes it could not sign in again.
    #[error("{0} is in none of the networks that would be allowed: add the one that you are in")]
    LocksOut(IpAddr),
}

impl Policy {
    /// Whether this policy may be followed by `after`, if `by` says so.
    ///
    /// # Errors
    /// [`ChangeError::NotYours`], [`ChangeError::LocksOut`], [`ChangeError::PlansAreSet`], [`ChangeError::NotInPlan`].
    pub fn may_be_followed(&self, after: &Self, facts: &Facts, by: &By) -> Result<(), ChangeError> {
        if !by.reaches(self.changed_from()) {
            return Err(ChangeError::NotYours(self.changed_from()));
        }
        if *by != By::CommandLine {
            plans::check(self, after, facts)?;
        }
        match by.address().filter(|address| !after.networks.allows(*address)) {
            Some(address) => Err(ChangeError::LocksOut(address)),
            None => Ok(()),
        }
    }

    /// This policy, to follow `before` at `now`: what was asked already is asked since then, also of
    /// those who stay when a rule is for fewer, or is called something else.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn following(mut self, before: &Self, facts: &Facts, now: NumericDate) -> Result<Self, ChangeError> {
        self.check()?;
        self.base_since = if self.base > before.base { now } else { before.base_since };
        for rule in &mut self.rules {
            let renamed = || before.rules.iter().find(|old| old.who == rule.who && old.when == rule.when);
            let old = before.rule(&rule.name).or_else(renamed);
            let stricter = old.is_none_or(|old| rule.ask > old.ask);
            let wider = old.is_some_and(|old| !rule.is_within(old));
            rule.since = if stricter || wider { now } else { old.map_or(now, |old| old.since) };
            if stricter && rule.ask > SecondFactor::Off && !is_in_force(rule, facts) {
                plans::refuse_others(rule, facts)?;
            }
        }
        Ok(self)
    }
}

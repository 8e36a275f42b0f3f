//! What the rules come to for one person, and which of them it was.

use std::collections::BTreeMap;

use countersign_protocol::time::{NumericDate, Timestamp};
use serde::{Deserialize, Serialize};

use super::Policy;
use super::rule::{Condition, Rule, Scope, SecondFactor};
use crate::domain::user::{Role, User};

/// What is known of a tenant beside its policy: whoever runs the server says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The plan; none if that was never said.
    pub plan: Option<String>,
    /// The features of which it was said whether they are on.
    pub features: BTreeMap<String, Feature>,
}

/// Whether a feature is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Whether.
    pub on: bool,
    /// Since when.
    pub since: NumericDate,
}

/// The person that rules are looked up for.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The role.
    pub role: Role,
    /// The type, if the person has one.
    pub user_type: Option<&'a str>,
    /// Since when an administrator has chosen the person, if so.
    pub chosen_since: Option<Timestamp>,
    /// Since when the person is there.
    pub since: Timestamp,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            role: user.role,
            user_type: user.user_type.as_deref(),
            chosen_since: user.chosen_since,
            since: user.created_at,
        }
    }
}

/// What is asked of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub second_factor: SecondFactor,
    /// Which rule it was; none if it is what is asked of everybody.
    pub rule: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

impl Asked {
    /// Until when somebody who must set up a second factor may put that off.
    #[must_use]
    pub fn grace_ends(&self, policy: &Policy) -> Timestamp {
        policy.grace_ends(self.since)
    }
}

/// Looks the rules up. Of those that are for the person, the strictest wins; of equals, the oldest, since its
/// grace ends first.
#[must_use]
pub fn asked(policy: &Policy, facts: &Facts, person: Person<'_>) -> Asked {
    let base = Asked {
        second_factor: policy.base,
        rule: None,
        since: Timestamp::from(policy.base_since).max(person.since),
    };
    let by_rule = |rule: &Rule| {
        let since = since(rule, facts, person)?;
        Some(Asked { second_factor: rule.ask, rule: Some(rule.name.clone()), since })
    };
    policy.rules.iter().filter_map(by_rule).fold(base, |strictest, next| {
        let order = |asked: &Asked| (asked.second_factor, std::cmp::Reverse(asked.since));
        if order(&next) > order(&strictest) { next } else { strictest }
    })
}

/// Whether all conditions of a rule are met.
#[must_use]
pub fn is_in_force(rule: &Rule, facts: &Facts) -> bool {
    rule.when.iter().all(|condition| met_since(condition, facts).is_some())
}

/// Since when a rule is for this person; none if it is not.
fn since(rule: &Rule, facts: &Facts, person: Person<'_>) -> Option<Timestamp> {
    let chosen = match &rule.who {
        Scope::Everyone => person.since,
        Scope::Types(types) => person.user_type.filter(|own| types.contains(*own)).map(|_| person.since)?,
        Scope::Roles(roles) => roles.contains(&person.role).then_some(person.since)?,
        Scope::Chosen => person.chosen_since?,
    };
    let mut since = chosen.max(person.since).max(rule.since.into());
    for condition in &rule.when {
        since = since.max(met_since(condition, facts)?);
    }
    Some(since)
}

/// Since when a condition is met; none if it is not. One of which nothing is known is met, and always was.
fn met_since(condition: &Condition, facts: &Facts) -> Option<Timestamp> {
    let always = Timestamp::default();
    match condition {
        Condition::Feature(name) => match facts.features.get(name) {
            None => Some(always),
            Some(feature) => feature.on.then_some(feature.since.into()),
        },
        Condition::Plan(plans) => match &facts.plan {
            None => Some(always),
            Some(plan) => plans.contains(plan).then_some(always),
        },
    }
}

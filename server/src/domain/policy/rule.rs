//! A rule: whom it is for, on what condition, and what it asks.

use std::collections::BTreeSet;

use countersign_protocol::time::NumericDate;
use serde::{Deserialize, Serialize};

use super::super::user::Role;

/// What is asked of somebody. A greater one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactor {
    /// Nothing: factors that were set up are not asked for.
    Off,
    /// Whoever has set up a factor proves it.
    Optional,
    /// Everybody proves one; whoever has none sets one up.
    Required,
}

impl SecondFactor {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Optional, Self::Required];

    /// As JSON, forms and audit spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// A rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it is called, in this policy.
    pub name: String,
    /// Whom it is for.
    pub who: Scope,
    /// All of these must be so.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What it asks.
    pub ask: SecondFactor,
    /// Since when.
    #[serde(default = "super::long_ago")]
    pub since: NumericDate,
}

/// Whom a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All users of the tenant.
    Everyone,
    /// Users of these types.
    Types(BTreeSet<String>),
    /// Users with these roles.
    Roles(BTreeSet<Role>),
    /// The users whom an administrator chose one by one.
    Chosen,
}

impl Scope {
    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Everyone) => true,
            (Self::Types(these), Self::Types(those)) => these.is_subset(those),
            (Self::Roles(these), Self::Roles(those)) => these.is_subset(those),
            _ => self == other,
        }
    }
}

/// What must be so of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// This feature, such as a plug-in, is on.
    Feature(String),
    /// The tenant has one of these plans.
    Plan(BTreeSet<String>),
}

impl Rule {
    /// The name of the rule for the users whom an administrator chooses.
    pub const CHOSEN: &'static str = "chosen";

    /// Whoever is chosen must.
    #[must_use]
    pub fn chosen() -> Self {
        Self::new(Self::CHOSEN, Scope::Chosen, SecondFactor::Required)
    }

    /// A rule without conditions, which always was.
    #[must_use]
    pub fn new(name: &str, who: Scope, ask: SecondFactor) -> Self {
        Self { name: name.to_owned(), who, when: Vec::new(), ask, since: super::long_ago() }
    }

    /// As [`Self::new`], on a condition.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.when.push(condition);
        self
    }

    /// Whether it is for nobody, at no time, for whom another rule is not.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.who.is_within(&other.who) && other.when.iter().all(|condition| self.when.contains(condition))
    }

    /// What stands for a rule that this version cannot read: everybody must.
    #[must_use]
    pub fn unreadable(number: usize) -> Self {
        Self::new(&format!("unreadable {number}"), Scope::Everyone, SecondFactor::Required)
    }
}

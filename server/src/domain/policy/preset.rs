//! Policies to begin with: those of four products, and the usual one.

use std::collections::BTreeSet;

use countersign_protocol::time::NumericDate;

use super::asked::{Facts, Feature};
use super::rule::{Condition, Rule, Scope, SecondFactor};
use super::{Policy, TurnedOff};
use crate::domain::factor::{Factor, FactorRules, FactorSet};
use crate::domain::user::Role;

/// A policy to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Whoever has set up a second factor proves it.
    Usual,
    /// Administrators turn it on, for one user or for many; app, mail and authenticator on one screen.
    ProDb,
    /// Optional for most; mandatory for types of users that are forced, and for all once a plug-in is on.
    ProWorkflow,
    /// Required for all; a super administrator may make it optional.
    ProvConnect,
    /// One switch for the whole company, on plans that include it.
    ProductIp,
}

impl Preset {
    /// Each of them.
    pub const ALL: [Self; 5] =
        [Self::Usual, Self::ProDb, Self::ProWorkflow, Self::ProvConnect, Self::ProductIp];
    /// The feature that makes a second factor mandatory in [`Preset::ProWorkflow`].
    pub const FINANCE: &'static str = "finance";
    /// The rule of [`Preset::ProWorkflow`] for types of users that are forced.
    pub const FORCED_TYPES: &'static str = "forced types";
    /// The rule of [`Preset::ProductIp`] for the whole company.
    pub const COMPANY: &'static str = "company";

    /// As the command line and forms spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::ProDb => "prodb",
            Self::ProWorkflow => "proworkflow",
            Self::ProvConnect => "provconnect",
            Self::ProductIp => "productip",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    /// The policy, to follow `before`: what a preset does not speak of stays as it is.
    #[must_use]
    pub fn applied(self, before: &Policy) -> Policy {
        let mut policy = self.policy();
        policy.user_types.extend(before.user_types.iter().cloned());
        Policy {
            networks: before.networks.clone(),
            sessions: before.sessions,
            number_rule: before.number_rule,
            number_digits: before.number_digits,
            grace_days: before.grace_days,
            resets_need_two: before.resets_need_two,
            attestation: before.attestation,
            factors: FactorRules { allowed: policy.factors.allowed, ..before.factors },
            ..policy
        }
    }

    /// What is known of a tenant once the preset is applied: a feature that a condition names, and of which nothing was
    /// said, is off. Otherwise it would count as on, and everybody would be asked at once.
    #[must_use]
    pub fn stated(self, facts: &Facts, now: NumericDate) -> Facts {
        let mut stated = facts.clone();
        for condition in self.policy().rules.into_iter().flat_map(|rule| rule.when) {
            if let Condition::Feature(name) = condition {
                stated.features.entry(name).or_insert(Feature { on: false, since: now });
            }
        }
        stated
    }

    /// The policy.
    #[must_use]
    pub fn policy(self) -> Policy {
        match self {
            Self::Usual => Policy::default(),
            Self::ProDb => Policy {
                base: SecondFactor::Off,
                factors: allowing(&[Factor::Push, Factor::Totp, Factor::EmailCode, Factor::RecoveryCode]),
                turned_off_by: Role::Administrator,
                changed_by: Role::Administrator,
                ..Policy::default()
            },
            Self::ProWorkflow => pro_workflow(),
            Self::ProvConnect => Policy {
                base: SecondFactor::Required,
                rules: Vec::new(),
                factors: without_mail(),
                turned_off_by: Role::Member,
                changed_by: Role::SuperAdministrator,
                ..Policy::default()
            },
            Self::ProductIp => Policy {
                base: SecondFactor::Off,
                rules: vec![
                    Rule::new(Self::COMPANY, Scope::Everyone, SecondFactor::Off)
                        .when(Condition::Plan(names(&["professional", "enterprise"]))),
                ],
                factors: without_mail(),
                turned_off_by: Role::Administrator,
                when_turned_off: TurnedOff::Remove,
                changed_by: Role::Administrator,
                ..Policy::default()
            },
        }
    }
}

fn pro_workflow() -> Policy {
    Policy {
        base: SecondFactor::Optional,
        rules: vec![
            Rule::new(Preset::FINANCE, Scope::Everyone, SecondFactor::Required)
                .when(Condition::Feature(Preset::FINANCE.to_owned())),
            Rule::new(Preset::FORCED_TYPES, Scope::Types(BTreeSet::new()), SecondFactor::Required),
        ],
        user_types: names(&["staff", "client", "contractor"]),
        factors: without_mail(),
        turned_off_by: Role::Member,
        when_turned_off: TurnedOff::Remove,
        changed_by: Role::Administrator,
        ..Policy::default()
    }
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn allowing(factors: &[Factor]) -> FactorRules {
    FactorRules { allowed: factors.iter().copied().collect::<FactorSet>(), ..FactorRules::default() }
}

fn without_mail() -> FactorRules {
    allowing(&[Factor::Push, Factor::Passkey, Factor::Totp, Factor::RecoveryCode])
}

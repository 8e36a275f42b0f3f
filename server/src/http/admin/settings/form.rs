//! The form of the settings: read into a policy. What the form does not have stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use crate::domain::factor::{Assurance, Factor, FactorRules, TotpAlgorithm};
use crate::domain::policy::networks::{self, Networks};
use crate::domain::policy::rule::{Condition, Rule, Scope, SecondFactor};
use crate::domain::policy::{Policy, SessionLengths, TurnedOff};
use crate::domain::tenant::{NumberDigits, NumberRule};
use crate::domain::user::Role;
use crate::web::{SettingsProblem, ask_field, features_of, plans_of};

/// The fields of a form, by name.
pub(super) type Fields = BTreeMap<String, String>;

/// A policy as somebody types it.
pub(super) struct Draft {
    /// The policy, as far as it can be read.
    pub(super) policy: Policy,
    /// The trusted networks as they were typed.
    pub(super) trusted: String,
    /// The allowed networks as they were typed.
    pub(super) allowed: String,
    /// Why it cannot be.
    pub(super) problem: Option<SettingsProblem>,
    /// Whether somebody is at it.
    pub(super) edited: bool,
}

impl Draft {
    /// A policy before anybody typed anything.
    pub(super) fn of(policy: Policy) -> Self {
        let lines =
            |networks: &[IpNet]| networks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let (trusted, allowed) = (lines(&policy.networks.trusted), lines(&policy.networks.allowed));
        Self { policy, trusted, allowed, problem: None, edited: false }
    }

    /// Reads the form, which showed `before`.
    pub(super) fn read(fields: &Fields, before: &Policy) -> Self {
        let reader = Reader { fields };
        let mut problem = None;
        let policy = reader.policy(before, &mut problem);
        let typed = |name: &str| fields.get(name).cloned();
        let shown = Self::of(policy);
        let problem = problem.or_else(|| shown.policy.check().err().map(SettingsProblem::Policy));
        Self {
            trusted: typed("trusted").unwrap_or(shown.trusted),
            allowed: typed("allowed").unwrap_or(shown.allowed),
            policy: shown.policy,
            problem,
            edited: true,
        }
    }
}

struct Reader<'a> {
    fields: &'a Fields,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|text| text.trim())
    }

    fn ticked(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// What is chosen; what it was, if that cannot be read.
    fn choice<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>, before: T) -> T {
        self.text(name).and_then(parse).unwrap_or(before)
    }

    fn number(&self, name: &str, before: u16, problem: &mut Option<SettingsProblem>) -> u16 {
        let Some(text) = self.text(name) else { return before };
        text.parse().unwrap_or_else(|_| {
            problem.get_or_insert(SettingsProblem::Number);
            before
        })
    }

    /// A number that may be left out.
    fn hours(&self, name: &str, before: Option<u16>, problem: &mut Option<SettingsProblem>) -> Option<u16> {
        match self.text(name) {
            None => before,
            Some("") => None,
            Some(_) => Some(self.number(name, before.unwrap_or(1), problem)),
        }
    }

    fn policy(&self, before: &Policy, problem: &mut Option<SettingsProblem>) -> Policy {
        let user_types = self.types(before);
        let when_off = |text: &str| match text {
            "keep" => Some(TurnedOff::Keep),
            "remove" => Some(TurnedOff::Remove),
            _ => None,
        };
        let digits = |text: &str| NumberDigits::new(text.parse().ok()?);
        let sessions = before.sessions;
        let administrator_hours =
            self.hours("session_administrator_hours", sessions.administrator_hours, problem);
        Policy {
            base: self.choice("base", SecondFactor::parse, before.base),
            base_since: before.base_since,
            rules: self.rules(before, &user_types),
            factors: self.factors(&before.factors, problem),
            number_rule: self.choice("number_rule", NumberRule::parse, before.number_rule),
            number_digits: self.choice("number_digits", digits, before.number_digits),
            attestation: before.attestation,
            turned_off_by: self.choice("turned_off_by", Role::parse, before.turned_off_by),
            when_turned_off: self.choice("when_turned_off", when_off, before.when_turned_off),
            changed_by: self.choice("changed_by", Role::parse, before.changed_by),
            networks: Networks {
                trusted: self.networks("trusted", &before.networks.trusted, problem),
                allowed: self.networks("allowed", &before.networks.allowed, problem),
            },
            grace_days: self.number("grace_days", before.grace_days, problem),
            sessions: SessionLengths {
                hours: self.hours("session_hours", sessions.hours, problem),
                administrator_hours,
            },
            resets_need_two: self.ticked("resets_need_two"),
            user_types,
        }
    }

    fn types(&self, before: &Policy) -> BTreeSet<String> {
        let Some(text) = self.text("user_types") else { return before.user_types.clone() };
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn factors(&self, before: &FactorRules, problem: &mut Option<SettingsProblem>) -> FactorRules {
        let ticked = |factor: &Factor| self.ticked(&format!("factor-{}", factor.as_str()));
        FactorRules {
            allowed: Factor::ALL.into_iter().filter(ticked).collect(),
            floor: self.choice("floor", Assurance::parse, before.floor),
            email_code_seconds: self.number("email_code_seconds", before.email_code_seconds, problem),
            totp_algorithm: self.choice("totp_algorithm", TotpAlgorithm::parse, before.totp_algorithm),
            totp_strict: self.ticked("totp_strict"),
            device_passcode: self.ticked("device_passcode"),
            remember_days: self.number("remember_days", before.remember_days, problem),
            recovery_hours: self.number("recovery_hours", before.recovery_hours, problem),
        }
    }

    fn networks(&self, name: &str, before: &[IpNet], problem: &mut Option<SettingsProblem>) -> Vec<IpNet> {
        let Some(text) = self.text(name) else { return before.to_vec() };
        let mut found = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match networks::parse(line) {
                Some(network) if found.contains(&network) => {}
                Some(network) => found.push(network),
                None => {
                    problem.get_or_insert_with(|| SettingsProblem::Network(line.to_owned()));
                }
            }
        }
        found
    }

    fn rules(&self, before: &Policy, types: &BTreeSet<String>) -> Vec<Rule> {
        let kept = before.rules.iter().enumerate();
        let kept = kept.filter(|(index, _)| !self.ticked(&format!("rule-{index}-remove")));
        let mut rules: Vec<_> = kept.map(|(index, rule)| self.rule(index, rule, types)).collect();
        let another =
            self.rule(before.rules.len(), &Rule::new("", Scope::Everyone, SecondFactor::Required), types);
        if !another.name.is_empty() {
            rules.push(another);
        }
        rules
    }

    fn rule(&self, index: usize, before: &Rule, types: &BTreeSet<String>) -> Rule {
        let field = |name: &str| format!("rule-{index}-{name}");
        let who = match self.text(&field("who")) {
            Some("everyone") => Scope::Everyone,
            Some("chosen") => Scope::Chosen,
            Some("types") => {
                let ticked = |name: &&String| self.ticked(&field(&format!("type-{name}")));
                Scope::Types(types.iter().filter(ticked).cloned().collect())
            }
            Some("roles") => {
                let ticked = |role: &Role| self.ticked(&field(&format!("role-{}", role.as_str())));
                Scope::Roles(Role::ALL.into_iter().filter(ticked).collect())
            }
            _ => before.who.clone(),
        };
        Rule {
            name: self.text(&field("name")).unwrap_or(&before.name).to_owned(),
            who,
            when: self.conditions(&field("features"), &field("plans"), before),
            ask: self.choice(&ask_field(index), SecondFactor::parse, before.ask),
            since: before.since,
        }
    }

    /// The conditions of a rule: as they were, unless something else was typed.
    fn conditions(&self, features: &str, plans: &str, before: &Rule) -> Vec<Condition> {
        let (old_features, old_plans) = (features_of(before), plans_of(before));
        let features = self.text(features).unwrap_or(&old_features);
        let plans = self.text(plans).unwrap_or(&old_plans);
        if features == old_features && plans == old_plans {
            return before.when.clone();
        }
        let names = |text: &str| -> BTreeSet<String> {
            let names = text.split([',', '、']).map(str::trim).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        let plans = Some(names(plans)).filter(|plans| !plans.is_empty()).map(Condition::Plan);
        names(features).into_iter().map(Condition::Feature).chain(plans).collect()
    }
}

#[cfg(test)]
mod tests;

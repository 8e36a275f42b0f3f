//! Policies in words.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::super::texts::text_with;
use super::super::super::{Lang, Page};
use crate::domain::factor::{Assurance, Factor};
use crate::domain::policy::preset::Preset;
use crate::domain::policy::rule::{Condition, Rule, Scope, SecondFactor};
use crate::domain::policy::{Policy, PolicyError, TurnedOff};
use crate::domain::tenant::NumberRule;
use crate::domain::user::Role;

/// Why what was typed cannot be a policy, or not this tenant's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsProblem {
    /// It contradicts itself.
    Policy(PolicyError),
    /// This is not a network.
    Network(String),
    /// This is not a whole number.
    Number,
    /// A rule is part of other plans.
    NotInPlan(Vec<String>),
    /// Whoever wants it may not change it.
    NotYours(Role),
    /// Whoever wants it could not sign in again.
    LocksOut(IpAddr),
}

impl SettingsProblem {
    /// In words.
    pub(super) fn text(&self, page: &Page<'_>) -> String {
        match self {
            Self::Policy(error) => policy_problem(page, error),
            Self::Network(text) => page.t_with("settings-problem-network", "text", text),
            Self::Number => page.t("settings-problem-number"),
            Self::NotInPlan(plans) => {
                page.t_with("settings-problem-plan", "plans", &list(page.lang, plans.iter()))
            }
            Self::NotYours(role) => page.t(only_by(*role)),
            Self::LocksOut(address) => {
                page.t_with("settings-problem-locks-out", "address", &address.to_string())
            }
        }
    }
}

fn policy_problem(page: &Page<'_>, error: &PolicyError) -> String {
    match error {
        PolicyError::Unreadable(_) => page.t("settings-problem-unreadable"),
        PolicyError::RuleName(_) => page.t("settings-problem-rule-name"),
        PolicyError::UnknownType(name) => page.t_with("settings-problem-unknown-type", "name", name),
        PolicyError::TypeName(name) => page.t_with("settings-problem-type-name", "name", name),
        PolicyError::OutOfBounds { what, least, most } => text_with(
            page.lang,
            "settings-problem-bounds",
            &[
                ("what", (&page.t(number_label(what))).into()),
                ("least", u32::from(*least).into()),
                ("most", u32::from(*most).into()),
            ],
        ),
        PolicyError::NothingAllowed => page.t("settings-problem-nothing-allowed"),
        PolicyError::TooMany(_) => page.t("settings-problem-too-many"),
        PolicyError::NoPlan(_) => page.t("settings-problem-no-plan"),
    }
}

fn number_label(what: &str) -> &'static str {
    match what {
        "email_code_seconds" => "settings-email-code-seconds",
        "remember_days" => "settings-remember-days",
        "recovery_hours" => "settings-recovery-hours",
        "grace_days" => "settings-grace-days",
        "sessions.hours" => "settings-session-hours",
        _ => "settings-session-administrator-hours",
    }
}

pub(super) const fn ask(ask: SecondFactor) -> &'static str {
    match ask {
        SecondFactor::Off => "settings-ask-off",
        SecondFactor::Optional => "settings-ask-optional",
        SecondFactor::Required => "settings-ask-required",
    }
}

pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "settings-role-member",
        Role::Administrator => "settings-role-administrator",
        Role::SuperAdministrator => "settings-role-super",
    }
}

pub(super) const fn changers(role: Role) -> &'static str {
    match role {
        Role::Member | Role::Administrator => "settings-by-administrators",
        Role::SuperAdministrator => "settings-by-super",
    }
}

pub(super) const fn only_by(role: Role) -> &'static str {
    match role {
        Role::Member | Role::Administrator => "settings-only-administrators",
        Role::SuperAdministrator => "settings-only-super",
    }
}

pub(super) const fn factor(factor: Factor) -> &'static str {
    match factor {
        Factor::Push => "settings-factor-push",
        Factor::Passkey => "settings-factor-passkey",
        Factor::Totp => "settings-factor-totp",
        Factor::EmailCode => "settings-factor-email",
        Factor::RecoveryCode => "settings-factor-recovery",
    }
}

pub(super) const fn floor(floor: Assurance) -> &'static str {
    match floor {
        Assurance::Low => "settings-floor-low",
        Assurance::Medium => "settings-floor-medium",
        Assurance::High => "settings-floor-high",
    }
}

pub(super) const fn number_rule(rule: NumberRule) -> &'static str {
    match rule {
        NumberRule::WhenUnusual => "settings-number-when-unusual",
        NumberRule::Always => "settings-number-always",
        NumberRule::Never => "settings-number-never",
    }
}

pub(super) const fn preset(preset: Preset) -> &'static str {
    match preset {
        Preset::Usual => "settings-preset-usual",
        Preset::ProDb => "settings-preset-by-user",
        Preset::ProWorkflow => "settings-preset-by-type",
        Preset::ProvConnect => "settings-preset-for-all",
        Preset::ProductIp => "settings-preset-company",
    }
}

/// Names, one after the other.
pub(super) fn list<T: AsRef<str>>(lang: Lang, names: impl Iterator<Item = T>) -> String {
    let names: Vec<_> = names.map(|name| name.as_ref().to_owned()).collect();
    names.join(match lang {
        Lang::En => ", ",
        Lang::Ja => "、",
    })
}

/// Whom a rule is for.
pub(super) fn who(page: &Page<'_>, who: &Scope) -> String {
    match who {
        Scope::Everyone => page.t("settings-who-everyone"),
        Scope::Chosen => page.t("settings-who-chosen"),
        Scope::Types(types) if types.is_empty() => page.t("settings-who-no-type"),
        Scope::Types(types) => page.t_with("settings-who-types", "types", &list(page.lang, types.iter())),
        Scope::Roles(roles) if roles.is_empty() => page.t("settings-who-no-role"),
        Scope::Roles(roles) => list(page.lang, roles.iter().map(|one| page.t(role(*one)))),
    }
}

/// On what condition.
pub(super) fn condition(page: &Page<'_>, condition: &Condition) -> String {
    match condition {
        Condition::Feature(name) => page.t_with("settings-when-feature", "name", name),
        Condition::Plan(plans) => page.t_with("settings-when-plan", "plans", &list(page.lang, plans.iter())),
    }
}

pub(super) fn other_plan(page: &Page<'_>, plans: &BTreeSet<String>, plan: &str) -> String {
    let plans = list(page.lang, plans.iter());
    text_with(page.lang, "settings-other-plan", &[("plans", (&plans).into()), ("plan", plan.into())])
}

pub(super) fn features(rule: &Rule) -> String {
    let names = rule.when.iter().filter_map(|condition| match condition {
        Condition::Feature(name) => Some(name.clone()),
        Condition::Plan(_) => None,
    });
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn plans(rule: &Rule) -> String {
    let names = rule.when.iter().filter_map(|condition| match condition {
        Condition::Plan(plans) => Some(plans.iter().cloned()),
        Condition::Feature(_) => None,
    });
    names.flatten().collect::<Vec<_>>().join(", ")
}

/// A policy, line by line: what is set, and to what.
pub(super) fn lines(page: &Page<'_>, policy: &Policy) -> Vec<(String, String)> {
    let rules = policy.rules.iter().map(|rule| (rule_label(page, &rule.name), rule_text(page, rule)));
    let one = |key: &'static str, text: String| (page.t(key), text);
    let mut lines = vec![one("settings-base", page.t(ask(policy.base)))];
    lines.extend(rules);
    lines.push(one("settings-grace-days", policy.grace_days.to_string()));
    lines.extend(factor_lines(page, policy));
    lines.extend(other_lines(page, policy));
    lines
}

pub(super) fn rule_label(page: &Page<'_>, name: &str) -> String {
    page.t_with("settings-rule-named", "name", name)
}

fn rule_text(page: &Page<'_>, rule: &Rule) -> String {
    let who = who(page, &rule.who);
    let conditions = rule.when.iter().map(|one| condition(page, one));
    let parts: Vec<_> = [page.t(ask(rule.ask)), who].into_iter().chain(conditions).collect();
    parts.join(" · ")
}

fn yes_or_no(page: &Page<'_>, yes: bool) -> String {
    page.t(if yes { "settings-yes" } else { "settings-no" })
}

fn factor_lines(page: &Page<'_>, policy: &Policy) -> Vec<(String, String)> {
    let one = |key: &'static str, text: String| (page.t(key), text);
    let rules = &policy.factors;
    vec![
        one("settings-factors", list(page.lang, rules.allowed.iter().map(|way| page.t(factor(way))))),
        one("settings-floor", page.t(floor(rules.floor))),
        one("settings-number", page.t(number_rule(policy.number_rule))),
        one("settings-digits", policy.number_digits.get().to_string()),
        one("settings-remember-days", rules.remember_days.to_string()),
        one("settings-email-code-seconds", rules.email_code_seconds.to_string()),
        one("settings-recovery-hours", rules.recovery_hours.to_string()),
        one("settings-totp-algorithm", rules.totp_algorithm.as_str().to_uppercase()),
        one("settings-totp-strict", yes_or_no(page, rules.totp_strict)),
        one("settings-device-passcode", yes_or_no(page, rules.device_passcode)),
    ]
}

fn other_lines(page: &Page<'_>, policy: &Policy) -> Vec<(String, String)> {
    let one = |key: &'static str, text: String| (page.t(key), text);
    let networks = |networks: &[ipnet::IpNet]| list(page.lang, networks.iter().map(ToString::to_string));
    let hours =
        |hours: Option<u16>| hours.map_or_else(|| page.t("settings-as-server"), |hours| hours.to_string());
    let off_by = match policy.turned_off_by {
        Role::Member => "settings-off-by-themselves",
        role => changers(role),
    };
    let when_off = match policy.when_turned_off {
        TurnedOff::Keep => "settings-off-keep",
        TurnedOff::Remove => "settings-off-remove",
    };
    vec![
        one("settings-trusted", networks(&policy.networks.trusted)),
        one("settings-allowed", networks(&policy.networks.allowed)),
        one("settings-session-hours", hours(policy.sessions.hours)),
        one("settings-session-administrator-hours", hours(policy.sessions.administrator_hours)),
        one("settings-off-by", page.t(off_by)),
        one("settings-when-off", page.t(when_off)),
        one("settings-changed-by", page.t(changers(policy.changed_by))),
        one("settings-two", yes_or_no(page, policy.resets_need_two)),
        one("settings-types", list(page.lang, policy.user_types.iter())),
    ]
}

//! The settings: the policy as a form, in sections. Whoever may not change it reads it.

mod preview;
mod rules;
mod what_if;
mod words;

use askama::Template;

pub use preview::{
    ConcernedRow, EffectRow, FoundRow, NetworkRow, PreviewNotice, PreviewPage, SeveralRow, ThereRow,
};
use rules::RuleRow;
pub use what_if::{WhatIfAnswer, WhatIfFound, WhatIfPage, WhatIfSo};
pub use words::SettingsProblem;

use super::super::Page;
use super::AdminFrame;
use crate::domain::attestation::AttestationRule;
use crate::domain::factor::{Assurance, Factor, TotpAlgorithm};
use crate::domain::policy::asked::Facts;
use crate::domain::policy::preset::Preset;
use crate::domain::policy::rule::{Rule, SecondFactor};
use crate::domain::policy::{Policy, TurnedOff};
use crate::domain::tenant::NumberRule;
use crate::domain::user::Role;

/// The page of the settings.
#[derive(Template)]
#[template(path = "admin/settings.html")]
pub struct SettingsPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What all pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// The policy, as it is or as it was typed.
    pub policy: &'a Policy,
    /// Which of the tenant's policies it is a change to.
    pub revision: i64,
    /// What the policy goes by.
    pub facts: &'a Facts,
    /// The networks as they were typed: trusted, then allowed. One a line.
    pub networks: [&'a str; 2],
    /// Where the page is looked at.
    pub address: &'a str,
    /// Whether it can be changed.
    pub editing: Editing,
    /// Whether name and look are for whoever looks at it to change.
    pub changes_brand: bool,
    /// What was just done.
    pub notice: Option<SettingsNotice>,
    /// Why what was typed cannot be.
    pub problem: Option<SettingsProblem>,
}

/// Whether the settings can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editing {
    /// Now.
    Now,
    /// After the person proved again to be there.
    AfterProof,
    /// Not by whoever looks at them.
    No,
}

/// What was just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsNotice {
    /// They are so from now on.
    Saved,
    /// They were so already.
    Same,
}

impl SettingsNotice {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Saved, Self::Same];

    /// As the address of the page spells it, behind `?done=`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Same => "same",
        }
    }

    /// From the spelling of [`Self::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.code() == code)
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Saved => "settings-saved",
            Self::Same => "settings-same",
        }
    }
}

/// Something to choose: its value, its words, whether it is chosen.
struct Choice {
    value: &'static str,
    label: String,
    help: Option<String>,
    chosen: bool,
}

impl SettingsPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn choice(
        &self,
        value: &'static str,
        key: &'static str,
        help: Option<&'static str>,
        chosen: bool,
    ) -> Choice {
        Choice { value, label: self.page.t(key), help: help.map(|help| self.page.t(help)), chosen }
    }

    fn bases(&self) -> Vec<Choice> {
        let choice = |ask: SecondFactor| {
            let help = match ask {
                SecondFactor::Off => "settings-base-off",
                SecondFactor::Optional => "settings-base-optional",
                SecondFactor::Required => "settings-base-required",
            };
            self.choice(ask.as_str(), words::ask(ask), Some(help), self.policy.base == ask)
        };
        SecondFactor::ALL.map(choice).into()
    }

    fn asks(&self, row: &RuleRow) -> Vec<Choice> {
        if row.switch {
            let on = row.ask == SecondFactor::Required;
            return vec![
                self.choice("off", "settings-switch-off", None, !on),
                self.choice("required", "settings-switch-on", None, on),
            ];
        }
        SecondFactor::ALL.map(|ask| self.choice(ask.as_str(), words::ask(ask), None, row.ask == ask)).into()
    }

    fn scopes(&self, row: &RuleRow) -> Vec<Choice> {
        let choice = |(value, key)| self.choice(value, key, None, row.who == value);
        [
            ("everyone", "settings-who-everyone"),
            ("types", "settings-who-types-any"),
            ("roles", "settings-who-roles-any"),
            ("chosen", "settings-who-chosen"),
        ]
        .map(choice)
        .into()
    }

    fn factors(&self) -> Vec<Choice> {
        let allowed = &self.policy.factors.allowed;
        let choice =
            |factor: Factor| self.choice(factor.as_str(), words::factor(factor), None, allowed.has(factor));
        Factor::ALL.map(choice).into()
    }

    fn floors(&self) -> Vec<Choice> {
        let choice = |floor: Assurance| {
            self.choice(floor.as_str(), words::floor(floor), None, self.policy.factors.floor == floor)
        };
        [Assurance::Low, Assurance::Medium, Assurance::High].map(choice).into()
    }

    fn number_rules(&self) -> Vec<Choice> {
        let choice = |rule: NumberRule| {
            self.choice(rule.as_str(), words::number_rule(rule), None, self.policy.number_rule == rule)
        };
        [NumberRule::WhenUnusual, NumberRule::Always, NumberRule::Never].map(choice).into()
    }

    fn attestation_rules(&self) -> Vec<Choice> {
        let choice = |rule: AttestationRule| {
            self.choice(rule.as_str(), words::attestation(rule), None, self.policy.attestation == rule)
        };
        AttestationRule::ALL.map(choice).into()
    }

    fn digits(&self) -> [(u8, bool); 3] {
        [2, 3, 6].map(|digits| (digits, self.policy.number_digits.get() == digits))
    }

    fn algorithms(&self) -> [(&'static str, bool); 3] {
        let set = self.policy.factors.totp_algorithm;
        [TotpAlgorithm::Sha1, TotpAlgorithm::Sha256, TotpAlgorithm::Sha512]
            .map(|algorithm| (algorithm.as_str(), algorithm == set))
    }

    fn turned_off_by(&self) -> Vec<Choice> {
        let choice = |role: Role| {
            let key = match role {
                Role::Member => "settings-off-by-themselves",
                Role::Administrator => "settings-by-administrators",
                Role::SuperAdministrator => "settings-by-super",
            };
            self.choice(role.as_str(), key, None, self.policy.turned_off_by == role)
        };
        Role::ALL.map(choice).into()
    }

    fn changed_by(&self) -> Vec<Choice> {
        let by = self.policy.changed_by.max(Role::Administrator);
        let choice = |role: Role| self.choice(role.as_str(), words::changers(role), None, by == role);
        [Role::Administrator, Role::SuperAdministrator].map(choice).into()
    }

    fn whens(&self) -> Vec<Choice> {
        let choice = |(value, key, when)| self.choice(value, key, None, self.policy.when_turned_off == when);
        [("keep", "settings-off-keep", TurnedOff::Keep), ("remove", "settings-off-remove", TurnedOff::Remove)]
            .map(choice)
            .into()
    }

    fn hours(&self, hours: &Option<u16>) -> String {
        hours.map(|hours| hours.to_string()).unwrap_or_default()
    }

    fn types(&self) -> String {
        self.policy.user_types.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    fn presets(&self) -> [(&'static str, &'static str); 5] {
        Preset::ALL.map(|preset| (preset.as_str(), words::preset(preset)))
    }

    fn only_by(&self) -> String {
        self.page.t(words::only_by(self.policy.changed_from()))
    }
}

/// The features that a rule waits for, as its form shows them: separated by commas.
#[must_use]
pub fn features_of(rule: &Rule) -> String {
    words::features(rule)
}

/// The field of a form that says what a rule asks.
#[must_use]
pub fn ask_field(index: usize) -> String {
    format!("rule-{index}-ask")
}

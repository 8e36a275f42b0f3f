//! The settings: the policy as a form, in sections. Whoever may not change it reads it.

mod preview;
mod what_if;
mod words;

use askama::Template;

pub use preview::{ConcernedRow, EffectRow, FoundRow, PreviewNotice, PreviewPage};
pub use what_if::{WhatIfAnswer, WhatIfPage};
pub use words::SettingsProblem;

use super::super::Page;
use super::AdminFrame;
use crate::domain::factor::{Assurance, Factor, TotpAlgorithm};
use crate::domain::policy::asked::{Facts, is_in_force};
use crate::domain::policy::preset::Preset;
use crate::domain::policy::rule::{Condition, Rule, Scope, SecondFactor};
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
    /// What the policy goes by.
    pub facts: &'a Facts,
    /// The networks as they were typed: trusted, then allowed. One a line.
    pub networks: [&'a str; 2],
    /// Where the page is looked at.
    pub address: &'a str,
    /// Whether it can be changed.
    pub editing: Editing,
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

/// A rule, as the form shows it.
struct RuleRow {
    index: usize,
    /// None for the one that can be added.
    title: Option<String>,
    conditions: Vec<String>,
    name: String,
    ask: SecondFactor,
    who: &'static str,
    types: Vec<(String, bool)>,
    roles: Vec<(Role, String, bool)>,
    features: String,
    plans: String,
    /// Whether it is a switch for all: on or off.
    switch: bool,
    /// Why it cannot be turned on, if so.
    locked: Option<String>,
    /// Whether it would count if it asked for something.
    in_force: bool,
    chooses: bool,
}

impl RuleRow {
    fn ask_field(&self) -> String {
        ask_field(self.index)
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

    fn rules(&self) -> Vec<RuleRow> {
        let rows = self.policy.rules.iter().enumerate().map(|(index, rule)| self.row(index, rule));
        rows.collect()
    }

    /// The form of a rule that does not exist yet.
    fn another(&self) -> RuleRow {
        let rule = Rule::new("", Scope::Everyone, SecondFactor::Required);
        RuleRow { title: None, switch: false, ..self.row(self.policy.rules.len(), &rule) }
    }

    fn row(&self, index: usize, rule: &Rule) -> RuleRow {
        let has_type = |name: &String| matches!(&rule.who, Scope::Types(types) if types.contains(name));
        let has_role = |role: &Role| matches!(&rule.who, Scope::Roles(roles) if roles.contains(role));
        let in_force = is_in_force(rule, self.facts);
        let plans = rule.when.iter().find_map(|condition| match condition {
            Condition::Plan(plans) if rule.ask == SecondFactor::Off && !in_force => Some(plans),
            _ => None,
        });
        let other_plan = plans.zip(self.facts.plan.as_deref()).filter(|(plans, plan)| !plans.contains(*plan));
        RuleRow {
            index,
            title: Some(words::who(&self.page, &rule.who)),
            conditions: rule.when.iter().map(|condition| words::condition(&self.page, condition)).collect(),
            name: rule.name.clone(),
            ask: rule.ask,
            who: who_code(&rule.who),
            types: self.policy.user_types.iter().map(|name| (name.clone(), has_type(name))).collect(),
            roles: Role::ALL.map(|role| (role, self.page.t(words::role(role)), has_role(&role))).into(),
            features: words::features(rule),
            plans: words::plans(rule),
            switch: rule.who == Scope::Everyone && rule.ask != SecondFactor::Optional,
            locked: other_plan.map(|(plans, plan)| words::other_plan(&self.page, plans, plan)),
            in_force,
            chooses: rule.who == Scope::Chosen,
        }
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
        self.page.t(words::only_by(self.policy.changed_by))
    }
}

/// As forms spell a scope.
fn who_code(who: &Scope) -> &'static str {
    match who {
        Scope::Everyone => "everyone",
        Scope::Types(_) => "types",
        Scope::Roles(_) => "roles",
        Scope::Chosen => "chosen",
    }
}

/// The features that a rule waits for, as its form shows them: separated by commas.
#[must_use]
pub fn features_of(rule: &Rule) -> String {
    words::features(rule)
}

/// The plans that a rule is for, as its form shows them: separated by commas.
#[must_use]
pub fn plans_of(rule: &Rule) -> String {
    words::plans(rule)
}

/// The field of a form that says what a rule asks.
#[must_use]
pub fn ask_field(index: usize) -> String {
    format!("rule-{index}-ask")
}

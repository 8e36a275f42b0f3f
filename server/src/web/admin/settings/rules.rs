//! The rules of a policy, as the form of the settings shows them.

use super::{SettingsPage, ask_field, words};
use crate::domain::policy::asked::is_in_force;
use crate::domain::policy::rule::{Condition, Rule, Scope, SecondFactor};
use crate::domain::user::Role;

/// A rule, as the form shows it.
pub(super) struct RuleRow {
    pub(super) index: usize,
    /// None for the one that can be added.
    pub(super) title: Option<String>,
    pub(super) conditions: Vec<String>,
    pub(super) name: String,
    pub(super) ask: SecondFactor,
    pub(super) who: &'static str,
    pub(super) types: Vec<(String, bool)>,
    pub(super) roles: Vec<(Role, String, bool)>,
    pub(super) features: String,
    pub(super) plans: String,
    /// Whether it is a switch for all: on or off.
    pub(super) switch: bool,
    /// Why it cannot be turned on, if so.
    pub(super) locked: Option<String>,
    /// Whether it would count if it asked for something.
    pub(super) in_force: bool,
    pub(super) chooses: bool,
}

impl RuleRow {
    pub(super) fn ask_field(&self) -> String {
        ask_field(self.index)
    }
}

impl SettingsPage<'_> {
    pub(super) fn rules(&self) -> Vec<RuleRow> {
        let rows = self.policy.rules.iter().enumerate().map(|(index, rule)| self.row(index, rule));
        rows.collect()
    }

    /// The form of a rule that does not exist yet.
    pub(super) fn another(&self) -> RuleRow {
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

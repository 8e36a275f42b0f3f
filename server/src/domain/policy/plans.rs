//! Plans gate what a tenant may turn on. Which plans a rule is part of is for whoever runs the server to say: whom a
//! gate is to hold back does not move it.

use std::collections::BTreeSet;

use super::Policy;
use super::asked::Facts;
use super::change::ChangeError;
use super::rule::{Condition, Rule, SecondFactor};

/// Whether a tenant's own administrators may have `after` follow `before`.
///
/// # Errors
/// [`ChangeError::PlansAreSet`] if a rule's plans would change, or the rule go; [`ChangeError::NotInPlan`] if more would
/// be asked while a rule of the policy is part of plans that the tenant does not have.
pub(super) fn check(before: &Policy, after: &Policy, facts: &Facts) -> Result<(), ChangeError> {
    let gated = before.rules.iter().filter(|rule| plans(rule).is_some());
    for rule in gated {
        if after.rule(&rule.name).and_then(plans) != plans(rule) {
            return Err(ChangeError::PlansAreSet(rule.name.clone()));
        }
    }
    match before.rules.iter().find(|rule| is_for_others(rule, facts)) {
        Some(rule) if asks_more(before, after) => Err(not_in_plan(rule)),
        _ => Ok(()),
    }
}

/// Refuses to turn a rule on that is part of other plans.
///
/// # Errors
/// [`ChangeError::NotInPlan`].
pub(super) fn refuse_others(rule: &Rule, facts: &Facts) -> Result<(), ChangeError> {
    if is_for_others(rule, facts) { Err(not_in_plan(rule)) } else { Ok(()) }
}

/// The plans that a rule is part of, if it says.
fn plans(rule: &Rule) -> Option<&BTreeSet<String>> {
    rule.when.iter().find_map(|condition| match condition {
        Condition::Plan(plans) => Some(plans),
        _ => None,
    })
}

/// Whether the tenant is known to have none of a rule's plans.
fn is_for_others(rule: &Rule, facts: &Facts) -> bool {
    rule.when.iter().any(|condition| match (condition, &facts.plan) {
        (Condition::Plan(plans), Some(plan)) => !plans.contains(plan),
        _ => false,
    })
}

fn not_in_plan(rule: &Rule) -> ChangeError {
    let plans = plans(rule).into_iter().flatten().cloned().collect();
    ChangeError::NotInPlan { rule: rule.name.clone(), plans }
}

fn asks_more(before: &Policy, after: &Policy) -> bool {
    let of = |policy: &Policy, name: &str| policy.rule(name).map_or(SecondFactor::Off, |rule| rule.ask);
    after.base > before.base || after.rules.iter().any(|rule| rule.ask > of(before, &rule.name))
}

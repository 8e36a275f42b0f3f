//! What users are told when a policy follows another: who is asked for a second factor from now on, and who is not
//! any more.
//!
//! The policy goes by role, type and choice alone, so that is how users are looked at here: each kind of user
//! before and after, and then as few filters as say the same.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_protocol::time::Timestamp;

use super::TurnedOff;
use super::asked::{Person, asked};
use super::preview::Alike;
use super::rule::SecondFactor;
use crate::domain::directory::{Action, Filter, Holds};
use crate::domain::tenant::Tenant;
use crate::domain::user::Role;

/// Something that users are to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What.
    pub action: Action,
    /// Whom.
    pub filter: Filter,
    /// From when on.
    pub due_at: Timestamp,
}

impl News {
    /// Whether it is for somebody who is not disabled.
    #[must_use]
    pub fn is_for(&self, somebody: &Alike) -> bool {
        let filter = &self.filter;
        let holds = match filter.holds {
            None => true,
            Some(Holds::Nothing) => somebody.holding.strongest().is_none(),
            Some(Holds::Something) => somebody.holding.strongest().is_some(),
            Some(Holds::This(factor)) => somebody.holding.has(factor),
        };
        holds && finds(filter, &(somebody.role, somebody.user_type.clone(), somebody.chosen_since.is_some()))
    }
}

/// How early people are reminded that the time to set something up ends.
const REMINDED: Duration = Duration::from_hours(24);
/// In so short a time nobody is reminded of what they were told a moment ago.
const SHORTEST_REMINDED: Duration = Duration::from_hours(48);

/// What reminds people who have until `until` to set something up, and when; nothing if that is soon.
#[must_use]
pub fn reminder(until: Timestamp, now: Timestamp) -> Option<(Action, Timestamp)> {
    (until >= now + SHORTEST_REMINDED)
        .then(|| (Action::TellSetUpDue { until: until.into() }, until - REMINDED))
}

/// A kind of user, to the policy.
type Kind = (Role, Option<String>, bool);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// It is required from now on.
    On,
    /// It is off from now on, and was required.
    Off,
    /// It is off from now on: whoever has something is not asked for it any more.
    OffForHolders,
}

/// What users are told when a tenant's policy, plan or features change at `now`.
#[must_use]
pub fn news(before: &Tenant, after: &Tenant, now: Timestamp) -> Vec<News> {
    let kinds = kinds(before, after);
    let turned = |turn: Turn| -> BTreeSet<&Kind> {
        kinds.iter().filter(|kind| turn_of(before, after, kind) == Some(turn)).collect()
    };
    let mut news = Vec::new();
    let grace = Duration::from_hours(24 * u64::from(after.policy.grace_days));
    let until = (after.policy.grace_days > 0).then_some(now + grace);
    for filter in filters(&kinds, &turned(Turn::On)) {
        let action = Action::TellTurnedOn { until: until.map(Into::into) };
        news.push(News { action, filter: filter.clone(), due_at: now });
        if let Some((action, due_at)) = until.and_then(|until| reminder(until, now)) {
            let filter = Filter { holds: Some(Holds::Nothing), ..filter };
            news.push(News { action, filter, due_at });
        }
    }
    let off = Action::TellTurnedOff { remove: after.policy.when_turned_off == TurnedOff::Remove };
    for filter in filters(&kinds, &turned(Turn::Off)) {
        news.push(News { action: off.clone(), filter, due_at: now });
    }
    for filter in filters(&kinds, &turned(Turn::OffForHolders)) {
        let filter = Filter { holds: Some(Holds::Something), ..filter };
        news.push(News { action: off.clone(), filter, due_at: now });
    }
    news
}

fn kinds(before: &Tenant, after: &Tenant) -> BTreeSet<Kind> {
    let types = before.policy.user_types.union(&after.policy.user_types).cloned().map(Some);
    let types: Vec<_> = types.chain([None]).collect();
    let of =
        |role| types.iter().flat_map(move |kind| [false, true].map(|chosen| (role, kind.clone(), chosen)));
    Role::ALL.into_iter().flat_map(of).collect()
}

fn turn_of(before: &Tenant, after: &Tenant, (role, user_type, chosen): &Kind) -> Option<Turn> {
    use SecondFactor::{Off, Optional, Required};
    let long_ago = Timestamp::default();
    let person = Person {
        role: *role,
        user_type: user_type.as_deref(),
        chosen_since: chosen.then_some(long_ago),
        since: long_ago,
    };
    let of = |tenant: &Tenant| asked(&tenant.policy, &tenant.facts, person).second_factor;
    match (of(before), of(after)) {
        (Off | Optional, Required) => Some(Turn::On),
        (Required, Off) => Some(Turn::Off),
        (Optional, Off) => Some(Turn::OffForHolders),
        // Whoever has set something up proves it, and the others may set something up: nobody has to do anything.
        (Required | Off, Optional) | (Off, Off) | (Optional, Optional) | (Required, Required) => None,
    }
}

/// As few filters as find users of the wanted kinds and no others. Each kind is found by one of them alone: nobody is
/// told twice.
fn filters(all: &BTreeSet<Kind>, wanted: &BTreeSet<&Kind>) -> Vec<Filter> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let active = Filter { disabled: Some(false), ..Filter::default() };
    if wanted.len() == all.len() {
        return vec![active];
    }
    let by_choice = |(_, _, chosen): &Kind| Filter { chosen: Some(*chosen), ..active.clone() };
    let by_role = |(role, _, _): &Kind| Filter { role: Some(*role), ..active.clone() };
    let by_type = |(_, user_type, _): &Kind| Filter {
        user_type: user_type.clone(),
        untyped: user_type.is_none(),
        ..active.clone()
    };
    let exactly = |kind: &Kind| Filter { chosen: Some(kind.2), role: Some(kind.0), ..by_type(kind) };
    let by = |way: &dyn Fn(&Kind) -> Filter| {
        let mut found = Vec::new();
        for filter in wanted.iter().map(|kind| way(kind)) {
            if !found.contains(&filter) {
                found.push(filter);
            }
        }
        found
    };
    let finds_others = |found: &Vec<Filter>| {
        let mut others = all.iter().filter(|kind| !wanted.contains(kind));
        others.any(|other| found.iter().any(|filter| finds(filter, other)))
    };
    let ways: [&dyn Fn(&Kind) -> Filter; 3] = [&by_choice, &by_role, &by_type];
    let enough = ways.into_iter().map(by).find(|found| !finds_others(found));
    enough.unwrap_or_else(|| by(&exactly))
}

fn finds(filter: &Filter, (role, user_type, chosen): &Kind) -> bool {
    filter.role.is_none_or(|wanted| wanted == *role)
        && filter.chosen.is_none_or(|wanted| wanted == *chosen)
        && filter.user_type.as_ref().is_none_or(|wanted| user_type.as_ref() == Some(wanted))
        && !(filter.untyped && user_type.is_some())
}

#[cfg(test)]
mod tests;

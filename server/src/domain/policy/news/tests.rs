use super::*;
use crate::domain::policy::Policy;
use crate::domain::policy::asked::{Facts, Feature};
use crate::domain::policy::preset::Preset;
use crate::domain::policy::preview::tests::with;
use crate::domain::policy::rule::{Rule, Scope};
use countersign_protocol::time::NumericDate;

const NOW: Timestamp = Timestamp::from_seconds(10_000_000);

fn told(before: Policy, after: Policy) -> Vec<(Action, Filter)> {
    news(&with(before), &with(after), NOW).into_iter().map(|news| (news.action, news.filter)).collect()
}

fn active() -> Filter {
    Filter { disabled: Some(false), ..Filter::default() }
}

fn base(base: SecondFactor) -> Policy {
    Policy {
        base,
        rules: Vec::new(),
        user_types: ["staff".to_owned(), "client".to_owned()].into(),
        ..Policy::default()
    }
}

const ON: Action = Action::TellTurnedOn { until: None };

#[test]
fn a_company_that_turns_it_on_and_off_tells_everybody_once() {
    let off = Preset::ProductIp.policy();
    let mut on = off.clone();
    on.rules[0].ask = SecondFactor::Required;
    assert_eq!(told(off.clone(), on.clone()), [(ON, active())]);
    assert_eq!(told(on, off), [(Action::TellTurnedOff { remove: true }, active())]);
}

#[test]
fn whoever_has_a_grace_period_is_reminded_a_day_before_its_end() {
    let after = Policy { grace_days: 7, ..base(SecondFactor::Required) };
    let news = news(&with(base(SecondFactor::Optional)), &with(after), NOW);
    let day = Duration::from_hours(24);
    let until: NumericDate = (NOW + day * 7).into();
    assert_eq!(news.len(), 2);
    assert_eq!((&news[0].action, news[0].due_at), (&Action::TellTurnedOn { until: Some(until) }, NOW));
    assert_eq!((&news[1].action, news[1].due_at), (&Action::TellSetUpDue { until }, NOW + day * 6));
    assert_eq!(news[1].filter.holds, Some(Holds::Nothing));
    let short = Policy { grace_days: 1, ..base(SecondFactor::Required) };
    assert_eq!(told(base(SecondFactor::Off), short).len(), 1);
}

#[test]
fn only_those_are_told_for_whom_something_changes() {
    let ruled = |name: &str, who| {
        let mut policy = base(SecondFactor::Optional);
        policy.rules.push(Rule::new(name, who, SecondFactor::Required));
        policy
    };
    let plain = || base(SecondFactor::Optional);
    let staff = Filter { user_type: Some("staff".into()), ..active() };
    let staff_only = ruled("staff", Scope::Types(["staff".to_owned()].into()));
    assert_eq!(told(plain(), staff_only.clone()), [(ON, staff.clone())]);
    let chosen = Filter { chosen: Some(true), ..active() };
    assert_eq!(told(plain(), ruled("chosen", Scope::Chosen)), [(ON, chosen)]);
    let administrators = Filter { role: Some(Role::Administrator), ..active() };
    let by_role = ruled("administrators", Scope::Roles([Role::Administrator].into()));
    assert_eq!(told(plain(), by_role), [(ON, administrators)]);

    // Of whom it was asked already, those are not told again.
    let mut both = staff_only.clone();
    both.rules.push(Rule::new(
        "administrators",
        Scope::Roles([Role::Administrator].into()),
        SecondFactor::Required,
    ));
    let told = told(staff_only, both);
    assert!(told.iter().all(|(_, filter)| filter.role == Some(Role::Administrator)), "{told:?}");
    let clients = told.iter().filter(|(_, filter)| filter.user_type.as_deref() == Some("client"));
    assert_eq!(clients.count(), 2, "chosen or not: {told:?}");
}

#[test]
fn optional_concerns_those_who_have_something() {
    let holders = Filter { holds: Some(Holds::Something), ..active() };
    assert_eq!(told(base(SecondFactor::Off), base(SecondFactor::Optional)), []);
    let off = Action::TellTurnedOff { remove: false };
    assert_eq!(told(base(SecondFactor::Optional), base(SecondFactor::Off)), [(off, holders)]);
    assert_eq!(told(base(SecondFactor::Required), base(SecondFactor::Optional)), [], "nothing is taken away");
    assert_eq!(told(base(SecondFactor::Required), base(SecondFactor::Required)), []);
}

#[test]
fn a_plug_in_that_is_turned_on_tells_everybody() {
    let before = with(Preset::ProWorkflow.policy());
    let facts = |on| {
        let feature = Feature { on, since: NumericDate(0) };
        Facts { features: [(Preset::FINANCE.to_owned(), feature)].into(), ..Facts::default() }
    };
    let [before, after] = [false, true].map(|on| Tenant { facts: facts(on), ..before.clone() });
    let told: Vec<_> =
        news(&before, &after, NOW).into_iter().map(|news| (news.action, news.filter)).collect();
    assert_eq!(told, [(ON, active())]);
}

#[test]
fn where_a_type_was_forced_before_each_of_the_others_is_told_once() {
    let mut policy = Preset::ProWorkflow.policy();
    let forced = policy.rules.iter_mut().find(|rule| rule.name == Preset::FORCED_TYPES).unwrap();
    forced.who = Scope::Types(["contractor".to_owned()].into());
    let plugged = |on| {
        let feature = Feature { on, since: NumericDate(0) };
        let facts = Facts { features: [(Preset::FINANCE.to_owned(), feature)].into(), ..Facts::default() };
        Tenant { facts, ..with(policy.clone()) }
    };
    let (before, after) = (plugged(false), plugged(true));
    let told: Vec<_> = news(&before, &after, NOW).into_iter().map(|news| news.filter).collect();
    for kind in kinds(&before, &after) {
        let times = told.iter().filter(|filter| finds(filter, &kind)).count();
        assert_eq!(times, usize::from(kind.1.as_deref() != Some("contractor")), "{kind:?}: {told:?}");
    }
    assert_eq!(told.len(), 3, "by type: {told:?}");
}

#[test]
fn news_is_for_whom_its_filter_finds() {
    use crate::domain::ways::Holding;
    let somebody = Alike {
        role: Role::Member,
        user_type: Some("staff".into()),
        chosen_since: None,
        since: NOW,
        holding: Holding { authenticator: true, ..Holding::default() },
    };
    let news = |filter| News { action: ON, filter, due_at: NOW };
    assert!(news(active()).is_for(&somebody));
    for filter in [
        Filter { user_type: Some("client".into()), ..active() },
        Filter { untyped: true, ..active() },
        Filter { chosen: Some(true), ..active() },
        Filter { role: Some(Role::Administrator), ..active() },
        Filter { holds: Some(Holds::Nothing), ..active() },
    ] {
        assert!(!news(filter.clone()).is_for(&somebody), "{filter:?}");
    }
}

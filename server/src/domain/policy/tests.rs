use std::collections::BTreeMap;

use countersign_protocol::ids::UserId;
use countersign_protocol::time::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::asked::{Asked, Facts, Feature, Person, asked};
use super::change::ChangeError;
use super::preset::Preset;
use super::*;
use crate::domain::actor::By;
use crate::domain::factor::{Assurance, Factor};

const NOW: NumericDate = NumericDate(1_000_000);

fn modes() -> impl Strategy<Value = SecondFactor> {
    prop::sample::select(SecondFactor::ALL.to_vec())
}

fn words() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["staff", "client", "contractor"]).prop_map(str::to_owned)
}

fn roles() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn scopes() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Everyone),
        Just(Scope::Chosen),
        prop::collection::btree_set(words(), 0..3).prop_map(Scope::Types),
        prop::collection::btree_set(roles(), 0..3).prop_map(Scope::Roles),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    prop_oneof![
        words().prop_map(Condition::Feature),
        prop::collection::btree_set(words(), 1..3).prop_map(Condition::Plan),
    ]
}

fn rules() -> impl Strategy<Value = Rule> {
    (scopes(), prop::collection::vec(conditions(), 0..3), modes(), 0_i64..2_000_000).prop_map(
        |(who, when, ask, since)| Rule { name: "r".into(), who, when, ask, since: NumericDate(since) },
    )
}

fn policies() -> impl Strategy<Value = Policy> {
    (modes(), prop::collection::vec(rules(), 0..4)).prop_map(|(base, rules)| {
        let named = |(n, rule)| Rule { name: format!("rule {n}"), ..rule };
        let user_types = ["staff", "client", "contractor"].map(str::to_owned).into();
        let rules = rules.into_iter().enumerate().map(named).collect();
        Policy { base, rules, user_types, ..Policy::default() }
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    let features = prop::collection::btree_map(words(), (any::<bool>(), 0_i64..2_000_000), 0..3);
    (prop::option::of(words()), features).prop_map(|(plan, features)| {
        let feature = |(name, (on, since))| (name, Feature { on, since: NumericDate(since) });
        Facts { plan, features: features.into_iter().map(feature).collect::<BTreeMap<_, _>>() }
    })
}

#[derive(Clone, Debug)]
struct Somebody(Role, Option<String>, Option<i64>, i64);

impl Somebody {
    fn person(&self) -> Person<'_> {
        Person {
            role: self.0,
            user_type: self.1.as_deref(),
            chosen_since: self.2.map(Timestamp::from_seconds),
            since: Timestamp::from_seconds(self.3),
        }
    }
}

fn people() -> impl Strategy<Value = Somebody> {
    (roles(), prop::option::of(words()), prop::option::of(0_i64..2_000_000), 0_i64..2_000_000)
        .prop_map(|(role, user_type, chosen, since)| Somebody(role, user_type, chosen, since))
}

proptest! {
    #[test]
    fn another_rule_never_asks_for_less_nor_gives_more_time(
        policy in policies(), rule in rules(), facts in facts(), somebody in people(),
    ) {
        let before = asked(&policy, &facts, somebody.person());
        let mut more = policy.clone();
        more.rules.push(Rule { name: "one more".into(), ..rule });
        let after = asked(&more, &facts, somebody.person());
        prop_assert!(after.second_factor >= before.second_factor);
        if after.second_factor == before.second_factor {
            prop_assert!(after.grace_ends(&more) <= before.grace_ends(&policy));
        }
    }

    #[test]
    fn nobody_is_asked_for_less_than_everybody_is(
        policy in policies(), facts in facts(), somebody in people(),
    ) {
        prop_assert!(asked(&policy, &facts, somebody.person()).second_factor >= policy.base);
    }

    #[test]
    fn to_know_less_of_a_tenant_never_asks_for_less(
        policy in policies(), facts in facts(), somebody in people(),
    ) {
        let known = asked(&policy, &facts, somebody.person());
        let unknown = asked(&policy, &Facts::default(), somebody.person());
        prop_assert!(unknown.second_factor >= known.second_factor);
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        policy in policies(), facts in facts(), somebody in people(),
    ) {
        let mut turned = policy.clone();
        turned.rules.reverse();
        let (one, other) = (asked(&policy, &facts, somebody.person()), asked(&turned, &facts, somebody.person()));
        prop_assert_eq!((one.second_factor, one.since), (other.second_factor, other.since));
    }

    #[test]
    fn a_policy_is_read_as_it_was_written(policy in policies()) {
        prop_assert_eq!(Policy::from_stored(&policy.to_stored()), Some(policy.clone()));
        prop_assert_eq!(Policy::parse(&policy.to_stored()), Ok(policy));
    }
}

#[test]
fn a_rule_that_cannot_be_read_asks_everybody() {
    let stored = r#"{"base":"off","turned_off_by":"member","when_turned_off":"keep","changed_by":"member",
        "rules":[{"name":"moon","who":"everyone","when":[{"moon":"full"}],"ask":"optional"}]}"#;
    let policy = Policy::from_stored(stored).unwrap();
    let person = Somebody(Role::Member, None, None, 0);
    let Asked { second_factor, rule, .. } = asked(&policy, &Facts::default(), person.person());
    assert_eq!((second_factor, rule.as_deref()), (SecondFactor::Required, Some("unreadable 1")));
    assert!(matches!(Policy::parse(stored), Err(PolicyError::Unreadable(_))), "people are told instead");
}

#[test]
fn what_is_no_policy_is_none() {
    for text in ["", "null", "{}", "[]", r#"{"base":"of"}"#, r#"{"rules":3}"#] {
        assert_eq!(Policy::from_stored(text), None, "{text}");
        assert!(Policy::parse(text).is_err(), "{text}");
    }
    let more = Policy::default().to_stored().replacen('{', r#"{"sms":true,"#, 1);
    assert_eq!(Policy::from_stored(&more), None, "it may say something that would have to be done");
}

#[test]
fn each_preset_is_a_policy() {
    for preset in Preset::ALL {
        assert_eq!(preset.policy().check(), Ok(()), "{preset:?}");
        assert_eq!(Preset::parse(preset.as_str()), Some(preset));
        assert_eq!(Policy::from_stored(&preset.policy().to_stored()), Some(preset.policy()));
    }
}

#[test]
fn a_policy_that_contradicts_itself_is_refused_and_told_what_to_do() {
    let usual = Policy::default;
    let rule = |name: &str, who| Rule::new(name, who, SecondFactor::Required);
    let types = |name: &str| Scope::Types([name.to_owned()].into());
    let with = |rules| Policy { rules, ..usual() };
    let no_plan = rule("p", Scope::Everyone).when(Condition::Plan(BTreeSet::new()));
    let mut only_mail = usual();
    only_mail.factors.allowed = [Factor::EmailCode, Factor::RecoveryCode].into_iter().collect();
    let mut too_high = usual();
    too_high.factors = FactorRules { floor: Assurance::High, ..FactorRules::USUAL };
    too_high.factors.allowed = [Factor::Totp].into_iter().collect();
    let mut long = usual();
    long.factors.email_code_seconds = 601;
    for (policy, error) in [
        (with(vec![rule("a", Scope::Everyone), rule("a", Scope::Chosen)]), PolicyError::RuleName("a".into())),
        (with(vec![rule("", Scope::Everyone)]), PolicyError::RuleName(String::new())),
        (with(vec![rule("a", types("staff"))]), PolicyError::UnknownType("staff".into())),
        (with(vec![no_plan]), PolicyError::NoPlan("p".into())),
        (Policy { user_types: [" x".to_owned()].into(), ..usual() }, PolicyError::TypeName(" x".into())),
        (
            Policy { grace_days: 91, ..usual() },
            PolicyError::OutOfBounds { what: "grace_days", least: 0, most: 90 },
        ),
        (long, PolicyError::OutOfBounds { what: "email_code_seconds", least: 60, most: 600 }),
        (only_mail, PolicyError::NothingAllowed),
        (too_high, PolicyError::NothingAllowed),
    ] {
        assert_eq!(policy.check(), Err(error));
    }
}

#[test]
fn what_was_asked_already_is_asked_since_then_and_what_is_new_since_now() {
    let (facts, before) = (Facts::default(), Preset::ProDb.policy());
    let mut wanted = before.clone();
    wanted.base = SecondFactor::Required;
    wanted.base_since = NumericDate(5);
    wanted.rules.push(Rule::new("new", Scope::Everyone, SecondFactor::Optional));
    let after = wanted.following(&before, &facts, NOW).unwrap();
    assert_eq!(after.base_since, NOW);
    assert_eq!(after.rule(Rule::CHOSEN).unwrap().since, NumericDate(0));
    assert_eq!(after.rule("new").unwrap().since, NOW);
    let later = after.clone().following(&after, &facts, NumericDate(NOW.0 + 9)).unwrap();
    assert_eq!(later, after);
}

#[test]
fn whoever_stays_in_a_rule_that_is_for_fewer_or_is_renamed_gets_no_new_time() {
    let facts = Facts::default();
    let types = |names: &[&str]| Scope::Types(names.iter().map(|name| (*name).to_owned()).collect());
    let ruled = |name: &str, who: Scope| Policy {
        rules: vec![Rule::new(name, who, SecondFactor::Required)],
        user_types: ["a".to_owned(), "b".to_owned()].into(),
        ..Policy::default()
    };
    let since = |before: &Policy, after: Policy| after.following(before, &facts, NOW).unwrap().rules[0].since;
    let both = ruled("forced", types(&["a", "b"]));
    let one = ruled("forced", types(&["a"]));
    assert_eq!(since(&both, one.clone()), NumericDate(0), "for fewer");
    assert_eq!(since(&both, ruled("renamed", types(&["a", "b"]))), NumericDate(0), "renamed");
    assert_eq!(since(&ruled("forced", Scope::Everyone), one.clone()), NumericDate(0));
    assert_eq!(since(&one, both.clone()), NOW, "for more");
    assert_eq!(since(&one, ruled("forced", Scope::Everyone)), NOW);
    let mut narrower = both.clone();
    narrower.rules[0].when.push(Condition::Feature("x".into()));
    assert_eq!(since(&both, narrower.clone()), NumericDate(0), "a condition more");
    assert_eq!(since(&narrower, both), NOW, "a condition less");
}

#[test]
fn where_resets_need_two_super_administrators_alone_change_the_policy() {
    let policy = Policy { changed_by: Role::Administrator, ..Policy::default() };
    assert_eq!(policy.changed_from(), Role::Administrator);
    assert_eq!(Policy { resets_need_two: true, ..policy }.changed_from(), Role::SuperAdministrator);
}

#[test]
fn a_rule_of_another_plan_is_not_turned_on_and_a_lower_plan_turns_it_off() {
    let before = Preset::ProductIp.policy();
    let mut wanted = before.clone();
    wanted.rules[0].ask = SecondFactor::Required;
    let on = |plan: &str| Facts { plan: Some(plan.into()), ..Facts::default() };
    let refused = wanted.clone().following(&before, &on("free"), NOW).unwrap_err();
    let ChangeError::NotInPlan { rule, plans } = refused else { panic!("{refused}") };
    assert_eq!((rule.as_str(), plans), (Preset::COMPANY, vec!["enterprise".into(), "professional".into()]));
    let company = wanted.following(&before, &on("professional"), NOW).unwrap();
    let person = Somebody(Role::Member, None, None, 0);
    let of = |plan| asked(&company, &on(plan), person.person()).second_factor;
    assert_eq!([of("professional"), of("enterprise"), of("free")], {
        use SecondFactor::{Off, Required};
        [Required, Required, Off]
    });
}

#[test]
fn whom_a_plan_holds_back_cannot_move_the_gate() {
    let before = Preset::ProductIp.policy();
    let role = Role::SuperAdministrator;
    let theirs = By::Administrator { user: UserId(Uuid::from_u128(1)), role, address: [192, 0, 2, 1].into() };
    let free = Facts { plan: Some("free".into()), ..Facts::default() };
    let paid = Facts { plan: Some("enterprise".into()), ..Facts::default() };
    let set = Err(ChangeError::PlansAreSet(Preset::COMPANY.into()));
    let changed = |change: fn(&mut Policy)| {
        let mut after = before.clone();
        change(&mut after);
        after
    };
    for other in [
        changed(|policy| policy.rules[0].when.clear()),
        changed(|policy| policy.rules[0].name = "mine".into()),
        changed(|policy| policy.rules.clear()),
    ] {
        for facts in [&free, &paid, &Facts::default()] {
            assert_eq!(before.may_be_followed(&other, facts, &theirs), set, "{other:?}");
            assert_eq!(before.may_be_followed(&other, facts, &By::CommandLine), Ok(()));
        }
    }
    for around in [
        changed(|policy| policy.base = SecondFactor::Required),
        changed(|policy| policy.rules.push(Rule::new("mine", Scope::Everyone, SecondFactor::Optional))),
    ] {
        let refused = before.may_be_followed(&around, &free, &theirs);
        assert!(matches!(refused, Err(ChangeError::NotInPlan { .. })), "{refused:?}");
        for facts in [&paid, &Facts::default()] {
            assert_eq!(before.may_be_followed(&around, facts, &theirs), Ok(()));
        }
    }
    let other = changed(|policy| policy.grace_days = 3);
    assert_eq!(before.may_be_followed(&other, &free, &theirs), Ok(()));
}

#[test]
fn a_preset_leaves_what_it_does_not_speak_of() {
    let mut before =
        Policy { attestation: AttestationRule::Required, resets_need_two: true, ..Policy::default() };
    before.factors.floor = Assurance::Medium;
    before.factors.recovery_hours = 48;
    for preset in Preset::ALL {
        let after = preset.applied(&before);
        assert_eq!((after.attestation, after.resets_need_two), (before.attestation, true), "{preset:?}");
        let factors = FactorRules { allowed: after.factors.allowed, ..before.factors.clone() };
        assert_eq!(after.factors, factors, "{preset:?}");
    }
}

#[test]
fn sessions_last_as_long_as_is_said_for_the_role() {
    let usual = Duration::from_hours(12);
    let nothing = SessionLengths::default();
    assert_eq!(nothing.of(Role::Administrator, usual), usual);
    let both = SessionLengths { hours: Some(8), administrator_hours: Some(1) };
    assert_eq!(both.of(Role::Member, usual), Duration::from_hours(8));
    assert_eq!(both.of(Role::SuperAdministrator, usual), Duration::from_hours(1));
    let all = SessionLengths { administrator_hours: None, ..both };
    assert_eq!(all.of(Role::Administrator, usual), Duration::from_hours(8));
}

use std::collections::BTreeSet;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::NumericDate;
use std::time::Duration;

use super::*;
use crate::domain::factor::{Assurance, FactorRules};
use crate::domain::policy::Policy;
use crate::domain::policy::asked::{Facts, Feature};
use crate::domain::policy::networks::{Networks, parse};
use crate::domain::policy::rule::{Condition, Rule, Scope};
use crate::domain::push_limits::PushLimits;
use crate::domain::tenant::NumberDigits;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn with(policy: Policy) -> Tenant {
    Tenant {
        id: TenantId(uuid::Uuid::nil()),
        name: "ACME".into(),
        require_hardware_keys: false,
        push_limits: PushLimits::default(),
        policy,
        facts: Facts::default(),
        revision: 0,
    }
}

fn tenant(number_rule: NumberRule) -> Tenant {
    with(Policy { number_rule, number_digits: NumberDigits::new(3).unwrap(), ..Policy::default() })
}

fn requiring(floor: Assurance) -> Tenant {
    let mut tenant = tenant(NumberRule::Never);
    tenant.policy.base = SecondFactor::Required;
    tenant.policy.factors.floor = floor;
    tenant
}

fn push(mode: Mode, reason: ModeReason) -> Requirement {
    Requirement::Prove { ways: vec![Factor::Push], mode, reason }
}

fn member() -> Person<'static> {
    Person { role: Role::Member, user_type: None, chosen_since: None, since: Timestamp::default() }
}

fn usual() -> Circumstances<'static> {
    Circumstances {
        person: member(),
        holding: Holding { phone: true, ..Holding::default() },
        address: [198, 51, 100, 7].into(),
        trusted_at: Some([198, 51, 100, 9].into()),
        remembered: false,
        denied_lately: false,
        address_reported: false,
        now: NOW,
    }
}

fn asked_of(tenant: &Tenant, at: &Circumstances<'_>) -> Requirement {
    decide(tenant, at).requirement
}

#[test]
fn a_tap_is_enough_only_where_nothing_is_unusual() {
    let number = Mode::Number { digits: 3 };
    let administrator = Person { role: Role::Administrator, ..member() };
    let elsewhere = Some([203, 0, 113, 1].into());
    let cases = [
        (usual(), Mode::Tap, ModeReason::Usual),
        (Circumstances { trusted_at: None, ..usual() }, number, ModeReason::NewBrowser),
        (Circumstances { trusted_at: elsewhere, ..usual() }, number, ModeReason::NewNetwork),
        (Circumstances { denied_lately: true, ..usual() }, number, ModeReason::DeniedLately),
        (Circumstances { address_reported: true, ..usual() }, number, ModeReason::ReportedAddress),
        (Circumstances { person: administrator, ..usual() }, number, ModeReason::Administrator),
    ];
    for (at, mode, reason) in cases {
        assert_eq!(asked_of(&tenant(NumberRule::WhenUnusual), &at), push(mode, reason));
    }
}

#[test]
fn the_tenant_can_set_always_or_never() {
    let reason = ModeReason::TenantRule;
    let number = push(Mode::Number { digits: 3 }, reason);
    assert_eq!(asked_of(&tenant(NumberRule::Always), &usual()), number);
    let strange = Circumstances { trusted_at: None, denied_lately: true, ..usual() };
    assert_eq!(asked_of(&tenant(NumberRule::Never), &strange), push(Mode::Tap, reason));
}

#[test]
fn without_a_factor_the_tenant_says_whether_one_is_set_up_first() {
    let nobody = Circumstances { holding: Holding::default(), remembered: true, ..usual() };
    let alone = Requirement::PasswordAlone(Alone::NothingSetUp);
    assert_eq!(asked_of(&tenant(NumberRule::Always), &nobody), alone);
    let strict = requiring(Assurance::Low);
    assert_eq!(asked_of(&strict, &nobody), Requirement::SetUp);
    let mailbox = Holding { mail: true, ..Holding::default() };
    let by_mail = Circumstances { holding: mailbox, ..nobody };
    let answer = asked_of(&strict, &by_mail);
    assert!(matches!(answer, Requirement::Prove { ways, .. } if ways == [Factor::EmailCode]));
    assert_eq!(asked_of(&requiring(Assurance::Medium), &by_mail), Requirement::SetUp);
    assert_eq!(asked_of(&tenant(NumberRule::Always), &by_mail), alone);
}

#[test]
fn a_browser_is_remembered_only_where_the_tenant_allows_it_and_nothing_was_denied() {
    let at = Circumstances { remembered: true, ..usual() };
    let mut tenant = tenant(NumberRule::Never);
    assert!(matches!(asked_of(&tenant, &at), Requirement::Prove { .. }));
    tenant.policy.factors.remember_days = 30;
    assert_eq!(asked_of(&tenant, &at), Requirement::Remembered);
    tenant.policy.factors.floor = Assurance::High;
    assert_eq!(asked_of(&tenant, &at), Requirement::Remembered);
    let app = Holding { authenticator: true, ..Holding::default() };
    let below = Circumstances { holding: app, ..at.clone() };
    assert!(matches!(asked_of(&tenant, &below), Requirement::Prove { .. }), "the floor was raised");
    for at in [
        Circumstances { remembered: false, ..at.clone() },
        Circumstances { denied_lately: true, ..at.clone() },
        Circumstances { address_reported: true, ..at.clone() },
    ] {
        assert!(matches!(asked_of(&tenant, &at), Requirement::Prove { .. }), "{at:?}");
    }
}

/// What a person has set up, in the table below.
const STATES: [(&str, Holding); 7] = [
    ("nothing", NOTHING),
    ("a mailbox", Holding { mail: true, ..NOTHING }),
    ("an app", Holding { authenticator: true, ..NOTHING }),
    ("a phone", Holding { phone: true, ..NOTHING }),
    ("a passkey", Holding { passkey: true, ..NOTHING }),
    ("recovery codes alone", Holding { recovery_codes: true, ..NOTHING }),
    ("a passkey of another host", Holding { passkey_elsewhere: true, ..NOTHING }),
];
const NOTHING: Holding = Holding {
    phone: false,
    passkey: false,
    passkey_elsewhere: false,
    authenticator: false,
    recovery_codes: false,
    mail: false,
};

/// What is expected: `-` the password alone, `?` a proof, `+` set-up first, `>` to another host. One sign for each of [`STATES`].
const fn expected(asks: SecondFactor) -> &'static str {
    match asks {
        SecondFactor::Off => "-------",
        SecondFactor::Optional => "--???->",
        SecondFactor::Required => "+?????>",
    }
}

fn sign(requirement: &Requirement) -> char {
    match requirement {
        Requirement::PasswordAlone(_) | Requirement::Remembered => '-',
        Requirement::Prove { .. } => '?',
        Requirement::SetUp => '+',
        Requirement::NotFromHere => 'x',
        Requirement::Elsewhere => '>',
    }
}

fn set(name: &str) -> BTreeSet<String> {
    BTreeSet::from([name.to_owned()])
}

/// Conditions, and whether each is met by [`facts`].
fn conditions() -> [(Option<Condition>, bool); 7] {
    [
        (None, true),
        (Some(Condition::Feature("on".into())), true),
        (Some(Condition::Feature("off".into())), false),
        (Some(Condition::Feature("never heard of".into())), true),
        (Some(Condition::Plan(set("enterprise"))), true),
        (Some(Condition::Plan(set("free"))), false),
        (Some(Condition::Plan(BTreeSet::from(["free".to_owned(), "enterprise".to_owned()]))), true),
    ]
}

fn facts() -> Facts {
    let feature = |on| Feature { on, since: NumericDate(0) };
    Facts {
        plan: Some("enterprise".into()),
        features: [("on".to_owned(), feature(true)), ("off".to_owned(), feature(false))].into(),
    }
}

/// Scopes, and whether each is for a client who is an administrator and was chosen.
fn scopes() -> [(Scope, bool); 6] {
    [
        (Scope::Everyone, true),
        (Scope::Types(set("client")), true),
        (Scope::Types(set("staff")), false),
        (Scope::Roles([Role::Administrator].into()), true),
        (Scope::Roles([Role::Member].into()), false),
        (Scope::Chosen, true),
    ]
}

/// A rule, and whether it counts for the person of the table.
fn rules(name: &str, ask: SecondFactor) -> Vec<(Rule, bool)> {
    let mut rules = Vec::new();
    for (who, is_for) in scopes() {
        for (first, met) in conditions() {
            for (second, also_met) in conditions() {
                let mut rule = Rule::new(name, who.clone(), ask);
                rule.when.extend(first.clone().into_iter().chain(second));
                rules.push((rule, is_for && met && also_met));
            }
        }
    }
    rules
}

/// What a policy comes to in each state; how many answers that were.
fn check(policy: Policy, strictest: SecondFactor, by: Option<&str>) -> usize {
    let person =
        Person { role: Role::Administrator, user_type: Some("client"), chosen_since: Some(NOW), since: NOW };
    let tenant = Tenant { facts: facts(), ..with(policy) };
    for ((state, holding), wanted) in STATES.into_iter().zip(expected(strictest).chars()) {
        let at = Circumstances { person, holding, ..usual() };
        let Answer { requirement, asked } = decide(&tenant, &at);
        assert_eq!(sign(&requirement), wanted, "{state}: {:?}", tenant.policy);
        assert_eq!(asked.second_factor, strictest, "{state}: {:?}", tenant.policy);
        assert!(by.is_none() || asked.rule.as_deref() == by, "{state}: {asked:?} {:?}", tenant.policy);
    }
    STATES.len()
}

#[test]
fn every_combination_of_mode_scope_conditions_and_state_has_its_answer() {
    let mut told = 0;
    for base in SecondFactor::ALL {
        for ask in SecondFactor::ALL {
            for (rule, counts) in rules("rule", ask) {
                let counts = counts && ask > base;
                let policy = Policy { base, rules: vec![rule], ..Policy::default() };
                let strictest = if counts { ask } else { base };
                told += check(policy, strictest, counts.then_some("rule"));
            }
        }
    }
    assert_eq!(told, 3 * 3 * 6 * 7 * 7 * 7);
}

#[test]
fn of_two_rules_the_stricter_one_that_counts_is_named() {
    let (off, optional, required) = (SecondFactor::Off, SecondFactor::Optional, SecondFactor::Required);
    let mut told = 0;
    for (strict, strict_counts) in rules("strict", required) {
        for (who, mild_counts) in scopes() {
            let mild = Rule::new("mild", who, optional);
            let (strictest, by) = match (strict_counts, mild_counts) {
                (true, _) => (required, Some("strict")),
                (false, true) => (optional, Some("mild")),
                (false, false) => (off, None),
            };
            for rules in [vec![strict.clone(), mild.clone()], vec![mild.clone(), strict.clone()]] {
                told += check(Policy { base: off, rules, ..Policy::default() }, strictest, by);
            }
        }
    }
    assert_eq!(told, 6 * 7 * 7 * 6 * 2 * 7);
}

#[test]
fn somebody_whom_no_rule_is_for_is_asked_what_everybody_is() {
    let nobody = member();
    for who in [Scope::Types(set("client")), Scope::Chosen, Scope::Roles([Role::Administrator].into())] {
        let policy = Policy {
            base: SecondFactor::Off,
            rules: vec![Rule::new("r", who, SecondFactor::Required)],
            ..Policy::default()
        };
        let Answer { requirement, asked } =
            decide(&with(policy), &Circumstances { person: nobody, ..usual() });
        assert_eq!((requirement, asked.rule), (Requirement::PasswordAlone(Alone::TurnedOff), None));
    }
}

#[test]
fn a_trusted_network_skips_the_second_step_unless_something_is_strange() {
    let mut tenant = requiring(Assurance::High);
    tenant.policy.networks.trusted = vec![parse("198.51.100.0/24").unwrap()];
    let skipped = Requirement::PasswordAlone(Alone::TrustedNetwork);
    assert_eq!(asked_of(&tenant, &usual()), skipped);
    let mapped = Circumstances { address: "::ffff:198.51.100.7".parse().unwrap(), ..usual() };
    assert_eq!(asked_of(&tenant, &mapped), skipped);
    for at in [
        Circumstances { address: [198, 51, 101, 7].into(), ..usual() },
        Circumstances { denied_lately: true, ..usual() },
        Circumstances { address_reported: true, ..usual() },
    ] {
        assert!(matches!(asked_of(&tenant, &at), Requirement::Prove { .. }), "{at:?}");
    }
}

#[test]
fn nobody_signs_in_from_a_network_that_is_not_allowed_whatever_else_is_so() {
    let office = vec![parse("192.0.2.0/24").unwrap()];
    for base in SecondFactor::ALL {
        let networks = Networks { allowed: office.clone(), trusted: vec![parse("0.0.0.0/0").unwrap()] };
        let tenant = with(Policy { base, networks, ..Policy::default() });
        for remembered in [true, false] {
            let at = Circumstances { remembered, ..usual() };
            assert_eq!(asked_of(&tenant, &at), Requirement::NotFromHere);
        }
        let inside = Circumstances { address: [192, 0, 2, 9].into(), ..usual() };
        assert_ne!(asked_of(&tenant, &inside), Requirement::NotFromHere);
    }
}

#[test]
fn set_up_can_be_put_off_until_the_grace_period_of_the_strictest_rule_ends() {
    let mut tenant = requiring(Assurance::Medium);
    let day = Duration::from_hours(24);
    tenant.policy.grace_days = 7;
    tenant.policy.base_since = NOW.into();
    let at = |days: u32| Circumstances { holding: NOTHING, now: NOW + day * days, ..usual() };
    let ends = NOW + day * 7;
    assert_eq!(asked_of(&tenant, &at(0)), Requirement::PasswordAlone(Alone::Grace(ends)));
    assert_eq!(asked_of(&tenant, &at(6)), Requirement::PasswordAlone(Alone::Grace(ends)));
    assert_eq!(asked_of(&tenant, &at(7)), Requirement::SetUp);
    // Whoever has something proves it, in grace or not.
    let phone = Circumstances { holding: usual().holding, ..at(0) };
    assert!(matches!(asked_of(&tenant, &phone), Requirement::Prove { .. }));
    // An older rule that asks the same has no grace left.
    tenant.policy.rules.push(Rule::new("old", Scope::Everyone, SecondFactor::Required));
    assert_eq!(asked_of(&tenant, &at(0)), Requirement::SetUp);
    // Somebody who came later has the whole of it.
    let person = Person { since: NOW, ..member() };
    let newcomer = Circumstances { person, ..at(6) };
    assert_eq!(asked_of(&tenant, &newcomer), Requirement::PasswordAlone(Alone::Grace(ends)));
}

#[test]
fn a_proof_that_is_asked_is_never_below_the_floor_of_whoever_reaches_it() {
    for floor in [Assurance::Low, Assurance::Medium, Assurance::High] {
        for (_, holding) in STATES {
            let tenant = requiring(floor);
            let Requirement::Prove { ways, .. } = asked_of(&tenant, &Circumstances { holding, ..usual() })
            else {
                continue;
            };
            let reaches = holding.satisfies(&tenant.policy.factors);
            let rules = FactorRules { floor, ..FactorRules::USUAL };
            assert!(!reaches || ways.iter().all(|way| rules.accept(*way)), "{floor:?} {holding:?}");
        }
    }
}

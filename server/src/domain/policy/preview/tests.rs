use countersign_protocol::ids::TenantId;
use countersign_protocol::time::NumericDate;

use super::*;
use crate::domain::attestation::AttestationRule;
use crate::domain::factor::Assurance;
use crate::domain::policy::asked::Facts;
use crate::domain::policy::networks::parse;
use crate::domain::policy::preset::Preset;
use crate::domain::policy::rule::{Rule, Scope};
use crate::domain::push_limits::PushLimits;

const NOW: Timestamp = Timestamp::from_seconds(10_000_000);

pub(crate) fn with(policy: Policy) -> Tenant {
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

const NOTHING: Holding = Holding {
    phone: false,
    passkey: false,
    passkey_elsewhere: false,
    authenticator: false,
    recovery_codes: false,
    mail: false,
};
const MAIL: Holding = Holding { mail: true, ..NOTHING };
const APP: Holding = Holding { authenticator: true, ..NOTHING };
const PHONE: Holding = Holding { phone: true, ..NOTHING };

fn member(holding: Holding) -> Alike {
    Alike { role: Role::Member, user_type: None, chosen_since: None, since: Timestamp::default(), holding }
}

fn base(base: SecondFactor) -> Policy {
    Policy { base, ..Policy::default() }
}

/// `after` as it would be saved now.
fn change(before: Policy, after: Policy) -> Change {
    let after = after.following(&before, &Facts::default(), NOW.into()).unwrap();
    Change::new(&with(before), &with(after), NOW)
}

#[test]
fn each_change_means_to_each_holding_what_the_table_says() {
    use Effect::{Asked, Loses, NotAsked, Removed, SetUp, SetUpLater};
    use SecondFactor::{Off, Optional, Required};
    let none: &[Effect] = &[];
    let grace = Policy { grace_days: 7, ..base(Required) };
    let removing = Policy { when_turned_off: TurnedOff::Remove, ..base(Off) };
    let mut high = base(Required);
    high.factors.floor = Assurance::High;
    for (name, before, after, [nothing, mail, app, phone]) in [
        ("turned on", base(Off), base(Required), [&[SetUp][..], &[Asked], &[Asked], &[Asked]]),
        ("made optional", base(Off), base(Optional), [none, none, &[Asked], &[Asked]]),
        ("required", base(Optional), base(Required), [&[SetUp], &[Asked], none, none]),
        ("with grace", base(Optional), grace, [&[SetUpLater], &[Asked], none, none]),
        ("optional again", base(Required), base(Optional), [&[NotAsked], &[NotAsked], none, none]),
        ("turned off", base(Required), base(Off), [&[NotAsked], &[NotAsked], &[NotAsked], &[NotAsked]]),
        (
            "and removed",
            base(Required),
            removing,
            [&[NotAsked], &[NotAsked], &[Removed, NotAsked], &[Removed, NotAsked]],
        ),
        ("floor raised", base(Required), high, [none, &[SetUp], &[SetUp, Loses], none]),
        ("nothing", base(Required), base(Required), [none; 4]),
    ] {
        let change = change(before, after);
        for (holding, expected) in [(NOTHING, nothing), (MAIL, mail), (APP, app), (PHONE, phone)] {
            assert_eq!(change.of(&member(holding)).effects, expected, "{name}: {holding:?}");
        }
    }
}

#[test]
fn figures_add_up_what_groups_are() {
    let change = change(base(SecondFactor::Optional), base(SecondFactor::Required));
    let (nothing, phone) = (member(NOTHING), member(PHONE));
    let figures = change.figures([(&nothing, 30), (&phone, 12)]);
    assert_eq!((figures.users, figures.asked_before, figures.asked_after), (42, 12, 42));
    assert_eq!(figures.effects, BTreeMap::from([(Effect::SetUp, 30)]));
}

#[test]
fn the_strictest_rule_is_named_before_and_after() {
    let mut after = base(SecondFactor::Optional);
    after.user_types = ["staff".to_owned()].into();
    after.rules.push(Rule::new("all staff", Scope::Types(after.user_types.clone()), SecondFactor::Required));
    let change = change(base(SecondFactor::Optional), after);
    let staff = Alike { user_type: Some("staff".into()), ..member(NOTHING) };
    let difference = change.of(&staff);
    assert_eq!((difference.before, difference.after), (Standing::NotAsked, Standing::SetUp));
    assert_eq!(difference.asked_before.rule, None);
    assert_eq!(difference.asked_after.rule.as_deref(), Some("all staff"));
    assert_eq!(change.of(&member(NOTHING)).effects, []);
}

#[test]
fn networks_do_not_hide_what_a_change_means_elsewhere() {
    let mut after = base(SecondFactor::Required);
    after.networks.trusted = vec![parse("0.0.0.0/0").unwrap()];
    after.networks.allowed = vec![parse("192.0.2.0/24").unwrap()];
    let change = change(base(SecondFactor::Off), after);
    assert_eq!(change.of(&member(PHONE)).effects, [Effect::Asked]);
}

#[test]
fn a_browser_is_remembered_for_less_only_if_it_is() {
    let days = |days| {
        let mut policy = base(SecondFactor::Optional);
        policy.factors.remember_days = days;
        policy
    };
    assert_eq!(change(days(30), days(7)).remembers_less(), Some(7));
    assert_eq!(change(days(7), days(7)).remembers_less(), None);
    assert_eq!(change(days(7), days(30)).remembers_less(), None);
}

#[test]
fn a_preset_keeps_what_it_does_not_speak_of_and_its_unknown_features_are_off() {
    let mut before = Policy { grace_days: 9, user_types: ["guest".to_owned()].into(), ..Policy::default() };
    before.networks.allowed = vec![parse("192.0.2.0/24").unwrap()];
    before.attestation = AttestationRule::Required;
    let policy = Preset::ProWorkflow.applied(&before);
    assert_eq!(policy.attestation, AttestationRule::Required, "a preset does not speak of that");
    assert_eq!((policy.grace_days, &policy.networks), (9, &before.networks));
    assert_eq!(policy.user_types.len(), 4);
    assert_eq!(policy.check(), Ok(()));
    let facts = Preset::ProWorkflow.stated(&Facts::default(), NumericDate(5));
    assert!(!facts.features[Preset::FINANCE].on);
    let on = crate::domain::policy::asked::Feature { on: true, since: NumericDate(1) };
    let facts = Facts { features: [(Preset::FINANCE.to_owned(), on)].into(), ..facts };
    assert_eq!(Preset::ProWorkflow.stated(&facts, NumericDate(5)), facts, "what was said stays");
}

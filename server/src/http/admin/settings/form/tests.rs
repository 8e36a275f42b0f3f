use super::*;
use crate::domain::policy::PolicyError;
use crate::domain::policy::preset::Preset;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What a browser sends of a form in which nothing was changed.
fn untouched(policy: &Policy) -> Fields {
    let mut all = fields(&[("base", policy.base.as_str())]);
    for factor in policy.factors.allowed.iter() {
        all.insert(format!("factor-{}", factor.as_str()), "on".into());
    }
    for (index, rule) in policy.rules.iter().enumerate() {
        let mut put = |name: &str, value: &str| all.insert(format!("rule-{index}-{name}"), value.into());
        put("name", &rule.name);
        put("ask", rule.ask.as_str());
        put("features", &features_of(rule));
        match &rule.who {
            Scope::Everyone => put("who", "everyone"),
            Scope::Chosen => put("who", "chosen"),
            Scope::Types(types) => {
                types.iter().for_each(|name| drop(put(&format!("type-{name}"), "on")));
                put("who", "types")
            }
            Scope::Roles(_) => put("who", "roles"),
        };
    }
    let another = policy.rules.len();
    all.insert(format!("rule-{another}-name"), String::new());
    all.insert("user_types".into(), policy.user_types.iter().cloned().collect::<Vec<_>>().join("\r\n"));
    all
}

#[test]
fn a_form_in_which_nothing_was_changed_changes_nothing() {
    for preset in Preset::ALL {
        let policy = preset.policy();
        let draft = Draft::read(&untouched(&policy), &policy);
        assert_eq!((draft.policy, draft.problem), (policy, None), "{preset:?}");
    }
}

#[test]
fn rules_are_changed_added_and_removed() {
    let policy = Preset::ProWorkflow.policy();
    let mut typed = untouched(&policy);
    typed.insert("rule-1-type-staff".into(), "on".into());
    typed.insert("rule-0-remove".into(), "on".into());
    for (name, value) in [
        ("name", " leads "),
        ("who", "roles"),
        ("role-administrator", "on"),
        ("features", "crm,  erp"),
        ("ask", "optional"),
    ] {
        typed.insert(format!("rule-2-{name}"), value.into());
    }
    let draft = Draft::read(&typed, &policy);
    assert_eq!(draft.problem, None);
    let [forced, leads] = draft.policy.rules.as_slice() else { panic!("{:?}", draft.policy.rules) };
    assert_eq!(forced.who, Scope::Types(["staff".to_owned()].into()));
    assert_eq!((leads.name.as_str(), leads.ask), ("leads", SecondFactor::Optional));
    assert_eq!(leads.who, Scope::Roles([Role::Administrator].into()));
    assert_eq!(leads.when, ["crm", "erp"].map(|name| Condition::Feature(name.into())));
}

#[test]
fn the_plans_of_a_rule_stay_whatever_is_typed() {
    let policy = Preset::ProductIp.policy();
    let mut typed = untouched(&policy);
    typed.insert("rule-0-features".into(), "crm".into());
    typed.insert("rule-0-plans".into(), "free".into());
    let when = Draft::read(&typed, &policy).policy.rules.remove(0).when;
    assert_eq!(when, [vec![Condition::Feature("crm".into())], policy.rules[0].when.clone()].concat());
}

#[test]
fn what_cannot_be_is_told_and_stays_as_it_was_typed() {
    let policy = Policy::default();
    for (name, value, problem) in [
        ("allowed", "192.0.2.0/24\n192.0.2.7/24", SettingsProblem::Network("192.0.2.7/24".into())),
        ("trusted", "office", SettingsProblem::Network("office".into())),
        ("grace_days", "", SettingsProblem::Number),
        ("grace_days", "-1", SettingsProblem::Number),
        ("session_hours", "2.5", SettingsProblem::Number),
        ("remember_days", "999999", SettingsProblem::Number),
        (
            "remember_days",
            "91",
            SettingsProblem::Policy(PolicyError::OutOfBounds { what: "remember_days", least: 0, most: 90 }),
        ),
        ("user_types", "staff\n<b>", SettingsProblem::Policy(PolicyError::TypeName("<b>".into()))),
        ("rule-1-name", "chosen", SettingsProblem::Policy(PolicyError::RuleName("chosen".into()))),
    ] {
        let mut typed = untouched(&policy);
        typed.insert(name.into(), value.into());
        let draft = Draft::read(&typed, &policy);
        assert_eq!(draft.problem, Some(problem), "{name} {value}");
        if name == "allowed" {
            assert_eq!(draft.allowed, value);
        }
    }
    let nothing = Draft::read(&fields(&[("base", "off")]), &policy);
    assert_eq!(nothing.problem, Some(SettingsProblem::Policy(PolicyError::NothingAllowed)));
}

#[test]
fn what_is_asked_of_new_phones_is_read_and_stays_where_it_cannot_be() {
    let policy = Policy { attestation: AttestationRule::Recorded, ..Policy::default() };
    for (value, wanted) in
        [("required", AttestationRule::Required), ("never heard of", AttestationRule::Recorded)]
    {
        let mut typed = untouched(&policy);
        typed.insert("attestation".into(), value.into());
        assert_eq!(Draft::read(&typed, &policy).policy.attestation, wanted);
    }
}

#[test]
fn networks_and_hours_are_read_and_left_out() {
    let mut policy = Policy::default();
    policy.sessions.hours = Some(8);
    let mut typed = untouched(&policy);
    for (name, value) in [("trusted", " 192.0.2.7 \r\n\r\n192.0.2.7/32"), ("session_hours", "")] {
        typed.insert(name.into(), value.into());
    }
    let draft = Draft::read(&typed, &policy);
    assert_eq!(draft.policy.networks.trusted, [networks::parse("192.0.2.7/32").unwrap()]);
    assert_eq!((draft.policy.sessions.hours, draft.problem), (None, None));
}

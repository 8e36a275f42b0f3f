//! The settings of administrators.

use countersign_protocol::approval::Mode;
use countersign_protocol::time::{NumericDate, Timestamp};

use super::*;
use crate::domain::policy::asked::{Asked, Facts, Feature};
use crate::domain::policy::network_change::{Allowed, NetworkChange};
use crate::domain::policy::networks;
use crate::domain::policy::preset::Preset;
use crate::domain::policy::preview::{Difference, Effect, Standing};
use crate::domain::policy::rule::SecondFactor;
use crate::domain::policy::{Policy, PolicyError};
use crate::domain::requirement::{Alone, Answer, ModeReason, Requirement};
use crate::domain::user::Role;

type Rendered = Result<String, askama::Error>;

/// Every one of them, by a name that can be a file's.
pub(super) fn pages(lang: Lang) -> Vec<(String, Rendered)> {
    let mut all: Vec<(String, Rendered)> = Preset::ALL
        .into_iter()
        .map(|preset| {
            let settings = settings(lang, &preset.policy(), Editing::Now, None);
            (format!("settings-{}", preset.as_str()), settings)
        })
        .collect();
    let usual = Preset::ProWorkflow.policy();
    for (name, editing) in [("after-proof", Editing::AfterProof), ("no", Editing::No)] {
        all.push((format!("settings-{name}"), settings(lang, &usual, editing, None)));
    }
    for (number, problem) in problems().into_iter().enumerate() {
        all.push((format!("settings-problem-{number}"), settings(lang, &usual, Editing::Now, Some(problem))));
    }
    for (name, notice) in [
        ("", None),
        ("-prove", Some(PreviewNotice::ProveFirst)),
        ("-overtaken", Some(PreviewNotice::Overtaken)),
    ] {
        all.push((format!("preview{name}"), preview(lang, notice)));
    }
    all.extend(
        answers(lang).into_iter().map(|(name, answer)| (format!("what-if-{name}"), what_if(lang, answer))),
    );
    all
}

fn admin(here: AdminSection) -> AdminFrame<'static> {
    AdminFrame { here, who: "Aiko Mori" }
}

fn settings(lang: Lang, policy: &Policy, editing: Editing, problem: Option<SettingsProblem>) -> Rendered {
    let feature = Feature { on: false, since: NumericDate(0) };
    let facts =
        Facts { plan: Some("starter".into()), features: [(Preset::FINANCE.to_owned(), feature)].into() };
    SettingsPage {
        page: page(lang, "/admin/settings"),
        admin: admin(AdminSection::Settings),
        policy,
        facts: &facts,
        networks: ["192.0.2.0/24\n2001:db8::/32", ""],
        address: "192.0.2.7",
        editing,
        revision: 7,
        changes_brand: editing == Editing::Now,
        notice: (editing == Editing::AfterProof).then_some(SettingsNotice::Saved),
        problem,
    }
    .render()
}

fn problems() -> Vec<SettingsProblem> {
    let policy = [
        PolicyError::Unreadable(String::new()),
        PolicyError::RuleName(String::new()),
        PolicyError::UnknownType(HOSTILE.into()),
        PolicyError::TypeName(HOSTILE.into()),
        PolicyError::OutOfBounds { what: "remember_days", least: 0, most: 90 },
        PolicyError::NothingAllowed,
        PolicyError::TooMany("rules"),
        PolicyError::NoPlan("x".into()),
    ];
    let others = [
        SettingsProblem::Network(HOSTILE.into()),
        SettingsProblem::Number,
        SettingsProblem::NotInPlan(vec!["enterprise".into(), "professional".into()]),
        SettingsProblem::PlansAreSet(HOSTILE.into()),
        SettingsProblem::NotYours(Role::SuperAdministrator),
        SettingsProblem::NotYours(Role::Administrator),
        SettingsProblem::LocksOut([192, 0, 2, 7].into()),
    ];
    policy.map(SettingsProblem::Policy).into_iter().chain(others).collect()
}

fn asked(second_factor: SecondFactor, rule: Option<&str>) -> Asked {
    Asked { second_factor, rule: rule.map(str::to_owned), since: Timestamp::default() }
}

fn row(name: &str, before: Standing, after: Standing) -> ConcernedRow {
    ConcernedRow {
        id: "0198a6f4-0000-7000-8000-000000000000".into(),
        name: name.into(),
        email: "aiko@acme.example".into(),
        difference: Difference {
            before,
            after,
            asked_before: asked(SecondFactor::Optional, None),
            asked_after: asked(SecondFactor::Required, Some("all staff")),
            effects: Vec::new(),
        },
    }
}

fn preview(lang: Lang, notice: Option<PreviewNotice>) -> Rendered {
    let (before, mut after) = (Policy::default(), Preset::ProWorkflow.policy());
    after.networks.allowed = vec![networks::parse("192.0.2.0/24").unwrap()];
    after.grace_days = 7;
    let until = Standing::SetUpBy(Timestamp::from_seconds(1_795_381_500));
    let shown = vec![row("Aiko Mori", Standing::NotAsked, Standing::SetUp), row("", Standing::Asked, until)];
    let effect = |effect: Effect, users, shown: Option<Vec<_>>| EffectRow {
        code: effect.as_str(),
        effect: Some(effect),
        users,
        later: shown.is_some(),
        next: shown.as_ref().map(|_| HOSTILE.to_owned()),
        shown,
    };
    let mut effects: Vec<_> = Effect::ALL.into_iter().map(|one| effect(one, 1, None)).collect();
    effects[0] = effect(Effect::SetUp, 1204, Some(shown));
    effects.push(EffectRow {
        code: "browsers",
        effect: None,
        users: 12,
        shown: None,
        later: false,
        next: None,
    });
    let nothing = notice == Some(PreviewNotice::Overtaken);
    let found = row("Aiko Mori", Standing::NotAsked, Standing::Asked);
    PreviewPage {
        page: page(lang, "/admin/settings"),
        admin: admin(AdminSection::Settings),
        before: &before,
        after: &after,
        wanted: &after.to_stored(),
        revision: 3,
        preset: "",
        notice,
        users: 2310,
        asked_before: 410,
        asked_after: 1614,
        effects: if nothing { Vec::new() } else { effects },
        networks: if nothing { Vec::new() } else { networks() },
        told: (!nothing).then_some(1204),
        sought: HOSTILE,
        found: Some(match notice {
            None => FoundRow::Found(Box::new(found)),
            Some(PreviewNotice::ProveFirst) => FoundRow::Disabled(Box::new(found)),
            Some(PreviewNotice::Overtaken) => {
                let row = |name: &str| SeveralRow { name: name.into(), email: "aiko@acme.example".into() };
                FoundRow::Several(vec![row(HOSTILE), row("")], true)
            }
        }),
        from: HOSTILE,
        there: match notice {
            None => Some(ThereRow::NotAnAddress),
            Some(PreviewNotice::ProveFirst) => {
                let answer = Answer {
                    requirement: Requirement::NotFromHere,
                    asked: asked(SecondFactor::Required, None),
                };
                Some(ThereRow::So(Box::new(so(lang, answer, true))))
            }
            Some(PreviewNotice::Overtaken) => None,
        },
    }
    .render()
}

/// Each line that there is of networks.
fn networks() -> Vec<NetworkRow> {
    let some = || vec![networks::parse("192.0.2.0/24").unwrap(), networks::parse("2001:db8::/32").unwrap()];
    let allowed =
        [Allowed::Only(some()), Allowed::Anywhere, Allowed::Others { opened: some(), closed: some() }];
    let change = |allowed| NetworkChange { trusted: some(), untrusted: some(), allowed };
    allowed.into_iter().flat_map(|allowed| NetworkRow::of(&change(allowed), 1204, 410)).collect()
}

fn so(lang: Lang, answer: Answer, odd: bool) -> WhatIfSo {
    let found = WhatIfFound {
        id: "0198a6f4".into(),
        who: "Aiko Mori (aiko@acme.example)".into(),
        disabled: odd,
        answer,
        then_set_up: odd,
        no_browser: odd,
    };
    WhatIfSo::new(&page(lang, "/admin/settings"), found)
}

fn what_if(lang: Lang, answer: Option<WhatIfAnswer>) -> Rendered {
    WhatIfPage {
        page: page(lang, "/admin/settings/what-if"),
        admin: admin(AdminSection::Settings),
        email: HOSTILE,
        address: "192.0.2.7",
        known_browser: true,
        answer,
    }
    .render()
}

fn answers(lang: Lang) -> Vec<(&'static str, Option<WhatIfAnswer>)> {
    let happens = |requirement: Requirement, odd: bool| {
        let answer = Answer { requirement, asked: asked(SecondFactor::Required, odd.then_some("all staff")) };
        Some(WhatIfAnswer::So(Box::new(so(lang, answer, odd))))
    };
    let alone = |why| happens(Requirement::PasswordAlone(why), false);
    let prove =
        |mode, reason| happens(Requirement::Prove { ways: Factor::ALL.to_vec(), mode, reason }, false);
    let number = Mode::Number { digits: 2 };
    vec![
        ("empty", None),
        ("nobody", Some(WhatIfAnswer::Nobody)),
        ("no-address", Some(WhatIfAnswer::NotAnAddress)),
        ("not-from-here", happens(Requirement::NotFromHere, false)),
        ("off", alone(Alone::TurnedOff)),
        ("nothing", alone(Alone::NothingSetUp)),
        ("trusted", alone(Alone::TrustedNetwork)),
        ("grace", alone(Alone::Grace(Timestamp::from_seconds(1_795_381_500)))),
        ("remembered", happens(Requirement::Remembered, false)),
        ("set-up", happens(Requirement::SetUp, true)),
        ("elsewhere", happens(Requirement::Elsewhere, false)),
        ("tap", prove(Mode::Tap, ModeReason::Usual)),
        ("tap-always", prove(Mode::Tap, ModeReason::TenantRule)),
        ("number-always", prove(number, ModeReason::TenantRule)),
        ("number-browser", prove(number, ModeReason::NewBrowser)),
        ("number-network", prove(number, ModeReason::NewNetwork)),
        ("number-denied", prove(number, ModeReason::DeniedLately)),
        ("number-reported", prove(number, ModeReason::ReportedAddress)),
        ("number-administrator", prove(number, ModeReason::Administrator)),
    ]
}

#[test]
fn whoever_may_not_change_the_settings_has_no_button_for_it() {
    for (editing, begins, checks) in
        [(Editing::Now, false, true), (Editing::AfterProof, true, false), (Editing::No, false, false)]
    {
        let html = settings(Lang::En, &Policy::default(), editing, None).unwrap();
        assert_eq!(html.contains("data-testid=\"settings-begin\""), begins, "{editing:?}");
        assert_eq!(html.contains("data-testid=\"settings-check\""), checks, "{editing:?}");
        assert_eq!(html.contains("<fieldset class=\"settings-all\" disabled"), !checks, "{editing:?}");
        assert_eq!(html.contains("data-testid=\"preset-productip\""), begins || checks, "{editing:?}");
    }
}

#[test]
fn a_switch_of_another_plan_says_why_it_cannot_be_turned_on() {
    let html = settings(Lang::En, &Preset::ProductIp.policy(), Editing::Now, None).unwrap();
    assert!(html.contains("part of the plans enterprise, professional. Yours is starter"), "{html}");
    assert!(!html.contains("data-testid=\"rule-0-ask-required\""), "{html}");
}

#[test]
fn products_are_not_named_to_people() {
    for lang in Lang::ALL {
        let html = settings(lang, &Policy::default(), Editing::Now, None).unwrap();
        for name in ["prodb", "proworkflow", "provconnect", "productip"] {
            let shown = html
                .to_lowercase()
                .replace(&format!("\"{name}\""), "")
                .replace(&format!("\"preset-{name}\""), "");
            assert!(!shown.contains(name), "{name}");
        }
    }
}

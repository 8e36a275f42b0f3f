//! The pages of a lost phone.

use super::*;

type Rendered = Result<String, askama::Error>;

/// Every one of them, by a name that can be a file's.
pub(super) fn pages(lang: Lang) -> Vec<(String, Rendered)> {
    states().into_iter().map(|(name, state)| (format!("recover-{name}"), show(lang, state))).collect()
}

fn show(lang: Lang, state: RecoverState<'_>) -> Rendered {
    RecoverPage { page: page(lang, "/login/recover"), state: &state }.render()
}

fn states() -> Vec<(&'static str, RecoverState<'static>)> {
    let [totp, passkey, codes] =
        [WayKind::Authenticator, WayKind::Passkey, WayKind::RecoveryCode].map(Way::new);
    let wrong = Way { problem: Some(WayProblem::Wrong), ..codes.clone() };
    let suspended = Way { suspended: Some(240), ..totp.clone() };
    let prove = |ways| RecoverState::Prove { ways, hours: 24 };
    let (to, until) = ("a•••@acme.example", "2026-11-04 08:40");
    vec![
        ("ask", RecoverState::Ask { to, hours: 24, wait: None }),
        ("ask-wait", RecoverState::Ask { to, hours: 1, wait: Some(95) }),
        ("sent", RecoverState::Sent { to, minutes: 30 }),
        ("prove", prove(vec![passkey, totp.clone(), codes.clone()])),
        ("prove-one", prove(vec![codes])),
        ("prove-wrong", prove(vec![suspended, wrong])),
        ("prove-none", prove(Vec::new())),
        ("waiting", RecoverState::Waiting { until }),
        ("remove", RecoverState::Remove { things: things(), problem: false }),
        ("remove-none", RecoverState::Remove { things: things(), problem: true }),
        ("done", RecoverState::Done),
        ("stop", RecoverState::Stop { person: None }),
        ("stop-admin", RecoverState::Stop { person: Some("Aiko Mori (aiko@acme.example)") }),
        ("stopped", RecoverState::Stopped),
        ("other-browser", RecoverState::OtherBrowser),
        ("over", RecoverState::Over),
        ("no-login", RecoverState::NoLogin),
        ("not-now", RecoverState::NotNow),
    ]
}

fn things() -> Vec<LostThing> {
    let thing = |kind, name: Option<&str>, chosen: bool| LostThing {
        id: "phone-0193".to_owned(),
        kind,
        name: name.map(str::to_owned),
        last_used: chosen.then(|| "2026-11-02".to_owned()),
        chosen,
    };
    vec![
        thing(LostKind::Phone, Some("Aiko’s iPhone"), true),
        thing(LostKind::Passkey, Some("YubiKey 5 NFC"), false),
        thing(LostKind::Authenticator, None, false),
        thing(LostKind::RecoveryCodes, None, false),
    ]
}

#[test]
fn a_link_that_is_merely_opened_stops_nothing() {
    let html = show(Lang::En, RecoverState::Stop { person: None }).unwrap();
    assert!(html.contains("method=\"post\"") && !html.contains("autofocus"));
}

#[test]
fn whoever_has_nothing_but_mail_is_told_how_long_it_takes() {
    for name in ["ask", "prove", "prove-none"] {
        let (_, state) = states().into_iter().find(|(known, _)| *known == name).unwrap();
        assert!(show(Lang::En, state).unwrap().contains("24 hours"), "{name}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let mut things = things();
    things[0].name = Some(HOSTILE.to_owned());
    things[0].id = HOSTILE.to_owned();
    for state in [
        RecoverState::Remove { things, problem: false },
        RecoverState::Stop { person: Some(HOSTILE) },
        RecoverState::Ask { to: HOSTILE, hours: 1, wait: None },
    ] {
        let html = show(Lang::Ja, state).unwrap();
        assert!(!html.contains("<img") && html.contains("&#60;img src=x"), "{html}");
    }
}

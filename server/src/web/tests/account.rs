//! The pages of an account: its security, an authenticator app, recovery codes.

use super::*;
use crate::domain::activity::Activity;

const URI: &str = "otpauth://totp/Acme%20Japan:aiko%40acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Acme%20Japan&algorithm=SHA1&digits=6&period=30";
const SECRET: &str = "jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp";

type Rendered = Result<String, askama::Error>;

/// Every one of them, by a name that can be a file's.
pub(super) fn pages(lang: Lang) -> Vec<(String, Rendered)> {
    let mut all = vec![
        ("security".to_owned(), full(lang).render()),
        ("security-new".to_owned(), empty(lang).render()),
        ("security-waiting".to_owned(), waiting(lang).render()),
        ("codes".to_owned(), codes(lang)),
    ];
    for notice in SecurityNotice::ALL {
        let page = SecurityPage { notice: Some(notice), ..empty(lang) };
        all.push((format!("security-{}", notice.code()), page.render()));
    }
    all.extend(modes(lang).into_iter().map(|(name, page)| (name.to_owned(), page.render())));
    let confirm = [
        ("confirm-ask", ConfirmState::Factor),
        ("confirm-password", ConfirmState::Password(None)),
        ("confirm-wrong", ConfirmState::Password(Some(ConfirmProblem::Wrong))),
        ("confirm-suspended", ConfirmState::Password(Some(ConfirmProblem::Suspended { minutes: 2 }))),
        ("confirm-busy", ConfirmState::Password(Some(ConfirmProblem::Busy))),
    ];
    for (name, state) in confirm {
        let page = page(lang, "/account/confirm");
        all.push((name.to_owned(), ConfirmPage { page, email: "aiko@acme.example", state }.render()));
    }
    let clock = |ahead| Some(SetUpProblem::ClockOff { minutes: 1, ahead });
    for place in [SetUpPlace::SignIn, SetUpPlace::Account] {
        let name = format!("setup-{place:?}").to_lowercase();
        let problems = [
            ("", None),
            ("-wrong", Some(SetUpProblem::Wrong)),
            ("-clock", clock(true)),
            ("-behind", clock(false)),
        ];
        for (kind, problem) in problems {
            all.push((format!("{name}{kind}"), set_up(lang, place, offer(problem)).render()));
        }
        all.push((format!("{name}-over"), set_up(lang, place, SetUpState::Over).render()));
        all.push((format!("{name}-stronger"), set_up(lang, place, SetUpState::Stronger).render()));
    }
    all
}

fn offer(problem: Option<SetUpProblem>) -> SetUpState<'static> {
    SetUpState::Offer { uri: URI, secret: SECRET, account: "aiko@acme.example", problem }
}

fn set_up(lang: Lang, place: SetUpPlace, state: SetUpState<'static>) -> SetUpPage<'static> {
    SetUpPage { page: page(lang, place_path(place)), place, state }
}

fn place_path(place: SetUpPlace) -> &'static str {
    match place {
        SetUpPlace::SignIn => "/login/setup",
        SetUpPlace::Account => "/account/security/authenticator",
    }
}

fn codes(lang: Lang) -> Rendered {
    let codes: Vec<_> = (0..10).map(|n| format!("7f3{n}-9k2m-p4qx-t8w{n}")).collect();
    let page = page(lang, "/account/security");
    let made = "2026-11-03 09:12";
    RecoveryCodesPage { page, email: "aiko@acme.example", made, codes: &codes, next: "/account/security" }
        .render()
}

fn empty(lang: Lang) -> SecurityPage<'static> {
    SecurityPage {
        page: page(lang, "/account/security"),
        name: "Aiko Mori",
        email: "aiko@acme.example",
        notice: None,
        recovery_until: None,
        own: own(OwnAsked::Optional),
        devices: Vec::new(),
        passkeys: Vec::new(),
        authenticator: None,
        recovery_codes: None,
        browsers: Vec::new(),
        sessions: vec![session("Firefox", true, Proof::PasswordAlone)],
        activity: vec![activity(Activity::SignedIn)],
    }
}

fn full(lang: Lang) -> SecurityPage<'static> {
    let phone = Proof::Phone { device: "Aiko’s iPhone".to_owned(), number: true };
    let passkey = |name: &str, last: Option<&str>| PasskeyRow {
        id: "0194".to_owned(),
        name: name.to_owned(),
        added: "2026-10-12".to_owned(),
        last_used: last.map(str::to_owned),
    };
    SecurityPage {
        own: OwnRules { turn_off: true, ..own(OwnAsked::OptionalOn) },
        devices: rows(),
        passkeys: vec![passkey("iCloud Keychain", Some("2026-11-02")), passkey("YubiKey 5 NFC", None)],
        authenticator: Some(AuthenticatorRow { added: "2026-10-12".to_owned(), last_used: None }),
        recovery_codes: Some(RecoveryCodesRow { left: 7, made: "2026-10-12".to_owned() }),
        browsers: vec![
            browser("Firefox", true, Some("2026-12-03")),
            browser("Samsung Internet", false, None),
        ],
        sessions: vec![
            session("Firefox", true, phone),
            session("Samsung Internet", false, Proof::Other(Factor::RecoveryCode)),
            session("", false, Proof::Other(Factor::Push)),
        ],
        activity: Activity::ALL.map(activity).to_vec(),
        ..empty(lang)
    }
}

const FREE: FactorRule = FactorRule { add: true, accepted: true, remove: true };

fn own(asked: OwnAsked) -> OwnRules<'static> {
    let (phone, passkey, authenticator) = (FREE, FREE, FREE);
    let (rule, chosen, due, turn_off, codes) = (None, false, None, false, true);
    OwnRules { asked, rule, chosen, due, turn_off, phone, passkey, authenticator, codes }
}

/// The page in each mode of the policy.
fn modes(lang: Lang) -> Vec<(&'static str, SecurityPage<'static>)> {
    let closed = FactorRule { add: false, ..FREE };
    let nothing = OwnRules {
        phone: closed,
        passkey: closed,
        authenticator: closed,
        codes: false,
        ..own(OwnAsked::Off)
    };
    let last = FactorRule { remove: false, ..FREE };
    let old = FactorRule { add: false, accepted: false, remove: true };
    let required =
        OwnRules { rule: Some("finance"), phone: last, authenticator: old, ..own(OwnAsked::Required) };
    let grace = OwnRules { chosen: true, due: Some(Due::By("2026-11-17 09:00")), ..own(OwnAsked::Required) };
    let kept = OwnRules { authenticator: last, passkey: old, ..own(OwnAsked::OptionalKept) };
    let now = OwnRules { due: Some(Due::NextSignIn), ..own(OwnAsked::Required) };
    vec![
        ("own-off", SecurityPage { own: nothing, ..empty(lang) }),
        (
            "own-off-kept",
            SecurityPage { own: OwnRules { asked: OwnAsked::OffKept, ..nothing }, ..full(lang) },
        ),
        ("own-required", SecurityPage { own: required, ..full(lang) }),
        ("own-grace", SecurityPage { own: grace, ..empty(lang) }),
        ("own-now", SecurityPage { own: now, ..empty(lang) }),
        ("own-kept", SecurityPage { own: kept, ..full(lang) }),
    ]
}

#[test]
fn what_is_never_asked_for_is_not_offered_and_the_last_one_has_no_button() {
    for lang in Lang::ALL {
        let of = |wanted: &str| {
            let found = modes(lang).into_iter().find(|(name, _)| *name == wanted);
            found.unwrap().1.render().unwrap()
        };
        let off = of("own-off");
        for add in ["add-phone", "to-passkeys", "authenticator-add", "codes-make", "turn-off"] {
            assert!(!off.contains(&format!("data-testid=\"{add}\"")), "{add}");
        }
        let kept = of("own-off-kept");
        assert!(kept.contains("phones/remove") && !kept.contains("add-phone"));
        let required = of("own-required");
        assert!(!required.contains("phones/remove") && required.contains("last-one"), "{required}");
        assert!(required.contains("authenticator/remove") && required.contains("not-accepted"));
        assert!(required.contains("finance") && !required.contains("turn-off"));
    }
}

fn waiting(lang: Lang) -> SecurityPage<'static> {
    let recovery_until = Some("2026-11-04 08:40");
    let codes = Some(RecoveryCodesRow { left: 0, made: "2026-10-12".to_owned() });
    SecurityPage { recovery_until, recovery_codes: codes, ..empty(lang) }
}

fn browser(name: &str, this: bool, remembered: Option<&str>) -> BrowserRow {
    BrowserRow {
        id: "0195".to_owned(),
        browser: name.to_owned(),
        system: "Windows".to_owned(),
        address: "203.0.113.7".to_owned(),
        last_used: "2026-11-03 09:12".to_owned(),
        remembered_until: remembered.map(str::to_owned),
        this,
    }
}

fn session(name: &str, this: bool, proof: Proof) -> SessionRow {
    SessionRow {
        id: "0196".to_owned(),
        browser: name.to_owned(),
        system: "Windows".to_owned(),
        address: this.then(|| "203.0.113.7".to_owned()),
        since: "2026-11-03 09:12".to_owned(),
        proof,
        this,
    }
}

fn activity(what: Activity) -> ActivityRow {
    ActivityRow { what, at: "2026-11-03 09:12".to_owned(), address: Some("203.0.113.7".to_owned()) }
}

#[test]
fn nothing_is_taken_away_at_the_first_press() {
    let html = full(Lang::En).render().unwrap();
    for form in html.split("<form ").skip(1) {
        let action = form.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        let takes_away = ["/remove", "/end", "-all", "-others", "/recovery-codes", "/turn-off"]
            .iter()
            .any(|end| action.ends_with(end));
        assert_eq!(takes_away, form.starts_with("class=\"ask-body\""), "{action}");
    }
    assert!(html.matches("<details class=\"ask\"").count() >= 9);
}

#[test]
fn the_session_that_looks_cannot_end_itself_here() {
    let html = full(Lang::En).render().unwrap();
    assert_eq!(html.matches("action=\"/account/security/sessions/end\"").count(), 2);
    let alone = empty(Lang::En).render().unwrap();
    assert!(!alone.contains("/account/security/sessions/"));
}

#[test]
fn a_waiting_recovery_is_stopped_by_one_press() {
    let html = waiting(Lang::En).render().unwrap();
    let alarm =
        html.split("data-testid=\"recovery-waiting\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(alarm.contains("action=\"/account/security/recovery/stop\"") && !alarm.contains("<details"));
    assert!(!full(Lang::En).render().unwrap().contains("/recovery/stop"));
}

#[test]
fn a_secret_stays_out_of_debug() {
    assert!(!format!("{:?}", offer(None)).to_lowercase().contains("jbsw"));
}

#[test]
fn hostile_names_stay_text() {
    let mut security = full(Lang::En);
    security.name = HOSTILE;
    security.passkeys[0].name = HOSTILE.to_owned();
    security.devices[0].name = HOSTILE.to_owned();
    security.browsers[0].browser = HOSTILE.to_owned();
    security.sessions[0].system = HOSTILE.to_owned();
    let state = SetUpState::Offer { uri: HOSTILE, secret: HOSTILE, account: HOSTILE, problem: None };
    let codes = [HOSTILE.to_owned()];
    let page = Page {
        tenant_name: HOSTILE,
        csrf: HOSTILE,
        brand: PageBrand::default(),
        path: HOSTILE,
        lang: Lang::En,
    };
    for html in [
        security.render(),
        SetUpPage { page, place: SetUpPlace::SignIn, state }.render(),
        RecoveryCodesPage { page, email: HOSTILE, made: HOSTILE, codes: &codes, next: HOSTILE }.render(),
    ] {
        let html = html.unwrap();
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains("&#60;img src=x onerror=&#34;alert(1)&#34;&#62;"), "{html}");
    }
}

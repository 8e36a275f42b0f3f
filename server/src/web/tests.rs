//! Every page in every state and language.

mod account;
mod audit;
mod brand;
mod catalogues;
mod code;
mod recovery;
mod settings;
mod users;

use std::{collections::BTreeMap, fs, path::Path};

use super::*;
use crate::domain::factor::Factor;
use crate::domain::reach::{Push, Reach};

const ASKED: CodeState = CodeState::Waiting(Reach::Push(Push::Sent));
const SEEN: CodeState = CodeState::Waiting(Reach::Seen);

const NO_PHONE: CodeState = CodeState::Waiting(Reach::NoPhone);
const TIMED_OUT: CodeState = CodeState::Waiting(Reach::TimedOut);

const HOSTILE: &str = r#"<img src=x onerror="alert(1)">'&"#;

fn page(lang: Lang, path: &str) -> Page<'_> {
    Page { lang, tenant_name: "Acme Japan", csrf: "token-7f3a", brand: PageBrand::default(), path }
}

fn code(lang: Lang, state: CodeState, number: Option<&str>, since: u32) -> CodePage<'_> {
    CodePage {
        page: page(lang, "/login/code"),
        purpose: CodePurpose::SignIn,
        devices: vec!["Aiko’s iPhone".to_owned(), "Pixel 9".to_owned()],
        number,
        state,
        seconds_left: 120 - since,
        seconds_total: 120,
        seconds_since_asked: since,
        ask_again_in: Some(10_u32.saturating_sub(since)),
        ways: Vec::new(),
        remember_days: 0,
        remember: false,
        recoverable: false,
        still: false,
    }
}

fn email_way(code_left: Option<u32>, sent: bool, send: SendAgain) -> Way {
    Way::new(WayKind::Email(EmailWay { to: masked_email("aiko@acme.example"), code_left, sent, send }))
}

fn all_ways() -> Vec<Way> {
    let mut ways = [WayKind::Passkey, WayKind::Authenticator, WayKind::RecoveryCode].map(Way::new).to_vec();
    ways.insert(2, email_way(None, false, SendAgain::Now));
    ways
}

/// A Code screen with the ways as they may stand, by name.
fn code_with_ways(lang: Lang) -> Vec<(&'static str, CodePage<'static>)> {
    let base = |state| CodePage {
        ways: all_ways(),
        remember_days: 30,
        recoverable: true,
        ..code(lang, state, None, 12)
    };
    let with = |state, ways| CodePage { ways, ..base(state) };
    let [totp, recovery] = [WayKind::Authenticator, WayKind::RecoveryCode].map(Way::new);
    let wrong = |way: &Way| Way { problem: Some(WayProblem::Wrong), ..way.clone() };
    let clock = |ahead| Way { problem: Some(WayProblem::ClockOff { minutes: 4, ahead }), ..totp.clone() };
    let sent = email_way(Some(161), true, SendAgain::After(24));
    let over = email_way(None, true, SendAgain::Now);
    let many = email_way(Some(12), true, SendAgain::TooMany(252));
    let no_mail = Way { problem: Some(WayProblem::NoMail), ..email_way(None, false, SendAgain::Now) };
    let suspended = Way { suspended: Some(61), ..wrong(&totp) };
    vec![
        ("ways", base(ASKED)),
        ("ways-number", CodePage { number: Some("47"), remember: true, ..base(SEEN) }),
        ("ways-still", CodePage { still: true, ..base(ASKED) }),
        ("ways-sent", with(ASKED, vec![sent.clone(), totp.clone()])),
        ("ways-over", with(NO_PHONE, vec![over, totp.clone()])),
        ("ways-many", with(NO_PHONE, vec![many, totp.clone()])),
        ("ways-wrong", with(ASKED, vec![totp.clone(), wrong(&sent)])),
        ("ways-wrong-recovery", with(NO_PHONE, vec![totp.clone(), wrong(&recovery)])),
        ("ways-clock", with(NO_PHONE, vec![clock(true), recovery.clone()])),
        ("ways-clock-behind", with(NO_PHONE, vec![clock(false)])),
        ("ways-no-mail", with(NO_PHONE, vec![no_mail, totp.clone()])),
        ("ways-suspended", with(ASKED, vec![suspended, recovery.clone()])),
        ("ways-no-phone", with(NO_PHONE, vec![totp.clone(), sent, recovery])),
        ("ways-no-phone-email", with(NO_PHONE, vec![email_way(None, false, SendAgain::Now)])),
        ("ways-no-phone-passkey", base(NO_PHONE)),
        ("ways-none", with(NO_PHONE, Vec::new())),
        ("ways-timed-out", with(TIMED_OUT, vec![totp])),
        ("ways-approved", base(CodeState::Approved)),
    ]
}

fn start(lang: Lang, proof: Proof, devices: Vec<DeviceRow>) -> StartPage<'static> {
    let page = page(lang, "/");
    StartPage {
        page,
        email: "aiko@acme.example",
        name: "Aiko Mori",
        proof,
        signed_in_at: "2026-11-03 09:12",
        devices,
        due: None,
        add_phone: true,
        manages: false,
    }
}

fn rows() -> Vec<DeviceRow> {
    let row = |name: &str, platform: &str, last: Option<&str>, this, software| DeviceRow {
        id: "0193".to_owned(),
        name: name.to_owned(),
        platform: platform.to_owned(),
        added: "2026-10-12".to_owned(),
        last_used: last.map(str::to_owned),
        this_login: this,
        software,
        push_lost: software,
    };
    vec![
        row("Aiko’s iPhone", "iPhone", Some("2026-11-03 09:12"), true, false),
        row("Desk phone", "Linux", None, false, true),
    ]
}

fn offer(problem: Option<PairProblem>) -> PairState<'static> {
    let link = "https://acme.example/pair#v=1&o=https%3A%2F%2Facme.example&s=0s8Kq1cXh2Tn5yVb7Wm4zA&k=Zk3mC1u7Jt9dQpL2eRxN8vYhB5sWfGa0oTiUkMj6XnE";
    PairState::Offer { link, seconds_left: 288, problem }
}

/// Every page in every state, by a name that can be a file's.
fn gallery(lang: Lang) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut put = |name: &str, html: Result<String, askama::Error>| {
        all.insert(name.to_owned(), html.unwrap());
    };
    put("login", LoginPage { page: page(lang, "/login"), email: "", message: None }.render());
    for message in LoginMessage::ALL {
        let name = format!("login-{message:?}").to_lowercase();
        put(
            &name,
            LoginPage { page: page(lang, "/login"), email: "a@b.example", message: Some(message) }.render(),
        );
    }
    for state in CodeState::ALL {
        put(&format!("code-{}", state.code()), code(lang, state, None, 8).render());
    }
    for state in CodeState::ALL {
        let confirm =
            CodePage { purpose: CodePurpose::Confirm, ways: all_ways(), ..code(lang, state, None, 8) };
        put(&format!("confirm-{}", state.code()), confirm.render());
    }
    for (name, screen) in code_with_ways(lang) {
        put(&format!("code-{name}"), screen.render());
    }
    put("code-number", code(lang, ASKED, Some("47"), 40).render());
    put("code-number-6", code(lang, SEEN, Some("470815"), 8).render());
    put("code-hint", code(lang, ASKED, None, 25).render());
    put("code-expired-ask", code(lang, CodeState::Expired, None, 120).render());
    let phone = |number| Proof::Phone { device: "Aiko’s iPhone".to_owned(), number };
    put("start", start(lang, phone(true), rows()).render());
    put("start-tap", start(lang, phone(false), rows()).render());
    put("start-new", start(lang, Proof::PasswordAlone, Vec::new()).render());
    put("start-remembered", start(lang, Proof::Remembered, rows()).render());
    for factor in Factor::ALL {
        put(&format!("start-{}", factor.as_str()), start(lang, Proof::Other(factor), rows()).render());
    }
    for (name, html) in account::pages(lang)
        .into_iter()
        .chain(recovery::pages(lang))
        .chain(audit::pages(lang))
        .chain(settings::pages(lang))
        .chain(users::pages(lang))
        .chain(brand::pages(lang))
    {
        put(&name, html);
    }
    let mut pair = |name: &str, state| put(name, PairPage { page: page(lang, "/pair"), state }.render());
    pair("pair-begin", PairState::Begin);
    pair("pair-offer", offer(None));
    pair("pair-wrong", offer(Some(PairProblem::WrongCode { tries_left: 2 })));
    pair("pair-wrong-last", offer(Some(PairProblem::WrongCode { tries_left: 1 })));
    pair("pair-unclaimed", offer(Some(PairProblem::NotClaimedYet)));
    pair("pair-done", PairState::Done { device: "Aiko’s iPhone" });
    pair("pair-over", PairState::Over);
    let passkey = |name: &str, last: Option<&str>| PasskeyRow {
        id: "0198a6f4-0000-7000-8000-000000000000".to_owned(),
        name: name.to_owned(),
        added: "2026-10-12".to_owned(),
        last_used: last.map(str::to_owned),
    };
    let list = vec![passkey("iCloud Keychain", Some("2026-11-03 09:12")), passkey("YubiKey 5", None)];
    let passkeys = |passkeys: Vec<PasskeyRow>, can_add| PasskeysPage {
        page: page(lang, "/account/passkeys"),
        passkeys,
        can_add,
        offered: true,
        longest_name: 60,
    };
    put("passkeys", passkeys(list, true).render());
    put("passkeys-none", passkeys(Vec::new(), true).render());
    put("passkeys-not-here", passkeys(Vec::new(), false).render());
    put("pair-landing", PairLandingPage { page: page(lang, "/pair") }.render());
    let asked =
        |problem| PasswordPage { page: page(lang, "/account/password"), email: "a@b.example", problem };
    put("password", asked(None).render());
    for problem in PasswordProblem::ALL {
        put(&format!("password-{problem:?}").to_lowercase(), asked(Some(problem)).render());
    }
    for kind in ErrorKind::ALL {
        let name = format!("error-{kind:?}").to_lowercase();
        put(&name, ErrorPage { page: page(lang, "/"), kind }.render());
    }
    all
}

#[test]
fn every_page_renders_whole_in_both_languages() {
    for lang in Lang::ALL {
        for (name, html) in gallery(lang) {
            let name = format!("{} {name}", lang.code());
            assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\">", lang.code())), "{name}");
            assert!(!html.contains("Unknown localization"), "{name}: a text is missing");
            assert!(!html.contains("{$") && !html.contains("{ $"), "{name}: a variable is not filled in");
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert!(
                html.contains(&format!("?lang={}\"", lang.other().code())),
                "{name}: the language switch"
            );
        }
    }
}

#[test]
fn the_content_policy_has_nothing_to_refuse() {
    for (name, html) in gallery(Lang::En) {
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name}: inline style");
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "{name}: inline script");
        for script in html.split("<script").skip(1) {
            assert!(script.starts_with(" type=\"module\" src=\"/assets/"), "{name}: inline script");
        }
        for address in html.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()) {
            let file = address.split('?').next().unwrap();
            assert!(assets::asset(file).is_some(), "{name}: no asset {file}");
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (name, html) in gallery(Lang::Ja) {
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            if !form.contains("method=\"post\"") {
                // What only shows something is a GET, and its address holds no token.
                assert!(!form.contains("csrf"), "{name}");
                continue;
            }
            assert!(form.contains("name=\"csrf\" value=\"token-7f3a\""), "{name}");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    for lang in Lang::ALL {
        let mut waiting = code(lang, ASKED, None, 0);
        waiting.devices = vec![HOSTILE.to_owned()];
        let mut device = rows().remove(0);
        (device.name, device.platform) = (HOSTILE.to_owned(), HOSTILE.to_owned());
        let proof = Proof::Phone { device: HOSTILE.to_owned(), number: false };
        let hostile_page =
            Page { tenant_name: HOSTILE, csrf: HOSTILE, brand: PageBrand::default(), path: HOSTILE, lang };
        for html in [
            waiting.render(),
            StartPage { email: HOSTILE, name: HOSTILE, ..start(lang, proof, vec![device]) }.render(),
            PairPage { page: hostile_page, state: PairState::Done { device: HOSTILE } }.render(),
            PairPage {
                page: hostile_page,
                state: PairState::Offer { link: HOSTILE, seconds_left: 1, problem: None },
            }
            .render(),
            LoginPage { page: hostile_page, email: HOSTILE, message: None }.render(),
        ] {
            let html = html.unwrap();
            assert!(!html.contains("<img"), "{html}");
            assert!(html.contains("&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#39;&#38;"), "{html}");
        }
    }
}

#[test]
fn a_pairing_link_stays_out_of_debug() {
    assert!(!format!("{:?}", offer(None)).contains("0s8Kq1"));
}

/// With `COUNTERSIGN_GALLERY` set to a folder, writes every page there to be looked at.
#[test]
fn the_gallery_can_be_written() {
    let Some(folder) = std::env::var_os("COUNTERSIGN_GALLERY") else { return };
    for lang in Lang::ALL {
        let folder = Path::new(&folder).join(lang.code());
        fs::create_dir_all(&folder).unwrap();
        for (name, html) in gallery(lang) {
            fs::write(folder.join(format!("{name}.html")), html).unwrap();
        }
    }
}

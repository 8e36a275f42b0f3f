//! A tenant asks for a second factor of everybody: whoever has none sets one up in the sign-in, and is signed in
//! by it.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::time::Clock as _;
use countersign_server::domain::factor::{Assurance, FactorRules};
use countersign_tests::ways::{copy_of, other_than, signs_in};
use countersign_tests::world::login_of;
use countersign_tests::{AuthenticatorApp, EMAIL, On, PASSWORD, Setup, World};
use futures_util::future::join_all;

stories!(
    whoever_has_nothing_sets_up_an_app_and_is_signed_in_by_it,
    until_then_no_address_gives_a_session,
    of_many_tabs_at_once_one_sets_up,
    a_second_browser_cannot_replace_what_was_set_up_meanwhile,
    a_login_that_is_over_sets_nothing_up,
    where_more_is_asked_an_app_is_not_offered,
    a_login_that_waits_for_a_proof_sets_nothing_up,
);

/// Everybody must have something that is typed at least, and nobody has anything.
pub(crate) const FORCED: FactorRules = FactorRules { floor: Assurance::Medium, ..FactorRules::USUAL };

async fn forced(on: On) -> World {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    world.require(FORCED).await;
    world
}

/// Types the password; the page on which a factor is set up.
pub(crate) async fn asked_to_set_up(browser: &Browser) -> Page {
    let answer = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert!(!signs_in(&answer));
    assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/login/setup")));
    browser.get("/login/setup?way=totp").await.unwrap()
}

/// The app that scans what the page shows.
pub(crate) fn scanned(page: &Page) -> AuthenticatorApp {
    assert_eq!(page.status, 200, "{}", page.body);
    let (_, rest) = page.body.split_once("otpauth://").expect("a link for apps");
    let uri = rest.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
    AuthenticatorApp::scan(&format!("otpauth://{uri}"))
}

async fn confirm(browser: &Browser, page: &Page, code: &str) -> Page {
    browser.submit(page, "/login/setup", &[("code", code)]).await.unwrap()
}

const ACTIVE: &str = "SELECT COUNT(*) FROM authenticators WHERE state = 'active'";

async fn whoever_has_nothing_sets_up_an_app_and_is_signed_in_by_it(on: On) {
    let world = forced(on).await;
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    assert!(page.body.contains("<svg") && page.body.contains(EMAIL), "{}", page.body);
    assert_eq!(browser.get("/login/code").await.unwrap().location.as_deref(), Some("/login/setup"));
    let app = scanned(&page);
    let code = app.code(world.clock.now());

    let wrong = confirm(&browser, &page, other_than(&code)).await;
    assert!(wrong.status == 422 && wrong.text_of("setup-problem").is_some(), "{}", wrong.body);
    assert_eq!(scanned(&browser.get("/login/setup?way=totp").await.unwrap()).code(world.clock.now()), code);
    assert!(signs_in(&confirm(&browser, &page, &code).await));
    assert_eq!(browser.get("/").await.unwrap().status, 200);
    let mail = world.mail_server().mails(1).await.remove(0);
    assert_eq!(mail.recipient, EMAIL);
    assert!(mail.plain().contains("127.0.0.1") && !mail.plain().contains(&code), "{}", mail.plain());
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions WHERE amr = 'pwd mfa otp'").await, 1);

    // The next sign-in asks for it, and that code is used up.
    let next = world.browser();
    world.begin(&next).await;
    assert!(!signs_in(&countersign_tests::ways::type_code(&next, "totp", &code).await));
    world.clock.advance(Duration::from_secs(30));
    let code = app.code(world.clock.now());
    assert!(signs_in(&countersign_tests::ways::type_code(&next, "totp", &code).await));
    let told = world.events_of_user().await;
    for event in ["authenticator.added", "login.set_up", "session.started"] {
        assert!(told.iter().any(|told| told == event), "{event}: {told:?}");
    }
}

async fn until_then_no_address_gives_a_session(on: On) {
    let world = forced(on).await;
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    for (path, fields) in [
        ("/login/email", vec![]),
        ("/login/code", vec![("way", "email"), ("code", "000000")]),
        ("/login/code", vec![("way", "totp"), ("code", "000000")]),
        ("/login/code", vec![("way", "recovery"), ("code", "0000-0000-0000-0000")]),
        ("/login/complete", vec![]),
        ("/login/push", vec![]),
        ("/login/passkey", vec![]),
        ("/login/setup", vec![]),
        ("/login/setup", vec![("code", "")]),
    ] {
        let answer = browser.submit(&page, path, &fields).await.unwrap();
        assert!(!signs_in(&answer), "{path} {fields:?}");
    }
    for path in ["/", "/account/passkeys", "/account/security/authenticator"] {
        let answer = browser.get(path).await.unwrap();
        assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/login")), "{path}");
    }
    assert_eq!((world.sessions().await, world.count(ACTIVE).await), (0, 0));
    assert_eq!(world.mail_server().taken(), 0);
}

async fn of_many_tabs_at_once_one_sets_up(on: On) {
    let world = forced(on).await;
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    let code = scanned(&page).code(world.clock.now());
    let tabs: Vec<_> = (0..6).map(|_| copy_of(&world, &browser)).collect();
    let answers = join_all(tabs.iter().map(|tab| confirm(tab, &page, &code))).await;
    assert_eq!(answers.iter().filter(|answer| signs_in(answer)).count(), 1);
    assert_eq!((world.sessions().await, world.count(ACTIVE).await), (1, 1));
    assert_eq!(world.mail_server().mails(1).await.len(), 1);
}

/// Whoever knows the password alone waits with a login of their own until the person has set something up.
async fn a_second_browser_cannot_replace_what_was_set_up_meanwhile(on: On) {
    let world = forced(on).await;
    let (owner, thief) = (world.browser(), world.browser());
    let (hers, his) = (asked_to_set_up(&owner).await, asked_to_set_up(&thief).await);
    let (her_app, his_app) = (scanned(&hers), scanned(&his));
    assert!(signs_in(&confirm(&owner, &hers, &her_app.code(world.clock.now())).await));

    let late = confirm(&thief, &his, &his_app.code(world.clock.now())).await;
    assert!(!signs_in(&late));
    assert_eq!(late.location.as_deref(), Some("/login"), "sign in with what there is by now");
    assert_eq!(thief.get("/login/setup").await.unwrap().location.as_deref(), Some("/login"));
    world.clock.advance(Duration::from_secs(30));
    let next = world.browser();
    world.begin(&next).await;
    let code = her_app.code(world.clock.now());
    assert!(signs_in(&countersign_tests::ways::type_code(&next, "totp", &code).await), "hers still works");
    assert_eq!(world.sessions().await, 2);
}

async fn a_login_that_is_over_sets_nothing_up(on: On) {
    let world = forced(on).await;
    let change = async |sql| assert_eq!(world.change(sql).await, 1, "{sql}");
    for end in ["time", "another login", "disabled", "another browser"] {
        let browser = world.browser();
        let page = asked_to_set_up(&browser).await;
        let code = scanned(&page).code(world.clock.now());
        let mut typing = copy_of(&world, &browser);
        match end {
            "time" => world.pass(Duration::from_mins(15)).await,
            "another login" => drop(asked_to_set_up(&browser).await),
            "disabled" => change("UPDATE users SET disabled_at = 1").await,
            _ => {
                let login = login_of(&browser);
                typing = world.browser();
                let other = asked_to_set_up(&typing).await;
                assert_eq!(other.status, 200);
                let secret = typing.cookies()["countersign-login"].split_once('.').unwrap().1.to_owned();
                typing.set_cookie("countersign-login", &format!("{login}.{secret}"));
            }
        }
        assert!(!signs_in(&confirm(&typing, &typing.get("/login").await.unwrap(), &code).await), "{end}");
        assert_eq!((world.sessions().await, world.count(ACTIVE).await), (0, 0), "{end}");
        if end == "disabled" {
            change("UPDATE users SET disabled_at = NULL").await;
        }
    }
    assert_eq!(world.mail_server().taken(), 0);
}

async fn where_more_is_asked_an_app_is_not_offered(on: On) {
    let world = forced(on).await;
    world.require(FactorRules { floor: Assurance::High, ..FORCED }).await;
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    assert!(page.status == 200 && !page.body.contains("otpauth"), "{}", page.body);
    assert!(page.body.contains("/login/setup/phone"), "a phone is: {}", page.body);
    let answer = confirm(&browser, &page, "000000").await;
    assert!(answer.status == 403 && !signs_in(&answer));

    // Raised while a secret is on the screen.
    world.require(FORCED).await;
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    let app = scanned(&page);
    world.require(FactorRules { floor: Assurance::High, ..FORCED }).await;
    assert!(!signs_in(&confirm(&browser, &page, &app.code(world.clock.now())).await));
    assert_eq!((world.sessions().await, world.count(ACTIVE).await), (0, 0));
}

async fn a_login_that_waits_for_a_proof_sets_nothing_up(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let shown = browser.get("/login/setup").await.unwrap();
    assert_eq!((shown.status, shown.location.as_deref()), (303, Some("/login/code")));
    let page = browser.get("/login/code").await.unwrap();
    let answer = confirm(&browser, &page, "000000").await;
    assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/login/code")));
    assert_eq!(world.count("SELECT COUNT(*) FROM authenticators").await, 0);
}

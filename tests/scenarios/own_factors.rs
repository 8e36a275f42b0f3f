//! What is typed, in the account of whoever is signed in: the authenticator app and the recovery codes, each
//! changed after a fresh proof alone, and told by mail.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::time::Clock as _;
use countersign_tests::ways::{other_than, signs_in, type_code};
use countersign_tests::{EMAIL, On, Setup, World};

use crate::set_up::scanned;

stories!(
    an_app_is_set_up_in_the_account_and_removed,
    recovery_codes_are_shown_once,
    without_a_fresh_proof_nothing_is_changed,
    the_use_of_a_recovery_code_is_told,
    wrong_codes_are_told_after_a_while_unless_the_login_succeeds,
);

const APP: &str = "/account/security/authenticator";
const REMOVE: &str = "/account/security/authenticator/remove";
const CODES: &str = "/account/security/recovery-codes";

/// A world with mail, and a browser in which somebody is signed in who has nothing but a password.
async fn signed_in(on: On) -> (World, Browser) {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    let browser = world.signed_in_by_password(EMAIL).await;
    (world, browser)
}

async fn an_app_is_set_up_in_the_account_and_removed(on: On) {
    let (world, browser) = signed_in(on).await;
    let page = browser.get(APP).await.unwrap();
    let app = scanned(&page);
    let code = app.code(world.clock.now());
    let wrong = browser.submit(&page, APP, &[("code", other_than(&code))]).await.unwrap();
    assert!(wrong.status == 422 && wrong.text_of("setup-problem").is_some(), "{}", wrong.body);
    let done = browser.submit(&page, APP, &[("code", &code)]).await.unwrap();
    assert_eq!(
        (done.status, done.location.as_deref()),
        (303, Some("/account/security?done=authenticator-added"))
    );
    assert_eq!(world.mail_server().mails(1).await[0].subject(), "ACME: an authenticator app was set up");

    // From now on it takes the app to change anything.
    let removed = browser.submit(&page, REMOVE, &[]).await.unwrap();
    assert_eq!(removed.location.as_deref(), Some("/account/confirm"), "prove it first");
    assert_eq!(world.count("SELECT COUNT(*) FROM authenticators WHERE state = 'active'").await, 1);
    world.clock.advance(Duration::from_secs(30));
    let other = world.browser();
    world.begin(&other).await;
    assert!(signs_in(&type_code(&other, "totp", &app.code(world.clock.now())).await));
    let page = other.get(APP).await.unwrap();
    let removed = other.submit(&page, REMOVE, &[]).await.unwrap();
    assert_eq!(removed.location.as_deref(), Some("/account/security?done=authenticator-removed"));
    let mail = world.mail_server().mails(2).await.pop().unwrap();
    assert!(mail.plain().contains("127.0.0.1"), "{}", mail.plain());
    assert_eq!(world.app.authenticator_of(&*world.at().await, world.user).await.unwrap(), None);
    other.submit(&page, REMOVE, &[]).await.unwrap();
    let told = "SELECT COUNT(*) FROM audit WHERE event = 'authenticator.removed'";
    assert_eq!(world.count(told).await, 1, "what was not there is not removed again");
    crate::mail::none_waits(&world).await;
    assert_eq!(world.mail_server().taken(), 2);
}

async fn recovery_codes_are_shown_once(on: On) {
    let (world, browser) = signed_in(on).await;
    let page = browser.get(APP).await.unwrap();
    let shown = browser.submit(&page, CODES, &[]).await.unwrap();
    assert_eq!((shown.status, shown.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    let codes: Vec<&str> = shown
        .body
        .split("<li>")
        .skip(1)
        .map(|rest| rest.split("</li>").next().unwrap())
        .filter(|code| code.len() == 19)
        .collect();
    assert_eq!(codes.len(), 10, "{}", shown.body);
    let file =
        shown.body.split("href=\"data:text/plain;charset=utf-8,").nth(1).unwrap().split('"').next().unwrap();
    assert!(codes.iter().all(|code| file.contains(code)), "{file}");
    let again = browser.get(CODES).await.unwrap();
    assert_eq!(again.location.as_deref(), Some("/account/security"));
    let mail = world.mail_server().mails(1).await.remove(0);
    assert!(codes.iter().all(|code| !mail.plain().contains(code)), "{}", mail.plain());

    world.paired_phone("Ada’s phone").await;
    let other = world.browser();
    world.begin(&other).await;
    assert!(signs_in(&type_code(&other, "recovery", codes[9]).await));
}

async fn without_a_fresh_proof_nothing_is_changed(on: On) {
    let (world, browser) = signed_in(on).await;
    let page = browser.get(APP).await.unwrap();
    let code = scanned(&page).code(world.clock.now() + Duration::from_secs(600));
    world.clock.advance(Duration::from_secs(600));
    let stranger = world.browser();
    let form = stranger.get("/login").await.unwrap();
    for (path, fields) in [(APP, vec![("code", code.as_str())]), (REMOVE, vec![]), (CODES, vec![])] {
        let late = browser.submit(&page, path, &fields).await.unwrap();
        assert_eq!((late.status, late.location.as_deref()), (303, Some("/account/confirm")), "{path}");
        let theirs = stranger.submit(&form, path, &fields).await.unwrap();
        assert_eq!((theirs.status, theirs.location.as_deref()), (303, Some("/login")), "{path}");
    }
    assert_eq!(browser.get(APP).await.unwrap().location.as_deref(), Some("/account/confirm"));
    let changed = "SELECT (SELECT COUNT(*) FROM recovery_codes) + \
        (SELECT COUNT(*) FROM authenticators WHERE state = 'active') + (SELECT COUNT(*) FROM mails)";
    assert_eq!((world.count(changed).await, world.mail_server().taken()), (0, 0));
}

async fn the_use_of_a_recovery_code_is_told(on: On) {
    let (world, _browser) = signed_in(on).await;
    world.paired_phone("Ada’s phone").await;
    let codes = world.recovery_codes().await;
    world.mail_server().mails(2).await;
    let browser = world.browser();
    world.begin(&browser).await;
    assert_eq!(type_code(&browser, "recovery", "0000-0000-0000-0000").await.status, 422);
    assert!(signs_in(&type_code(&browser, "recovery", &codes[0]).await));
    let mail = world.mail_server().mails(3).await.pop().unwrap();
    for words in ["Codes left: 9", "127.0.0.1", "Chrome"] {
        assert!(mail.plain().contains(words), "{words} in {}", mail.plain());
    }
    assert!(!mail.plain().contains(&codes[0]));
}

/// Most wrong codes are the person's own.
async fn wrong_codes_are_told_after_a_while_unless_the_login_succeeds(on: On) {
    let (world, _browser) = signed_in(on).await;
    let app = world.set_up_app().await;
    world.mail_server().mails(1).await;
    world.clock.advance(Duration::from_secs(30));
    let wrong = other_than(&app.code(world.clock.now()));
    let browser = world.browser();
    world.begin(&browser).await;
    type_code(&browser, "totp", wrong).await;
    type_code(&browser, "totp", wrong).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM mails").await, 1);
    assert!(signs_in(&type_code(&browser, "totp", &app.code(world.clock.now())).await));
    assert_eq!(world.count("SELECT COUNT(*) FROM mails").await, 0, "taken back");

    for told in [true, false] {
        let browser = world.browser();
        world.begin(&browser).await;
        type_code(&browser, "totp", wrong).await;
        world.clock.advance(Duration::from_secs(119));
        assert_eq!(world.app.send_due_mails().await.unwrap(), 0);
        world.clock.advance(Duration::from_secs(1));
        let sent = world.app.send_due_mails().await.unwrap() + world.mail_server().taken();
        assert!(!told || sent >= 2, "two minutes later");
        let mails = world.mail_server().mails(2).await;
        assert_eq!(mails.len(), 2, "and one in an hour at most");
        assert!(
            mails[1].recipient == EMAIL && mails[1].plain().contains("127.0.0.1"),
            "{}",
            mails[1].plain()
        );
    }
}

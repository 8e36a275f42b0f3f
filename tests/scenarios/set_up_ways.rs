//! A second factor is set up in a sign-in by a phone or a passkey: it becomes active and the login is completed at
//! once, or neither.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::domain::factor::{Assurance, Factor, FactorRules};
use countersign_tests::passkeys::Asking;
use countersign_tests::ways::{copy_of, other_than, signs_in};
use countersign_tests::{Authenticator, EMAIL, On, PASSWORD, Phone, Setup, World};
use futures_util::future::join_all;

use crate::set_up::{FORCED, asked_to_set_up, scanned};

stories!(
    a_phone_is_suggested_first_and_others_are_a_link_away,
    a_phone_is_added_and_completes_the_login,
    wrong_digits_are_counted_and_then_a_new_code_is_shown,
    of_many_tabs_at_once_one_adds_the_phone,
    a_passkey_is_made_and_completes_the_login,
    only_what_is_accepted_is_set_up,
    whoever_knows_the_password_adds_nothing_beside_what_was_set_up_meanwhile,
    what_was_set_up_meanwhile_counts_though_it_is_not_accepted_any_more,
    a_phone_that_is_not_accepted_any_more_proves_and_then_another_is_set_up,
);

const ACTIVE: &str = "SELECT COUNT(*) FROM devices WHERE state = 'active'";
const MAKE: &str = "/login/setup/passkey";
const ASK: &str = "/login/setup/passkey/options";

async fn forced(on: On, setup: Setup) -> World {
    let world = World::with(on, setup).await;
    world.cheapen_passwords().await;
    world.require(FORCED).await;
    world
}

/// Types the password; the page that is suggested.
async fn asked(browser: &Browser) -> Page {
    let answer = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/setup"));
    browser.get("/login/setup").await.unwrap()
}

/// Lets a phone open the link that the page shows; the digits that it then shows.
async fn claim(phone: &Phone, page: &Page) -> String {
    let link = page.text_of("pair-link").expect("a link").replace("&#38;", "&").replace("&amp;", "&");
    phone.core.pair(link, Some(phone.push.clone())).await.unwrap().code
}

async fn type_digits(browser: &Browser, page: &Page, code: &str) -> Page {
    browser.submit(page, "/login/setup/phone", &[("code", code)]).await.unwrap()
}

async fn a_phone_is_suggested_first_and_others_are_a_link_away(on: On) {
    let world = forced(on, Setup::by_name()).await;
    let browser = world.browser();
    let page = asked(&browser).await;
    assert!(page.body.contains("/login/setup/phone") && page.body.contains("<svg"), "{}", page.body);
    for way in ["totp", "passkey"] {
        assert!(page.body.contains(&format!("href=\"/login/setup?way={way}\"")), "{way}");
    }
    let app = browser.get("/login/setup?way=totp").await.unwrap();
    scanned(&app);
    assert!(
        app.body.contains("way=push") && app.body.contains("way=passkey") && !app.body.contains("way=totp")
    );
    assert!(
        browser
            .get("/login/setup?way=passkey")
            .await
            .unwrap()
            .body
            .contains("data-passkey-add=\"/login/setup/passkey\"")
    );
    // A reload shows the same code; what is no way is what is suggested.
    let again = browser.get("/login/setup?way=email").await.unwrap();
    assert_eq!(again.text_of("pair-link"), page.text_of("pair-link"));
    // One that is over is followed by another.
    world.clock.advance(Duration::from_mins(6));
    let later = browser.get("/login/setup").await.unwrap();
    assert_ne!(later.text_of("pair-link"), page.text_of("pair-link"));
}

async fn a_phone_is_added_and_completes_the_login(on: On) {
    let world = forced(on, Setup::with_mail()).await;
    let (browser, phone) = (world.browser(), world.phone("Ada’s phone"));
    let page = asked(&browser).await;
    let early = type_digits(&browser, &page, "123456").await;
    assert!(
        early.status == 422 && early.text_of("setup-problem").unwrap().starts_with("No phone has scanned")
    );
    let code = claim(&phone, &page).await;
    assert_eq!((world.count(ACTIVE).await, world.sessions().await), (0, 0));
    assert!(signs_in(&type_digits(&browser, &page, &code).await));
    assert_eq!((world.count(ACTIVE).await, world.sessions().await), (1, 1));
    let start = browser.get("/").await.unwrap();
    assert!(start.status == 200 && start.body.contains("Ada’s phone"), "{}", start.body);
    assert!(world.mail_server().mails(1).await[0].subject().contains("phone was added"));
    let told = world.events_of_user().await;
    for event in ["device.added", "login.set_up", "session.started"] {
        assert!(told.iter().any(|told| told == event), "{event}: {told:?}");
    }
    // The next sign-in asks the phone.
    let next = world.browser();
    world.begin(&next).await;
    phone.approve(None).await.unwrap();
    assert!(signs_in(&world.complete(&next).await));
}

async fn wrong_digits_are_counted_and_then_a_new_code_is_shown(on: On) {
    let world = forced(on, Setup::with_mail()).await;
    let (browser, phone) = (world.browser(), world.phone("Ada’s phone"));
    let page = asked(&browser).await;
    let code = claim(&phone, &page).await;
    for left in [2, 1] {
        let wrong = type_digits(&browser, &page, other_than(&code)).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text_of("setup-problem").unwrap().contains(if left == 1 { "one" } else { "2" }),
            "{}",
            wrong.body
        );
        assert_eq!(wrong.text_of("pair-link"), page.text_of("pair-link"));
    }
    let last = type_digits(&browser, &page, other_than(&code)).await;
    assert!(last.status == 422 && last.text_of("pair-link") != page.text_of("pair-link"));
    assert!(!signs_in(&type_digits(&browser, &last, &code).await), "the right one comes too late");
    assert_eq!((world.count(ACTIVE).await, world.sessions().await), (0, 0));
}

async fn of_many_tabs_at_once_one_adds_the_phone(on: On) {
    let world = forced(on, Setup::with_mail()).await;
    let (browser, phone) = (world.browser(), world.phone("Ada’s phone"));
    let page = asked(&browser).await;
    let code = claim(&phone, &page).await;
    let tabs: Vec<_> = (0..3).map(|_| copy_of(&world, &browser)).collect();
    let answers = join_all(tabs.iter().map(|tab| type_digits(tab, &page, &code))).await;
    assert_eq!(answers.iter().filter(|answer| signs_in(answer)).count(), 1);
    assert_eq!((world.count(ACTIVE).await, world.sessions().await), (1, 1));
}

async fn a_passkey_is_made_and_completes_the_login(on: On) {
    let world = forced(on, Setup::by_name()).await;
    let browser = world.browser();
    asked(&browser).await;
    let page = Asking::on(&browser, "/login/setup?way=passkey").await;
    let mut key = Authenticator::in_a_device();
    let made = key.create(&page.asked(ASK).await, &world.origin).unwrap();
    let answer = page.post(MAKE, &[("credential", &made)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"next":"/"}"#));
    assert_eq!(browser.get("/").await.unwrap().status, 200);
    assert_eq!(world.passkeys_of(world.user).await.len(), 1);
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions WHERE amr = 'pwd mfa pop user'").await, 1);
    // The same answer is worth nothing a second time.
    page.refused(MAKE, &made, 401, "signed_out").await;
    // The next sign-in takes it.
    let next = world.browser();
    let code = world.code_screen(&next).await;
    let answer = key.get(&code.asked(countersign_tests::passkeys::ASK).await, &world.origin).unwrap();
    code.signs_in(&answer).await;
}

async fn only_what_is_accepted_is_set_up(on: On) {
    let world = forced(on, Setup::by_name()).await;
    let allow = async |factors: &[Factor]| {
        let allowed = factors.iter().copied().collect();
        world.require(FactorRules { allowed, ..FORCED }).await;
    };
    let (browser, phone) = (world.browser(), world.phone("Ada’s phone"));
    let page = asked(&browser).await;
    let code = claim(&phone, &page).await;
    allow(&[Factor::Totp]).await;
    let refused = type_digits(&browser, &page, &code).await;
    assert!(refused.status == 403 && refused.body.contains("otpauth://"), "{}", refused.body);
    let asked_for = browser.submit(&page, ASK, &[]).await.unwrap();
    assert!(asked_for.status == 403 && asked_for.body.contains("not_offered"), "{}", asked_for.body);
    let shown = browser.get("/login/setup?way=push").await.unwrap();
    assert!(shown.body.contains("otpauth://") && !shown.body.contains("set-push"), "{}", shown.body);
    allow(&[Factor::Passkey]).await;
    assert!(browser.get("/login/setup").await.unwrap().body.contains("data-passkey-add"));
    assert_eq!((world.count(ACTIVE).await, world.sessions().await), (0, 0));
}

/// Each of the ways, by somebody who knows the password alone, while the owner sets up something else.
async fn whoever_knows_the_password_adds_nothing_beside_what_was_set_up_meanwhile(on: On) {
    let world = forced(on, Setup::by_name()).await;
    let (owner, thief, other) = (world.browser(), world.browser(), world.browser());
    let his = asked(&thief).await;
    let his_phone = world.phone("His");
    let his_code = claim(&his_phone, &his).await;
    asked(&other).await;
    let by_key = Asking::on(&other, "/login/setup?way=passkey").await;
    let made = Authenticator::in_a_device().create(&by_key.asked(ASK).await, &world.origin).unwrap();

    let hers = asked_to_set_up(&owner).await;
    let code = scanned(&hers).code(countersign_protocol::time::Clock::now(&*world.clock));
    assert!(signs_in(&owner.submit(&hers, "/login/setup", &[("code", &code)]).await.unwrap()));

    let late = type_digits(&thief, &his, &his_code).await;
    assert!(!signs_in(&late) && late.location.as_deref() == Some("/login"), "{late:?}");
    by_key.refused(MAKE, &made, 401, "signed_out").await;
    assert_eq!((world.count(ACTIVE).await, world.sessions().await), (0, 1));
    assert!(world.passkeys_of(world.user).await.is_empty());
}

async fn what_was_set_up_meanwhile_counts_though_it_is_not_accepted_any_more(on: On) {
    let world = forced(on, Setup::with_mail()).await;
    let thief = world.browser();
    let his = asked(&thief).await;
    let his_code = claim(&world.phone("His"), &his).await;
    world.set_up_app().await;
    world.require(FactorRules { floor: Assurance::High, ..FORCED }).await;
    let late = type_digits(&thief, &his, &his_code).await;
    assert!(!signs_in(&late) && late.location.as_deref() == Some("/login"), "{late:?}");
    assert_eq!(world.count(ACTIVE).await, 0);
}

async fn a_phone_that_is_not_accepted_any_more_proves_and_then_another_is_set_up(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    let phone = world.paired_phone("Ada’s phone").await;
    world.require(FactorRules { allowed: [Factor::Totp].into_iter().collect(), ..FORCED }).await;
    let browser = world.browser();
    world.begin(&browser).await;
    phone.approve(None).await.unwrap();
    let answer = world.complete(&browser).await;
    assert!(!signs_in(&answer) && answer.location.as_deref() == Some("/login/setup"), "{answer:?}");
    let page = browser.get("/login/setup").await.unwrap();
    let code = scanned(&page).code(countersign_protocol::time::Clock::now(&*world.clock));
    assert!(signs_in(&browser.submit(&page, "/login/setup", &[("code", &code)]).await.unwrap()));
    assert_eq!(world.sessions().await, 1);
}

//! A tenant's floor holds at every address: a way below it is not shown, not mailed, not checked.

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::time::Clock as _;
use countersign_server::domain::factor::{Assurance, Factor, FactorRules};
use countersign_tests::ways::{signs_in, type_code};
use countersign_tests::{On, Setup, World};

use crate::doors::full;
use crate::email_codes::waiting;
use crate::set_up::FORCED;

stories!(
    below_a_medium_floor_mail_is_not_to_be_had_at_any_address,
    below_a_high_floor_no_code_is_taken_at_any_address,
    who_has_too_little_for_a_raised_floor_proves_it_and_sets_up_more,
    a_phone_that_is_accepted_no_more_proves_once_and_then_something_else_is_set_up,
    an_approval_is_worth_nothing_once_phones_are_not_accepted_and_another_way_is,
);

/// Posts all that a browser can post in a login; what must not be had is in `codes`.
async fn every_address(world: &World, browser: &Browser, codes: &[(&str, &str)]) -> Vec<Page> {
    let taken = world.mail_server().taken();
    let page = browser.get("/login/code").await.unwrap();
    let mut answers = Vec::new();
    for path in ["/login/email", "/login/passkey", "/login/setup", "/login/complete", "/login/push"] {
        answers.push(browser.submit(&page, path, &[("code", "000000")]).await.unwrap());
    }
    for (way, code) in codes {
        let answer = browser.submit(&page, "/login/code", &[("way", way), ("code", code)]).await.unwrap();
        assert_eq!(answer.status, 403, "{way} is not one of the ways here: {}", answer.body);
        answers.push(answer);
    }
    for way in ["push", "passkey", "password", "none", ""] {
        answers.push(browser.submit(&page, "/login/code", &[("way", way), ("code", "")]).await.unwrap());
    }
    for answer in &answers {
        assert!(!signs_in(answer), "{answer:?}");
    }
    assert_eq!((world.sessions().await, world.mail_server().taken()), (0, taken));
    assert_eq!(world.count("SELECT COUNT(*) FROM email_codes").await, 0);
    answers
}

async fn below_a_medium_floor_mail_is_not_to_be_had_at_any_address(on: On) {
    let full = full(on).await;
    crate::mail::none_waits(&full.world).await;
    full.world.set_rules(FactorRules { floor: Assurance::Medium, ..FactorRules::default() }).await;
    let browser = waiting(&full.world).await;
    let page = browser.get("/login/code").await.unwrap();
    for (way, offered) in [("totp", true), ("recovery", true), ("email", false)] {
        assert_eq!(page.body.contains(&format!("data-testid=\"way-{way}\"")), offered, "{way}");
    }
    every_address(&full.world, &browser, &[("email", "000000")]).await;
    assert!(signs_in(&type_code(&browser, "recovery", &full.codes[0]).await));
}

async fn below_a_high_floor_no_code_is_taken_at_any_address(on: On) {
    let full = full(on).await;
    crate::mail::none_waits(&full.world).await;
    full.world.set_rules(FactorRules { floor: Assurance::High, ..FactorRules::default() }).await;
    full.world.clock.advance(std::time::Duration::from_secs(30));
    let browser = waiting(&full.world).await;
    let page = browser.get("/login/code").await.unwrap();
    for way in ["totp", "recovery", "email"] {
        assert!(!page.body.contains(&format!("data-testid=\"way-{way}\"")), "{way}");
    }
    let totp = full.app.code(full.world.clock.now());
    let right = [("email", "000000"), ("totp", totp.as_str()), ("recovery", full.codes[0].as_str())];
    every_address(&full.world, &browser, &right).await;
    let unused = "SELECT COUNT(*) FROM recovery_codes WHERE used_at IS NULL";
    assert_eq!(full.world.count(unused).await, 10, "and none is used up");
    full.phone.approve(None).await.unwrap();
    assert!(signs_in(&full.world.complete(&browser).await));
}

async fn who_has_too_little_for_a_raised_floor_proves_it_and_sets_up_more(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    let app = world.set_up_app().await;
    crate::mail::none_waits(&world).await;
    world.require(FactorRules { floor: Assurance::High, ..FORCED }).await;
    world.clock.advance(std::time::Duration::from_secs(30));
    let browser = waiting(&world).await;
    let proved = type_code(&browser, "totp", &app.code(world.clock.now())).await;
    assert!(!signs_in(&proved));
    assert_eq!(proved.location.as_deref(), Some("/login/setup"));
    world.clock.advance(std::time::Duration::from_secs(30));
    let totp = app.code(world.clock.now());
    every_address(
        &world,
        &browser,
        &[("email", "000000"), ("totp", &totp), ("recovery", "0000-0000-0000-0000")],
    )
    .await;
}

fn only(factors: &[Factor]) -> FactorRules {
    FactorRules { allowed: factors.iter().copied().collect(), ..FactorRules::USUAL }
}

async fn a_phone_that_is_accepted_no_more_proves_once_and_then_something_else_is_set_up(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.set_rules(only(&[Factor::Totp, Factor::RecoveryCode])).await;
    let browser = world.browser();
    world.begin(&browser).await;
    phone.approve(None).await.unwrap();
    let proved = world.complete(&browser).await;
    assert!(!signs_in(&proved));
    assert_eq!(proved.location.as_deref(), Some("/login/setup"));
    assert_eq!(world.sessions().await, 0);
    let again = world.complete(&browser).await;
    assert!(!signs_in(&again), "what was approved is used up");
    let page = browser.get("/login/setup").await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("otpauth://"), "{}", page.body);
}

async fn an_approval_is_worth_nothing_once_phones_are_not_accepted_and_another_way_is(on: On) {
    let mut full = full(on).await;
    let browser = waiting(&full.world).await;
    full.phone.approve(None).await.unwrap();
    full.world.set_rules(only(&[Factor::Totp, Factor::RecoveryCode])).await;
    assert!(!signs_in(&full.world.complete(&browser).await));
    assert_eq!(full.world.sessions().await, 0);
    let ready = full.ready(Factor::Totp).await;
    assert!(signs_in(&ready.go_in(&ready.browser).await), "the other way in goes on");
}

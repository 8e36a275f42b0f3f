//! A tenant's floor holds at every address: a way below it is not shown, not mailed, not checked.

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::time::Clock as _;
use countersign_server::domain::factor::{Assurance, FactorRules};
use countersign_tests::ways::{signs_in, type_code};
use countersign_tests::{On, Setup, World};

use crate::doors::full;
use crate::email_codes::waiting;
use crate::set_up::FORCED;

stories!(
    below_a_medium_floor_mail_is_not_to_be_had_at_any_address,
    below_a_high_floor_no_code_is_taken_at_any_address,
    who_has_too_little_for_a_raised_floor_proves_it_and_sets_up_more,
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

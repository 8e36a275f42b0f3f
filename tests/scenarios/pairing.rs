//! How a phone becomes a device, in the browser of somebody who is signed in.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::{AccountState, Error, Reason};
use countersign_protocol::api::ErrorCode;
use countersign_protocol::pairing::PairingLink;
use countersign_tests::{EMAIL, On, PASSWORD, Phone, Setup, World};
use reqwest::Method;

stories!(
    a_phone_is_paired_in_the_browser,
    three_wrong_codes_end_it,
    a_second_claim_ends_it,
    an_offer_lasts_five_minutes,
    a_newer_offer_ends_the_one_before,
    a_code_is_typed_in_the_browser_that_was_offered_the_pairing,
    a_code_before_any_phone_has_claimed_is_no_try,
    a_phone_that_is_not_confirmed_can_do_nothing,
    a_software_phone_is_refused_where_hardware_keys_are_required,
    a_private_push_endpoint_is_refused_unless_allowed,
    a_wrong_secret_is_refused_and_does_no_harm,
);

/// A browser that is signed in: by the password alone, for there is no phone yet.
async fn signed_in(world: &World) -> Browser {
    let browser = world.browser();
    let page = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(page.location.as_deref(), Some("/"));
    browser
}

/// Begins a pairing; the page with the link.
async fn offer(browser: &Browser) -> Page {
    let begin = browser.get("/pair").await.unwrap();
    let page = browser.submit(&begin, "/pair", &[]).await.unwrap();
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/pair")));
    browser.get("/pair").await.unwrap()
}

async fn claim(offered: &Page, phone: &Phone) -> Result<String, Error> {
    let link = offered.text_of("pair-link").expect("the link is shown");
    Ok(phone.core.pair(link, Some(phone.push.clone())).await?.code)
}

async fn confirm(browser: &Browser, on: &Page, code: &str) -> Page {
    browser.submit(on, "/pair/confirm", &[("code", code)]).await.unwrap()
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

fn is_over(page: &Page) -> bool {
    page.text_of("pair-over").is_some()
}

async fn active_devices(world: &World) -> i64 {
    world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await
}

async fn a_phone_is_paired_in_the_browser(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let start = browser.get("/").await.unwrap();
    assert!(!start.body.contains("Ada’s phone"));
    let offered = offer(&browser).await;
    let phone = world.phone("Ada’s phone");
    let code = claim(&offered, &phone).await.unwrap();
    assert_eq!(code.len(), 6);
    assert_eq!(active_devices(&world).await, 0, "not before the code is typed");
    let shown_again = browser.get("/pair").await.unwrap();
    assert_eq!(
        shown_again.text_of("pair-link"),
        offered.text_of("pair-link"),
        "a reload shows the same link"
    );
    let done = confirm(&browser, &offered, &format!(" {} {} ", &code[..3], &code[3..])).await;
    assert!(done.text_of("pair-done").unwrap().contains("Ada’s phone"));
    let account = phone.core.accounts().await.unwrap().remove(0);
    assert_eq!(account.state, AccountState::Unconfirmed);
    assert_eq!(phone.core.refresh_account(account.id).await.unwrap().state, AccountState::Active);
    let start = browser.get("/").await.unwrap();
    assert!(start.body.contains("Ada’s phone"));
    world.sign_out(&browser).await;
    assert!(world.sign_in(&browser, &phone).await, "a password alone made no browser trusted");
    let told = world.events_of_user().await;
    for event in ["pairing.offered", "pairing.claimed", "device.added"] {
        assert_eq!(told.iter().filter(|line| *line == event).count(), 1, "{event}");
    }
}

async fn three_wrong_codes_end_it(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    let phone = world.phone("Ada’s phone");
    let code = claim(&offered, &phone).await.unwrap();
    for left in [2, 1] {
        let page = confirm(&browser, &offered, other_than(&code)).await;
        assert!(page.body.contains("code-problem") && page.body.contains(&left.to_string()), "{left} left");
        assert!(!is_over(&page));
    }
    assert!(is_over(&confirm(&browser, &offered, other_than(&code)).await));
    assert!(is_over(&confirm(&browser, &offered, &code).await), "the right one comes too late");
    assert_eq!(active_devices(&world).await, 0);
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|line| *line == "pairing.wrong_code").count(), 3);
}

async fn a_second_claim_ends_it(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    let (first, second) = (world.phone("Ada’s phone"), world.phone("Eve’s phone"));
    let code = claim(&offered, &first).await.unwrap();
    let refused = claim(&offered, &second).await.unwrap_err();
    assert_eq!(refused, Error::PairAgain(Reason::PairingOver));
    assert!(is_over(&confirm(&browser, &offered, &code).await), "one of the two is not the user's");
    assert_eq!(active_devices(&world).await, 0);
    assert!(second.core.accounts().await.unwrap().is_empty());
    assert!(world.events_of_user().await.contains(&"pairing.claimed_twice".to_owned()));
}

async fn an_offer_lasts_five_minutes(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    world.pass(Duration::from_secs(300)).await;
    let refused = claim(&offered, &world.phone("Ada’s phone")).await.unwrap_err();
    assert_eq!(*refused.reason(), Reason::PairingOver);
    assert!(is_over(&browser.get("/pair").await.unwrap()));
    // Claimed in time, but the code is typed too late.
    let offered = offer(&browser).await;
    world.pass(Duration::from_secs(299)).await;
    let phone = world.phone("Ada’s phone");
    let code = claim(&offered, &phone).await.unwrap();
    world.pass(Duration::from_secs(1)).await;
    assert!(is_over(&confirm(&browser, &offered, &code).await));
    assert_eq!(active_devices(&world).await, 0);
    world.app.forget().await.unwrap();
    let account = phone.core.accounts().await.unwrap().remove(0);
    let gone = phone.core.refresh_account(account.id).await.unwrap_err();
    assert_eq!(gone, Error::PairAgain(Reason::UnknownDevice), "what was never confirmed is forgotten");
}

async fn a_newer_offer_ends_the_one_before(on: On) {
    let world = World::new(on).await;
    let (browser, other) = (signed_in(&world).await, signed_in(&world).await);
    let old = offer(&browser).await;
    let new = offer(&other).await;
    let phone = world.phone("Ada’s phone");
    assert_eq!(*claim(&old, &phone).await.unwrap_err().reason(), Reason::PairingOver);
    let code = claim(&new, &phone).await.unwrap();
    assert!(is_over(&confirm(&browser, &old, &code).await));
    assert!(confirm(&other, &new, &code).await.text_of("pair-done").is_some());
}

async fn a_code_is_typed_in_the_browser_that_was_offered_the_pairing(on: On) {
    let world = World::new(on).await;
    world.add_user("eve@example.com").await;
    let browser = signed_in(&world).await;
    let (same_user, eve, nobody) = (signed_in(&world).await, world.browser(), world.browser());
    eve.sign_in("eve@example.com", PASSWORD).await.unwrap();
    let offered = offer(&browser).await;
    let code = claim(&offered, &world.phone("Ada’s phone")).await.unwrap();
    let form = same_user.get("/pair").await.unwrap();
    assert!(is_over(&confirm(&same_user, &form, &code).await), "another browser of the same user");
    let form = eve.get("/pair").await.unwrap();
    eve.set_cookie("countersign-pairing", &browser.cookies()["countersign-pairing"]);
    assert!(is_over(&browser_page(&eve).await), "another user sees nothing of it");
    eve.set_cookie("countersign-pairing", &browser.cookies()["countersign-pairing"]);
    assert!(is_over(&confirm(&eve, &form, &code).await), "another user, with the cookie");
    let form = nobody.get("/login").await.unwrap();
    nobody.set_cookie("countersign-pairing", &browser.cookies()["countersign-pairing"]);
    assert_eq!(confirm(&nobody, &form, &code).await.location.as_deref(), Some("/login"));
    assert_eq!(active_devices(&world).await, 0);
    assert!(confirm(&browser, &offered, &code).await.text_of("pair-done").is_some());
}

async fn browser_page(browser: &Browser) -> Page {
    browser.get("/pair").await.unwrap()
}

async fn a_code_before_any_phone_has_claimed_is_no_try(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    for _ in 0..4 {
        assert!(confirm(&browser, &offered, "123456").await.body.contains("code-problem"));
    }
    let code = claim(&offered, &world.phone("Ada’s phone")).await.unwrap();
    assert!(confirm(&browser, &offered, &code).await.text_of("pair-done").is_some());
}

async fn a_phone_that_is_not_confirmed_can_do_nothing(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    let phone = world.phone("Ada’s phone");
    claim(&offered, &phone).await.unwrap();
    // It is not asked, so the password is enough still.
    signed_in(&world).await;
    let login = "/device/v1/requests/019a0000-0000-7000-8000-0000000000ab";
    let decision = format!("{login}/decision");
    for (method, path) in
        [(Method::GET, "/device/v1/requests"), (Method::GET, login), (Method::POST, decision.as_str())]
    {
        let call = phone.call(method.as_str(), path, b"{}").await;
        let answer = phone.send(&call, method, path, b"{}").await;
        assert_eq!((answer.status, answer.code), (403, Some(ErrorCode::DeviceUnconfirmed)), "{path}");
    }
    assert!(phone.core.pending().await.unwrap().requests.is_empty());
    let account = phone.core.accounts().await.unwrap().remove(0);
    assert_eq!(phone.core.refresh_account(account.id).await.unwrap().state, AccountState::Unconfirmed);
}

async fn a_software_phone_is_refused_where_hardware_keys_are_required(on: On) {
    let world = World::with(on, Setup { require_hardware_keys: true, ..Setup::default() }).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    let phone = world.phone("Ada’s phone");
    let refused = claim(&offered, &phone).await.unwrap_err();
    assert_eq!(refused, Error::TellUser(Reason::HardwareKeysRequired));
    assert!(phone.core.accounts().await.unwrap().is_empty());
    assert_eq!(world.count("SELECT COUNT(*) FROM devices").await, 0);
}

async fn a_private_push_endpoint_is_refused_unless_allowed(on: On) {
    let world = World::with(on, Setup { allow_private_endpoints: false, ..Setup::default() }).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    let phone = world.phone("Ada’s phone");
    let refused = claim(&offered, &phone).await.unwrap_err();
    assert_eq!(*refused.reason(), Reason::Refused(ErrorCode::BadRequest));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices").await, 0);
    // Without wakes, it is taken: the refusal did not use the pairing up.
    let link = offered.text_of("pair-link").unwrap();
    let code = phone.core.pair(link, None).await.unwrap().code;
    assert!(confirm(&browser, &offered, &code).await.text_of("pair-done").is_some());
    assert_eq!(world.push.attempts(), 0);
}

async fn a_wrong_secret_is_refused_and_does_no_harm(on: On) {
    let world = World::new(on).await;
    let browser = signed_in(&world).await;
    let offered = offer(&browser).await;
    let mut link: PairingLink = offered.text_of("pair-link").unwrap().parse().unwrap();
    link.secret.0[0] ^= 1;
    let phone = world.phone("Ada’s phone");
    let refused = phone.core.pair(link.to_string(), None).await.unwrap_err();
    assert_eq!(*refused.reason(), Reason::PairingOver, "as if there were no such pairing");
    let code = claim(&offered, &phone).await.unwrap();
    assert!(confirm(&browser, &offered, &code).await.text_of("pair-done").is_some());
}

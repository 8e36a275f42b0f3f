//! Several phones, phones that cannot be pushed, and what the Code screen says of them.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_mobile_core::{Outcome, PushEndpoint, Reason};
use countersign_tests::{On, Phone, World, until, within};

stories!(
    all_phones_are_asked_and_the_popups_of_the_others_are_put_away,
    whoever_answers_second_is_told_so,
    the_code_screen_follows_a_request_to_the_phone,
    a_phone_without_push_is_said_to_have_none,
    a_phone_of_a_push_service_without_a_way_to_it_is_said_to_have_none,
    a_lost_endpoint_is_said_here_and_at_the_next_sight,
    a_push_service_in_trouble_is_said,
);

/// How the Code screen says that things stand.
pub(crate) async fn state(browser: &Browser) -> String {
    browser.get("/login/code").await.unwrap().attribute("data-state").unwrap()
}

pub(crate) async fn stands(browser: &Browser, wanted: &'static str) {
    until(wanted, || async { state(browser).await == wanted }).await;
}

async fn all_phones_are_asked_and_the_popups_of_the_others_are_put_away(on: On) {
    let (world, first) = World::by_tap(on).await;
    let (second, third) = (world.paired_phone("Ada’s tablet").await, world.paired_phone("Ada’s other").await);
    let browser = world.browser();
    world.begin(&browser).await;
    for phone in [&first, &second, &third] {
        phone.woken().await;
        assert_eq!(phone.requests().await.len(), 1);
    }
    assert_eq!(second.approve(None).await.unwrap(), Outcome::Approved);
    for phone in [&first, &third] {
        phone.woken().await;
        assert!(phone.requests().await.is_empty(), "what a wake finds gone is put away");
    }
    assert!(!second.has_wake().await);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn whoever_answers_second_is_told_so(on: On) {
    let (world, first) = World::by_tap(on).await;
    let second = world.paired_phone("Ada’s tablet").await;
    world.begin(&world.browser()).await;
    let late = second.request().await;
    first.core.deny(first.request().await).await.unwrap();
    let told = second.core.approve(late, None).await.unwrap_err();
    assert_eq!(*told.reason(), Reason::AlreadyDecided);
}

async fn the_code_screen_follows_a_request_to_the_phone(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let mut events = browser.events().await.unwrap().unwrap();
    within("the push service has it", events.stands("asked")).await.unwrap();
    let request = phone.request().await;
    within("the phone has it", events.stands("delivered")).await.unwrap();
    phone.core.fetch(request.account_id.clone(), request.login).await.unwrap();
    within("somebody looks at it", events.stands("seen")).await.unwrap();
    phone.requests().await;
    assert_eq!(state(&browser).await, "seen", "and it is not taken back");
}

async fn paired_with(world: &World, push: Option<PushEndpoint>) -> Phone {
    let phone = world.phone("Ada’s phone");
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    let started = phone.core.pair(link.to_string(), push).await.unwrap();
    world.app.confirm_newest_pairing(&at, world.user, &started.code).await.unwrap();
    phone
}

async fn a_phone_without_push_is_said_to_have_none(on: On) {
    let world = World::with(on, countersign_tests::Setup::by_tap()).await;
    let phone = paired_with(&world, None).await;
    let browser = world.browser();
    world.begin(&browser).await;
    assert_eq!(state(&browser).await, "no_push");
    let code = browser.get("/login/code").await.unwrap();
    assert!(!code.body.contains("/login/push"), "asking again would do nothing");
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn a_phone_of_a_push_service_without_a_way_to_it_is_said_to_have_none(on: On) {
    let world = World::with(on, countersign_tests::Setup::by_tap()).await;
    let phone = paired_with(&world, Some(PushEndpoint::Fcm { token: "abc:def".into() })).await;
    let browser = world.browser();
    world.begin(&browser).await;
    assert_eq!(state(&browser).await, "no_push");
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
}

async fn a_lost_endpoint_is_said_here_and_at_the_next_sight(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.unsubscribe(&phone.push);
    let browser = world.browser();
    world.begin(&browser).await;
    stands(&browser, "lost").await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    world.complete(&browser).await;
    let start = browser.get("/").await.unwrap();
    assert!(start.text_of("push-lost").unwrap().contains("Open the app"));
}

async fn a_push_service_in_trouble_is_said(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    let browser = world.browser();
    world.begin(&browser).await;
    stands(&browser, "trouble").await;
    world.push.recover();
    world.clock.advance(Duration::from_secs(3));
    world.app.take_due().await.unwrap();
    stands(&browser, "asked").await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
}

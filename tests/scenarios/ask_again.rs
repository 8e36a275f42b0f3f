//! "Ask my phone again": another wake after ten seconds, and not before.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::Outcome;
use countersign_tests::{On, World};

stories!(
    it_sends_another_wake_after_ten_seconds_and_not_before,
    the_phones_are_asked_four_times_at_most,
    the_request_stays_the_same_one,
    an_expired_login_is_not_asked_again_and_its_page_does_not_offer_it,
);

async fn ask(browser: &Browser) -> Page {
    let code = browser.get("/login/code").await.unwrap();
    let page = browser.submit(&code, "/login/push", &[]).await.unwrap();
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/login/code")));
    page
}

async fn it_sends_another_wake_after_ten_seconds_and_not_before(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let first = phone.woken().await;
    assert!(browser.get("/login/code").await.unwrap().body.contains("aria-disabled"));
    world.clock.advance(Duration::from_secs(9));
    ask(&browser).await;
    // Whatever is queued is in the outbox by the time the answer comes.
    let asked = "SELECT COALESCE(MAX(asked_count), 0) FROM logins";
    assert_eq!(world.count(asked).await, 1);
    world.clock.advance(Duration::from_secs(1));
    assert!(!browser.get("/login/code").await.unwrap().body.contains("aria-disabled"));
    ask(&browser).await;
    assert_eq!(world.count(asked).await, 2);
    assert_ne!(phone.woken().await, first);
    ask(&browser).await;
    assert_eq!(world.count(asked).await, 2, "and then ten seconds again");
    assert_eq!(world.push.deliveries(2).await.len(), 2);
    assert!(!phone.has_wake().await);
}

async fn the_phones_are_asked_four_times_at_most(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    for _ in 0..8 {
        world.clock.advance(Duration::from_secs(11));
        ask(&browser).await;
    }
    world.push.deliveries(4).await;
    assert_eq!(world.count("SELECT MAX(asked_count) FROM logins").await, 4);
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
}

async fn the_request_stays_the_same_one(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let before = phone.request().await;
    world.clock.advance(Duration::from_secs(10));
    ask(&browser).await;
    assert_eq!(phone.request().await.signed, before.signed);
    assert_eq!(phone.core.approve(before, None).await.unwrap(), Outcome::Approved);
}

async fn an_expired_login_is_not_asked_again_and_its_page_does_not_offer_it(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let waiting = browser.get("/login/code").await.unwrap();
    world.pass(Duration::from_secs(120)).await;
    let expired = browser.get("/login/code").await.unwrap();
    assert_eq!(expired.attribute("data-state").as_deref(), Some("expired"));
    assert!(!expired.body.contains("/login/push"), "a button that does nothing is no way on");
    assert!(expired.body.contains("href=\"/login\""), "starting again is");
    browser.submit(&waiting, "/login/push", &[]).await.unwrap();
    assert_eq!(world.count("SELECT MAX(asked_count) FROM logins").await, 1);
}

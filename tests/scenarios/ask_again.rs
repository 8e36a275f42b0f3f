//! "Ask my phone again": another wake after ten seconds, then after twenty, and not before.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::Outcome;
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_tests::{On, World};

stories!(
    it_sends_another_wake_after_ten_seconds_and_not_before,
    the_pause_doubles_and_a_quarter_of_an_hour_has_five,
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
    assert_eq!(times_asked(&world).await, 1, "whatever is queued is in the database when the answer comes");
    world.clock.advance(Duration::from_secs(1));
    assert!(!browser.get("/login/code").await.unwrap().body.contains("aria-disabled"));
    ask(&browser).await;
    assert_eq!(times_asked(&world).await, 2);
    assert_ne!(phone.woken().await, first);
    world.clock.advance(Duration::from_secs(19));
    ask(&browser).await;
    assert_eq!(times_asked(&world).await, 2, "and then twenty seconds");
    assert_eq!(world.push.deliveries(2).await.len(), 2);
    assert!(!phone.has_wake().await);
}

async fn times_asked(world: &World) -> i64 {
    let again = world.count("SELECT COUNT(*) FROM audit WHERE event = 'login.asked_again'").await;
    1 + again
}

/// Presses the button every five seconds until `until`; when the phone rang. Each wake arrives before the
/// clock moves on: one that waits for long is left to the outbox.
async fn press_until(world: &World, browser: &Browser, began: Timestamp, until: u64) -> Vec<u64> {
    let mut rang = Vec::new();
    let since = || began.until(world.clock.now()).as_secs();
    while since() < until {
        let before = times_asked(world).await;
        ask(browser).await;
        let asked = times_asked(world).await;
        if asked > before {
            world.push.deliveries(usize::try_from(asked).unwrap()).await;
            rang.push(since());
        }
        world.clock.advance(Duration::from_secs(5));
    }
    rang
}

async fn the_pause_doubles_and_a_quarter_of_an_hour_has_five(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (browser, began) = (world.browser(), world.clock.now());
    world.begin(&browser).await;
    world.push.deliveries(1).await;
    assert_eq!(press_until(&world, &browser, began, 115).await, [10, 30, 70]);
    world.begin(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    assert_eq!(code.attribute("data-state").as_deref(), Some("held_too_many"));
    assert_eq!(press_until(&world, &browser, began, 230).await, [150]);
    for minutes in [4, 8, 14] {
        world.clock.advance(Duration::from_secs(minutes * 60).saturating_sub(began.until(world.clock.now())));
        world.begin(&browser).await;
        assert!(press_until(&world, &browser, began, minutes * 60 + 50).await.is_empty(), "{minutes}");
    }
    world.clock.advance(Duration::from_secs(900).saturating_sub(began.until(world.clock.now())));
    world.push.deliveries(5).await;
    ask(&browser).await;
    world.push.deliveries(6).await;
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
    assert_eq!(times_asked(&world).await, 1);
}

//! Wakes say that something happened, and no more; without them, everything goes on.

use std::time::Duration;

use countersign_mobile_core::{Outcome, PushEndpoint};
use countersign_tests::{EMAIL, On, World, until};

stories!(
    a_wake_says_nothing_of_person_login_or_place,
    each_phone_is_woken_for_each_login,
    a_push_service_that_is_down_keeps_nobody_from_signing_in,
    a_push_service_that_asks_for_patience_gets_it,
    an_endpoint_that_is_gone_is_forgotten,
    a_refused_wake_is_not_tried_again,
    a_wake_for_a_login_that_is_over_is_not_sent,
    nobody_listens_where_wakes_go,
);

const WAKES: &str = "SELECT COUNT(*) FROM wakes";

async fn none_queued(world: &World) {
    until("the outbox is empty", || async { world.count(WAKES).await == 0 }).await;
}

/// Until so many failed tries of the login that waits are noted in the outbox.
async fn put_off(world: &World, attempts: i64) {
    const SQL: &str = "SELECT COALESCE(MAX(w.attempts), 0) FROM wakes w JOIN logins l ON l.id = w.login_id \
        WHERE l.state = 'pending'";
    until("the failed try is noted", || async { world.count(SQL).await == attempts }).await;
}

async fn a_wake_says_nothing_of_person_login_or_place(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let (plain, sent) = (phone.woken().await, world.push.deliveries(1).await.remove(0));
    let wake: serde_json::Value = serde_json::from_slice(&plain).unwrap();
    let members = wake.as_object().unwrap();
    assert_eq!(members.len(), 1, "a random id is all: {wake}");
    assert_eq!(members["wake"].as_str().unwrap().len(), 22, "128 bits");
    let identity = phone.identity().await;
    let ids = [login.to_string(), identity.device.to_string(), identity.user.to_string()];
    let mut seen = String::from_utf8_lossy(&plain).into_owned() + &sent.path;
    for (name, value) in &sent.headers {
        seen += &format!("\n{name}: {}", value.to_str().unwrap());
        let usual = ["ttl", "urgency", "content-encoding", "content-type", "authorization", "content-length"];
        let known = usual.contains(&name.as_str()) || ["host", "accept", "topic"].contains(&name.as_str());
        assert!(known, "an unexpected header: {name}");
    }
    for word in ids.iter().map(String::as_str).chain([EMAIL, "ACME", "Ada Lovelace", "127.0.0.1/", "Chrome"])
    {
        assert!(!seen.contains(word), "{word} in {seen}");
    }
    // What the token of RFC 8292 says about the server, and nothing of the person.
    let token = sent.headers["authorization"].to_str().unwrap().split("t=").nth(1).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let claims = countersign_protocol::bytes::from_base64url(claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert!(claims.as_object().unwrap().keys().all(|name| ["aud", "exp", "sub"].contains(&name.as_str())));
    none_queued(&world).await;
}

async fn each_phone_is_woken_for_each_login(on: On) {
    let (world, first) = World::by_tap(on).await;
    let second = world.paired_phone("Ada’s other phone").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        world.begin(&world.browser()).await;
        ids.extend([first.woken().await, second.woken().await]);
        assert_eq!(first.approve(None).await.unwrap(), Outcome::Approved);
        // The other phone's popup is put away.
        ids.push(second.woken().await);
    }
    let sent = world.push.deliveries(6).await;
    let to_the_first = sent.iter().filter(|delivery| first.is_at(&delivery.path)).count();
    assert_eq!(to_the_first, 2, "whoever decided needs no withdrawal");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6, "each wake has an id of its own");
}

async fn a_push_service_that_is_down_keeps_nobody_from_signing_in(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    world.sign_out(&browser).await;

    world.begin(&browser).await;
    put_off(&world, 1).await;
    world.push.recover();
    world.clock.advance(Duration::from_secs(3));
    world.app.take_due().await.unwrap();
    phone.woken().await;
    none_queued_of_pending(&world).await;
    phone.approve(None).await.unwrap();
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn none_queued_of_pending(world: &World) {
    const SQL: &str =
        "SELECT COUNT(*) FROM wakes w JOIN logins l ON l.id = w.login_id WHERE l.state = 'pending'";
    until("the sent wake leaves the outbox", || async { world.count(SQL).await == 0 }).await;
}

async fn a_push_service_that_asks_for_patience_gets_it(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(429, Some(40));
    world.begin(&world.browser()).await;
    put_off(&world, 1).await;
    world.push.recover();
    world.clock.advance(Duration::from_secs(38));
    assert_eq!(world.app.take_due().await.unwrap(), 0, "not before the time it named");
    assert_eq!(world.push.attempts(), 1);
    world.clock.advance(Duration::from_secs(2));
    world.app.take_due().await.unwrap();
    phone.woken().await;
    none_queued(&world).await;
}

async fn an_endpoint_that_is_gone_is_forgotten(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.unsubscribe(&phone.push);
    let browser = world.browser();
    world.begin(&browser).await;
    until("the endpoint is forgotten", || async {
        world.count("SELECT COUNT(*) FROM devices WHERE push IS NOT NULL").await == 0
    })
    .await;
    none_queued(&world).await;
    assert_eq!(
        phone.approve(None).await.unwrap(),
        Outcome::Approved,
        "the phone itself is as good as before"
    );
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    world.begin(&world.browser()).await;
    assert_eq!(world.count(WAKES).await, 0, "nothing is queued for it any more");
    assert_eq!(world.push.attempts(), 1);
}

async fn a_refused_wake_is_not_tried_again(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(403, None);
    world.begin(&world.browser()).await;
    world.push.deliveries(1).await;
    none_queued(&world).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE push IS NOT NULL").await, 1);
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
}

async fn a_wake_for_a_login_that_is_over_is_not_sent(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    world.begin(&world.browser()).await;
    put_off(&world, 1).await;
    phone.core.deny(phone.request().await).await.unwrap();
    world.push.recover();
    world.clock.advance(Duration::from_secs(20));
    assert_eq!(world.app.take_due().await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(100));
    world.app.forget().await.unwrap();
    assert_eq!(world.count(WAKES).await, 0);
    assert_eq!(world.push.attempts(), 1);
}

async fn nobody_listens_where_wakes_go(on: On) {
    let world = World::with(on, countersign_tests::Setup::by_tap()).await;
    let phone = world.phone("Ada’s phone");
    let PushEndpoint::WebPush { p256dh, auth, .. } = phone.push.clone() else {
        panic!("a Web Push endpoint")
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nowhere = PushEndpoint::WebPush { endpoint: format!("http://127.0.0.1:{port}/x"), p256dh, auth };
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    let started = phone.core.pair(link.to_string(), Some(nowhere)).await.unwrap();
    world.app.confirm_newest_pairing(&at, world.user, &started.code).await.unwrap();
    let browser = world.browser();
    world.begin(&browser).await;
    put_off(&world, 1).await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

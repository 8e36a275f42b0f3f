//! Without any wake: an app that is open holds a stream of events, and one that is opened finds what waits.

use std::time::Duration;

use countersign_mobile_core::{Error, Events, Happening, Outcome, Reason};
use countersign_protocol::api::{ErrorCode, path};
use countersign_protocol::call::SCHEME;
use countersign_tests::{On, Phone, World, within};
use reqwest::Method;

stories!(
    an_open_app_hears_of_a_login_though_no_push_service_is_there,
    an_open_app_hears_that_another_phone_answered,
    an_open_app_hears_that_time_ran_out,
    an_open_app_is_told_to_come_back_when_the_server_stops,
    a_call_that_opened_a_stream_opens_no_second_one,
    an_unconfirmed_phone_gets_no_stream,
    the_seventeenth_stream_of_a_person_takes_the_place_of_the_oldest,
    a_popup_that_focus_swallowed_is_found_in_the_app,
    a_stream_hears_of_no_other_person,
);

async fn watch(phone: &Phone) -> Result<Events, Error> {
    let account = phone.core.accounts().await.unwrap().remove(0);
    phone.core.watch(account.id).await
}

/// A stream of an app that was just opened, which has looked.
async fn open(phone: &Phone) -> Events {
    let events = watch(phone).await.unwrap();
    hears(&events, Happening::Changed).await;
    events
}

async fn hears(events: &Events, what: Happening) {
    assert_eq!(within("the open app hears of it", events.next()).await.unwrap(), what);
}

async fn an_open_app_hears_of_a_login_though_no_push_service_is_there(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    let events = open(&phone).await;
    let browser = world.browser();
    world.begin(&browser).await;
    hears(&events, Happening::Changed).await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    assert!(!phone.has_wake().await);
}

async fn an_open_app_hears_that_another_phone_answered(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let other = world.paired_phone("Ada’s tablet").await;
    let events = open(&phone).await;
    world.begin(&world.browser()).await;
    hears(&events, Happening::Changed).await;
    assert_eq!(phone.requests().await.len(), 1);
    other.core.deny(other.request().await).await.unwrap();
    hears(&events, Happening::Changed).await;
    assert!(phone.requests().await.is_empty());
}

async fn an_open_app_hears_that_time_ran_out(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let events = open(&phone).await;
    world.begin(&world.browser()).await;
    hears(&events, Happening::Changed).await;
    assert_eq!(phone.requests().await.len(), 1);
    world.pass(Duration::from_secs(120)).await;
    hears(&events, Happening::Changed).await;
    assert!(phone.requests().await.is_empty());
}

async fn an_open_app_is_told_to_come_back_when_the_server_stops(on: On) {
    let (mut world, phone) = World::by_tap(on).await;
    let events = open(&phone).await;
    let told = async {
        hears(&events, Happening::Reconnect).await;
        let over = within("the stream ends", events.next()).await.unwrap_err();
        assert!(matches!(over.reason(), Reason::Unreachable(_)), "{over:?}");
    };
    tokio::join!(world.stop(), told);
    world.restart().await;
    let events = open(&phone).await;
    world.begin(&world.browser()).await;
    hears(&events, Happening::Changed).await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
}

async fn a_call_that_opened_a_stream_opens_no_second_one(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let events = open(&phone).await;
    let sent = phone.http.last();
    assert!(sent.url.ends_with(path::EVENTS), "{}", sent.url);
    let authorization = sent.headers.into_iter().find(|header| header.name == "authorization").unwrap();
    let statement = authorization.value.strip_prefix(SCHEME).unwrap();
    let again = phone.send_statement(statement, Method::GET, path::EVENTS, b"");
    // A stream would have no end.
    let again = within("it is refused", again).await;
    assert_eq!((again.status, again.code), (401, Some(ErrorCode::Replayed)));
    // For another address it is no good either, and the stream itself goes on.
    let elsewhere = phone.send_statement(statement, Method::GET, path::REQUESTS, b"").await;
    assert_eq!((elsewhere.status, elsewhere.code), (401, Some(ErrorCode::BadCall)));
    world.begin(&world.browser()).await;
    hears(&events, Happening::Changed).await;
    assert_eq!(world.app.hub().streams(), 1);
}

async fn an_unconfirmed_phone_gets_no_stream(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let claimed = world.phone("A phone of somebody who saw the link");
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    claimed.core.pair(link.to_string(), Some(claimed.push.clone())).await.unwrap();
    let refused = watch(&claimed).await.unwrap_err();
    assert_eq!(*refused.reason(), Reason::DeviceUnconfirmed);
    assert_eq!(world.app.hub().streams(), 0);
}

async fn the_seventeenth_stream_of_a_person_takes_the_place_of_the_oldest(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let other = world.paired_phone("Ada’s tablet").await;
    let oldest = open(&phone).await;
    let mut others = Vec::new();
    for n in 0..16 {
        others.push(open(if n % 2 == 0 { &other } else { &phone }).await);
    }
    hears(&oldest, Happening::Reconnect).await;
    assert!(within("it ends", oldest.next()).await.is_err());
    world.begin(&world.browser()).await;
    for events in &others {
        hears(events, Happening::Changed).await;
    }
}

async fn a_popup_that_focus_swallowed_is_found_in_the_app(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    // The wake is there, and nobody saw it. A minute later somebody opens the app.
    phone.woken().await;
    world.pass(Duration::from_secs(60)).await;
    let events = watch(&phone).await.unwrap();
    hears(&events, Happening::Changed).await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    assert!(!phone.has_wake().await, "one wake was all");
}

async fn a_stream_hears_of_no_other_person(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let bob = world.add_user("bob@example.com").await;
    let his = world.phone("Bob’s phone");
    world.pair(&his, bob).await;
    let (hers, his_events) = (open(&phone).await, open(&his).await);
    world.begin(&world.browser()).await;
    hears(&hers, Happening::Changed).await;
    // What Bob is told first is of the server's stop, which comes after.
    let mut world = world;
    tokio::join!(world.stop(), hears(&his_events, Happening::Reconnect));
}

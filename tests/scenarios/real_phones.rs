//! An iPhone and an Android phone, woken by Apple and Google: what they are told, what these learn, and
//! what a person sees who has a phone that they do not reach.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_mobile_core::{Outcome, PushEndpoint, PushState};
use countersign_protocol::time::Clock as _;
use countersign_tests::logs::Logs;
use countersign_tests::providers::{android_token, iphone, iphone_token};
use countersign_tests::stand_ins::Record;
use countersign_tests::stand_ins::apns::TokenState;
use countersign_tests::{EMAIL, On, Phone, Setup, World, until};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

use crate::phones::{stands, state};

stories!(
    one_login_wakes_both_and_the_answer_of_one_puts_the_others_popup_away,
    no_push_service_learns_who_where_or_what,
    a_phone_that_apple_knows_no_more_is_said_to_be_lost_until_it_names_a_new_token,
    a_server_that_apple_refuses_leaves_it_alone_for_a_minute,
    an_app_that_the_server_was_not_told_of_is_said_to_have_no_push,
);

/// A world with an iPhone and an Android phone of one person.
pub(crate) async fn both(on: On) -> (World, Phone, Phone) {
    let world = World::with(on, Setup::with_providers()).await;
    let (iphone, android) = (world.paired_iphone(1).await, world.paired_android(1).await);
    (world, iphone, android)
}

/// What Apple was handed for the n-th iPhone, oldest first: "alert" asks, "background" withdraws.
pub(crate) fn at_apple(world: &World, n: usize) -> Vec<String> {
    let records = world.apple().records().into_iter();
    let of_phone = records.filter(|record| record.path.ends_with(&iphone_token(n)));
    of_phone.map(|record| record.headers["apns-push-type"].to_str().unwrap().to_owned()).collect()
}

/// What Google was handed for the n-th Android phone, oldest first: "high" asks, "normal" withdraws.
pub(crate) fn at_google(world: &World, n: usize) -> Vec<String> {
    let messages = world.google().messages().into_iter();
    let messages = messages.map(|record| serde_json::from_slice::<Value>(&record.body).unwrap());
    let of_phone = messages.filter(|body| body["message"]["token"] == android_token(n).as_str());
    of_phone.map(|body| body["message"]["android"]["priority"].as_str().unwrap().to_owned()).collect()
}

/// Approves the one request that waits, in the app, and signs in.
pub(crate) async fn sign_in_by_app(world: &World, browser: &Browser, phone: &Phone) {
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(browser).await.location.as_deref(), Some("/"));
}

async fn one_login_wakes_both_and_the_answer_of_one_puts_the_others_popup_away(on: On) {
    let (world, iphone, android) = both(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    world.apple().wait_for(1).await;
    // An access token comes first.
    world.google().wait_for(2).await;
    stands(&browser, "asked").await;
    sign_in_by_app(&world, &browser, &iphone).await;
    world.google().wait_for(3).await;

    let browser = world.browser();
    world.begin(&browser).await;
    world.apple().wait_for(2).await;
    world.google().wait_for(4).await;
    sign_in_by_app(&world, &browser, &android).await;
    world.apple().wait_for(3).await;
    assert_eq!(at_apple(&world, 1), ["alert", "alert", "background"]);
    assert_eq!(at_google(&world, 1), ["high", "normal", "high"], "whoever answered is left alone");
    until("all were taken", || async { (world.apple().accepted(), world.google().accepted()) == (3, 3) })
        .await;
    assert_eq!((world.apple().connections(), world.google().token_requests()), (1, 1));
}

/// A record as its reader sees it: tokens are opened, and their signatures left out, since those are
/// chance.
fn legible(record: &Record) -> String {
    let mut text = format!("{} {}", record.method, record.path);
    for (name, value) in &record.headers {
        let value = value.to_str().unwrap();
        let shown = if name == "authorization" { opened(value) } else { value.to_owned() };
        text += &format!("\n{name}: {shown}");
    }
    let body = String::from_utf8(record.body.to_vec()).unwrap();
    match body.split_once("assertion=") {
        Some((before, token)) => text + "\n" + before + &opened(token),
        None => text + "\n" + &body,
    }
}

/// The header and claims of a token; nothing of one that is not a JWT.
fn opened(authorization: &str) -> String {
    let token = authorization.rsplit([' ', '=']).find(|part| part.matches('.').count() == 2);
    let token = token.unwrap_or_default();
    let parts = token.split('.').take(2).filter_map(countersign_protocol::bytes::from_base64url);
    parts.map(|part| String::from_utf8(part).unwrap()).collect()
}

async fn no_push_service_learns_who_where_or_what(on: On) {
    let (world, iphone, android) = both(on).await;
    let tablet = world.paired_phone("Ada’s tablet").await;
    let mut logins = Vec::new();
    let mut seen = String::new();
    for phone in [&iphone, &android, &tablet] {
        let browser = world.browser();
        logins.push(world.begin(&browser).await);
        seen += &String::from_utf8(tablet.woken().await).unwrap();
        sign_in_by_app(&world, &browser, phone).await;
    }
    // Three requests and two withdrawals each, and Google's access token.
    let (to_apple, to_google) = (world.apple().wait_for(5).await, world.google().wait_for(6).await);
    let by_web_push = world.push.deliveries(5).await;
    let bodies = to_apple.iter().chain(&to_google);
    seen += &bodies.map(legible).collect::<Vec<_>>().join("\n");
    for sent in &by_web_push {
        seen += &format!("\n{}", sent.path);
        for (name, value) in sent.headers.iter().filter(|(name, _)| *name != "authorization") {
            seen += &format!("\n{name}: {}", value.to_str().unwrap());
        }
    }
    // The reading itself is no blind man's.
    for word in ["apns-topic", "countersign_popup_title", "TEAM123456", "firebase.messaging", "urgency"] {
        assert!(seen.contains(word), "{word} is not in {seen}");
    }
    let mut ids = vec![world.user.to_string(), world.tenant.to_string()];
    ids.extend(logins.iter().map(ToString::to_string));
    for phone in [&iphone, &android, &tablet] {
        ids.push(phone.identity().await.device.to_string());
    }
    let bare: Vec<_> = ids.iter().map(|id| id.replace('-', "")).collect();
    let host = world.origin.split("://").nth(1).unwrap();
    let words = ["Ada’s", "Lovelace", "ACME", EMAIL, "ada@", "iPhone", "Chrome", "Mozilla", "Linux", host];
    for word in ids.iter().chain(&bare).map(String::as_str).chain(words) {
        assert!(!seen.contains(word), "{word} in {seen}");
    }
}

async fn a_phone_that_apple_knows_no_more_is_said_to_be_lost_until_it_names_a_new_token(on: On) {
    let world = World::with(on, Setup::with_providers()).await;
    let phone = world.paired_iphone(1).await;
    let account = phone.core.accounts().await.unwrap().remove(0);
    assert_eq!(account.push, PushState::Working);
    world.apple().set_token(&iphone_token(1), Some(TokenState::Unregistered(world.clock.now())));
    let browser = world.browser();
    world.begin(&browser).await;
    stands(&browser, "lost").await;
    sign_in_by_app(&world, &browser, &phone).await;
    let start = browser.get("/").await.unwrap();
    assert!(start.text_of("push-lost").unwrap().contains("Open the app"));

    // The app is opened, and the system hands it another token.
    let account = phone.core.refresh_account(account.id).await.unwrap();
    assert_eq!(account.push, PushState::Lost, "the app can say so as well");
    phone.core.set_push(Some(iphone(2))).await.unwrap();
    assert_eq!(phone.core.accounts().await.unwrap()[0].push, PushState::Working);
    assert_eq!(browser.get("/").await.unwrap().text_of("push-lost"), None);
    let browser = world.browser();
    world.begin(&browser).await;
    world.apple().wait_for(2).await;
    stands(&browser, "asked").await;
    assert_eq!((at_apple(&world, 1).len(), at_apple(&world, 2).len()), (1, 1));
    sign_in_by_app(&world, &browser, &phone).await;
}

async fn a_server_that_apple_refuses_leaves_it_alone_for_a_minute(on: On) {
    let world = World::with(on, Setup::with_providers()).await;
    let phone = world.paired_iphone(1).await;
    let bob = world.add_user("bob@example.com").await;
    world.pair(&world.phone_at("Bob’s phone", countersign_tests::providers::android(2)), bob).await;
    world.apple().answer_all(403, "InvalidProviderToken", None);
    for pass in [0, 30, 29] {
        world.clock.advance(Duration::from_secs(pass));
        let browser = world.browser();
        world.begin(&browser).await;
        stands(&browser, "trouble").await;
        assert_eq!(world.apple().received(), 1, "once");
        sign_in_by_app(&world, &browser, &phone).await;
    }
    world.begin_as(&world.browser(), "bob@example.com").await;
    world.google().wait_for(2).await;
    assert_eq!(at_google(&world, 2), ["high"], "Google is not Apple");

    world.apple().recover(None);
    world.clock.advance(Duration::from_secs(2));
    let browser = world.browser();
    world.begin(&browser).await;
    world.apple().wait_for(2).await;
    stands(&browser, "asked").await;
    sign_in_by_app(&world, &browser, &phone).await;
}

/// With one thread, so that every line of the server is seen.
#[tokio::test]
async fn that_apple_refuses_this_server_is_an_error_in_the_log_without_any_token() {
    let (logs, _guard) = Logs::of_this_thread(LevelFilter::DEBUG);
    let (world, iphone, _android) = both(On::Sqlite).await;
    world.apple().answer_all(403, "InvalidProviderToken", None);
    let browser = world.browser();
    world.begin(&browser).await;
    let sent = world.apple().wait_for(1).await.remove(0);
    world.google().wait_for(2).await;
    until("it is in the log", || async { logs.text().contains("InvalidProviderToken") }).await;
    sign_in_by_app(&world, &browser, &iphone).await;
    let text = logs.text();
    let line = text.lines().find(|line| line.contains("InvalidProviderToken")).unwrap();
    assert!(line.contains("ERROR") && line.contains("Apns") && line.contains("settings"), "{line}");
    let provider_token = sent.headers["authorization"].to_str().unwrap().split_once(' ').unwrap().1;
    let of_google = world.google().messages().remove(0);
    let access_token = of_google.headers["authorization"].to_str().unwrap().split_once(' ').unwrap().1;
    let (of_iphone, of_android) = (iphone_token(1), android_token(1));
    for secret in [provider_token, access_token, &of_iphone, &of_android] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

async fn an_app_that_the_server_was_not_told_of_is_said_to_have_no_push(on: On) {
    let world = World::with(on, Setup::with_providers()).await;
    let PushEndpoint::Apns { token, environment, .. } = iphone(1) else { unreachable!() };
    let other = PushEndpoint::Apns { token, topic: "com.example.other".into(), environment };
    let phone = world.phone_at("Ada’s iPhone", other);
    world.pair(&phone, world.user).await;
    assert_eq!(phone.core.accounts().await.unwrap()[0].push, PushState::None);
    let browser = world.browser();
    world.begin(&browser).await;
    assert_eq!(state(&browser).await, "no_push");
    sign_in_by_app(&world, &browser, &phone).await;
    assert_eq!(world.apple().received(), 0);
}

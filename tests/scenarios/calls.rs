//! A call is good for one request, once, within a minute of the server's clock.

use countersign_mobile_core::Outcome;
use countersign_mobile_core::ports::KeyPurpose;
use countersign_protocol::api::{DecisionBody, ErrorCode, Problem, path};
use countersign_protocol::approval::Decision;
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::call::Call;
use countersign_protocol::ids::DeviceId;
use countersign_protocol::time::NumericDate;
use countersign_server::domain::login::LoginState;
use countersign_tests::{On, World};
use reqwest::Method;
use uuid::Uuid;

stories!(
    a_call_that_is_made_again_is_refused,
    a_decision_that_is_made_again_is_refused,
    a_call_for_another_request_is_refused,
    a_call_without_a_statement_is_refused,
    a_clock_that_is_off_is_told_the_time_and_the_phone_recovers,
    a_call_at_the_edge_of_the_window_cannot_be_made_again_later,
);

const LIST: &str = "/device/v1/requests";

async fn a_call_that_is_made_again_is_refused(on: On) {
    let (_world, phone) = World::by_tap(on).await;
    for path in [LIST, "/device/v1"] {
        let call = phone.call("GET", path, b"").await;
        let statement = phone.sign(KeyPurpose::Device, &call).await;
        assert_eq!(phone.send_statement(&statement, Method::GET, path, b"").await.status, 200);
        let again = phone.send_statement(&statement, Method::GET, path, b"").await;
        assert_eq!((again.status, again.code), (401, Some(ErrorCode::Replayed)));
        // Signed anew with the same id: the id is what is used up.
        let again = phone.send(&call, Method::GET, path, b"").await;
        assert_eq!(again.code, Some(ErrorCode::Replayed));
    }
}

async fn a_decision_that_is_made_again_is_refused(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let signed = phone.request().await.signed;
    let decision = phone.decision(&signed, Decision::Approve).await;
    let statement = phone.sign(KeyPurpose::Approval, &decision).await;
    let body = serde_json::to_vec(&DecisionBody { decision: statement.clone() }).unwrap();
    let path = path::decision(login);
    let call = phone.call("POST", &path, &body).await;
    assert_eq!(phone.send(&call, Method::POST, &path, &body).await.status, 200);
    assert_eq!(phone.send(&call, Method::POST, &path, &body).await.code, Some(ErrorCode::Replayed));
    // The same decision in a new call.
    let again = phone.send_decision(login, statement).await;
    assert_eq!((again.status, again.code), (409, Some(ErrorCode::AlreadyDecided)));
    assert_eq!(world.standing(login).await, LoginState::Approved);
    assert_eq!(world.count("SELECT COUNT(*) FROM receipts").await, 1);
}

type Change = (&'static str, fn(&mut Call));

const CHANGES: [Change; 9] = [
    ("iss", |c| c.iss = DeviceId(Uuid::from_u128(7))),
    ("method", |c| c.htm = "POST".into()),
    ("method in lower case", |c| c.htm = "get".into()),
    ("path", |c| c.htu = c.htu.replace("/requests", "")),
    ("path, longer", |c| c.htu.push('/')),
    ("another server", |c| c.htu = format!("https://evil.example{LIST}")),
    ("a server that begins alike", |c| c.htu = c.htu.replace("/device", ".evil.example/device")),
    ("body", |c| c.body = sha256("{}")),
    ("path alone", |c| c.htu = LIST.into()),
];

async fn a_call_for_another_request_is_refused(on: On) {
    let (_world, phone) = World::by_tap(on).await;
    for (what, change) in CHANGES {
        let mut call = phone.call("GET", LIST, b"").await;
        change(&mut call);
        let answer = phone.send(&call, Method::GET, LIST, b"").await;
        assert_eq!((answer.status, answer.code), (401, Some(ErrorCode::BadCall)), "{what}");
    }
    // A sound call, with something in the body that it does not speak of.
    let call = phone.call("GET", LIST, b"").await;
    assert_eq!(phone.send(&call, Method::GET, LIST, b"{}").await.code, Some(ErrorCode::BadCall));
    assert_eq!(phone.send(&call, Method::GET, LIST, b"").await.status, 200, "a refusal uses no id up");
}

async fn a_call_without_a_statement_is_refused(on: On) {
    let (_world, phone) = World::by_tap(on).await;
    for statement in ["", "x", "a.b.c", "..", " "] {
        let answer = phone.send_statement(statement, Method::GET, LIST, b"").await;
        assert_eq!((answer.status, answer.code), (401, Some(ErrorCode::BadCall)), "{statement:?}");
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let bare = client.get(format!("{}{LIST}", phone.identity().await.origin)).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert_eq!(bare.headers()["content-type"], "application/problem+json");
}

async fn a_clock_that_is_off_is_told_the_time_and_the_phone_recovers(on: On) {
    let (world, phone) = World::by_tap(on).await;
    for off in [-61, 61] {
        let mut call = phone.call("GET", LIST, b"").await;
        call.iat.0 += off;
        let answer = phone.send(&call, Method::GET, LIST, b"").await;
        assert_eq!((answer.status, answer.code), (401, Some(ErrorCode::ClockSkew)), "{off} s");
        let problem: Problem = serde_json::from_str(&answer.body).unwrap();
        let now: NumericDate = problem.now.expect("the server's time");
        assert!((now.0 - (call.iat.0 - off)).abs() <= 1, "the server's own time");
    }
    // A phone whose clock is a day ahead pairs, learns the time and approves.
    let ahead = world.phone_with_clock_off("A phone from tomorrow", 24 * 60 * 60);
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    let before = ahead.http.count();
    assert!(ahead.core.pair(link.to_string(), None).await.is_ok(), "it is told the time, and signs again");
    assert_eq!(ahead.http.count() - before, 2, "once");
    let slow = world.phone_with_clock_off("A phone from before", -200);
    world.pair(&slow, world.user).await;
    let login = world.begin(&world.browser()).await;
    let before = slow.http.count();
    let request = slow.request().await;
    assert!(slow.http.count() - before <= 2, "once more at most");
    assert_eq!(slow.core.approve(request, None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.standing(login).await, LoginState::Approved);
}

async fn a_call_at_the_edge_of_the_window_cannot_be_made_again_later(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let mut call = phone.call("GET", LIST, b"").await;
    call.iat.0 += 59;
    call.jti = Bytes([7; 16]);
    assert_eq!(phone.send(&call, Method::GET, LIST, b"").await.status, 200);
    // Through the whole time in which its `iat` is in the window, and past it.
    for seconds in [59, 59, 1, 1, 1] {
        world.clock.shift_seconds(seconds);
        world.app.forget().await.unwrap();
        let again = phone.send(&call, Method::GET, LIST, b"").await;
        assert!(matches!(again.code, Some(ErrorCode::Replayed | ErrorCode::ClockSkew)), "{:?}", again.code);
    }
    assert_eq!(phone.send(&call, Method::GET, LIST, b"").await.code, Some(ErrorCode::ClockSkew));
}

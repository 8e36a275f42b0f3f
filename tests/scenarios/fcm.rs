//! Wakes by Google: what each answer becomes, and how often an access token is asked for.

use std::time::Duration;

use countersign_protocol::pairing::PushEndpoint;
use countersign_server::push::sender::{SendOutcome, WakeSender};
use countersign_tests::providers::{Providers, android, android_token, ask, iphone, withdraw};
use countersign_tests::stand_ins::fcm::TokenState;
use futures_util::future::join_all;

const MINUTE: Duration = Duration::from_mins(1);

fn retry(seconds: Option<u64>) -> SendOutcome {
    SendOutcome::Retry { after: seconds.map(Duration::from_secs) }
}

#[tokio::test]
async fn a_wake_is_accepted_and_a_withdrawal_too() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    assert_eq!(sender.send(&ask(android(1))).await, SendOutcome::Accepted.said("200"));
    assert_eq!(sender.send(&withdraw(android(1))).await, SendOutcome::Accepted.said("200"));
    assert_eq!((world.google.accepted(), world.google.token_requests()), (2, 1));
}

#[tokio::test]
async fn a_token_that_is_gone_or_never_was_is_to_be_forgotten() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    for (state, said) in [
        (TokenState::Unregistered, "404 UNREGISTERED"),
        (TokenState::OtherSender, "403 SENDER_ID_MISMATCH"),
        (TokenState::Invalid, "400 INVALID_ARGUMENT"),
        (TokenState::InvalidInWords, "400 INVALID_ARGUMENT"),
    ] {
        world.google.set_token(&android_token(1), Some(state));
        assert_eq!(sender.send(&ask(android(1))).await, SendOutcome::Gone.said(said), "{state:?}");
    }
    assert_eq!(sender.send(&ask(android(2))).await.outcome, SendOutcome::Accepted, "the others are not");
}

#[tokio::test]
async fn each_other_answer_has_its_outcome() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    for (http, status, code, after, expected) in [
        (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", None, SendOutcome::Refused),
        (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", None, SendOutcome::Refused),
        (403, "PERMISSION_DENIED", "", None, SendOutcome::Misconfigured),
        (404, "NOT_FOUND", "", None, SendOutcome::Misconfigured),
        (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", Some(30), retry(Some(30))),
        (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", None, retry(Some(60))),
        (500, "INTERNAL", "INTERNAL", None, retry(None)),
        (503, "UNAVAILABLE", "UNAVAILABLE", Some(7), retry(Some(7))),
    ] {
        world.google.answer_all(http, status, code, after);
        let word = if code.is_empty() { status } else { code };
        assert_eq!(sender.send(&ask(android(1))).await, expected.said(format!("{http} {word}")));
    }
    world.google.recover(None);
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
    assert_eq!(world.google.token_requests(), 1);
}

#[tokio::test]
async fn what_is_no_endpoint_of_google_never_leaves() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    assert_eq!(sender.send(&ask(iphone(1))).await.outcome, SendOutcome::Refused);
    assert_eq!(world.google.messages().len(), 0);
}

#[tokio::test]
async fn a_registration_token_may_be_as_long_as_the_server_takes() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    let answer = sender.send(&ask(PushEndpoint::Fcm { token: "x".repeat(4096) })).await;
    assert_eq!(answer.outcome, SendOutcome::Accepted, "{answer:?}");
}

#[tokio::test]
async fn one_access_token_serves_many_sends_and_is_renewed_five_minutes_before_its_end() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    for n in 0..5 {
        assert_eq!(sender.send(&ask(android(n))).await.outcome, SendOutcome::Accepted);
        world.clock.advance(10 * MINUTE);
    }
    assert_eq!(world.google.token_requests(), 1);
    world.clock.advance(5 * MINUTE);
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
    assert_eq!(world.google.token_requests(), 2);
}

#[tokio::test]
async fn sends_at_once_ask_for_one_token() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    let wakes: Vec<_> = (0..50).map(|n| ask(android(n))).collect();
    let answers = join_all(wakes.iter().map(|wake| sender.send(wake))).await;
    assert!(answers.iter().all(|answer| answer.outcome == SendOutcome::Accepted), "{answers:?}");
    assert_eq!(world.google.token_requests(), 1);
}

#[tokio::test]
async fn a_token_that_google_no_longer_takes_is_replaced_once_however_many_sends_there_are() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    assert_eq!(sender.send(&ask(android(0))).await.outcome, SendOutcome::Accepted);
    world.google.revoke_access_tokens();
    let wakes: Vec<_> = (0..50).map(|n| ask(android(n))).collect();
    let answers = join_all(wakes.iter().map(|wake| sender.send(wake))).await;
    assert!(answers.iter().all(|answer| answer.outcome == SendOutcome::Accepted), "{answers:?}");
    assert_eq!(world.google.token_requests(), 2);
}

#[tokio::test]
async fn tokens_that_are_never_taken_are_not_asked_for_without_end() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    world.google.answer_all(401, "UNAUTHENTICATED", "", None);
    let said = SendOutcome::Misconfigured.said("401 UNAUTHENTICATED");
    for _ in 0..5 {
        assert_eq!(sender.send(&ask(android(1))).await, said);
    }
    assert_eq!(world.google.token_requests(), 2);
    world.clock.advance(MINUTE);
    assert_eq!(sender.send(&ask(android(1))).await, said);
    assert_eq!(world.google.token_requests(), 3);
}

#[tokio::test]
async fn a_service_account_that_google_does_not_take_is_for_the_operator() {
    let world = Providers::start().await;
    world.google.answer_token_requests(Some((400, "invalid_grant")));
    let sender = world.to_google(world.wire());
    let said = SendOutcome::Misconfigured.said("token: 400 invalid_grant");
    assert_eq!(sender.send(&ask(android(1))).await, said);
    world.google.answer_token_requests(Some((503, "")));
    assert_eq!(sender.send(&ask(android(1))).await, retry(None).said("token: 503"));
    world.google.answer_token_requests(None);
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_for_the_operator() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    let late = Providers::with_clocks(world.clock.clone(), std::sync::Arc::default()).await;
    late.clock.advance(60 * MINUTE);
    let to_late = late.to_google(late.wire());
    assert_eq!(to_late.send(&ask(android(1))).await.said, "token: 400 invalid_grant");
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
}

#[tokio::test]
async fn the_old_token_serves_to_its_end_if_no_new_one_is_to_be_had() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
    world.google.answer_token_requests(Some((500, "")));
    world.clock.advance(57 * MINUTE);
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
    world.clock.advance(3 * MINUTE);
    assert_eq!(sender.send(&ask(android(1))).await.outcome, retry(None));
    assert_eq!(world.google.token_requests(), 3);
}

#[tokio::test]
async fn tokens_that_live_for_minutes_are_used_for_half_of_them() {
    let world = Providers::start().await;
    world.google.set_token_lifetime(240);
    let sender = world.to_google(world.wire());
    for _ in 0..4 {
        assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
        world.clock.advance(MINUTE);
    }
    assert_eq!(world.google.token_requests(), 2);
}

#[tokio::test]
async fn silence_is_an_answer_after_a_while() {
    let world = Providers::start().await;
    let sender = world.to_google(world.impatient());
    world.google.hang(true);
    let answer = sender.send(&ask(android(1))).await;
    assert_eq!(answer.outcome, retry(None), "of the token endpoint: {answer:?}");
    world.google.hang(false);
    assert_eq!(sender.send(&ask(android(1))).await.outcome, SendOutcome::Accepted);
    world.google.hang(true);
    let answer = sender.send(&ask(android(1))).await;
    assert_eq!(answer.outcome, retry(None), "of FCM: {answer:?}");
    assert!(!answer.said.contains("APA91b"), "{answer:?}");
}

#[tokio::test]
async fn sends_at_once_share_one_connection_once_there_is_one() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    assert_eq!(sender.send(&ask(android(0))).await.outcome, SendOutcome::Accepted);
    let wakes: Vec<_> = (0..200).map(|n| ask(android(n))).collect();
    let answers = join_all(wakes.iter().map(|wake| sender.send(wake))).await;
    assert!(answers.iter().all(|answer| answer.outcome == SendOutcome::Accepted), "{answers:?}");
    assert_eq!((world.google.accepted(), world.google.connections()), (201, 1));
}

//! Wakes by Apple: what each answer becomes, and what the connection and the provider token cost.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};
use countersign_protocol::time::{Clock, Timestamp};
use countersign_server::push::apns::{Apns as ApnsSender, ApnsAccount};
use countersign_server::push::sender::{SendOutcome, WakeSender};
use countersign_tests::providers::{Providers, ask, iphone, iphone_token, withdraw};
use countersign_tests::stand_ins::apns::{Team, TokenState};
use countersign_tests::time::MovableClock;
use futures_util::future::join_all;

const MINUTE: Duration = Duration::from_mins(1);

fn retry(seconds: Option<u64>) -> SendOutcome {
    SendOutcome::Retry { after: seconds.map(Duration::from_secs) }
}

#[tokio::test]
async fn a_wake_is_accepted_and_a_withdrawal_too() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    assert_eq!(sender.send(&ask(iphone(1))).await, SendOutcome::Accepted.said("200"));
    assert_eq!(sender.send(&withdraw(iphone(1))).await, SendOutcome::Accepted.said("200"));
    assert_eq!((world.apple.accepted(), world.sandbox.received()), (2, 0));
}

#[tokio::test]
async fn a_token_of_the_sandbox_is_used_there() {
    let world = Providers::start().await;
    let PushEndpoint::Apns { token, topic, .. } = iphone(1) else { unreachable!() };
    let endpoint = PushEndpoint::Apns { token, topic, environment: ApnsEnvironment::Sandbox };
    let sender = world.to_apple(world.wire());
    assert_eq!(sender.send(&ask(endpoint)).await.outcome, SendOutcome::Accepted);
    assert_eq!((world.apple.received(), world.sandbox.accepted()), (0, 1));
}

#[tokio::test]
async fn a_relay_may_stand_below_a_path() {
    let world = Providers::start().await;
    let mut account = world.apple_account();
    account.production.set_path("/relay/");
    let sender = ApnsSender::new(account, world.wire(), world.clock.clone()).unwrap();
    // The stand-in is not at that path, and says so.
    let said = SendOutcome::Misconfigured.said("404 BadPath");
    assert_eq!(sender.send(&ask(iphone(1))).await, said);
    assert!(world.apple.records()[0].path.starts_with("/relay/3/device/"));
}

#[tokio::test]
async fn a_token_that_is_gone_or_never_was_is_to_be_forgotten() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    for (state, said) in [
        (TokenState::Unregistered(Timestamp::from_seconds(1_799_000_000)), "410 Unregistered"),
        (TokenState::Expired, "410 ExpiredToken"),
        (TokenState::Bad, "400 BadDeviceToken"),
        (TokenState::NotForTopic, "400 DeviceTokenNotForTopic"),
    ] {
        world.apple.set_token(&iphone_token(1), Some(state));
        assert_eq!(sender.send(&ask(iphone(1))).await, SendOutcome::Gone.said(said));
    }
    assert_eq!(sender.send(&ask(iphone(2))).await.outcome, SendOutcome::Accepted, "the others are not");
}

#[tokio::test]
async fn what_apple_cannot_do_now_is_tried_again_when_it_says() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    for (status, reason, after, expected) in [
        (429, "TooManyRequests", Some(30), retry(Some(30))),
        (429, "TooManyProviderTokenUpdates", None, retry(Some(20 * 60))),
        (500, "InternalServerError", None, retry(None)),
        (503, "ServiceUnavailable", Some(7), retry(Some(7))),
        (503, "Shutdown", None, retry(None)),
    ] {
        world.apple.answer_all(status, reason, after);
        assert_eq!(sender.send(&ask(iphone(1))).await, expected.said(format!("{status} {reason}")));
    }
    world.apple.recover(None);
    assert_eq!(sender.send(&ask(iphone(1))).await.outcome, SendOutcome::Accepted);
}

#[tokio::test]
async fn an_account_that_apple_does_not_take_is_for_the_operator() {
    let world = Providers::start().await;
    let account = world.apple_account();
    let wrong = [
        (ApnsAccount { key_id: "KEY7654321".into(), ..world.apple_account() }, "403 InvalidProviderToken"),
        (ApnsAccount { team_id: "TEAM654321".into(), ..account }, "403 InvalidProviderToken"),
    ];
    for (account, said) in wrong {
        let sender = ApnsSender::new(account, world.wire(), world.clock.clone()).unwrap();
        assert_eq!(sender.send(&ask(iphone(1))).await, SendOutcome::Misconfigured.said(said));
    }
    let PushEndpoint::Apns { token, environment, .. } = iphone(1) else { unreachable!() };
    let other = PushEndpoint::Apns { token, topic: "com.example.other".into(), environment };
    let said = SendOutcome::Misconfigured.said("400 TopicDisallowed");
    assert_eq!(world.to_apple(world.wire()).send(&ask(other)).await, said);
    assert_ne!(Team::new().p8(), world.team.p8());
}

#[tokio::test]
async fn what_is_no_endpoint_of_apple_never_leaves() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    let PushEndpoint::Apns { topic, environment, .. } = iphone(1) else { unreachable!() };
    let none = |token: &str| PushEndpoint::Apns { token: token.into(), topic: topic.clone(), environment };
    for endpoint in [none(""), none("../../4"), none("abc/.."), PushEndpoint::Fcm { token: "x".into() }] {
        assert_eq!(sender.send(&ask(endpoint)).await.outcome, SendOutcome::Refused);
    }
    assert_eq!(world.apple.received(), 0);
}

#[tokio::test]
async fn one_provider_token_serves_many_sends_and_is_replaced_in_time() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    for n in 0..20 {
        assert_eq!(sender.send(&ask(iphone(n))).await.outcome, SendOutcome::Accepted);
        world.clock.advance(2 * MINUTE - Duration::from_secs(1));
    }
    assert_eq!(world.apple.provider_tokens(), 1);
    world.clock.advance(MINUTE);
    assert_eq!(sender.send(&ask(iphone(1))).await.outcome, SendOutcome::Accepted);
    assert_eq!(world.apple.provider_tokens(), 2, "40 minutes are over");
}

/// So many sends at once, with a provider token that Apple calls expired and we do not yet.
async fn stale(sends: usize) -> (Providers, Arc<MovableClock>, Vec<SendOutcome>) {
    let (ours, theirs) = (Arc::new(MovableClock::default()), Arc::new(MovableClock::default()));
    let world = Providers::with_clocks(ours.clone(), theirs.clone()).await;
    let sender = world.to_apple(world.wire());
    assert_eq!(sender.send(&ask(iphone(0))).await.outcome, SendOutcome::Accepted);
    // To us the token is 39 minutes old; to Apple it is 61, and a new one 22.
    ours.advance(39 * MINUTE);
    theirs.advance(61 * MINUTE);
    let wakes: Vec<_> = (0..sends).map(|n| ask(iphone(n))).collect();
    let outcomes = join_all(wakes.iter().map(|wake| sender.send(wake))).await;
    (world, ours, outcomes.into_iter().map(|answer| answer.outcome).collect())
}

#[tokio::test]
async fn a_token_that_apple_calls_expired_is_replaced_once_however_many_sends_there_are() {
    let (world, _, outcomes) = stale(50).await;
    assert_eq!(outcomes, vec![SendOutcome::Accepted; 50]);
    assert_eq!(world.apple.provider_tokens(), 2);
    assert_eq!(world.apple.accepted(), 51);
    assert!(world.apple.received() <= 101, "each was repeated at most once");
}

#[tokio::test]
async fn a_token_that_stays_expired_is_the_operators_and_does_not_make_tokens_without_end() {
    let (ours, theirs) = (Arc::new(MovableClock::default()), Arc::new(MovableClock::default()));
    theirs.advance(120 * MINUTE);
    let world = Providers::with_clocks(ours.clone(), theirs).await;
    let sender = world.to_apple(world.wire());
    let said = SendOutcome::Misconfigured.said("403 ExpiredProviderToken");
    for _ in 0..5 {
        assert_eq!(sender.send(&ask(iphone(1))).await, said);
    }
    assert_eq!(world.apple.provider_tokens(), 2);
    ours.advance(20 * MINUTE);
    assert_eq!(sender.send(&ask(iphone(1))).await, said);
    assert_eq!(world.apple.provider_tokens(), 3, "Apple allows one in 20 minutes");
}

#[tokio::test]
async fn two_hundred_sends_at_once_take_one_connection() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    let wakes: Vec<_> = (0..200).map(|n| ask(iphone(n))).collect();
    let answers = join_all(wakes.iter().map(|wake| sender.send(wake))).await;
    assert!(answers.iter().all(|answer| answer.outcome == SendOutcome::Accepted));
    assert_eq!((world.apple.accepted(), world.apple.connections()), (200, 1));
}

#[tokio::test]
async fn a_connection_that_apple_ends_is_replaced_and_no_wake_is_lost() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.wire());
    assert_eq!(sender.send(&ask(iphone(1))).await.outcome, SendOutcome::Accepted);
    for _ in 0..3 {
        world.apple.close_connections();
        let wakes: Vec<_> = (0..20).map(|n| ask(iphone(n))).collect();
        let answers = join_all(wakes.iter().map(|wake| sender.send(wake))).await;
        assert!(answers.iter().all(|answer| answer.outcome == SendOutcome::Accepted), "{answers:?}");
    }
    assert_eq!(world.apple.accepted(), 61, "and none was sent twice");
}

#[tokio::test]
async fn silence_is_an_answer_after_a_while() {
    let world = Providers::start().await;
    let sender = world.to_apple(world.impatient());
    assert_eq!(sender.send(&ask(iphone(1))).await.outcome, SendOutcome::Accepted);
    world.apple.hang(true);
    let answer = sender.send(&ask(iphone(1))).await;
    assert_eq!(answer.outcome, retry(None), "{answer:?}");
    assert!(!answer.said.contains(&iphone_token(1)), "{answer:?}");
    world.apple.hang(false);
    assert_eq!(sender.send(&ask(iphone(1))).await.outcome, SendOutcome::Accepted);
}

#[tokio::test]
async fn a_service_that_is_not_there_or_not_certified_is_tried_again_without_naming_the_phone() {
    let world = Providers::start().await;
    let unbelieved = world.to_apple(countersign_server::push::wire::Wire::default());
    let answer = unbelieved.send(&ask(iphone(0xbeef))).await;
    assert_eq!(answer.outcome, retry(None));
    assert!(answer.said.contains("certificate") && !answer.said.contains("beef"), "{answer:?}");
    assert_eq!(world.apple.received(), 0);

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut account = world.apple_account();
    account.production = format!("https://{}", closed.local_addr().unwrap()).parse().unwrap();
    drop(closed);
    let sender = ApnsSender::new(account, world.wire(), world.clock.clone()).unwrap();
    let answer = sender.send(&ask(iphone(0xbeef))).await;
    assert_eq!(answer.outcome, retry(None));
    assert!(answer.said.contains("refused") && !answer.said.contains("beef"), "{answer:?}");
}

#[tokio::test]
async fn a_wake_expires_when_its_time_is_over() {
    let world = Providers::start().await;
    let before = world.clock.now().seconds();
    world.to_apple(world.wire()).send(&ask(iphone(1))).await;
    let sent = world.apple.wait_for(1).await.remove(0);
    let expiration: i64 = sent.headers["apns-expiration"].to_str().unwrap().parse().unwrap();
    assert!((before + 120..=before + 121).contains(&expiration));
}

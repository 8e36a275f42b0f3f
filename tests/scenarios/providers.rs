//! What leaves this server for each push service, byte for byte: that something happened, and nothing of
//! what, to whom or where.

use std::sync::Arc;

use countersign_protocol::bytes::to_base64url;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::statement::Signer as _;
use countersign_server::push::guard::{Guard, SystemLookup};
use countersign_server::push::sender::{SendOutcome, Wake, WakeSender};
use countersign_server::push::vapid::Vapid;
use countersign_server::push::webpush::WebPush;
use countersign_server::push::wire::Wire;
use countersign_server::signing_key::SigningKey;
use countersign_tests::providers::{Providers, android, android_token, ask, iphone, iphone_token, withdraw};
use countersign_tests::push::PushDesk;
use countersign_tests::random::Repeatable;
use countersign_tests::stand_ins::Record;
use serde_json::{Value, json};

fn header_names(record: &Record) -> Vec<String> {
    let mut names: Vec<_> = record.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

fn body(record: &Record) -> Value {
    serde_json::from_slice(&record.body).unwrap()
}

/// The claims of the token in an `authorization` header.
fn claims(authorization: &str) -> Value {
    let token = authorization.rsplit(' ').next().unwrap();
    let claims = countersign_protocol::bytes::from_base64url(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

async fn apple(wake: &Wake) -> Record {
    let world = Providers::start().await;
    assert_eq!(world.to_apple(world.wire()).send(wake).await.outcome, SendOutcome::Accepted);
    let record = world.apple.wait_for(1).await.remove(0);
    let claims = claims(record.headers["authorization"].to_str().unwrap());
    assert_eq!(claims.as_object().unwrap().keys().collect::<Vec<_>>(), ["iat", "iss"]);
    assert_eq!(claims["iss"], world.team.id.as_str());
    record
}

#[tokio::test]
async fn apple_is_sent_this_and_no_more() {
    let usual = ["accept", "apns-expiration", "apns-id", "apns-priority", "apns-push-type", "apns-topic"];
    let usual = [&usual[..], &["authorization", "content-length", "content-type"]].concat();
    let wake = to_base64url([0xab; 16]);
    let value = |record: &Record, name: &str| record.headers[name].to_str().unwrap().to_owned();

    let asked = apple(&ask(iphone(1))).await;
    let mut names = [&usual[..], &["apns-collapse-id"]].concat();
    names.sort_unstable();
    assert_eq!(header_names(&asked), names);
    assert_eq!(asked.path, format!("/3/device/{}", iphone_token(1)));
    assert_eq!(
        (value(&asked, "apns-push-type"), value(&asked, "apns-priority")),
        ("alert".into(), "10".into())
    );
    assert_eq!(value(&asked, "apns-collapse-id"), ask(iphone(1)).collapse);
    assert_eq!(value(&asked, "apns-id"), "abababab-abab-abab-abab-abababababab");
    let alert = json!({ "title-loc-key": "countersign_popup_title", "loc-key": "countersign_popup_body" });
    let aps = json!({
        "alert": alert, "sound": "default", "interruption-level": "time-sensitive", "mutable-content": 1,
    });
    assert_eq!(body(&asked), json!({ "aps": aps, "wake": wake }));

    let withdrawn = apple(&withdraw(iphone(1))).await;
    assert_eq!(header_names(&withdrawn), usual);
    let kind = (value(&withdrawn, "apns-push-type"), value(&withdrawn, "apns-priority"));
    assert_eq!(kind, ("background".into(), "5".into()));
    assert_eq!(body(&withdrawn), json!({ "aps": { "content-available": 1 }, "wake": wake }));
}

#[tokio::test]
async fn google_is_sent_this_and_no_more() {
    let world = Providers::start().await;
    let sender = world.to_google(world.wire());
    for wake in [ask(android(1)), withdraw(android(1))] {
        assert_eq!(sender.send(&wake).await.outcome, SendOutcome::Accepted);
    }
    let records = world.google.wait_for(3).await;
    let names = ["accept", "authorization", "content-length", "content-type"];
    assert_eq!(header_names(&records[0]), ["accept", "content-length", "content-type"], "for the token");
    assert!(records[1..].iter().all(|record| header_names(record) == names));
    let assertion = std::str::from_utf8(&records[0].body).unwrap().to_owned();
    let claims = claims(assertion.split("assertion=").nth(1).unwrap());
    assert_eq!(claims.as_object().unwrap().keys().collect::<Vec<_>>(), ["aud", "exp", "iat", "iss", "scope"]);

    let data = json!({ "wake": to_base64url([0xab; 16]) });
    let message = |android: Value| json!({ "message": { "token": android_token(1), "data": data, "android": android } });
    let collapse = ask(android(1)).collapse;
    let asked = json!({ "priority": "high", "ttl": "120s", "collapse_key": collapse });
    assert_eq!(body(&records[1]), message(asked));
    assert_eq!(body(&records[2]), message(json!({ "priority": "normal", "ttl": "120s" })));
    assert_eq!(records[1].path, "/v1/projects/countersign-test/messages:send");
}

#[tokio::test]
async fn a_web_push_service_is_sent_this_and_no_more() {
    let world = Providers::start().await;
    let random = Arc::new(Repeatable::new("web push"));
    let desk = PushDesk::start(random.clone(), world.clock.clone()).await;
    let (endpoint, mut phone) = desk.subscribe();
    let (key, _) = SigningKey::generate();
    let public = key.public_key().clone();
    assert_eq!(key.kid(), public.id());
    let vapid =
        Vapid::new(Arc::new(key), &public, Some("mailto:ops@example.com"), world.clock.clone()).unwrap();
    let guard = Guard::new(true, Arc::new(SystemLookup));
    let sender = WebPush::new(guard, Arc::new(vapid), &Wire::default(), world.clock.clone(), random).unwrap();
    let path = match &endpoint {
        PushEndpoint::WebPush { endpoint, .. } => endpoint.strip_prefix(desk.origin()).unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(sender.send(&ask(endpoint)).await.outcome, SendOutcome::Accepted);

    let sent = desk.deliveries(1).await.remove(0);
    let mut names: Vec<_> = sent.headers.keys().map(ToString::to_string).collect();
    names.sort();
    let expected = [
        "accept",
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "topic",
        "ttl",
        "urgency",
    ];
    assert_eq!(names, expected);
    assert_eq!(sent.path, path);
    let wake = String::from_utf8(phone.recv().await.unwrap()).unwrap();
    assert_eq!(wake, format!(r#"{{"wake":"{}"}}"#, to_base64url([0xab; 16])));
    let authorization = sent.headers["authorization"].to_str().unwrap();
    let token = authorization.strip_prefix("vapid t=").unwrap().split(',').next().unwrap();
    assert_eq!(claims(token).as_object().unwrap().keys().collect::<Vec<_>>(), ["aud", "exp", "sub"]);
}

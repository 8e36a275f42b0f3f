//! A phone says where its wakes go: signed, in its order, and to nowhere that they must not go.

use std::time::Duration;

use countersign_mobile_core::PushEndpoint;
use countersign_protocol::api::{ErrorCode, PushAnswer, PushBody, PushState, path};
use countersign_protocol::time::NumericDate;
use countersign_tests::forge::Answer;
use countersign_tests::{On, Phone, Setup, World, until};
use reqwest::Method;

stories!(
    a_new_endpoint_takes_the_place_of_the_old_one,
    what_was_signed_earlier_and_arrives_later_changes_nothing,
    a_rotation_while_the_old_endpoint_is_refused_stays,
    a_lost_endpoint_is_named_anew,
    an_endpoint_inside_is_refused_however_it_is_written,
    only_the_device_itself_names_its_endpoint,
);

pub(crate) async fn name(phone: &Phone, push: Option<PushEndpoint>, signed_ago: i64) -> Answer {
    let body = serde_json::to_vec(&PushBody { push }).unwrap();
    let mut call = phone.call("PUT", path::PUSH, &body).await;
    call.iat = NumericDate(call.iat.0 - signed_ago);
    phone.send(&call, Method::PUT, path::PUSH, &body).await
}

fn is(answer: &Answer, state: PushState) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(serde_json::from_str::<PushAnswer>(&answer.body).unwrap().push, state);
}

async fn a_new_endpoint_takes_the_place_of_the_old_one(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (new, mut wakes) = world.push.subscribe();
    is(&name(&phone, Some(new), 0).await, PushState::Working);
    world.begin(&world.browser()).await;
    countersign_tests::within("the new one is woken", wakes.recv()).await.unwrap();
    assert!(!phone.has_wake().await);
    phone.approve(None).await.unwrap();
    is(&name(&phone, None, 0).await, PushState::None);
    let browser = world.browser();
    world.begin(&browser).await;
    assert_eq!(crate::phones::state(&browser).await, "no_push");
}

async fn what_was_signed_earlier_and_arrives_later_changes_nothing(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let ((first, mut of_first), (second, mut of_second)) = (world.push.subscribe(), world.push.subscribe());
    is(&name(&phone, Some(second), 10).await, PushState::Working);
    is(&name(&phone, Some(first), 20).await, PushState::Working);
    world.begin(&world.browser()).await;
    countersign_tests::within("the newer one is woken", of_second.recv()).await.unwrap();
    assert!(of_first.try_recv().is_err());
}

async fn a_rotation_while_the_old_endpoint_is_refused_stays(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    world.begin(&world.browser()).await;
    world.push.deliveries(1).await;
    let (new, mut wakes) = world.push.subscribe();
    is(&name(&phone, Some(new), 0).await, PushState::Working);
    // The old one is gone by now; the wake that was put off goes to the new one.
    world.push.unsubscribe(&phone.push);
    world.push.recover();
    world.clock.advance(Duration::from_secs(20));
    world.app.take_due().await.unwrap();
    countersign_tests::within("the new one is woken", wakes.recv()).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE push_lost_at IS NOT NULL").await, 0);
}

async fn a_lost_endpoint_is_named_anew(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.push.unsubscribe(&phone.push);
    world.begin(&world.browser()).await;
    until("the endpoint is lost", || async {
        world.count("SELECT COUNT(*) FROM devices WHERE push_lost_at IS NOT NULL").await == 1
    })
    .await;
    let (new, _wakes) = world.push.subscribe();
    is(&name(&phone, Some(new), 0).await, PushState::Working);
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE push_lost_at IS NOT NULL").await, 0);
}

fn web_push(endpoint: &str, like: &PushEndpoint) -> PushEndpoint {
    let PushEndpoint::WebPush { p256dh, auth, .. } = like.clone() else { panic!("a Web Push endpoint") };
    PushEndpoint::WebPush { endpoint: endpoint.into(), p256dh, auth }
}

async fn an_endpoint_inside_is_refused_however_it_is_written(on: On) {
    let setup = Setup { allow_private_endpoints: false, ..Setup::by_tap() };
    let world = World::with(on, setup).await;
    let phone = world.phone("Ada’s phone");
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    let started = phone.core.pair(link.to_string(), None).await.unwrap();
    world.app.confirm_newest_pairing(&at, world.user, &started.code).await.unwrap();
    for endpoint in [
        world.push.origin(),
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[fd00:ec2::254]/x",
        "https://[fe80::1]/x",
        "https://localhost/x",
        "https://user@push.example/x",
        "https://push.example:8443/x",
        "http://push.example/x",
        "file:///etc/passwd",
    ] {
        let answer = name(&phone, Some(web_push(endpoint, &phone.push)), 0).await;
        assert_eq!((answer.status, answer.code), (400, Some(ErrorCode::BadRequest)), "{endpoint}");
        assert!(!answer.body.contains("/x"), "an endpoint is a capability: {}", answer.body);
    }
    assert_eq!(world.push.attempts(), 0);
    for bad in [
        PushEndpoint::Fcm { token: "a b".into() },
        PushEndpoint::Fcm { token: "../../evil".into() },
        PushEndpoint::Apns {
            token: "../3/device/x".into(),
            topic: "com.example.app".into(),
            environment: countersign_protocol::pairing::ApnsEnvironment::Production,
        },
    ] {
        assert_eq!(name(&phone, Some(bad), 0).await.status, 400);
    }
}

async fn only_the_device_itself_names_its_endpoint(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let other = world.paired_phone("Ada’s other phone").await;
    let body = serde_json::to_vec(&PushBody { push: None }).unwrap();
    let mut call = other.call("PUT", path::PUSH, &body).await;
    call.iss = phone.identity().await.device;
    assert_eq!(other.send(&call, Method::PUT, path::PUSH, &body).await.status, 401);
    let call = phone.call("PUT", path::PUSH, b"{}").await;
    assert_eq!(phone.send(&call, Method::PUT, path::PUSH, &body).await.status, 401, "another body");
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE push IS NOT NULL").await, 2);
}

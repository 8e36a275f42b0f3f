//! An approval is valid for exactly what was shown: each signed field, changed once, is refused.

use countersign_mobile_core::ports::KeyPurpose;
use countersign_mobile_core::{Mode, Outcome, Reason};
use countersign_protocol::api::{ErrorCode, RequestAnswer, RequestsAnswer};
use countersign_protocol::approval::{ApprovalRequest, Decision, DecisionStatement, Place, UserVerification};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::statement;
use countersign_server::domain::login::LoginState;
use countersign_tests::forge::read_request;
use countersign_tests::{On, World};
use uuid::Uuid;

stories!(
    each_field_of_a_decision_is_held_against_the_request,
    a_decision_with_a_number_that_nobody_asked_for_is_only_a_tap,
    an_approval_without_the_number_is_a_wrong_number,
    a_phone_that_was_shown_an_altered_request_cannot_approve,
    a_request_that_the_server_did_not_sign_is_not_shown,
    a_decision_about_another_login_is_refused,
);

type Change = (&'static str, fn(&mut DecisionStatement));

const CHANGES: [Change; 11] = [
    ("iss", |d| d.iss = DeviceId(Uuid::from_u128(7))),
    ("aud", |d| d.aud = "https://evil.example".into()),
    ("aud with a slash", |d| d.aud.push('/')),
    ("sub", |d| d.sub = UserId(Uuid::from_u128(7))),
    ("login", |d| d.login = LoginId(Uuid::from_u128(7))),
    ("nonce", |d| d.nonce.0[0] ^= 1),
    ("request", |d| d.request.0[31] ^= 1),
    ("iat, too far ahead", |d| d.iat.0 += 62),
    ("iat, before it was asked", |d| d.iat.0 = 0),
    ("verification", |d| d.verification = UserVerification::None),
    ("request, of nothing", |d| d.request = sha256("")),
];

async fn each_field_of_a_decision_is_held_against_the_request(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let signed = phone.request().await.signed;
    for (what, change) in CHANGES {
        let mut decision = phone.decision(&signed, Decision::Approve).await;
        change(&mut decision);
        let answer = phone.decide(KeyPurpose::Approval, login, &decision).await;
        assert_eq!((answer.status, answer.code), (400, Some(ErrorCode::BadDecision)), "{what}");
        assert_eq!(world.standing(login).await, LoginState::Pending, "{what}");
    }
    for exp in [0, -1, read_request(&signed).iat.0] {
        let mut decision = phone.decision(&signed, Decision::Approve).await;
        decision.exp.0 = exp;
        let answer = phone.decide(KeyPurpose::Approval, login, &decision).await;
        assert_eq!((answer.status, answer.code), (410, Some(ErrorCode::Expired)), "sound, but too late");
        assert_eq!(world.standing(login).await, LoginState::Pending);
    }
    assert!(world.receipt(login).await.is_none());
    let sound = phone.decision(&signed, Decision::Approve).await;
    let answer = phone.decide(KeyPurpose::Approval, login, &sound).await;
    assert_eq!(answer.status, 200, "unaltered, it is taken: {}", answer.body);
}

async fn a_decision_with_a_number_that_nobody_asked_for_is_only_a_tap(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let signed = phone.request().await.signed;
    let mut decision = phone.decision(&signed, Decision::Approve).await;
    decision.number = Some("42".into());
    assert_eq!(phone.decide(KeyPurpose::Approval, login, &decision).await.status, 200);
    assert_eq!(world.standing(login).await, LoginState::Approved);
}

async fn an_approval_without_the_number_is_a_wrong_number(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    for number in [None, Some(""), Some(" "), Some("4２")] {
        let login = world.begin(&world.browser()).await;
        let signed = phone.request().await.signed;
        let mut decision = phone.decision(&signed, Decision::Approve).await;
        decision.number = number.map(str::to_owned);
        phone.decide(KeyPurpose::Approval, login, &decision).await;
        assert_eq!(world.standing(login).await, LoginState::WrongNumber, "{number:?}");
        assert!(world.app.receipt(&*world.at().await, login).await.unwrap().is_some(), "and can be proven");
    }
}

type Lie = (&'static str, fn(&mut ApprovalRequest));

const LIES: [Lie; 8] = [
    ("application", |r| r.application = "Cat pictures".into()),
    ("browser", |r| r.browser = "Firefox".into()),
    ("system", |r| r.system = "iOS".into()),
    ("address", |r| r.address = "203.0.113.7".into()),
    ("place", |r| r.place = Place::Named("Tokyo".into())),
    ("mode", |r| r.mode = Mode::Number { digits: 2 }),
    ("binding", |r| r.binding = sha256("another browser")),
    ("exp", |r| r.exp.0 += 60),
];

/// Even signed by the tenant's own key: what counts is what the server stored.
async fn a_phone_that_was_shown_an_altered_request_cannot_approve(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let true_request = phone.request().await.signed;
    for (what, lie) in LIES {
        let mut request = read_request(&true_request);
        lie(&mut request);
        let altered = statement::sign(&request, &world.at().await.signing_key).unwrap();
        let answer = RequestsAnswer { requests: vec![RequestAnswer { request: altered }] };
        let body = serde_json::to_vec(&answer).unwrap();
        phone.http.alter(move |response| response.body = body.clone());
        let shown = phone.request().await;
        phone.http.leave();
        let number = matches!(shown.mode, Mode::Number { .. }).then(|| "12".to_owned());
        let refused = phone.core.approve(shown, number).await.unwrap_err();
        assert_eq!(*refused.reason(), Reason::Refused(ErrorCode::BadDecision), "{what}");
        assert_eq!(world.standing(login).await, LoginState::Pending, "{what}");
    }
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
}

async fn a_request_that_the_server_did_not_sign_is_not_shown(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.begin(&world.browser()).await;
    phone.http.alter(|response| {
        let mut answer: RequestsAnswer = serde_json::from_slice(&response.body).unwrap();
        for RequestAnswer { request } in &mut answer.requests {
            let mut read = read_request(request);
            read.address = "203.0.113.7".into();
            let payload = countersign_protocol::bytes::to_base64url(serde_json::to_vec(&read).unwrap());
            let parts: Vec<&str> = request.split('.').collect();
            *request = format!("{}.{payload}.{}", parts[0], parts[2]);
        }
        response.body = serde_json::to_vec(&answer).unwrap();
    });
    let pending = phone.core.pending().await.unwrap();
    assert!(pending.requests.is_empty());
    assert_eq!(pending.unreached[0].error.reason().code(), "not_trusted");
}

async fn a_decision_about_another_login_is_refused(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let a = world.begin(&world.browser()).await;
    let b = world.begin(&world.browser()).await;
    let requests = phone.requests().await;
    let signed_a = &requests.iter().find(|request| request.login == a).unwrap().signed;
    // A sound decision about A, sent to B's address, and one that names B but is about A's request.
    let about_a = phone.decision(signed_a, Decision::Approve).await;
    let mut names_b = phone.decision(signed_a, Decision::Approve).await;
    names_b.login = b;
    names_b.jti = Bytes([9; 16]);
    for decision in [about_a, names_b] {
        let answer = phone.decide(KeyPurpose::Approval, b, &decision).await;
        assert_eq!(answer.code, Some(ErrorCode::BadDecision));
    }
    for login in [a, b] {
        assert_eq!(world.standing(login).await, LoginState::Pending);
    }
}

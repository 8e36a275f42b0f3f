//! An approval needs the approval key; a no needs either key, and no other key is worth anything.

use countersign_mobile_core::ports::KeyPurpose;
use countersign_protocol::api::ErrorCode;
use countersign_protocol::approval::{Decision, UserVerification};
use countersign_server::domain::login::LoginState;
use countersign_tests::{On, World};

stories!(
    the_device_key_cannot_approve,
    the_device_key_can_deny_and_report,
    the_approval_key_can_deny_too,
    the_approval_key_cannot_make_calls,
    another_phone_of_the_user_cannot_answer_for_this_one,
    the_servers_own_key_cannot_decide,
);

async fn the_device_key_cannot_approve(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let signed = phone.request().await.signed;
    for verification in [UserVerification::Biometric, UserVerification::Simulated, UserVerification::None] {
        let mut decision = phone.decision(&signed, Decision::Approve).await;
        decision.verification = verification;
        let answer = phone.decide(KeyPurpose::Device, login, &decision).await;
        assert_eq!((answer.status, answer.code), (400, Some(ErrorCode::BadDecision)));
    }
    assert_eq!(world.standing(login).await, LoginState::Pending);
}

async fn the_device_key_can_deny_and_report(on: On) {
    let (world, phone) = World::by_tap(on).await;
    for (said, state) in [(Decision::Deny, LoginState::Denied), (Decision::Report, LoginState::Reported)] {
        let login = world.begin(&world.browser()).await;
        let signed = phone.request().await.signed;
        let mut decision = phone.decision(&signed, said).await;
        decision.verification = UserVerification::None;
        assert_eq!(phone.decide(KeyPurpose::Device, login, &decision).await.status, 200);
        assert_eq!(world.standing(login).await, state);
    }
}

async fn the_approval_key_can_deny_too(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let signed = phone.request().await.signed;
    let decision = phone.decision(&signed, Decision::Deny).await;
    assert_eq!(phone.decide(KeyPurpose::Approval, login, &decision).await.status, 200);
    assert_eq!(world.standing(login).await, LoginState::Denied);
}

async fn the_approval_key_cannot_make_calls(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.begin(&world.browser()).await;
    let path = "/device/v1/requests";
    let call = phone.call("GET", path, b"").await;
    let statement = phone.sign(KeyPurpose::Approval, &call).await;
    let answer = phone.send_statement(&statement, reqwest::Method::GET, path, b"").await;
    assert_eq!((answer.status, answer.code), (401, Some(ErrorCode::UnknownDevice)));
}

async fn another_phone_of_the_user_cannot_answer_for_this_one(on: On) {
    let (world, first) = World::by_tap(on).await;
    let second = world.paired_phone("Ada’s other phone").await;
    let login = world.begin(&world.browser()).await;
    let for_first = first.request().await.signed;
    let for_second = second.request().await.signed;
    assert_ne!(for_first, for_second, "each phone is asked by itself");
    // The second phone signs what the first one was sent, as the first one and as itself.
    let as_first = second.decision(&for_first, Decision::Approve).await;
    let mut as_itself = second.decision(&for_first, Decision::Approve).await;
    as_itself.iss = second.identity().await.device;
    for decision in [as_first, as_itself] {
        let answer = second.decide(KeyPurpose::Approval, login, &decision).await;
        assert_eq!(answer.code, Some(ErrorCode::BadDecision));
    }
    // The first one's approval, sent by the second one.
    let sound = first.decision(&for_first, Decision::Approve).await;
    let statement = first.sign(KeyPurpose::Approval, &sound).await;
    assert_eq!(second.send_decision(login, statement).await.code, Some(ErrorCode::BadDecision));
    assert_eq!(world.standing(login).await, LoginState::Pending);
    second.approve(None).await.unwrap();
    assert_eq!(world.standing(login).await, LoginState::Approved, "its own request it may answer");
    assert_eq!(first.core.pending().await.unwrap().requests.len(), 0);
}

async fn the_servers_own_key_cannot_decide(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let signed = phone.request().await.signed;
    let decision = phone.decision(&signed, Decision::Approve).await;
    let by_server = countersign_protocol::statement::sign(&decision, &world.at().await.signing_key).unwrap();
    assert_eq!(phone.send_decision(login, by_server).await.code, Some(ErrorCode::BadDecision));
    // A statement of another type, though signed by the right key.
    let call = phone.call("POST", "/device/v1", b"").await;
    let as_call = phone.sign(KeyPurpose::Approval, &call).await;
    assert_eq!(phone.send_decision(login, as_call).await.code, Some(ErrorCode::BadDecision));
    assert_eq!(phone.send_decision(login, signed).await.code, Some(ErrorCode::BadDecision));
    assert_eq!(world.standing(login).await, LoginState::Pending);
}

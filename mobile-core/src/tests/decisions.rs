//! Answers: the right key, the right words, and nothing signed that need not be.

use countersign_protocol::approval::{Decision, Mode, UserVerification};
use countersign_protocol::pairing::ApprovalUnlock;

use super::now;
use super::phone::{Phone, Signing};
use super::requests::paired;
use super::server::Server;
use crate::ports::{KeyPurpose, KeyStoreError, KeyUnlock};
use crate::{Error, Mistrust, Outcome, PendingRequest, Reason};

fn asked(server: &Server, phone: &Phone, mode: Mode, number: Option<&str>) -> PendingRequest {
    server.ask(&server.request(mode), number);
    let request = now(phone.core.pending()).unwrap().requests.remove(0);
    phone.uses();
    request
}

#[test]
fn an_approval_is_signed_by_the_approval_key() {
    let (server, phone) = paired("https://login.example.com");
    let request = asked(&server, &phone, Mode::Tap, None);
    assert_eq!(now(phone.core.approve(request, None)), Ok(Outcome::Approved));
    let reason = "Sign in to ACME as ada@example.com";
    assert_eq!(phone.uses(), [(KeyPurpose::Approval, Some(reason.into())), (KeyPurpose::Device, None)]);
    server.with(|state| assert_eq!(state.decisions[0].decision, Decision::Approve));
}

#[test]
fn a_no_needs_no_face() {
    let (server, phone) = paired("https://login.example.com");
    let request = asked(&server, &phone, Mode::Number { digits: 2 }, Some("07"));
    assert_eq!(now(phone.core.deny(request)), Ok(Outcome::Denied));
    let request = asked(&server, &phone, Mode::Tap, None);
    assert_eq!(now(phone.core.report(request)), Ok(Outcome::Reported));
    assert!(phone.uses().iter().all(|(purpose, _)| *purpose == KeyPurpose::Device));
    server.with(|state| {
        assert_eq!(state.decisions[0].decision, Decision::Deny);
        assert_eq!(state.decisions[1].decision, Decision::Report);
        assert!(state.decisions.iter().all(|decision| decision.verification == UserVerification::None));
    });
}

#[test]
fn a_number_of_the_wrong_length_is_asked_for_again_before_anything_is_signed() {
    let (server, phone) = paired("https://login.example.com");
    let request = asked(&server, &phone, Mode::Number { digits: 2 }, Some("07"));
    for typed in [None, Some("7"), Some("007"), Some("o7")] {
        let error = now(phone.core.approve(request.clone(), typed.map(str::to_owned))).unwrap_err();
        assert_eq!(error, Error::AskAgain(Reason::NumberDigits(2)));
    }
    assert!(phone.uses().is_empty());
    assert_eq!(now(phone.core.approve(request, Some("07".into()))), Ok(Outcome::Approved));
}

#[test]
fn a_wrong_number_ends_the_login() {
    let (server, phone) = paired("https://login.example.com");
    let request = asked(&server, &phone, Mode::Number { digits: 2 }, Some("07"));
    assert_eq!(now(phone.core.approve(request.clone(), Some("70".into()))), Ok(Outcome::WrongNumber));
    let again = now(phone.core.approve(request, Some("07".into())));
    assert_eq!(again, Err(Error::TellUser(Reason::AlreadyDecided)));
}

#[test]
fn what_biometrics_say_is_what_the_app_should_do() {
    let (server, phone) = paired("https://login.example.com");
    let request = asked(&server, &phone, Mode::Tap, None);
    for (fault, expected) in [
        (KeyStoreError::Cancelled, Error::AskAgain(Reason::Cancelled)),
        (KeyStoreError::LockedOut, Error::TellUser(Reason::LockedOut)),
        (KeyStoreError::NoHardware, Error::TellUser(Reason::NoHardware)),
        (KeyStoreError::BiometricsChanged, Error::PairAgain(Reason::BiometricsChanged)),
        (KeyStoreError::NotFound, Error::PairAgain(Reason::KeysLost)),
        (KeyStoreError::Failed("x".into()), Error::TellUser(Reason::KeyStoreFailed("x".into()))),
    ] {
        phone.set_signing(Signing::ApprovalFails(fault));
        assert_eq!(now(phone.core.approve(request.clone(), None)), Err(expected));
    }
    assert_eq!(now(phone.core.deny(request)), Ok(Outcome::Denied), "a no is still possible");
}

#[test]
fn a_signature_by_another_key_never_leaves_the_phone() {
    let (server, phone) = paired("https://login.example.com");
    let request = asked(&server, &phone, Mode::Tap, None);
    let hits = server.with(|state| state.hits);
    for signing in [Signing::ByAnotherKey, Signing::Garbage] {
        phone.set_signing(signing);
        let unsound = Err(Error::TellUser(Reason::KeyStoreUnsound));
        assert_eq!(now(phone.core.approve(request.clone(), None)), unsound);
        assert_eq!(now(phone.core.deny(request.clone())), unsound);
    }
    assert_eq!(server.with(|state| state.hits), hits);
}

#[test]
fn what_is_answered_is_checked_again() {
    let (server, phone) = paired("https://login.example.com");
    let mut request = asked(&server, &phone, Mode::Tap, None);
    let changed = request.signed.replacen('.', ".A", 1);
    request.signed = changed;
    let refused = Err(Error::TellUser(Reason::NotTrusted(Mistrust::Signature)));
    assert_eq!(now(phone.core.approve(request, None)), refused);
    assert!(phone.uses().is_empty());
}

#[test]
fn an_approval_by_passcode_says_so_from_the_pairing_on() {
    let server = Server::new("https://login.example.com");
    let phone = Phone::new(&[&server]);
    phone.keys.unlock.lock().unwrap().0 = KeyUnlock::DevicePasscode;
    now(phone.core.pair(server.link(), None)).unwrap();
    server.confirm();
    let request = asked(&server, &phone, Mode::Tap, None);
    assert_eq!(now(phone.core.approve(request, None)), Ok(Outcome::Approved));
    server.with(|state| {
        assert_eq!(state.device.as_ref().unwrap().claim.approval_unlock, ApprovalUnlock::DevicePasscode);
        assert_eq!(state.decisions[0].verification, UserVerification::DeviceCredential);
    });
}

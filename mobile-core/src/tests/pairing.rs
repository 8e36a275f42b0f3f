//! Pairing: what goes well, and what leaves nothing behind.

use countersign_protocol::api::ErrorCode;
use countersign_protocol::pairing::KeyProtection;
use countersign_protocol::time::Timestamp;

use super::now;
use super::phone::{Phone, START, Signing};
use super::server::{Server, TenantKey};
use crate::ports::{KeyPurpose, KeyStoreError};
use crate::{AccountState, Error, Mistrust, Reason};

const ORIGIN: &str = "https://login.example.com";

fn both() -> (std::sync::Arc<Server>, Phone) {
    let server = Server::new(ORIGIN);
    let phone = Phone::new(&[&server]);
    (server, phone)
}

fn refused(server: &Server, phone: &Phone) -> Error {
    now(phone.core.pair(server.link(), None)).unwrap_err()
}

fn nothing_is_left(phone: &Phone) {
    assert_eq!(phone.key_count(), 0, "keys were left behind");
    assert!(now(phone.core.accounts()).unwrap().is_empty());
}

#[test]
fn a_phone_is_paired_and_then_confirmed() {
    let (server, phone) = both();
    let started = now(phone.core.pair(server.link(), None)).unwrap();
    assert_eq!(started.code, "042017");
    assert_eq!(started.expires, Timestamp::from_seconds(START + 300));
    assert_eq!(started.account.state, AccountState::Unconfirmed);
    assert_eq!(started.account.tenant_name, "ACME");
    assert_eq!(started.account.account, "ada@example.com");
    assert_eq!(now(phone.core.accounts()).unwrap(), std::slice::from_ref(&started.account));

    server.with(|state| {
        let claim = &state.device.as_ref().unwrap().claim;
        assert_eq!((claim.platform.as_str(), claim.model.as_str()), ("ios", "Ada's iPhone"));
        assert_eq!(claim.protection, KeyProtection::Hardware);
    });
    let reason = "Use this phone to sign in to login.example.com";
    assert_eq!(phone.uses(), [(KeyPurpose::Device, None), (KeyPurpose::Approval, Some(reason.into()))]);

    let id = started.account.id;
    let account = now(phone.core.refresh_account(id.clone())).unwrap();
    assert_eq!(account.state, AccountState::Unconfirmed);
    server.confirm();
    let account = now(phone.core.refresh_account(id)).unwrap();
    assert_eq!(account.state, AccountState::Active);
    assert_eq!(now(phone.core.accounts()).unwrap(), [account]);
}

#[test]
fn another_server_key_than_the_links_is_refused() {
    let (server, phone) = both();
    server.with(|state| state.other_key = Some(TenantKey::new().public()));
    let error = refused(&server, &phone);
    assert_eq!(error, Error::TellUser(Reason::NotTrusted(Mistrust::ServerKey)));
    nothing_is_left(&phone);
}

#[test]
fn a_refused_claim_leaves_nothing() {
    let (server, phone) = both();
    for (code, expected) in [
        (ErrorCode::PairingOver, Error::PairAgain(Reason::PairingOver)),
        (ErrorCode::HardwareKeysRequired, Error::TellUser(Reason::HardwareKeysRequired)),
        (ErrorCode::DevicePasscodeNotAllowed, Error::TellUser(Reason::DevicePasscodeNotAllowed)),
        (ErrorCode::Busy, Error::RetryLater(Reason::Busy)),
        (ErrorCode::BadRequest, Error::UpdateApp(Reason::Refused(ErrorCode::BadRequest))),
    ] {
        server.with(|state| state.refuse = Some(code));
        assert_eq!(refused(&server, &phone), expected);
        nothing_is_left(&phone);
    }
    server.with(|state| (state.refuse, state.hardware_only) = (None, true));
    assert_eq!(refused(&server, &phone), Error::TellUser(Reason::HardwareKeysRequired));
    server.with(|state| state.down = true);
    assert!(matches!(refused(&server, &phone), Error::RetryLater(Reason::Unreachable(_))));
    nothing_is_left(&phone);
}

#[test]
fn a_link_is_good_once() {
    let (server, phone) = both();
    let link = server.link();
    now(phone.core.pair(link.clone(), None)).unwrap();
    let other = Phone::new(&[&server]);
    assert_eq!(now(other.core.pair(link, None)).unwrap_err(), Error::PairAgain(Reason::PairingOver));
    assert_eq!((phone.key_count(), other.key_count()), (2, 0), "the first one's keys stay");
}

#[test]
fn bad_links_ask_no_server_and_make_no_key() {
    let (server, phone) = both();
    let plain = server.link().replace("https:", "http:");
    for (link, expected) in [
        ("https://example.com".to_owned(), Error::AskAgain(Reason::NotAPairingLink)),
        (plain, Error::TellUser(Reason::InsecureServer)),
    ] {
        assert_eq!(now(phone.core.pair(link, None)).unwrap_err(), expected);
    }
    nothing_is_left(&phone);
    assert_eq!(server.with(|state| state.hits), 0);
}

#[test]
fn a_failing_key_store_leaves_nothing() {
    let (server, phone) = both();
    *phone.keys.creating.lock().unwrap() = Some((KeyPurpose::Approval, KeyStoreError::NoHardware));
    assert_eq!(refused(&server, &phone), Error::TellUser(Reason::NoHardware));
    nothing_is_left(&phone);

    *phone.keys.creating.lock().unwrap() = None;
    for (signing, expected) in [
        (Signing::ApprovalFails(KeyStoreError::Cancelled), Error::AskAgain(Reason::Cancelled)),
        (Signing::ByAnotherKey, Error::TellUser(Reason::KeyStoreUnsound)),
    ] {
        phone.set_signing(signing);
        assert_eq!(refused(&server, &phone), expected);
        nothing_is_left(&phone);
    }
    assert_eq!(server.with(|state| state.hits), 0, "nothing unsound was sent");
}

#[test]
fn a_full_storage_leaves_no_key() {
    let (server, phone) = both();
    *phone.storage.full.lock().unwrap() = true;
    assert!(matches!(refused(&server, &phone), Error::TellUser(Reason::StorageFailed(_))));
    assert_eq!(phone.key_count(), 0);
}

#[test]
fn a_phone_with_a_wrong_clock_is_paired_at_the_second_try() {
    let (server, phone) = both();
    phone.clock.set(START - 86_400);
    let started = now(phone.core.pair(server.link(), None)).unwrap();
    assert_eq!(started.expires, Timestamp::from_seconds(START - 86_400 + 300), "by the phone's clock");
    assert_eq!(server.with(|state| state.hits), 2);
}

#[test]
fn an_answer_that_makes_no_sense_leaves_nothing() {
    let (server, phone) = both();
    server.with(|state| state.raw = Some((200, "{}".into())));
    assert_eq!(refused(&server, &phone), Error::UpdateApp(Reason::UnknownAnswer));
    nothing_is_left(&phone);
}

#[test]
fn who_could_not_be_attested_just_now_is_not_sent_for_another_phone() {
    let server = Server::new(ORIGIN);
    server.with(|state| state.refuse = Some(ErrorCode::AttestationRequired));
    let unreachable = KeyStoreError::Failed("serverUnavailable".into());
    let phone = Phone::with_app_attest(&[&server], Err(unreachable));
    let error = refused(&server, &phone);
    assert!(matches!(&error, Error::RetryLater(why) if why.code() == "attestation_unavailable"), "{error:?}");
    let phone = Phone::with_app_attest(&[&server], Ok(()));
    assert_eq!(refused(&server, &phone), Error::TellUser(Reason::AttestationRequired), "it was not enough");
}

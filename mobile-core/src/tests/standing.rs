//! What the person changes about an account from the phone, and what has befallen its keys.

use countersign_protocol::api::ErrorCode;
use countersign_protocol::attestation::{Attestation, challenge, client_data_hash};

use super::now;
use super::phone::Phone;
use super::requests::paired;
use super::server::Server;
use crate::{Error, Lang, Reason};

const ORIGIN: &str = "https://login.example.com";

#[test]
fn a_phone_is_renamed_on_its_server() {
    let (server, phone) = paired(ORIGIN);
    let account = &now(phone.core.accounts()).unwrap()[0];
    assert_eq!(account.device_name, "Ada's iPhone");
    let renamed = now(phone.core.rename_device(account.id.clone(), " Work phone ".into())).unwrap();
    assert_eq!(renamed.device_name, "Work phone");
    assert_eq!(server.with(|state| state.device.as_ref().unwrap().claim.model.clone()), "Work phone");
    assert_eq!(now(phone.core.accounts()).unwrap()[0].device_name, "Work phone");
    let empty = now(phone.core.rename_device(account.id.clone(), " \u{200b} ".into()));
    assert_eq!(empty, Err(Error::AskAgain(Reason::EmptyName)));
}

#[test]
fn an_account_that_is_ended_is_gone_on_both_sides() {
    let (server, phone) = paired(ORIGIN);
    let id = now(phone.core.accounts()).unwrap()[0].id.clone();
    server.with(|state| state.down = true);
    let down = now(phone.core.unpair(id.clone()));
    assert!(matches!(down, Err(Error::RetryLater(Reason::Unreachable(_)))));
    assert_eq!(phone.key_count(), 2, "the account stays, to be ended later");
    server.with(|state| state.down = false);
    now(phone.core.unpair(id)).unwrap();
    assert!(server.with(|state| state.device.is_none()));
    assert!(now(phone.core.accounts()).unwrap().is_empty());
    assert_eq!(phone.key_count(), 0);
}

#[test]
fn what_the_server_has_forgotten_is_forgotten_here_too() {
    let (server, phone) = paired(ORIGIN);
    let id = now(phone.core.accounts()).unwrap()[0].id.clone();
    server.with(|state| state.refuse = Some(ErrorCode::UnknownDevice));
    now(phone.core.unpair(id)).unwrap();
    assert!(now(phone.core.accounts()).unwrap().is_empty());
}

#[test]
fn a_backup_on_another_phone_is_told_for_exactly_its_accounts() {
    let (_server, old) = paired(ORIGIN);
    let other = Server::new("https://sso.example.org");
    let new = Phone::new(&[&other]);
    *new.storage.values.lock().unwrap() = old.storage.values.lock().unwrap().clone();
    now(new.core.pair(other.link(), None)).unwrap();
    let accounts = now(new.core.accounts()).unwrap();
    let faults: Vec<_> = accounts.iter().map(|account| account.fault.clone()).collect();
    assert_eq!(faults, [Some(Error::PairAgain(Reason::KeysLost)), None]);
}

#[test]
fn a_key_of_the_same_name_is_not_the_same_key() {
    let (_server, phone) = paired(ORIGIN);
    for (_, key) in phone.keys.keys.lock().unwrap().values_mut() {
        *key = std::sync::Arc::new(super::phone::new_key());
    }
    let accounts = now(phone.core.accounts()).unwrap();
    assert_eq!(accounts[0].fault, Some(Error::PairAgain(Reason::KeysLost)));
}

#[test]
fn a_clock_that_is_off_is_told_once_a_server_has_said_so() {
    let (server, phone) = paired(ORIGIN);
    assert_eq!(phone.core.clock_skew(), None);
    server.with(|state| state.now -= 300);
    now(phone.core.pending()).unwrap();
    let skew = phone.core.clock_skew().unwrap();
    assert_eq!(skew.ahead_seconds, 300);
    assert!(skew.message(Lang::English).contains("5 minutes ahead"));
    server.with(|state| state.now += 300);
    now(phone.core.pending()).unwrap();
    assert_eq!(phone.core.clock_skew(), None, "it was set right");
}

#[test]
fn each_request_says_which_app_makes_it() {
    let (server, phone) = paired(ORIGIN);
    now(phone.core.pending()).unwrap();
    let said = server.with(|state| state.apps.clone());
    assert!(said.len() >= 2, "the claim and a call");
    assert!(said.iter().all(|app| app == "ios com.example.signin/2.4.1"), "{said:?}");
}

#[test]
fn keys_are_attested_for_this_very_pairing() {
    let server = Server::new(ORIGIN);
    let phone = Phone::new(&[&server]);
    *phone.keys.attested.lock().unwrap() = true;
    now(phone.core.pair(server.link(), None)).unwrap();
    server.with(|state| {
        let claim = &state.device.as_ref().unwrap().claim;
        let challenge = challenge(&claim.aud, claim.pairing, claim.secret_hash);
        let given = state.attestation.as_ref().unwrap();
        assert_eq!(claim.attestation, Some(given.digest()));
        let Attestation::AndroidKey { device, approval } = given else { panic!("{given:?}") };
        for chain in [device, approval] {
            assert_eq!(chain[0].0, challenge.0, "the fake store attests by giving the challenge back");
        }
    });
}

#[test]
fn an_app_is_attested_for_this_very_pairing_and_its_keys() {
    let server = Server::new(ORIGIN);
    let phone = Phone::with_app_attest(&[&server], Ok(()));
    now(phone.core.pair(server.link(), None)).unwrap();
    server.with(|state| {
        let claim = &state.device.as_ref().unwrap().claim;
        let challenge = challenge(&claim.aud, claim.pairing, claim.secret_hash);
        let kid = |jwk| countersign_protocol::key::PublicKey::from(jwk).id();
        let over = client_data_hash(challenge, kid(&claim.device_key), kid(&claim.approval_key));
        let given = state.attestation.as_ref().unwrap();
        assert_eq!(claim.attestation, Some(given.digest()));
        let Attestation::AppleAppAttest { object, .. } = given else { panic!("{given:?}") };
        assert_eq!(object.0, over.0);
    });
}

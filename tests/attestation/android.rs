//! Android key attestation, in one thing wrong each.

use countersign_protocol::attestation::{Attestation, Blob, MOST_CERTIFICATES};
use countersign_protocol::bytes::Bytes;
use countersign_protocol::pairing::ApprovalUnlock;
use countersign_server::attestation::revocations::Revocations;
use countersign_server::attestation::{Accepted, NoRoots, Subject, Verifier};
use countersign_server::domain::attestation::{BootState, Doubt, KeyLevel, Proof};
use countersign_tests::attestation::android::PACKAGE;
use countersign_tests::attestation::{AndroidMaker, Dates, Description};

use crate::{CHALLENGE, accepted, key, subject, verify};

/// What becomes of an attestation whose two keys are described so.
fn described(device: &Description, approval: &Description) -> Result<Proof, Doubt> {
    let (maker, of) = (AndroidMaker::default(), subject());
    let attestation = Attestation::AndroidKey {
        device: maker.chain(&of.device_key, device),
        approval: maker.chain(&of.approval_key, approval),
    };
    verify(accepted(&maker.root_pem()), &attestation, &of)
}

fn good() -> Description {
    Description::of(CHALLENGE)
}

fn proof(level: KeyLevel) -> Proof {
    Proof {
        level,
        app: PACKAGE.to_owned(),
        os_version: Some(160_000),
        os_patch_level: Some(202_611),
        boot: Some(BootState::Verified),
        development: false,
    }
}

#[test]
fn what_holds_is_told() {
    assert_eq!(described(&good(), &good()), Ok(proof(KeyLevel::StrongBox)));
    let device = Description { unlocked_by: None, purposes: vec![2, 3], ..good() };
    assert_eq!(
        described(&device, &good()),
        Ok(proof(KeyLevel::StrongBox)),
        "the device key is used without asking"
    );
}

#[test]
fn the_weaker_of_the_places_counts() {
    let weaker = proof(KeyLevel::TrustedEnvironment);
    for key in [Description { key_level: 1, ..good() }, Description { attestation_level: 1, ..good() }] {
        assert_eq!(described(&key, &good()).as_ref(), Ok(&weaker));
        assert_eq!(described(&good(), &key).as_ref(), Ok(&weaker));
    }
}

#[test]
fn one_thing_wrong_with_either_key_is_enough() {
    let wrong = [
        (Description { challenge: Bytes([6; 32]), ..good() }, Doubt::OtherChallenge),
        (Description { key_level: 0, ..good() }, Doubt::SoftwareKeys),
        (Description { attestation_level: 0, ..good() }, Doubt::SoftwareKeys),
        (Description { attestation_level: 3, key_level: 3, ..good() }, Doubt::SoftwareKeys),
        (Description { purposes: vec![], ..good() }, Doubt::KeyUse),
        (Description { purposes: vec![2, 7], ..good() }, Doubt::KeyUse),
        (Description { shared: true, ..good() }, Doubt::KeyUse),
        (Description { origin: 2, ..good() }, Doubt::KeyUse),
        (Description { algorithm: 1, ..good() }, Doubt::KeyUse),
        (Description { locked: false, ..good() }, Doubt::BootNotVerified),
        (Description { boot_state: 1, ..good() }, Doubt::BootNotVerified),
        (Description { boot_state: 2, ..good() }, Doubt::BootNotVerified),
        (Description { package: "com.example.other", ..good() }, Doubt::OtherApp),
        (Description { signer: Bytes([0xcd; 32]), ..good() }, Doubt::OtherApp),
    ];
    for (key, doubt) in wrong {
        assert_eq!(described(&key, &good()), Err(doubt), "{key:?}");
        assert_eq!(described(&good(), &key), Err(doubt), "{key:?}");
    }
}

#[test]
fn each_use_of_the_approval_key_asks_its_owner() {
    for approval in [
        Description { unlocked_by: None, ..good() },
        Description { unlocked_by: Some(0), ..good() },
        Description { unlocked_for: Some(10), ..good() },
    ] {
        assert_eq!(described(&good(), &approval), Err(Doubt::NoUserAuthentication), "{approval:?}");
    }
}

#[test]
fn a_screen_lock_that_unlocks_the_approval_key_has_to_be_said() {
    for bits in [1, 3] {
        let screen_lock = Description { unlocked_by: Some(bits), ..good() };
        assert_eq!(described(&good(), &screen_lock), Err(Doubt::OtherUnlock), "{bits}");
        let (maker, mut of) = (AndroidMaker::default(), subject());
        of.approval_unlock = ApprovalUnlock::DevicePasscode;
        let attestation = Attestation::AndroidKey {
            device: maker.chain(&of.device_key, &good()),
            approval: maker.chain(&of.approval_key, &screen_lock),
        };
        assert!(verify(accepted(&maker.root_pem()), &attestation, &of).is_ok(), "{bits}");
    }
}

#[test]
fn a_chain_about_another_key_proves_nothing_about_this_one() {
    let (maker, of) = (AndroidMaker::default(), subject());
    let other = Subject { device_key: key(), ..of.clone() };
    let attestation = maker.attest(&other.device_key, &of.approval_key, &good());
    assert_eq!(verify(accepted(&maker.root_pem()), &attestation, &of), Err(Doubt::OtherKey));
    let swapped = maker.attest(&of.approval_key, &of.device_key, &good());
    assert_eq!(verify(accepted(&maker.root_pem()), &swapped, &of), Err(Doubt::OtherKey));
}

/// What becomes of an attestation after both chains were changed.
fn changed(change: impl Fn(&mut Vec<Blob>)) -> Result<Proof, Doubt> {
    let (maker, of) = (AndroidMaker::default(), subject());
    let mut attestation = maker.attest(&of.device_key, &of.approval_key, &good());
    if let Attestation::AndroidKey { device, approval } = &mut attestation {
        change(device);
        change(approval);
    }
    verify(accepted(&maker.root_pem()), &attestation, &of)
}

#[test]
fn a_chain_is_whole_and_leads_to_a_root_that_is_believed() {
    assert!(changed(|chain| drop(chain.pop())).is_ok(), "the root is known, and may be left out");
    assert_eq!(changed(|chain| chain.truncate(1)), Err(Doubt::UnknownRoot));
    assert_eq!(changed(|chain| drop(chain.remove(1))), Err(Doubt::UnknownRoot));
    assert_eq!(changed(|chain| chain.swap(0, 1)), Err(Doubt::BrokenChain));
    assert_eq!(changed(Vec::clear), Err(Doubt::Malformed));
    assert_eq!(changed(|chain| drop(chain.remove(0))), Err(Doubt::Malformed), "it says nothing of a key");
    assert_eq!(changed(|chain| drop(chain.drain(..2))), Err(Doubt::Malformed), "the root alone");
    assert_eq!(changed(|chain| chain.extend(vec![chain[2].clone(); MOST_CERTIFICATES])), Err(Doubt::TooLong));
    let other = AndroidMaker::default().chain(&key(), &good());
    assert_eq!(
        changed(|chain| chain.splice(1.., other[1..].to_vec()).for_each(drop)),
        Err(Doubt::BrokenChain)
    );
}

#[test]
fn another_makers_root_is_not_believed() {
    let (maker, of) = (AndroidMaker::default(), subject());
    let attestation = maker.attest(&of.device_key, &of.approval_key, &good());
    assert_eq!(verify(accepted(""), &attestation, &of), Err(Doubt::UnknownRoot));
    let other = AndroidMaker::default().root_pem();
    assert_eq!(verify(accepted(&other), &attestation, &of), Err(Doubt::UnknownRoot), "of the same name");
}

#[test]
fn the_dates_of_authorities_count() {
    let (maker, of) = (AndroidMaker::new(Dates::Past), subject());
    let attestation = maker.attest(&of.device_key, &of.approval_key, &good());
    assert_eq!(verify(accepted(&maker.root_pem()), &attestation, &of), Err(Doubt::OutOfTime));
}

#[test]
fn what_an_apps_key_certified_is_not_believed() {
    let (maker, of) = (AndroidMaker::default(), subject());
    let approval = maker.chain_through_an_apps_key(&of.approval_key, &good());
    let attestation = Attestation::AndroidKey { device: maker.chain(&of.device_key, &good()), approval };
    assert_eq!(verify(accepted(&maker.root_pem()), &attestation, &of), Err(Doubt::SecondStatement));
}

#[test]
fn a_certificate_says_one_thing_of_its_key() {
    let (maker, of) = (AndroidMaker::default(), subject());
    let approval = maker.chain_that_says_twice(&of.approval_key, &good(), &good());
    let attestation = Attestation::AndroidKey { device: maker.chain(&of.device_key, &good()), approval };
    assert_eq!(verify(accepted(&maker.root_pem()), &attestation, &of), Err(Doubt::Malformed));
}

#[test]
fn a_bit_that_is_flipped_breaks_the_chain() {
    let flip = |certificate: usize| {
        changed(|chain| {
            let last = chain[certificate].0.len() - 1;
            chain[certificate].0[last] ^= 1;
        })
    };
    assert_eq!(flip(0), Err(Doubt::BrokenChain));
    assert_eq!(flip(1), Err(Doubt::UnknownRoot), "the root did not sign it so");
    assert!(changed(|chain| chain[0].0.truncate(300)).is_err());
    assert_eq!(changed(|chain| chain[0].0.push(0)), Err(Doubt::Malformed), "nothing after the certificate");
}

#[test]
fn a_certificate_on_the_list_is_not_believed() {
    let (maker, of) = (AndroidMaker::default(), subject());
    let attestation = maker.attest(&of.device_key, &of.approval_key, &good());
    let Attestation::AndroidKey { device, .. } = &attestation else { unreachable!() };
    let (_, authority) = x509_parser::parse_x509_certificate(&device[1].0).unwrap();
    let serial = authority.raw_serial_as_string().replace(':', "");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.json");
    let with_list = |list: &str| {
        std::fs::write(&path, list).unwrap();
        let revocations = Some(Revocations::read(&path).unwrap());
        Verifier::new(Accepted { revocations, ..accepted(&maker.root_pem()) }).unwrap()
    };
    let now = countersign_protocol::time::Timestamp::from_seconds(1_800_000_000);
    let verifier = with_list(r#"{"entries":{"c35bc":{"status":"REVOKED"}}}"#);
    assert!(verifier.verify(&attestation, &of, now).is_ok());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(verifier.verify(&attestation, &of, now), Err(Doubt::RevocationsUnread));
    let verifier = with_list(&format!(r#"{{"entries":{{"{serial}":{{"status":"SUSPENDED"}}}}}}"#));
    assert_eq!(verifier.verify(&attestation, &of, now), Err(Doubt::Revoked));
}

#[test]
fn without_apps_in_the_settings_nothing_is_believed() {
    let (maker, of) = (AndroidMaker::default(), subject());
    let attestation = maker.attest(&of.device_key, &of.approval_key, &good());
    let nobody = Accepted { extra_roots: maker.root_pem().into_bytes(), ..Accepted::default() };
    assert_eq!(verify(nobody, &attestation, &of), Err(Doubt::NoApps));
}

#[test]
fn further_roots_are_certificates() {
    let wrong = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(Verifier::new(accepted(wrong)).unwrap_err(), NoRoots);
}

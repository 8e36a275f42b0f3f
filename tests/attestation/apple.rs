//! Apple's App Attest, in one thing wrong each.

use countersign_protocol::attestation::{Attestation, Blob, client_data_hash};
use countersign_protocol::bytes::Bytes;
use countersign_server::attestation::{Accepted, Subject};
use countersign_server::domain::attestation::{Doubt, KeyLevel, Proof};
use countersign_tests::attestation::apple::APP;
use countersign_tests::attestation::{AppleMaker, Claims, Dates};

use crate::{CHALLENGE, accepted, key, subject, verify};

const DEVELOPMENT: [u8; 16] = *b"appattestdevelop";

fn good(of: &Subject) -> Claims {
    Claims::over(client_data_hash(CHALLENGE, of.device_key.id(), of.approval_key.id()))
}

/// What becomes of an attestation of which one thing was changed.
fn changed(change: impl FnOnce(&mut Claims)) -> Result<Proof, Doubt> {
    let (maker, of) = (AppleMaker::default(), subject());
    let mut claims = good(&of);
    change(&mut claims);
    verify(accepted(&maker.root_pem()), &maker.attest(&claims, Dates::Good), &of)
}

fn proof(development: bool) -> Proof {
    let level = KeyLevel::AppleDevice;
    Proof { level, app: APP.to_owned(), os_version: None, os_patch_level: None, boot: None, development }
}

#[test]
fn what_holds_is_told() {
    assert_eq!(changed(|_| ()), Ok(proof(false)));
}

#[test]
fn one_thing_wrong_is_enough() {
    assert_eq!(changed(|claims| claims.app = "ABCDE12345.com.example.other"), Err(Doubt::OtherApp));
    assert_eq!(changed(|claims| claims.counter = 1), Err(Doubt::KeyUse));
    assert_eq!(changed(|claims| claims.environment = [0; 16]), Err(Doubt::Malformed));
    assert_eq!(changed(|claims| claims.format = "packed"), Err(Doubt::Malformed));
    assert_eq!(changed(|claims| claims.client_data_hash = Bytes([6; 32])), Err(Doubt::OtherChallenge));
}

#[test]
fn it_is_about_both_keys_of_this_pairing() {
    let (maker, of) = (AppleMaker::default(), subject());
    let attestation = maker.attest(&good(&of), Dates::Good);
    let accepted = || accepted(&maker.root_pem());
    for other in [
        Subject { device_key: key(), ..of.clone() },
        Subject { approval_key: key(), ..of.clone() },
        Subject { challenge: Bytes([6; 32]), ..of.clone() },
    ] {
        assert_eq!(verify(accepted(), &attestation, &other), Err(Doubt::OtherChallenge));
    }
    let Attestation::AppleAppAttest { object, .. } = attestation else { unreachable!() };
    let renamed = Attestation::AppleAppAttest { key_id: Bytes([7; 32]), object };
    assert_eq!(verify(accepted(), &renamed, &of), Err(Doubt::OtherKey));
}

#[test]
fn development_builds_are_refused_unless_allowed() {
    assert_eq!(changed(|claims| claims.environment = DEVELOPMENT), Err(Doubt::Development));
    let (maker, of) = (AppleMaker::default(), subject());
    let attestation = maker.attest(&Claims { environment: DEVELOPMENT, ..good(&of) }, Dates::Good);
    let allowed = Accepted { development_builds: true, ..accepted(&maker.root_pem()) };
    assert_eq!(verify(allowed, &attestation, &of), Ok(proof(true)));
}

#[test]
fn all_dates_count() {
    let of = subject();
    let (in_time, past) = (AppleMaker::default(), AppleMaker::new(Dates::Past));
    for (maker, dates) in [(in_time, Dates::Past), (past, Dates::Good)] {
        let attestation = maker.attest(&good(&of), dates);
        assert_eq!(verify(accepted(&maker.root_pem()), &attestation, &of), Err(Doubt::OutOfTime));
    }
}

#[test]
fn the_root_is_apples_or_one_that_is_named() {
    let of = subject();
    let attestation = AppleMaker::default().attest(&good(&of), Dates::Good);
    assert_eq!(verify(accepted(""), &attestation, &of), Err(Doubt::UnknownRoot));
    assert_eq!(
        verify(accepted(&AppleMaker::default().root_pem()), &attestation, &of),
        Err(Doubt::UnknownRoot)
    );
    assert_eq!(verify(Accepted::default(), &attestation, &of), Err(Doubt::NoApps));
}

#[test]
fn an_object_that_is_cut_off_is_none() {
    let (maker, of) = (AppleMaker::default(), subject());
    let Attestation::AppleAppAttest { key_id, object } = maker.attest(&good(&of), Dates::Good) else {
        unreachable!()
    };
    for length in (0..object.0.len()).step_by(7) {
        let object = Blob(object.0[..length].to_vec());
        let cut = Attestation::AppleAppAttest { key_id, object };
        assert_eq!(verify(accepted(&maker.root_pem()), &cut, &of), Err(Doubt::Malformed), "{length}");
    }
}

#[test]
fn an_attested_key_certifies_no_other() {
    let (maker, of) = (AppleMaker::default(), subject());
    for (between, doubt) in [(true, Doubt::SecondStatement), (false, Doubt::NoAuthority)] {
        let attestation = maker.attest_through_an_apps_key(&good(&of), between);
        assert_eq!(verify(accepted(&maker.root_pem()), &attestation, &of), Err(doubt));
    }
}

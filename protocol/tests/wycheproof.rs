//! Project Wycheproof's ECDSA vectors for P-256 with SHA-256: both encodings of signatures.

use countersign_protocol::key::{PublicKey, signature_from_der};
use wycheproof::TestResult;
use wycheproof::ecdsa::{Test, TestFlag, TestName, TestSet};

#[derive(Default)]
struct Count {
    accepted: usize,
    refused: usize,
}

/// Runs `verifies` over a set, compares, and counts.
fn run(set: TestName, verifies: impl Fn(&PublicKey, &Test) -> bool) -> Result<Count, String> {
    let mut count = Count::default();
    for group in TestSet::load(set).map_err(|e| e.to_string())?.test_groups {
        let key = PublicKey::from_sec1(&group.key.key).ok_or("a group's key is no uncompressed point")?;
        for test in &group.tests {
            let accepted = verifies(&key, test);
            let wanted = test.result == TestResult::Valid;
            if accepted != wanted {
                return Err(format!(
                    "{set:?} {}: {} {:?}, wanted {wanted}",
                    test.tc_id, test.comment, test.flags
                ));
            }
            if accepted { count.accepted += 1 } else { count.refused += 1 }
        }
    }
    Ok(count)
}

#[test]
fn signatures_of_r_and_s() {
    let count = run(TestName::EcdsaSecp256r1Sha256P1363, |key, test| {
        // What is not 64 bytes never gets as far as a key: statements refuse it by its length.
        <&[u8; 64]>::try_from(&test.sig[..]).is_ok_and(|sig| key.verifies(&test.msg, sig))
    })
    .unwrap();
    assert!(count.accepted > 100 && count.refused > 50, "{} and {}", count.accepted, count.refused);
}

#[test]
fn signatures_in_der() {
    let count = run(TestName::EcdsaSecp256r1Sha256, |key, test| {
        signature_from_der(&test.sig).is_some_and(|sig| key.verifies(&test.msg, &sig))
    })
    .unwrap();
    assert!(count.accepted > 100 && count.refused > 50, "{} and {}", count.accepted, count.refused);
}

/// BER that is not DER is refused as such, rather than read as whatever it might mean.
#[test]
fn loose_encodings_are_not_even_converted() {
    let mut loose = 0;
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap().test_groups {
        for test in group.tests {
            if test.flags.contains(&TestFlag::BerEncodedSignature) && test.result != TestResult::Valid {
                loose += 1;
                assert_eq!(signature_from_der(&test.sig), None, "{}: {}", test.tc_id, test.comment);
            }
        }
    }
    assert!(loose > 3, "only {loose} such vectors");
}

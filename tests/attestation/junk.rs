//! Bytes that somebody made up: refused, whatever they are, and never a panic.

use std::sync::LazyLock;

use countersign_protocol::attestation::{Attestation, Blob, client_data_hash};
use countersign_server::attestation::{Subject, Verifier};
use countersign_tests::attestation::{AndroidMaker, AppleMaker, Claims, Dates, Description};
use proptest::prelude::*;

use countersign_protocol::time::Timestamp;

use crate::{CHALLENGE, accepted, subject};

struct Bench {
    verifier: Verifier,
    of: Subject,
    android: Attestation,
    apple: Attestation,
}

static BENCH: LazyLock<Bench> = LazyLock::new(bench);

fn bench() -> Bench {
    let (android, apple, of) = (AndroidMaker::default(), AppleMaker::default(), subject());
    let verifier = Verifier::new(accepted(&format!("{}{}", android.root_pem(), apple.root_pem()))).unwrap();
    let over = client_data_hash(CHALLENGE, of.device_key.id(), of.approval_key.id());
    let android = android.attest(&of.device_key, &of.approval_key, &Description::of(CHALLENGE));
    let apple = apple.attest(&Claims::over(over), Dates::Good);
    Bench { verifier, of, android, apple }
}

impl Bench {
    fn refuses(&self, attestation: &Attestation) -> bool {
        self.verifier.verify(attestation, &self.of, Timestamp::from_seconds(1_800_000_000)).is_err()
    }
}

/// The bytes that an attestation is made of.
fn parts(attestation: &mut Attestation) -> Vec<&mut Vec<u8>> {
    match attestation {
        // The root is not looked at, but for its key.
        Attestation::AndroidKey { device, approval } => {
            device.iter_mut().take(2).chain(approval.iter_mut().take(2)).map(|blob| &mut blob.0).collect()
        }
        Attestation::AppleAppAttest { object, .. } => vec![&mut object.0],
    }
}

#[test]
fn a_byte_that_is_changed_is_noticed_wherever_it_stands() {
    let bench = &*BENCH;
    let mut unnoticed = Vec::new();
    for whole in [&bench.android, &bench.apple] {
        let lengths: Vec<_> = parts(&mut whole.clone()).into_iter().map(|part| part.len()).collect();
        for (part, at) in
            lengths.into_iter().enumerate().flat_map(|(part, long)| (0..long).map(move |at| (part, at)))
        {
            let mut changed = whole.clone();
            parts(&mut changed)[part][at] ^= 0x55;
            // Apple's receipt is nobody's concern here: neither its name nor what is in it.
            let passed_over =
                near_receipt(whole, at) || names_an_algorithm(parts(&mut whole.clone())[part], at);
            if !passed_over && !bench.refuses(&changed) {
                unnoticed.push((whole, part, at));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}

/// The signature's algorithm stands in a certificate twice, once outside of what is signed, and the parser takes any
/// tag before its name there. The name itself has to be the same.
fn names_an_algorithm(part: &[u8], at: usize) -> bool {
    let after = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
    part.get(at..).is_some_and(|rest| rest.starts_with(&after))
}

fn near_receipt(whole: &Attestation, at: usize) -> bool {
    let Attestation::AppleAppAttest { object, .. } = whole else { return false };
    let start = object.0.windows(7).position(|bytes| bytes == b"receipt").unwrap();
    (start - 1..start + 7 + 1 + 7).contains(&at)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn random_bytes_are_refused(one in any::<Vec<u8>>(), two in any::<Vec<u8>>(), three in any::<Vec<u8>>()) {
        let bench = &*BENCH;
        let android = Attestation::AndroidKey { device: vec![Blob(one), Blob(two.clone())], approval: vec![Blob(three.clone())] };
        prop_assert!(bench.refuses(&android));
        let Attestation::AppleAppAttest { key_id, .. } = &bench.apple else { unreachable!() };
        let apple = Attestation::AppleAppAttest { key_id: *key_id, object: Blob(two) };
        prop_assert!(bench.refuses(&apple));
    }
}

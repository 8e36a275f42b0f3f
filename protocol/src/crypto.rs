//! SHA-256, ES256 and randomness: by ring, or by what is compact.
//!
//! Servers verify many signatures, and take ring. A phone verifies a few, and links the RustCrypto crates instead: they
//! bring none of ring's 150 KB of precomputed points. Both are held to the same vectors (`tests/wycheproof.rs`).

#[cfg(not(any(feature = "ring", feature = "compact")))]
compile_error!("countersign-protocol needs one of its features: `ring` (servers) or `compact` (phones)");

#[cfg(feature = "ring")]
pub(crate) use by_ring::{fill, sha256, verifies};
#[cfg(not(feature = "ring"))]
pub(crate) use compact::{fill, sha256, verifies};

/// ring's.
#[cfg(feature = "ring")]
mod by_ring {
    use ring::rand::SecureRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
        out
    }

    pub(crate) fn verifies(point: &[u8; 65], message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where randomness enters")]
    pub(crate) fn fill(into: &mut [u8]) -> bool {
        ring::rand::SystemRandom::new().fill(into).is_ok()
    }
}

/// RustCrypto's and the operating system's.
#[cfg(all(feature = "compact", any(test, not(feature = "ring"))))]
mod compact {
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, VerifyingKey};
    use sha2::{Digest, Sha256};

    pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    pub(crate) fn verifies(point: &[u8; 65], message: &[u8], signature: &[u8; 64]) -> bool {
        let key = VerifyingKey::from_sec1_bytes(point);
        let signature = Signature::from_slice(signature);
        matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(message, &signature).is_ok())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where randomness enters")]
    pub(crate) fn fill(into: &mut [u8]) -> bool {
        getrandom::fill(into).is_ok()
    }
}

#[cfg(all(test, feature = "ring", feature = "compact"))]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::ecdsa::{TestName, TestSet};

    use super::{by_ring, compact};

    #[test]
    fn both_verify_the_same_signatures() {
        let (mut accepted, mut refused) = (0, 0);
        for group in TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap().test_groups {
            let point = <&[u8; 65]>::try_from(&group.key.key[..]).unwrap();
            for test in &group.tests {
                let Ok(signature) = <&[u8; 64]>::try_from(&test.sig[..]) else { continue };
                let wanted = test.result == TestResult::Valid;
                assert_eq!(by_ring::verifies(point, &test.msg, signature), wanted, "ring: {}", test.comment);
                assert_eq!(
                    compact::verifies(point, &test.msg, signature),
                    wanted,
                    "compact: {}",
                    test.comment
                );
                if wanted { accepted += 1 } else { refused += 1 }
            }
        }
        assert!(accepted > 100 && refused > 50, "{accepted} and {refused}");
    }

    #[test]
    fn neither_takes_a_point_off_the_curve() {
        for verifies in [by_ring::verifies, compact::verifies] {
            assert!(!verifies(&[4; 65], b"", &[1; 64]));
            assert!(!verifies(&[4; 65], b"", &[0; 64]));
        }
    }

    #[test]
    fn both_digest_alike_and_fill() {
        for message in [&b""[..], b"abc", &[7; 200]] {
            assert_eq!(by_ring::sha256(message), compact::sha256(message));
        }
        for fill in [by_ring::fill, compact::fill] {
            let mut drawn = [0; 32];
            assert!(fill(&mut drawn) && drawn != [0; 32]);
        }
    }
}

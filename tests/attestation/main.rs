//! Attestations of phones' keys: published ones, at the time when they were good, and made ones that deviate in one
//! thing each.

#[cfg(test)]
mod android;
#[cfg(test)]
mod apple;
#[cfg(test)]
mod junk;
#[cfg(test)]
mod samples;

#[cfg(test)]
use countersign_protocol::attestation::Attestation;
#[cfg(test)]
use countersign_protocol::bytes::{Bytes, Digest};
#[cfg(test)]
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::ApprovalUnlock;
#[cfg(test)]
use countersign_protocol::time::Timestamp;
#[cfg(test)]
use countersign_server::attestation::{Accepted, Subject, Verifier};
#[cfg(test)]
use countersign_server::domain::apps::{AndroidApp, AndroidApps, AppleApps};
#[cfg(test)]
use countersign_server::domain::attestation::{Doubt, Proof};
#[cfg(test)]
use countersign_tests::attestation::{android as android_phone, apple as apple_phone};

/// What pairings are made for here.
#[cfg(test)]
const CHALLENGE: Digest = Bytes([5; 32]);

/// Any key: nothing is signed with it.
#[cfg(test)]
fn key() -> PublicKey {
    use rcgen::{KeyPair, PublicKeyData as _};
    PublicKey::from_sec1(KeyPair::generate().unwrap().der_bytes()).unwrap()
}

#[cfg(test)]
fn subject() -> Subject {
    Subject {
        challenge: CHALLENGE,
        device_key: key(),
        approval_key: key(),
        approval_unlock: ApprovalUnlock::Biometric,
    }
}

/// What is accepted here, beside the roots of Google and Apple.
#[cfg(test)]
fn accepted(extra_roots: &str) -> Accepted {
    let app = AndroidApp { package: android_phone::PACKAGE.to_owned(), signer: android_phone::SIGNER };
    Accepted {
        android_apps: AndroidApps::new(vec![app]),
        apple_apps: AppleApps::new(vec![apple_phone::APP.to_owned()]),
        extra_roots: extra_roots.as_bytes().to_vec(),
        ..Accepted::default()
    }
}

/// Verified in 2027.
#[cfg(test)]
fn verify(accepted: Accepted, attestation: &Attestation, of: &Subject) -> Result<Proof, Doubt> {
    Verifier::new(accepted).unwrap().verify(attestation, of, Timestamp::from_seconds(1_800_000_000))
}

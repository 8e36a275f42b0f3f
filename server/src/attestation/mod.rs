//! What a phone's maker says of its keys, verified: Android key attestation and Apple's App Attest. The only
//! place that names X.509 and CBOR.
//!
//! * [`chain`]: certificates, up to a root that is believed;
//! * [`key_description`]: what Android writes into the certificate of a key;
//! * [`android`], [`apple`]: what has to hold of each;
//! * [`revocations`]: Google's list of certificates that it took back, from a file.

mod android;
mod apple;
mod chain;
mod key_description;
pub mod revocations;
mod roots;

use countersign_protocol::attestation::{Attestation, client_data_hash};
use countersign_protocol::bytes::Digest;
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::ApprovalUnlock;
use countersign_protocol::time::Timestamp;

use crate::domain::apps::{AndroidApps, AppleApps};
use crate::domain::attestation::{Doubt, Proof};
use revocations::Revocations;
use roots::Roots;

pub use roots::NoRoots;

/// What an attestation has to be about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// [`countersign_protocol::attestation::challenge`] of the pairing.
    pub challenge: Digest,
    /// The device key that was claimed.
    pub device_key: PublicKey,
    /// The approval key that was claimed.
    pub approval_key: PublicKey,
    /// What was said to unlock it.
    pub approval_unlock: ApprovalUnlock,
}

/// Verifies attestations.
#[derive(Debug)]
pub struct Verifier {
    android: Roots,
    apple: Roots,
    android_apps: AndroidApps,
    apple_apps: AppleApps,
    development_builds: bool,
    revocations: Option<Revocations>,
}

/// What a [`Verifier`] goes by.
#[derive(Debug, Default)]
pub struct Accepted {
    /// The Android apps that may pair phones.
    pub android_apps: AndroidApps,
    /// The Apple apps that may.
    pub apple_apps: AppleApps,
    /// Whether Apple apps may that their developer put on the phone.
    pub development_builds: bool,
    /// Further roots, as certificates in PEM, of both platforms.
    pub extra_roots: Vec<u8>,
    /// Google's list of revoked certificates.
    pub revocations: Option<Revocations>,
}

impl Verifier {
    /// A verifier that believes the roots of Google and Apple, and those that are named.
    ///
    /// # Errors
    /// [`NoRoots`] if further roots are named that are none.
    pub fn new(accepted: Accepted) -> Result<Self, NoRoots> {
        let extra = Roots::read(&accepted.extra_roots)?;
        Ok(Self {
            android: Roots::of_google()?.and(&extra),
            apple: Roots::of_apple()?.and(&extra),
            android_apps: accepted.android_apps,
            apple_apps: accepted.apple_apps,
            development_builds: accepted.development_builds,
            revocations: accepted.revocations,
        })
    }

    /// What `attestation` says of the keys. Takes some milliseconds, and may read a file.
    ///
    /// # Errors
    /// [`Doubt`]: the first reason why it does not hold.
    pub fn verify(&self, attestation: &Attestation, of: &Subject, now: Timestamp) -> Result<Proof, Doubt> {
        if !attestation.fits() {
            return Err(Doubt::TooLong);
        }
        match attestation {
            Attestation::AndroidKey { device, approval } => self.verify_android(device, approval, of, now),
            Attestation::AppleAppAttest { key_id, object } => {
                let (device, approval) = (of.device_key.id(), of.approval_key.id());
                let over = client_data_hash(of.challenge, device, approval);
                self.verify_app_attest(*key_id, &object.0, over, now)
            }
        }
    }
}

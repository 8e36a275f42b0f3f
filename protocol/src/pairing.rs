//! Pairing: how a phone becomes a device of a user.
//!
//! 1. The server shows a [`PairingLink`], as QR code or text, to a user who is signed in.
//! 2. The phone makes its two keys and claims the pairing: the same [`PairingClaim`] signed twice, by
//!    the device key and by the approval key, so that each proves that the phone holds it.
//! 3. The server answers with a six-digit code, the phone shows it, the user types it into the browser
//!    of step 1. Only then is the device active.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use crate::bytes::{Bytes, Digest, sha256};
use crate::ids::PairingId;
use crate::key::{Jwk, KeyId, PublicKey};
use crate::statement::{Statement, StatementError, Typ, Unverified};
use crate::time::NumericDate;

/// What a QR code or link carries: `{origin}/pair#{id}.{secret}.{server key thumbprint}`.
///
/// All of it stands in the fragment, which browsers do not send to servers and do not log.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingLink {
    /// The server: scheme, host and port, without a slash at the end.
    pub origin: String,
    /// Which pairing.
    pub id: PairingId,
    /// One-time secret, 128 bits.
    pub secret: Bytes<16>,
    /// The tenant key that signs this user's approval requests.
    pub server_key: KeyId,
}

impl PairingLink {
    /// What the phone shows of the secret to the server.
    #[must_use]
    pub fn secret_hash(&self) -> Digest {
        sha256(self.secret)
    }
}

impl fmt::Display for PairingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/pair#{}.{}.{}", self.origin, self.id, self.secret, self.server_key)
    }
}

impl fmt::Debug for PairingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairingLink({}, {})", self.origin, self.id)
    }
}

/// The text is not a pairing link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is not a Countersign pairing link")]
pub struct NotAPairingLink;

impl FromStr for PairingLink {
    type Err = NotAPairingLink;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (page, fragment) = text.trim().split_once('#').ok_or(NotAPairingLink)?;
        let origin = page.strip_suffix("/pair").ok_or(NotAPairingLink)?;
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if !host.is_some_and(is_plain_host) {
            return Err(NotAPairingLink);
        }
        let mut parts = fragment.split('.');
        let mut part = || parts.next().ok_or(NotAPairingLink);
        let link = Self {
            origin: origin.to_owned(),
            id: part()?.parse().map_err(|_| NotAPairingLink)?,
            secret: Bytes::parse(part()?).ok_or(NotAPairingLink)?,
            server_key: Bytes::parse(part()?).ok_or(NotAPairingLink)?,
        };
        if parts.next().is_some() { Err(NotAPairingLink) } else { Ok(link) }
    }
}

/// A host as a browser spells it in an origin: a name, an address or a bracketed IPv6 address, and
/// perhaps a port. Whether it makes sense is for whoever connects to it.
fn is_plain_host(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_:[]".contains(&b);
    !host.is_empty() && host.bytes().all(plain)
}

/// `countersign-pairing+jwt`: signed by both of the keys that it brings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairingClaim {
    /// The server's origin, as the link spelt it.
    pub aud: String,
    /// Which pairing.
    pub pairing: PairingId,
    /// SHA-256 of the link's secret.
    pub secret_hash: Digest,
    /// Authenticates the phone's calls.
    pub device_key: Jwk,
    /// Signs approvals.
    pub approval_key: Jwk,
    /// Where the keys live.
    pub protection: KeyProtection,
    /// What unlocks the approval key; not said where it is a biometric.
    #[serde(default, skip_serializing_if = "ApprovalUnlock::is_biometric")]
    pub approval_unlock: ApprovalUnlock,
    /// The system: `ios`, `android`, `desk`.
    pub platform: String,
    /// What the phone calls itself, for people: "Ada's iPhone".
    pub model: String,
    /// Where wakes go; none for a phone that only pulls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<PushEndpoint>,
    /// [`crate::attestation::Attestation::digest`] of what travels beside the claim; none where the platform
    /// attests nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Digest>,
    /// When it was signed.
    pub iat: NumericDate,
}

impl Statement for PairingClaim {
    const TYP: Typ = Typ::Pairing;
}

/// Where a phone keeps its keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyProtection {
    /// In hardware, which does not give them out.
    Hardware,
    /// In a file: a desk phone, a test.
    Software,
}

/// What unlocks a phone's approval key at each use. It was decided when the key was made, and for good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalUnlock {
    /// A face or a finger.
    #[default]
    Biometric,
    /// The phone's passcode.
    DevicePasscode,
}

impl ApprovalUnlock {
    fn is_biometric(&self) -> bool {
        *self == Self::Biometric
    }
}

/// Where wakes go.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PushEndpoint {
    /// A Web Push subscription (RFC 8030, RFC 8291).
    WebPush {
        /// Push resource, an absolute URL.
        endpoint: String,
        /// The phone's P-256 key for message encryption, an uncompressed point.
        p256dh: Bytes<65>,
        /// The authentication secret.
        auth: Bytes<16>,
    },
    /// Apple's push notification service.
    Apns {
        /// The device token, in hexadecimal, as the app was given it.
        token: String,
        /// The app's bundle id.
        topic: String,
        /// Which of Apple's two services gave the token.
        environment: ApnsEnvironment,
    },
    /// Firebase Cloud Messaging.
    Fcm {
        /// The registration token.
        token: String,
    },
}

/// Which of Apple's push services a token belongs to: it is unknown to the other one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApnsEnvironment {
    /// Apps from the App Store and TestFlight.
    Production,
    /// Apps that were put on the phone by Xcode.
    Sandbox,
}

/// The endpoint's address is a capability: whoever knows it can wake the phone.
impl fmt::Debug for PushEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WebPush { .. } => f.write_str("WebPush"),
            Self::Apns { environment, .. } => write!(f, "Apns({environment:?})"),
            Self::Fcm { .. } => f.write_str("Fcm"),
        }
    }
}

impl PairingClaim {
    /// Verifies the claim that both keys signed. The keys come from the claim itself: what makes it
    /// trustworthy is the secret, which the caller compares.
    ///
    /// # Errors
    /// Any [`StatementError`]; [`StatementError::Payload`] if the two say different things or bring
    /// the same key twice.
    pub fn verify(by_device_key: &str, by_approval_key: &str) -> Result<Self, StatementError> {
        let first = Unverified::parse(by_device_key)?;
        let second = Unverified::parse(by_approval_key)?;
        let typed = |s: &Unverified<'_>| s.typ() == Typ::Pairing;
        if !typed(&first) || !typed(&second) {
            return Err(StatementError::WrongType);
        }
        let claim: Self = first.payload_unverified()?;
        let (device, approval) = (PublicKey::from(&claim.device_key), PublicKey::from(&claim.approval_key));
        if device == approval || first.payload_bytes() != second.payload_bytes() {
            return Err(StatementError::Payload);
        }
        first.verify::<Self>(&device)?;
        second.verify::<Self>(&approval)?;
        Ok(claim)
    }
}

//! Attestation: what a phone's maker says of where its keys live.
//!
//! Chains of certificates are too long for a statement, so they travel beside the two signed claims, in
//! [`crate::api::ClaimBody`]; the claims name them by [`Attestation::digest`], so that nobody on the way
//! takes them away or puts others in their place.
//!
//! What is attested is bound to one pairing by [`challenge`], which both sides compute: nothing more than the
//! link is needed, and no further request. Android puts it into the certificates of both keys. Apple attests
//! a key of the app's own, over [`client_data_hash`], which names both keys.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::bytes::{Digest, from_base64url, sha256, to_base64url};
use crate::ids::PairingId;
use crate::key::KeyId;

/// The most bytes that certificates, or the object, have together. A request's body has room for 32 KiB:
/// these in base64url, and two statements.
pub const MOST_BYTES: usize = 16 * 1024;
/// The most certificates of one key.
pub const MOST_CERTIFICATES: usize = 8;

/// What the phone's maker says of its keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Attestation {
    /// Android key attestation: for each key the chain that the Keystore gives, the key's own first, each in
    /// DER. The root may be left out. Both keys are made with [`challenge`] as their attestation challenge.
    AndroidKey {
        /// Of the device key.
        device: Vec<Blob>,
        /// Of the approval key.
        approval: Vec<Blob>,
    },
    /// Apple's App Attest: `attestKey` for [`client_data_hash`].
    AppleAppAttest {
        /// The id of the attested key, as `generateKey` gives it: base64 there, the same 32 bytes here.
        key_id: Digest,
        /// The attestation object, CBOR as `attestKey` gives it.
        object: Blob,
    },
}

impl Attestation {
    /// Whether a server looks at it: no more than [`MOST_BYTES`] and, for each key, [`MOST_CERTIFICATES`].
    #[must_use]
    pub fn fits(&self) -> bool {
        let few = |chain: &[Blob]| chain.len() <= MOST_CERTIFICATES;
        let count = |chain: &[Blob]| chain.iter().map(|part| part.0.len()).sum::<usize>();
        match self {
            Self::AndroidKey { device, approval } => {
                few(device) && few(approval) && count(device) + count(approval) <= MOST_BYTES
            }
            Self::AppleAppAttest { object, .. } => object.0.len() <= MOST_BYTES,
        }
    }

    /// How the signed claim names it. With `hash` of texts and bytes as in [`challenge`]: of
    /// `countersign-attestation-1`, `android_key`, the hash of the certificates of the device key and that of
    /// the approval key's; or of `countersign-attestation-1`, `apple_app_attest`, the key id and the object.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let label = b"countersign-attestation-1".as_slice();
        let list = |chain: &[Blob]| hash(chain.iter().map(|part| part.0.as_slice()));
        match self {
            Self::AndroidKey { device, approval } => {
                hash([label, b"android_key", &list(device).0, &list(approval).0])
            }
            Self::AppleAppAttest { key_id, object } => {
                hash([label, b"apple_app_attest", &key_id.0, &object.0])
            }
        }
    }
}

/// Not shown: it is long, and tells a phone from others.
impl fmt::Debug for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AndroidKey { .. } => "AndroidKey",
            Self::AppleAppAttest { .. } => "AppleAppAttest",
        })
    }
}

/// What is attested has to name: which pairing, of which server, opened by whom knows the link's secret.
///
/// The SHA-256 of `countersign-attestation-challenge-1`, the server's origin as the link spelt it, the pairing's
/// id in its 36 characters, and the hash of the link's secret; before each of them stands its length in bytes,
/// 4 bytes, the highest first.
#[must_use]
pub fn challenge(aud: &str, pairing: PairingId, secret_hash: Digest) -> Digest {
    let pairing = pairing.to_string();
    hash([
        b"countersign-attestation-challenge-1",
        aud.as_bytes(),
        pairing.as_bytes(),
        secret_hash.0.as_slice(),
    ])
}

/// What an Apple phone has attested: [`challenge`] and the ids of both keys, by `hash` as there, after
/// `countersign-app-attest-1`.
#[must_use]
pub fn client_data_hash(challenge: Digest, device_kid: KeyId, approval_kid: KeyId) -> Digest {
    hash([b"countersign-app-attest-1".as_slice(), &challenge.0, &device_kid.0, &approval_kid.0])
}

/// SHA-256 of parts, each after its length: no other parts have the same.
fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut whole = Vec::new();
    for part in parts {
        // What is longer than 4 GiB fits into no message of ours.
        whole.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        whole.extend(part);
    }
    sha256(whole)
}

/// Bytes of any length, spelt in base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        from_base64url(&text).map(Self).ok_or_else(|| de::Error::custom("expected bytes in base64url"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Bytes;

    fn pairing() -> PairingId {
        "019a0000-0000-7000-8000-0000000000e1".parse().unwrap()
    }

    fn chain(sizes: &[usize]) -> Vec<Blob> {
        sizes.iter().map(|&size| Blob(vec![7; size])).collect()
    }

    /// Computed with Python's hashlib from the words above.
    #[test]
    fn the_hashes_are_what_the_protocol_says() {
        let challenge = challenge("https://sign-in.example", pairing(), sha256([5; 16]));
        assert_eq!(challenge.to_string(), "h2rUChsa87x0Jj3m6qTHFZv9v3Jaj1oUkn6xzHHc7J8");
        let over = client_data_hash(challenge, Bytes([1; 32]), Bytes([2; 32]));
        assert_eq!(over.to_string(), "0fKffs_upszY-dPsy1iq-Yfd0ESlkssoUsKYikc0YrU");
        let android = Attestation::AndroidKey { device: chain(&[1, 2]), approval: chain(&[3]) };
        assert_eq!(android.digest().to_string(), "SJYvbn3MQYK6qKUg3p1Nko1z6x7yyTZgFgHWetZdHbU");
        let apple = Attestation::AppleAppAttest { key_id: Bytes([3; 32]), object: Blob(b"cbor".to_vec()) };
        assert_eq!(apple.digest().to_string(), "jHcjTGR-3RMl4vrElzeFzeQn4FoGY6_lCSgEacuSEbk");
    }

    #[test]
    fn a_certificate_cannot_move_to_the_other_key_or_to_its_neighbour() {
        let of = |device: &[usize], approval: &[usize]| {
            Attestation::AndroidKey { device: chain(device), approval: chain(approval) }.digest()
        };
        let whole = of(&[1, 2], &[3]);
        for other in [of(&[1], &[2, 3]), of(&[3], &[3]), of(&[1, 2, 3], &[]), of(&[3], &[1, 2])] {
            assert_ne!(whole, other);
        }
    }

    #[test]
    fn another_pairing_or_server_has_another_challenge() {
        let one = challenge("https://a.example", pairing(), Bytes([1; 32]));
        assert_ne!(one, challenge("https://b.example", pairing(), Bytes([1; 32])));
        assert_ne!(one, challenge("https://a.example", pairing(), Bytes([2; 32])));
    }

    #[test]
    fn what_is_too_much_does_not_fit() {
        let android = |device: &[usize], approval: &[usize]| {
            Attestation::AndroidKey { device: chain(device), approval: chain(approval) }.fits()
        };
        assert!(android(&[MOST_BYTES / 2], &[MOST_BYTES / 2]));
        assert!(!android(&[MOST_BYTES / 2], &[MOST_BYTES / 2, 1]));
        assert!(android(&[1; MOST_CERTIFICATES], &[1; MOST_CERTIFICATES]));
        assert!(!android(&[1], &[1; MOST_CERTIFICATES + 1]));
        let apple =
            |size| Attestation::AppleAppAttest { key_id: Bytes([0; 32]), object: Blob(vec![0; size]) };
        assert!(apple(MOST_BYTES).fits() && !apple(MOST_BYTES + 1).fits());
    }

    #[test]
    fn its_json_has_a_kind_and_base64url() {
        let text = r#"{"kind":"android_key","device":["BwcH","Bw"],"approval":[]}"#;
        let read: Attestation = serde_json::from_str(text).unwrap();
        assert_eq!(read, Attestation::AndroidKey { device: chain(&[3, 1]), approval: vec![] });
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert_eq!(format!("{read:?}"), "AndroidKey");
        for wrong in [
            r#"{"kind":"android_key","device":["Bw=="],"approval":[]}"#,
            r#"{"kind":"android_key","device":["Bw"]}"#,
            r#"{"kind":"android_key","device":[],"approval":[],"x":1}"#,
            r#"{"kind":"other"}"#,
        ] {
            assert!(serde_json::from_str::<Attestation>(wrong).is_err(), "{wrong}");
        }
    }
}

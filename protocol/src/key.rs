//! P-256 public keys, their JWK (RFC 7517) and their thumbprint (RFC 7638).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bytes::{Bytes, Digest, sha256};

/// How a statement names the key that signed it (`kid`): the key's RFC 7638 thumbprint with SHA-256.
pub type KeyId = Digest;

/// A P-256 public key as JWK: exactly these four members.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    kty: Kty,
    crv: Crv,
    x: Bytes<32>,
    y: Bytes<32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Kty {
    #[serde(rename = "EC")]
    Ec,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Crv {
    #[serde(rename = "P-256")]
    P256,
}

/// A P-256 public key that can check signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// SEC 1, section 2.3.3, uncompressed: 0x04, x, y.
    point: [u8; 65],
}

impl PublicKey {
    /// From an uncompressed SEC 1 point: 65 bytes that begin with 0x04. Whether it lies on the curve
    /// is checked with each signature.
    #[must_use]
    pub fn from_sec1(point: &[u8]) -> Option<Self> {
        let point: [u8; 65] = point.try_into().ok()?;
        (point[0] == 4).then_some(Self { point })
    }

    /// The uncompressed SEC 1 point, 65 bytes.
    #[must_use]
    pub fn sec1(&self) -> &[u8; 65] {
        &self.point
    }

    /// The key's RFC 7638 thumbprint.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let jwk = self.jwk();
        // The members that RFC 7638, section 3.2, asks for, in its order and without white space.
        sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, jwk.x, jwk.y))
    }

    /// The key as JWK.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        let (mut x, mut y) = ([0; 32], [0; 32]);
        x.copy_from_slice(&self.point[1..33]);
        y.copy_from_slice(&self.point[33..]);
        Jwk { kty: Kty::Ec, crv: Crv::P256, x: Bytes(x), y: Bytes(y) }
    }

    /// Whether `signature` (r‖s, 64 bytes) is this key's ES256 signature of `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, &self.point)
            .verify(message, signature)
            .is_ok()
    }
}

impl From<&Jwk> for PublicKey {
    fn from(jwk: &Jwk) -> Self {
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&jwk.x.0);
        point[33..].copy_from_slice(&jwk.y.0);
        Self { point }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

/// An ECDSA signature from DER (RFC 3279, section 2.2.3), which phones' key stores return, to the
/// r‖s that JWS takes. Only strict DER with r and s of at most 32 bytes is accepted.
#[must_use]
pub fn signature_from_der(der: &[u8]) -> Option<[u8; 64]> {
    let [0x30, length, body @ ..] = der else { return None };
    if usize::from(*length) != body.len() {
        return None;
    }
    let (r, rest) = der_integer(body)?;
    let (s, rest) = der_integer(rest)?;
    if !rest.is_empty() {
        return None;
    }
    let mut out = [0; 64];
    out[..32].copy_from_slice(&r);
    out[32..].copy_from_slice(&s);
    Some(out)
}

/// One positive DER integer of at most 32 bytes, padded to 32, and what follows it.
fn der_integer(input: &[u8]) -> Option<([u8; 32], &[u8])> {
    let [0x02, length, rest @ ..] = input else { return None };
    let (digits, rest) = rest.split_at_checked(usize::from(*length))?;
    let magnitude = match digits {
        [] => return None,
        [0] => digits,
        [0, next, ..] if *next < 0x80 => return None, // a zero too many
        [0, magnitude @ ..] => magnitude,
        [first, ..] if *first >= 0x80 => return None, // negative
        _ => digits,
    };
    let mut out = [0; 32];
    let start = out.len().checked_sub(magnitude.len())?;
    out[start..].copy_from_slice(magnitude);
    Some((out, rest))
}

//! P-256 public keys, their JWK (RFC 7517) and their thumbprint (RFC 7638).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bytes::{Bytes, Digest, sha256};
use crate::crypto;

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
        crypto::verifies(&self.point, message, signature)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// DER around two integers that are given as they are.
    fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
        let integer = |digits: &[u8]| [&[0x02, digits.len() as u8], digits].concat();
        let body = [integer(r), integer(s)].concat();
        [&[0x30, body.len() as u8][..], &body].concat()
    }

    fn pair(r: &[u8], s: &[u8]) -> [u8; 64] {
        let mut out = [0; 64];
        out[32 - r.len()..32].copy_from_slice(r);
        out[64 - s.len()..].copy_from_slice(s);
        out
    }

    #[test]
    fn der_integers_are_padded_and_lose_their_sign_byte() {
        let high = [0xff; 32];
        let high_in_der = [&[0][..], &high].concat();
        assert_eq!(signature_from_der(&der(&[1], &[2])), Some(pair(&[1], &[2])));
        assert_eq!(signature_from_der(&der(&[0, 0x80], &[0x7f])), Some(pair(&[0x80], &[0x7f])));
        assert_eq!(signature_from_der(&der(&high_in_der, &high_in_der)), Some(pair(&high, &high)));
        assert_eq!(signature_from_der(&der(&[0], &[0])), Some([0; 64]), "DER, though no signature");
    }

    #[test]
    fn what_is_not_strict_der_is_refused() {
        let good = der(&[1], &[2]);
        let long = [1; 33];
        for bad in [
            Vec::new(),
            vec![0x30],
            vec![0x30, 0],
            vec![0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0], // indefinite length
            [&[0x30, 0x81, 6][..], &good[2..]].concat(), // length in the long form
            [&[0x31, 6][..], &good[2..]].concat(),
            [&good[..], &[0]].concat(),
            good[..good.len() - 1].to_vec(),
            vec![0x30, 7, 2, 1, 1, 2, 1, 2, 0], // something after s
            vec![0x30, 3, 2, 1, 1],             // no s
            vec![0x30, 6, 3, 1, 1, 2, 1, 2],    // r is a bit string
            vec![0x30, 7, 2, 0x81, 1, 1, 2, 1, 2],
            vec![0x30, 4, 2, 200, 1, 1],
            der(&[], &[2]),
            der(&[0, 1], &[2]), // a zero too many
            der(&[0x80], &[2]), // negative
            der(&long, &[2]),
            der(&[1], &long),
        ] {
            assert_eq!(signature_from_der(&bad), None, "{bad:02x?}");
        }
    }

    // RFC 7515, appendix A.3: its key; the thumbprint as other implementations compute it.
    const JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[test]
    fn the_example_of_rfc_7515_verifies() {
        let key = PublicKey::from(&serde_json::from_str::<Jwk>(JWK).unwrap());
        let message = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl\
                       LmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature =
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let mut signature = Bytes::<64>::parse(signature).unwrap().0;
        assert!(key.verifies(message.as_bytes(), &signature));
        assert!(!key.verifies(&message.as_bytes()[1..], &signature));
        signature[0] ^= 1;
        assert!(!key.verifies(message.as_bytes(), &signature));
    }

    #[test]
    fn a_key_returns_from_jwk_and_point_as_it_was() {
        let jwk: Jwk = serde_json::from_str(JWK).unwrap();
        let key = PublicKey::from(&jwk);
        assert_eq!(key.jwk(), jwk);
        assert_eq!(serde_json::to_string(&jwk).unwrap(), JWK);
        assert_eq!(PublicKey::from_sec1(key.sec1()), Some(key.clone()));
        assert_eq!(key.id().to_string(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
        assert_eq!(format!("{key:?}"), format!("PublicKey({})", key.id()));
    }

    #[test]
    fn points_that_are_compressed_or_short_are_refused() {
        let mut point = [4; 65];
        assert!(PublicKey::from_sec1(&point).is_some());
        assert!(PublicKey::from_sec1(&point[..64]).is_none());
        for first in [0, 2, 3, 5, 6] {
            point[0] = first;
            assert!(PublicKey::from_sec1(&point).is_none(), "{first}");
        }
    }

    #[test]
    fn a_key_off_the_curve_verifies_nothing() {
        let key = PublicKey::from_sec1(&[4; 65]).unwrap();
        assert!(!key.verifies(b"", &[1; 64]));
        assert!(!key.verifies(b"", &[0; 64]));
    }
}

//! The test keys, and the tools that make statements of every shape with them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use super::{Input, Made, Outcome, Vector};

const TEST_KEYS: &str = include_str!("../../../vectors/test-keys.json");

/// The order of P-256 (SEC 2, section 2.4.2).
pub(crate) const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The keys that take part.
pub(crate) struct Bench {
    pub(crate) tenant: TestKey,
    pub(crate) device: TestKey,
    pub(crate) approval: TestKey,
    /// A key that no verifier knows.
    pub(crate) stranger: TestKey,
}

impl Bench {
    pub(crate) fn new() -> Made<Self> {
        let keys: Value = serde_json::from_str(TEST_KEYS)?;
        let key = |name: &str| TestKey::from_jwk(&keys[name]);
        Ok(Self {
            tenant: key("tenant")?,
            device: key("device")?,
            approval: key("approval")?,
            stranger: key("stranger")?,
        })
    }
}

/// One test key.
pub(crate) struct TestKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    x: String,
    y: String,
}

impl TestKey {
    #[expect(clippy::disallowed_methods, reason = "ring draws its signature nonces from nothing else")]
    fn from_jwk(jwk: &Value) -> Made<Self> {
        let member = |name: &str| jwk[name].as_str().ok_or("a test key lacks a member");
        let (x, y) = (member("x")?, member("y")?);
        let point = [vec![4], URL_SAFE_NO_PAD.decode(x)?, URL_SAFE_NO_PAD.decode(y)?].concat();
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &URL_SAFE_NO_PAD.decode(member("d")?)?,
            &point,
            &random,
        )?;
        Ok(Self { pair, random, x: x.to_owned(), y: y.to_owned() })
    }

    /// The public key as JWK.
    pub(crate) fn jwk(&self) -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y })
    }

    /// The RFC 7638 thumbprint.
    pub(crate) fn kid(&self) -> String {
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, self.x, self.y);
        b64(ring::digest::digest(&ring::digest::SHA256, members.as_bytes()))
    }

    /// The ES256 signature, r‖s.
    pub(crate) fn sign(&self, message: &[u8]) -> Made<[u8; 64]> {
        Ok(self.pair.sign(&self.random, message)?.as_ref().try_into()?)
    }

    /// The header that this key's statements have.
    pub(crate) fn header(&self, typ: &str) -> String {
        format!(r#"{{"alg":"ES256","typ":"{typ}","kid":"{}"}}"#, self.kid())
    }

    /// Signs whatever header and payload.
    pub(crate) fn statement(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> Made<String> {
        let input = format!("{}.{}", b64(header), b64(payload));
        let signature = self.sign(input.as_bytes())?;
        Ok(format!("{input}.{}", b64(signature)))
    }

    /// A vector that a verifier who holds this key must accept.
    pub(crate) fn accepts(&self, name: &str, what: &str, statement: String, payload: Value) -> Vector {
        self.vector(name, what, statement, Outcome::Valid { payload })
    }

    /// A vector that a verifier who holds this key must refuse.
    pub(crate) fn refuses(&self, name: &str, what: &str, statement: String, error: &'static str) -> Vector {
        self.vector(name, what, statement, Outcome::Refused { error })
    }

    fn vector(&self, name: &str, what: &str, statement: String, outcome: Outcome) -> Vector {
        let input = Input::One { statement, key: self.jwk() };
        Vector { name: name.to_owned(), what: what.to_owned(), input, outcome }
    }
}

/// Base64url without padding.
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 in base64url.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    b64(ring::digest::digest(&ring::digest::SHA256, bytes.as_ref()))
}

/// The group's order less `s`: the other signature that verifies.
pub(crate) fn negated(s: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut borrow = false;
    for i in (0..32).rev() {
        let (digit, first) = ORDER[i].overflowing_sub(s[i]);
        let (digit, second) = digit.overflowing_sub(u8::from(borrow));
        (out[i], borrow) = (digit, first || second);
    }
    out
}

/// `signature` as DER.
pub(crate) fn der(signature: &[u8; 64]) -> Vec<u8> {
    let integer = |digits: &[u8]| {
        let start = digits.iter().position(|d| *d != 0).unwrap_or(digits.len() - 1);
        let mut body = digits[start..].to_vec();
        if body[0] >= 0x80 {
            body.insert(0, 0);
        }
        [vec![0x02, u8::try_from(body.len()).unwrap_or(u8::MAX)], body].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap_or(u8::MAX)], body].concat()
}

/// Replaces what is after the last dot.
pub(crate) fn with_signature(statement: &str, signature: impl AsRef<[u8]>) -> String {
    let input = statement.rsplit_once('.').map_or(statement, |(input, _)| input);
    let mut out = input.to_owned();
    // Writing to a String cannot fail.
    let _ = write!(out, ".{}", b64(signature));
    out
}

/// The signature that a statement carries.
pub(crate) fn signature_of(statement: &str) -> Made<[u8; 64]> {
    let (_, signature) = statement.rsplit_once('.').ok_or("not a statement")?;
    URL_SAFE_NO_PAD.decode(signature)?.try_into().map_err(|_| "not 64 bytes".into())
}

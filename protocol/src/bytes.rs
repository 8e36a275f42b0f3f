//! Byte strings on the wire: base64url without padding (RFC 4648, section 5), strictly.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::crypto;

/// Encodes as base64url without padding.
#[must_use]
pub fn to_base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes base64url. Padding, white space, the other alphabet and spare bits are refused: a byte
/// string has one spelling.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The SHA-256 digest of some bytes.
#[must_use]
pub fn sha256(bytes: impl AsRef<[u8]>) -> Digest {
    Bytes(crypto::sha256(bytes.as_ref()))
}

/// `N` bytes, spelt in base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes<const N: usize>(pub [u8; N]);

/// A SHA-256 digest.
pub type Digest = Bytes<32>;
/// A value used once: 256 bits from a random source.
pub type Nonce = Bytes<32>;
/// A statement's own id (`jti`, RFC 7519, section 4.1.7): 128 bits from a random source.
pub type StatementId = Bytes<16>;

impl<const N: usize> Bytes<N> {
    /// From a slice of exactly `N` bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// From base64url of exactly `N` bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_slice(&from_base64url(text)?)
    }
}

impl<const N: usize> AsRef<[u8]> for Bytes<N> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> fmt::Display for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64url(self.0))
    }
}

/// Not shown: some of these are secrets, and a log cannot tell which.
impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{N} bytes>")
    }
}

impl<const N: usize> Serialize for Bytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format_args!("expected {N} bytes in base64url")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(to_base64url(bytes), text);
            assert_eq!(from_base64url(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(to_base64url([0xfb, 0xff]), "-_8");
    }

    #[test]
    fn another_spelling_is_refused() {
        for text in [
            "Zg==", "Zg=", "=", "Zh", "Zm9", "Z", "Zm9vY", "+/8", " Zg", "Zg\n", "Z g", "Zm9v.", "Zé", "Zg\0",
        ] {
            assert_eq!(from_base64url(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_byte_string_has_its_exact_length() {
        let text = to_base64url([7; 16]);
        assert_eq!(Bytes::<16>::parse(&text), Some(Bytes([7; 16])));
        assert_eq!(Bytes::<15>::parse(&text), None);
        assert_eq!(Bytes::<17>::parse(&text), None);
        assert_eq!(Bytes::<16>::from_slice(&[7; 15]), None);
    }

    #[test]
    fn json_is_the_spelling_and_debug_shows_nothing() {
        let id = Bytes([7; 16]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, r#""BwcHBwcHBwcHBwcHBwcHBw""#);
        assert_eq!(serde_json::from_str::<StatementId>(&json).unwrap(), id);
        assert_eq!(serde_json::from_str::<StatementId>(r#""\u0042wcHBwcHBwcHBwcHBwcHBw""#).unwrap(), id);
        assert!(serde_json::from_str::<StatementId>("[7,7]").is_err());
        assert_eq!(format!("{id:?}"), "<16 bytes>");
    }

    #[test]
    fn the_digest_of_nothing() {
        assert_eq!(sha256("").to_string(), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }
}

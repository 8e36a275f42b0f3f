//! Who sends: `authorization: vapid t=…, k=…` (RFC 8292), checked as push services check it.

use axum::http::HeaderValue;
use countersign_protocol::bytes::from_base64url;
use countersign_protocol::key::PublicKey;
use countersign_protocol::time::Timestamp;
use serde::Deserialize;

/// A token may not be good for longer: RFC 8292, section 2.
const LONGEST_LIFE_SECONDS: i64 = 24 * 60 * 60;

/// Why a sender is turned away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum VapidError {
    /// No `authorization: vapid`.
    #[error("the sender does not say who it is: send authorization: vapid")]
    Missing,
    /// Not `t=…, k=…`.
    #[error("authorization: vapid takes t and k, each once")]
    Parameters,
    /// `k` is not a P-256 point.
    #[error("k is not an uncompressed P-256 point in base64url")]
    Key,
    /// `t` is not a JWT with ES256.
    #[error("t is not a JWT signed with ES256")]
    Token,
    /// The signature does not verify with `k`.
    #[error("the token's signature does not verify")]
    Signature,
    /// For another push service.
    #[error("the token's aud is not this push service's origin")]
    Audience,
    /// Past.
    #[error("the token has expired")]
    Expired,
    /// More than a day away.
    #[error("the token is good for more than 24 hours")]
    TooLong,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    exp: i64,
}

/// Checks the `authorization` header of a message to a push service at `origin`.
pub(super) fn check(header: Option<&HeaderValue>, origin: &str, now: Timestamp) -> Result<(), VapidError> {
    let text = header.and_then(|value| value.to_str().ok()).ok_or(VapidError::Missing)?;
    let (scheme, parameters) = text.split_once(' ').ok_or(VapidError::Missing)?;
    if !scheme.eq_ignore_ascii_case("vapid") {
        return Err(VapidError::Missing);
    }
    let (token, key) = token_and_key(parameters)?;
    let key = from_base64url(key).and_then(|point| PublicKey::from_sec1(&point)).ok_or(VapidError::Key)?;
    let claims = verified_claims(token, &key)?;
    let now = now.seconds();
    if claims.aud != origin {
        Err(VapidError::Audience)
    } else if claims.exp <= now {
        Err(VapidError::Expired)
    } else if claims.exp - now > LONGEST_LIFE_SECONDS {
        Err(VapidError::TooLong)
    } else {
        Ok(())
    }
}

fn token_and_key(parameters: &str) -> Result<(&str, &str), VapidError> {
    let (mut token, mut key) = (None, None);
    for parameter in parameters.split(',') {
        let (name, value) = parameter.trim().split_once('=').ok_or(VapidError::Parameters)?;
        let slot = match name {
            "t" => &mut token,
            "k" => &mut key,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(VapidError::Parameters);
        }
    }
    token.zip(key).ok_or(VapidError::Parameters)
}

fn verified_claims(token: &str, key: &PublicKey) -> Result<Claims, VapidError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(VapidError::Token)?;
    let (header, claims) = signed.split_once('.').ok_or(VapidError::Token)?;
    let decode = |part| from_base64url(part).ok_or(VapidError::Token);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| VapidError::Token)?;
    let claims = serde_json::from_slice(&decode(claims)?).map_err(|_| VapidError::Token)?;
    if header.alg != "ES256" || header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(VapidError::Token);
    }
    let signature: [u8; 64] = decode(signature)?.try_into().map_err(|_| VapidError::Signature)?;
    if key.verifies(signed.as_bytes(), &signature) { Ok(claims) } else { Err(VapidError::Signature) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use countersign_protocol::bytes::to_base64url;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    const ORIGIN: &str = "http://127.0.0.1:7003";
    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    /// A header as a sender would make it.
    pub(in super::super) fn header(header: &str, aud: &str, exp: i64) -> HeaderValue {
        let random = ring_random();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let claims = serde_json::json!({ "aud": aud, "exp": exp, "sub": "mailto:ops@example.test" });
        let signed = format!("{}.{}", to_base64url(header), to_base64url(claims.to_string()));
        let signature = to_base64url(key.sign(&random, signed.as_bytes()).unwrap());
        let k = to_base64url(key.public_key());
        format!("vapid t={signed}.{signature}, k={k}").parse().unwrap()
    }

    #[expect(clippy::disallowed_methods, reason = "ring makes and uses keys with its own source only")]
    fn ring_random() -> ring::rand::SystemRandom {
        ring::rand::SystemRandom::new()
    }

    const GOOD: &str = r#"{"typ":"JWT","alg":"ES256"}"#;

    fn outcome(value: &HeaderValue) -> Result<(), VapidError> {
        check(Some(value), ORIGIN, NOW)
    }

    #[test]
    fn a_good_token_passes() {
        assert_eq!(outcome(&header(GOOD, ORIGIN, NOW.seconds() + 3600)), Ok(()));
        assert_eq!(outcome(&header(GOOD, ORIGIN, NOW.seconds() + LONGEST_LIFE_SECONDS)), Ok(()));
    }

    #[test]
    fn each_deviation_has_its_own_error() {
        let soon = NOW.seconds() + 60;
        let table = [
            (header(GOOD, "https://push.example", soon), VapidError::Audience),
            (header(GOOD, ORIGIN, NOW.seconds()), VapidError::Expired),
            (header(GOOD, ORIGIN, NOW.seconds() + LONGEST_LIFE_SECONDS + 1), VapidError::TooLong),
            (header(r#"{"typ":"JWT","alg":"none"}"#, ORIGIN, soon), VapidError::Token),
            (header(r#"{"typ":"JWT","alg":"RS256"}"#, ORIGIN, soon), VapidError::Token),
            (HeaderValue::from_static("Bearer abc"), VapidError::Missing),
            (HeaderValue::from_static("vapid t=a.b.c"), VapidError::Parameters),
            (HeaderValue::from_static("vapid t=a.b.c, t=a.b.c, k=x"), VapidError::Parameters),
            (HeaderValue::from_static("vapid t=a.b.c, k=BAAA"), VapidError::Key),
        ];
        for (value, expected) in table {
            assert_eq!(outcome(&value), Err(expected));
        }
        assert_eq!(check(None, ORIGIN, NOW), Err(VapidError::Missing));
    }

    #[test]
    fn a_token_of_another_key_is_refused() {
        let soon = NOW.seconds() + 60;
        let (first, second) = (header(GOOD, ORIGIN, soon), header(GOOD, ORIGIN, soon));
        let token = first.to_str().unwrap().split(", ").next().unwrap();
        let key = second.to_str().unwrap().split(", ").nth(1).unwrap();
        let mixed = format!("{token}, {key}").parse().unwrap();
        assert_eq!(outcome(&mixed), Err(VapidError::Signature));
    }
}

//! Provider tokens: ES256 JWTs of a developer team ("Establishing a token-based connection to APNs").

use countersign_protocol::bytes::to_base64url;
use countersign_protocol::key::PublicKey;
use countersign_protocol::time::Timestamp;
use rcgen::KeyPair;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

use crate::desk::Record;
use crate::jwt::Jwt;

/// Apple refuses tokens that are older.
const OLDEST_SECONDS: i64 = 60 * 60;
/// A provider's clock may be ahead by so much.
const AHEAD_SECONDS: i64 = 60;

/// A developer team with its one signing key.
#[derive(Clone)]
pub struct Team {
    /// Its id: 10 characters.
    pub id: String,
    /// Its key's id: 10 characters.
    pub key_id: String,
    pub(super) p8: String,
    pub(super) public: PublicKey,
}

impl Default for Team {
    fn default() -> Self {
        Self::new()
    }
}

impl Team {
    /// A team with a new key.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let public = PublicKey::from_sec1(key.public_key_raw()).unwrap();
        Self { id: "TEAM123456".into(), key_id: "KEY1234567".into(), p8: key.serialize_pem(), public }
    }

    /// The key, as the `.p8` file that Apple hands out.
    #[must_use]
    pub fn p8(&self) -> &str {
        &self.p8
    }

    /// A provider token of this team: what a sender would make.
    ///
    /// # Panics
    /// When the key cannot sign.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "ring signs with its own random source alone")]
    pub fn token(&self, issued_at: Timestamp) -> String {
        let header = serde_json::json!({ "alg": "ES256", "kid": self.key_id });
        let claims = serde_json::json!({ "iss": self.id, "iat": issued_at.seconds() });
        let input = format!("{}.{}", to_base64url(header.to_string()), to_base64url(claims.to_string()));
        let random = ring::rand::SystemRandom::new();
        let der = KeyPair::from_pem(&self.p8).unwrap().serialize_der();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random).unwrap();
        let signature = key.sign(&random, input.as_bytes()).unwrap();
        format!("{input}.{}", to_base64url(signature))
    }

    /// Checks the `authorization` of a request.
    pub(super) fn check(&self, record: &Record, now: Timestamp) -> Result<(), (u16, &'static str)> {
        const INVALID: (u16, &str) = (403, "InvalidProviderToken");
        let header = record.headers.get("authorization").ok_or((403, "MissingProviderToken"))?;
        let header = header.to_str().map_err(|_| INVALID)?;
        let (scheme, token) = header.split_once(' ').ok_or(INVALID)?;
        let jwt = Jwt::parse(token).filter(|_| scheme.eq_ignore_ascii_case("bearer")).ok_or(INVALID)?;
        let is = |found: Option<String>, expected: &str| found.as_deref() == Some(expected);
        let signature = <[u8; 64]>::try_from(jwt.signature.as_slice()).map_err(|_| INVALID)?;
        let known = is(Jwt::text(&jwt.header, "alg"), "ES256")
            && is(Jwt::text(&jwt.header, "kid"), &self.key_id)
            && is(Jwt::text(&jwt.claims, "iss"), &self.id)
            && self.public.verifies(jwt.input.as_bytes(), &signature);
        let issued_at = jwt.number("iat").filter(|_| known).ok_or(INVALID)?;
        match now.seconds() - issued_at {
            age if age > OLDEST_SECONDS => Err((403, "ExpiredProviderToken")),
            age if age < -AHEAD_SECONDS => Err(INVALID),
            _ => Ok(()),
        }
    }
}

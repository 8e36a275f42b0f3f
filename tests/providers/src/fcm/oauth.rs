//! Google's token endpoint: access tokens for a service account (RFC 7523).

use std::collections::HashMap;
use std::sync::Mutex;

use countersign_protocol::bytes::{sha256, to_base64url};
use countersign_protocol::time::Timestamp;
use ring::rsa::KeyPair;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{lock, problem};
use crate::desk::{Record, Reply};
use crate::jwt::Jwt;

/// The project's id.
pub const PROJECT: &str = "countersign-test";
const EMAIL: &str = "firebase-adminsdk@countersign-test.iam.gserviceaccount.com";
const KEY_ID: &str = "0123456789abcdef0123456789abcdef01234567";
/// A key for tests: ring makes no RSA keys.
const KEY: &str = include_str!("../service-account-key.pem");
pub(super) const PATH: &str = "/token";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How far a clock may be off.
const SKEW_SECONDS: i64 = 60;
const LONGEST_SECONDS: i64 = 60 * 60;

/// The JSON file that Firebase hands out for a service account.
#[must_use]
pub fn service_account(token_uri: &str) -> Value {
    json!({
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": KEY_ID,
        "private_key": KEY,
        "client_email": EMAIL,
        "client_id": "100000000000000000001",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "universe_domain": "googleapis.com",
    })
}

pub(super) struct OAuth {
    pub(super) token_uri: String,
    pub(super) prescribed: Mutex<Option<Reply>>,
    pub(super) lifetime: Mutex<u64>,
    /// Access tokens that are taken, and when they end.
    pub(super) given: Mutex<HashMap<String, i64>>,
    pub(super) asked: Mutex<usize>,
    public_key: Vec<u8>,
}

impl OAuth {
    pub(super) fn new(token_uri: String) -> Self {
        let der = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
        let key = KeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
        Self {
            token_uri,
            prescribed: Mutex::default(),
            lifetime: Mutex::new(3599),
            given: Mutex::default(),
            asked: Mutex::default(),
            public_key: key.public().as_ref().to_vec(),
        }
    }

    /// Answers a request to the token endpoint.
    pub(super) fn answer(&self, record: &Record, now: Timestamp) -> Reply {
        let asked = {
            let mut asked = lock(&self.asked);
            *asked += 1;
            *asked
        };
        if let Err((error, description)) = self.check(record, now.seconds()) {
            return Reply::new(400, json!({ "error": error, "error_description": description }).to_string());
        }
        if let Some(reply) = lock(&self.prescribed).clone() {
            return reply;
        }
        let lifetime = *lock(&self.lifetime);
        let token = format!("ya29.{}", to_base64url(sha256(format!("{} {asked}", self.token_uri)).0));
        lock(&self.given).insert(token.clone(), now.seconds() + i64::try_from(lifetime).unwrap());
        let granted = json!({ "access_token": token, "expires_in": lifetime, "token_type": "Bearer" });
        Reply::new(200, granted.to_string())
    }

    fn check(&self, record: &Record, now: i64) -> Result<(), (&'static str, &'static str)> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let kind = record.headers.get("content-type").and_then(|value| value.to_str().ok());
        if record.method != "POST" || kind != Some(FORM) {
            return Err(("invalid_request", "Bad Request"));
        }
        let form: HashMap<_, _> = form_urlencoded::parse(&record.body).into_owned().collect();
        if form.get("grant_type").map(String::as_str) != Some(GRANT) {
            return Err(("unsupported_grant_type", "Invalid grant_type"));
        }
        let assertion = form.get("assertion").ok_or(("invalid_request", "Missing parameter: assertion"))?;
        let jwt = Jwt::parse(assertion).ok_or(("invalid_grant", "Invalid JWT"))?;
        self.check_claims(&jwt, now)
    }

    fn check_claims(&self, jwt: &Jwt<'_>, now: i64) -> Result<(), (&'static str, &'static str)> {
        let is = |found: Option<String>, expected: &str| found.as_deref() == Some(expected);
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key);
        let signed = key.verify(jwt.input.as_bytes(), &jwt.signature).is_ok();
        if !signed || !is(Jwt::text(&jwt.header, "alg"), "RS256") {
            return Err(("invalid_grant", "Invalid JWT Signature."));
        }
        if Jwt::text(&jwt.header, "kid").is_some_and(|kid| kid != KEY_ID) {
            return Err(("invalid_grant", "Invalid JWT Signature."));
        }
        if !is(Jwt::text(&jwt.claims, "iss"), EMAIL) {
            return Err(("invalid_grant", "Invalid grant: account not found"));
        }
        if !is(Jwt::text(&jwt.claims, "aud"), &self.token_uri) {
            return Err(("invalid_grant", "Invalid JWT: Failed audience check."));
        }
        let short = (|| {
            let (from, to) = (jwt.number("iat")?, jwt.number("exp")?);
            let lives = to - from <= LONGEST_SECONDS && to > from;
            (lives && from <= now + SKEW_SECONDS && to > now - SKEW_SECONDS).then_some(())
        })();
        short.ok_or((
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. \
             Check your iat and exp values in the JWT claim.",
        ))?;
        let scopes = Jwt::text(&jwt.claims, "scope").unwrap_or_default();
        if scopes.split(' ').any(|scope| scope == SCOPE) {
            Ok(())
        } else {
            Err(("invalid_scope", "Invalid OAuth scope or ID token audience provided."))
        }
    }

    /// Checks the access token of a message.
    pub(super) fn check_bearer(&self, record: &Record, now: Timestamp) -> Result<(), Reply> {
        let header = record.headers.get("authorization").and_then(|value| value.to_str().ok());
        let ends = header
            .and_then(|header| header.strip_prefix("Bearer "))
            .and_then(|token| lock(&self.given).get(token).copied());
        match ends {
            Some(ends) if now.seconds() < ends => Ok(()),
            _ => Err(problem::unauthenticated()),
        }
    }
}

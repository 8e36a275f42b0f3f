//! A Google service account: the JSON file that Firebase hands out, and what is signed with its key.

use std::fmt;

use countersign_protocol::bytes::to_base64url;
use countersign_protocol::time::Timestamp;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

/// What this server may do with an access token: send messages, nothing else.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// For how long an assertion is good: Google allows an hour.
const ASSERTION_SECONDS: i64 = 300;
/// A clock may be ahead of Google's by this much.
const CLOCK_AHEAD_SECONDS: i64 = 30;

/// Why a service account's file cannot be used. Its text is never shown: it holds a private key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadServiceAccount {
    /// Not the JSON that it should be.
    #[error(
        "it is not the JSON file of a service account: in the Firebase console, Project settings, Service \
         accounts, generate a new private key"
    )]
    NotServiceAccount,
    /// `token_uri` is not https.
    #[error("its token_uri is not an https address: use the file as Firebase gave it out")]
    TokenUri,
    /// `project_id` is no project's.
    #[error("its project_id is not the id of a project: use the file as Firebase gave it out")]
    Project,
    /// `private_key` cannot sign.
    #[error("its private_key is not an RSA key in PKCS #8: use the file as Firebase gave it out")]
    Key,
}

/// Who this server is to Google.
pub struct ServiceAccount {
    email: String,
    key_id: String,
    project: String,
    token_uri: Url,
    key: KeyPair,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "type")]
    kind: String,
    client_email: String,
    #[serde(default)]
    private_key_id: String,
    private_key: SecretString,
    project_id: String,
    token_uri: String,
}

impl ServiceAccount {
    /// Reads the JSON that Google gives out.
    ///
    /// # Errors
    /// [`BadServiceAccount`].
    pub fn parse(json: &str) -> Result<Self, BadServiceAccount> {
        let text: Text = serde_json::from_str(json).map_err(|_| BadServiceAccount::NotServiceAccount)?;
        if text.kind != "service_account" || text.client_email.is_empty() {
            return Err(BadServiceAccount::NotServiceAccount);
        }
        let token_uri = Url::parse(&text.token_uri).ok().filter(|url| url.scheme() == "https");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if text.project_id.is_empty() || !text.project_id.bytes().all(plain) {
            return Err(BadServiceAccount::Project);
        }
        let der = PrivatePkcs8KeyDer::from_pem_slice(text.private_key.expose_secret().as_bytes());
        let der = der.map_err(|_| BadServiceAccount::Key)?;
        Ok(Self {
            email: text.client_email,
            key_id: text.private_key_id,
            project: text.project_id,
            token_uri: token_uri.ok_or(BadServiceAccount::TokenUri)?,
            key: KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| BadServiceAccount::Key)?,
        })
    }

    /// The project that messages are sent for.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Where access tokens are had.
    #[must_use]
    pub fn token_uri(&self) -> &Url {
        &self.token_uri
    }

    /// What an access token is asked for with (RFC 7523, section 2.1): a JWT, signed with RS256.
    pub(super) fn assertion(&self, now: Timestamp) -> Option<Zeroizing<String>> {
        let mut header = serde_json::json!({ "alg": "RS256", "typ": "JWT" });
        if !self.key_id.is_empty() {
            header["kid"] = self.key_id.as_str().into();
        }
        let from = now.seconds() - CLOCK_AHEAD_SECONDS;
        let claims = serde_json::json!({
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_uri.as_str(),
            "iat": from,
            "exp": from + ASSERTION_SECONDS,
        });
        let input = format!("{}.{}", to_base64url(header.to_string()), to_base64url(claims.to_string()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &ring_random(), input.as_bytes(), &mut signature).ok()?;
        Some(Zeroizing::new(format!("{input}.{}", to_base64url(signature))))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "ring asks for its own random source, and does not use it here"
)]
fn ring_random() -> SystemRandom {
    SystemRandom::new()
}

/// Neither the account's name nor its key is for logs.
impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceAccount({})", self.project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut json = countersign_test_providers::fcm::service_account("https://oauth.example/token");
        change(&mut json);
        json.to_string()
    }

    #[test]
    fn the_file_that_firebase_gives_out_is_read() {
        let account = ServiceAccount::parse(&json(|_| ())).unwrap();
        assert_eq!(account.project(), countersign_test_providers::fcm::PROJECT);
        assert_eq!(account.token_uri().as_str(), "https://oauth.example/token");
    }

    #[test]
    fn whatever_else_is_refused_without_being_shown() {
        use BadServiceAccount::{Key, NotServiceAccount, Project, TokenUri};
        let with = |name: &'static str, value: &'static str| json(move |json| json[name] = value.into());
        for (text, expected) in [
            (String::new(), NotServiceAccount),
            ("[]".into(), NotServiceAccount),
            (with("type", "authorized_user"), NotServiceAccount),
            (json(|json| drop(json.as_object_mut().unwrap().remove("private_key"))), NotServiceAccount),
            (with("token_uri", "http://oauth.example/token"), TokenUri),
            (with("token_uri", "oauth"), TokenUri),
            (with("project_id", "a/b"), Project),
            (with("project_id", ""), Project),
            (with("private_key", "not a key"), Key),
            (with("private_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), Key),
        ] {
            let error = ServiceAccount::parse(&text).unwrap_err();
            assert_eq!(error, expected, "{text}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let account = ServiceAccount::parse(&json(|_| ())).unwrap();
        assert_eq!(format!("{account:?}"), "ServiceAccount(countersign-test)");
    }
}

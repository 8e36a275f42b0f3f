//! VAPID (RFC 8292): how this server makes itself known to Web Push services.
//!
//! A token is an ES256 JWT for one push service (`aud`), good for 12 hours. Services check each new
//! token and count them, so one is used until an hour before it ends.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::bytes::to_base64url;
use countersign_protocol::key::PublicKey;
use countersign_protocol::statement::Signer;
use countersign_protocol::time::{Clock, Timestamp};
use reqwest::header::HeaderValue;
use url::Url;

/// How long a token is good. RFC 8292, section 2, allows 24 hours; half of it forgives bad clocks.
const LIFETIME: Duration = Duration::from_hours(12);
/// A token with less than this left is replaced.
const RENEW_BEFORE: Duration = Duration::from_hours(1);
/// Phones name the push services, so their number has an end here; there are a handful in the world.
const MAX_TOKENS: usize = 256;

/// The settings for VAPID are unusable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VapidError {
    /// Push services want to know whom to write to.
    #[error("the contact for push services must be a mailto: or https: address")]
    Contact,
    /// The private key and the public key do not belong together.
    #[error("the key for push services is not the one that signs")]
    Key,
    /// The origin cannot be sent.
    #[error("the push service's address has no origin")]
    Origin,
}

/// Makes and keeps tokens.
pub struct Vapid {
    signer: Arc<dyn Signer + Send + Sync>,
    public_key: String,
    contact: Option<String>,
    clock: Arc<dyn Clock>,
    tokens: Mutex<HashMap<String, Token>>,
}

struct Token {
    authorization: HeaderValue,
    expires: Timestamp,
}

impl Vapid {
    /// `contact` is a `mailto:` or `https:` address at which the operators of push services reach the
    /// operator of this server (RFC 8292, section 2.1).
    ///
    /// # Errors
    /// [`VapidError::Contact`], [`VapidError::Key`] if `signer` does not sign for `public_key`.
    pub fn new(
        signer: Arc<dyn Signer + Send + Sync>,
        public_key: &PublicKey,
        contact: Option<&str>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, VapidError> {
        if signer.kid() != public_key.id() {
            return Err(VapidError::Key);
        }
        Ok(Self {
            signer,
            public_key: to_base64url(public_key.sec1()),
            contact: contact.map(check_contact).transpose()?,
            clock,
            tokens: Mutex::default(),
        })
    }

    /// The key by which push services know this server (`applicationServerKey`), base64url.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The `Authorization` header for a push service (RFC 8292, section 3).
    ///
    /// # Errors
    /// [`VapidError::Origin`] if `endpoint` has no origin.
    pub fn authorization(&self, endpoint: &Url) -> Result<HeaderValue, VapidError> {
        let origin = endpoint.origin();
        if !origin.is_tuple() {
            return Err(VapidError::Origin);
        }
        let audience = origin.ascii_serialization();
        let now = self.clock.now();
        // A signature takes microseconds, so it is made under the lock, and only once.
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = tokens.get(&audience).filter(|token| token.is_good(now)) {
            return Ok(token.authorization.clone());
        }
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, token| token.is_good(now));
        }
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        let token = self.issue(&audience, now)?;
        let authorization = token.authorization.clone();
        tokens.insert(audience, token);
        Ok(authorization)
    }

    fn issue(&self, audience: &str, now: Timestamp) -> Result<Token, VapidError> {
        let expires = now + LIFETIME;
        let mut claims = serde_json::json!({ "aud": audience, "exp": expires.seconds() });
        if let Some(contact) = &self.contact {
            claims["sub"] = contact.as_str().into();
        }
        let header = to_base64url(r#"{"typ":"JWT","alg":"ES256"}"#);
        let input = format!("{header}.{}", to_base64url(claims.to_string()));
        let signature = to_base64url(self.signer.sign(input.as_bytes()));
        let value = format!("vapid t={input}.{signature}, k={}", self.public_key);
        let mut authorization = HeaderValue::try_from(value).map_err(|_| VapidError::Origin)?;
        authorization.set_sensitive(true);
        Ok(Token { authorization, expires })
    }
}

/// Tokens are secrets while they are good.
impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vapid({})", self.public_key)
    }
}

impl Token {
    /// Also not from the future: a clock that was set back must not send tokens that end too late.
    fn is_good(&self, now: Timestamp) -> bool {
        (RENEW_BEFORE + Duration::from_micros(1)..=LIFETIME).contains(&now.until(self.expires))
    }
}

/// Some services refuse a contact with white space in it, or one that is no address.
fn check_contact(contact: &str) -> Result<String, VapidError> {
    let url = Url::parse(contact).map_err(|_| VapidError::Contact)?;
    let good = match url.scheme() {
        "mailto" => url.path().split_once('@').is_some_and(|(who, host)| !who.is_empty() && !host.is_empty()),
        "https" => true,
        _ => false,
    };
    let plain = !contact.contains(|c: char| c.is_whitespace() || c.is_control());
    if good && plain { Ok(contact.to_owned()) } else { Err(VapidError::Contact) }
}

/// A key and a clock for the tests of this folder.
#[cfg(test)]
pub(super) mod testing {
    use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

    use countersign_protocol::key::KeyId;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    pub(crate) struct TestSigner {
        pair: EcdsaKeyPair,
        pub(crate) signatures: AtomicUsize,
    }

    impl TestSigner {
        #[expect(clippy::disallowed_methods, reason = "ring makes keys from its own random source alone")]
        pub(crate) fn new() -> Self {
            let random = ring::rand::SystemRandom::new();
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
            Self { pair, signatures: AtomicUsize::new(0) }
        }

        pub(crate) fn public_key(&self) -> PublicKey {
            PublicKey::from_sec1(self.pair.public_key().as_ref()).unwrap()
        }
    }

    impl Signer for TestSigner {
        fn kid(&self) -> KeyId {
            self.public_key().id()
        }

        #[expect(clippy::disallowed_methods, reason = "ring signs with its own random source alone")]
        fn sign(&self, message: &[u8]) -> [u8; 64] {
            self.signatures.fetch_add(1, Ordering::Relaxed);
            let signature = self.pair.sign(&ring::rand::SystemRandom::new(), message).unwrap();
            signature.as_ref().try_into().unwrap()
        }
    }

    /// A clock that a test moves; seconds.
    pub(crate) struct TestClock(pub(crate) AtomicI64);

    impl TestClock {
        pub(crate) fn at(seconds: i64) -> Arc<Self> {
            Arc::new(Self(AtomicI64::new(seconds)))
        }

        pub(crate) fn set(&self, seconds: i64) {
            self.0.store(seconds, Ordering::Relaxed);
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_seconds(self.0.load(Ordering::Relaxed))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use countersign_protocol::bytes::from_base64url;
    use serde_json::{Value, json};

    use super::testing::{TestClock, TestSigner};
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const HOUR: i64 = 3600;

    fn vapid(clock: &Arc<TestClock>) -> (Arc<TestSigner>, Vapid) {
        let signer = Arc::new(TestSigner::new());
        let key = signer.public_key();
        let vapid = Vapid::new(signer.clone(), &key, Some("mailto:ops@example.com"), clock.clone()).unwrap();
        (signer, vapid)
    }

    fn authorization(vapid: &Vapid, endpoint: &str) -> String {
        let header = vapid.authorization(&Url::parse(endpoint).unwrap()).unwrap();
        assert!(header.is_sensitive());
        header.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_token_names_the_service_and_verifies() {
        let (signer, vapid) = vapid(&TestClock::at(NOW));
        let header = authorization(&vapid, "https://push.example:8443/wpush/v2/abc?x=y");
        let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(from_base64url(key).unwrap(), signer.public_key().sec1());

        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = from_base64url(signature).unwrap().try_into().unwrap();
        assert!(signer.public_key().verifies(input.as_bytes(), &signature));

        let (header, claims) = input.split_once('.').unwrap();
        let read = |part| serde_json::from_slice::<Value>(&from_base64url(part).unwrap()).unwrap();
        assert_eq!(read(header), json!({ "typ": "JWT", "alg": "ES256" }));
        let exp = NOW + 12 * HOUR;
        let expected =
            json!({ "aud": "https://push.example:8443", "exp": exp, "sub": "mailto:ops@example.com" });
        assert_eq!(read(claims), expected);
    }

    #[test]
    fn a_token_is_used_until_an_hour_before_its_end() {
        let clock = TestClock::at(NOW);
        let (signer, vapid) = vapid(&clock);
        let first = authorization(&vapid, "https://push.example/one");
        clock.set(NOW + 11 * HOUR - 1);
        assert_eq!(authorization(&vapid, "https://push.example/two"), first);
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 1);
        clock.set(NOW + 11 * HOUR);
        assert_ne!(authorization(&vapid, "https://push.example/two"), first);
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_clock_set_back_gets_a_new_token() {
        let clock = TestClock::at(NOW);
        let (signer, vapid) = vapid(&clock);
        authorization(&vapid, "https://push.example/one");
        clock.set(NOW - 24 * HOUR);
        authorization(&vapid, "https://push.example/one");
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn each_service_has_its_own_token_and_their_number_has_an_end() {
        let (signer, vapid) = vapid(&TestClock::at(NOW));
        let one = authorization(&vapid, "https://one.example/");
        assert_ne!(one, authorization(&vapid, "https://two.example/"));
        assert_ne!(one, authorization(&vapid, "https://one.example:444/"));
        for n in 0..2 * MAX_TOKENS {
            authorization(&vapid, &format!("https://{n}.example/"));
        }
        assert!(vapid.tokens.lock().unwrap().len() <= MAX_TOKENS);
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 3 + 2 * MAX_TOKENS);
    }

    #[test]
    fn contacts_and_keys_are_checked() {
        let signer = Arc::new(TestSigner::new());
        let key = signer.public_key();
        let new = |key: &PublicKey, contact: &str| {
            Vapid::new(signer.clone(), key, Some(contact), TestClock::at(NOW)).map(|_| ())
        };
        for contact in ["mailto:ops@example.com", "https://example.com/contact"] {
            assert_eq!(new(&key, contact), Ok(()), "{contact}");
        }
        let bad = ["", "ops@example.com", "mailto:", "mailto:ops", "mailto:@x", "http://example.com"];
        for contact in bad.iter().chain(&["mailto: ops@example.com", "mailto:ops@example.com\n", "tel:1"]) {
            assert_eq!(new(&key, contact), Err(VapidError::Contact), "{contact}");
        }
        assert_eq!(new(&TestSigner::new().public_key(), "mailto:a@b"), Err(VapidError::Key));
    }

    #[test]
    fn tokens_are_not_shown() {
        let (_, vapid) = vapid(&TestClock::at(NOW));
        let header = authorization(&vapid, "https://push.example/");
        let token = header.split([' ', ',']).nth(1).unwrap().strip_prefix("t=").unwrap();
        assert!(!format!("{vapid:?}").contains(token));
    }
}

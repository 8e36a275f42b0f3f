//! Apple's App Attest: a key of the app's own, certified by Apple for one app on a genuine device, over a hash that
//! names both of the phone's keys. It says nothing of those keys themselves: that the app put them into the
//! Secure Enclave is known by which app it is.
//! <https://developer.apple.com/documentation/devicecheck/validating-apps-that-connect-to-your-server>

use countersign_protocol::bytes::{Digest, sha256};
use countersign_protocol::time::Timestamp;
use serde_cbor_2::Value;
use x509_parser::asn1_rs::{Class, Tag};
use x509_parser::oid_registry::{Oid, asn1_rs::oid};

use super::Verifier;
use super::chain::{self, Certificate, FirstDates};
use super::key_description::{Members, only};
use crate::domain::attestation::{Doubt, KeyLevel, Proof};

/// The extension with the nonce.
const NONCE: Oid<'static> = oid!(1.2.840.113635.100.8.2);
const PRODUCTION: &[u8; 16] = b"appattest\0\0\0\0\0\0\0";
const DEVELOPMENT: &[u8; 16] = b"appattestdevelop";

/// What the authenticator data say (WebAuthn, section 6.1).
struct AuthenticatorData<'a> {
    app: &'a [u8],
    counter: &'a [u8],
    environment: &'a [u8],
    credential: &'a [u8],
}

impl Verifier {
    /// What Apple says of the app that had `key_id` attested, over `client_data_hash`.
    ///
    /// # Errors
    /// [`Doubt`]: the first reason why it does not hold.
    pub fn verify_app_attest(
        &self,
        key_id: Digest,
        object: &[u8],
        client_data_hash: Digest,
        now: Timestamp,
    ) -> Result<Proof, Doubt> {
        if self.apple_apps.is_empty() {
            return Err(Doubt::NoApps);
        }
        let object: Value = serde_cbor_2::from_slice(object).map_err(|_| Doubt::Malformed)?;
        let statement = member(&object, "attStmt").ok_or(Doubt::Malformed)?;
        let data = member(&object, "authData").and_then(bytes).ok_or(Doubt::Malformed)?;
        if !matches!(member(&object, "fmt"), Some(Value::Text(format)) if format == "apple-appattest") {
            return Err(Doubt::Malformed);
        }
        let ders = certificates(statement).ok_or(Doubt::Malformed)?;
        let chain = chain::verified(ders.into_iter(), &self.apple, FirstDates::Count, now)?;
        let (own, above) = chain.split_first().ok_or(Doubt::Malformed)?;
        above.iter().try_for_each(is_authority)?;
        if nonce(own)? != sha256([data, &client_data_hash.0].concat()).0 {
            return Err(Doubt::OtherChallenge);
        }
        if sha256(chain::key_of(own)) != key_id {
            return Err(Doubt::OtherKey);
        }
        self.verify_data(&AuthenticatorData::read(data).ok_or(Doubt::Malformed)?, key_id)
    }

    fn verify_data(&self, data: &AuthenticatorData<'_>, key_id: Digest) -> Result<Proof, Doubt> {
        let app = self.apple_apps.known(data.app).ok_or(Doubt::OtherApp)?.to_owned();
        if data.credential != key_id.0 {
            return Err(Doubt::OtherKey);
        }
        if data.counter != [0; 4] {
            return Err(Doubt::KeyUse);
        }
        let development = data.environment == DEVELOPMENT;
        if !development && data.environment != PRODUCTION {
            return Err(Doubt::Malformed);
        }
        if development && !self.development_builds {
            return Err(Doubt::Development);
        }
        let level = KeyLevel::AppleDevice;
        Ok(Proof { level, app, os_version: None, os_patch_level: None, boot: None, development })
    }
}

impl<'a> AuthenticatorData<'a> {
    fn read(data: &'a [u8]) -> Option<Self> {
        let (app, rest) = data.split_at_checked(32)?;
        let (_flags, rest) = rest.split_at_checked(1)?;
        let (counter, rest) = rest.split_at_checked(4)?;
        let (environment, rest) = rest.split_at_checked(16)?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (credential, _key) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        Some(Self { app, counter, environment, credential })
    }
}

/// Whether a certificate above the key's own is of Apple's: phones' keys are certified too, and some phones let
/// them sign anything (RFC 5280, section 4.2.1.9).
fn is_authority(certificate: &Certificate<'_>) -> Result<(), Doubt> {
    if certificate.get_extension_unique(&NONCE).map_err(|_| Doubt::Malformed)?.is_some() {
        return Err(Doubt::SecondStatement);
    }
    let constraints = certificate.basic_constraints().map_err(|_| Doubt::Malformed)?;
    if constraints.is_some_and(|found| found.value.ca) { Ok(()) } else { Err(Doubt::NoAuthority) }
}

/// The nonce in Apple's extension: a sequence with the member \[1\], an octet string.
fn nonce<'a>(certificate: &'a Certificate<'_>) -> Result<&'a [u8], Doubt> {
    let found = certificate.get_extension_unique(&NONCE).map_err(|_| Doubt::Malformed)?;
    let mut members = Members(only(found.ok_or(Doubt::Malformed)?.value, Tag::Sequence)?);
    let member = members.next()?;
    if member.class() != Class::ContextSpecific || member.tag() != Tag(1) {
        return Err(Doubt::Malformed);
    }
    only(member.data, Tag::OctetString)
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Map(members) => members.get(&Value::Text(name.to_owned())),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn certificates(statement: &Value) -> Option<Vec<&[u8]>> {
    match member(statement, "x5c")? {
        Value::Array(chain) if chain.len() <= countersign_protocol::attestation::MOST_CERTIFICATES => {
            chain.iter().map(bytes).collect()
        }
        _ => None,
    }
}

//! An authenticator without hardware, and the browser's part of a ceremony: ES256, as much of WebAuthn
//! as it takes, and some ways to do it wrong.

pub(crate) mod cbor;
mod maker;

use std::fmt;

use countersign_protocol::bytes::{from_base64url, sha256, to_base64url};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use uuid::Uuid;

pub use maker::Maker;
use maker::Voucher;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// An authenticator. A clone is what a thief makes of it.
#[derive(Clone)]
pub struct Authenticator {
    /// Its model.
    pub model: Uuid,
    /// Whether it verifies who holds it; otherwise it is only touched.
    pub verifies: bool,
    /// How often it signed; none if it does not count.
    pub counter: Option<u32>,
    voucher: Option<Voucher>,
    held: Vec<Held>,
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authenticator({})", self.model)
    }
}

#[derive(Clone)]
struct Held {
    id: Vec<u8>,
    user: Vec<u8>,
    pkcs8: Vec<u8>,
}

#[expect(clippy::disallowed_methods, reason = "ring makes and uses keys with its own source only")]
fn random() -> SystemRandom {
    SystemRandom::new()
}

fn sign(pkcs8: &[u8], message: &[u8]) -> Vec<u8> {
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &random()).unwrap();
    key.sign(&random(), message).unwrap().as_ref().to_vec()
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let challenge = &options["challenge"];
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string().into()
}

impl Authenticator {
    /// One in a device, such as a password manager: it verifies, and does not count.
    #[must_use]
    pub fn in_a_device() -> Self {
        Self { model: Uuid::nil(), verifies: true, counter: None, voucher: None, held: Vec::new() }
    }

    /// A key without a PIN: it is touched, and counts.
    #[must_use]
    pub fn key() -> Self {
        Self { verifies: false, counter: Some(5), ..Self::in_a_device() }
    }

    /// The same, of a model that `maker` vouches for.
    #[must_use]
    pub fn of(self, model: Uuid, maker: &Maker) -> Self {
        Self { model, voucher: Some(maker.vouch(*model.as_bytes())), ..self }
    }

    /// What `navigator.credentials.create` gives a page at `origin`, as JSON. None where it is told to make
    /// no further one.
    ///
    /// # Panics
    /// When `options` are not what a server sends.
    pub fn create(&mut self, options: &str, origin: &str) -> Option<String> {
        let options = &serde_json::from_str::<Value>(options).unwrap()["publicKey"];
        if ids(&options["excludeCredentials"]).iter().any(|id| self.held(id).is_some()) {
            return None;
        }
        let mut id = vec![0; 32];
        random().fill(&mut id).unwrap();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random()).unwrap();
        let pkcs8 = pkcs8.as_ref().to_vec();
        let length = u16::try_from(id.len()).unwrap().to_be_bytes();
        let named = [self.model.as_bytes(), &length[..], &id, &cose_key(&pkcs8)].concat();
        let rp = options["rp"]["id"].as_str().unwrap();
        let data = [self.data(rp, HAS_CREDENTIAL), named].concat();
        let client = client_data("webauthn.create", options, origin);
        let object = self.attested(&data, &client, options["attestation"] != "none");
        let user = from_base64url(options["user"]["id"].as_str().unwrap()).unwrap();
        self.held.push(Held { id: id.clone(), user, pkcs8 });
        let id = to_base64url(id);
        let response = json!({
            "clientDataJSON": to_base64url(client),
            "attestationObject": to_base64url(object),
            "transports": ["internal", "something-new"],
        });
        Some(
            json!({
                "id": id, "rawId": id, "type": "public-key", "response": response,
                "authenticatorAttachment": "platform",
                "clientExtensionResults": { "credProps": { "rk": true } },
            })
            .to_string(),
        )
    }

    /// What `navigator.credentials.get` gives a page at `origin`, as JSON. None if none is asked for that is
    /// held here.
    ///
    /// # Panics
    /// When `options` are not what a server sends.
    pub fn get(&mut self, options: &str, origin: &str) -> Option<String> {
        let options = &serde_json::from_str::<Value>(options).unwrap()["publicKey"];
        let held = ids(&options["allowCredentials"]).iter().find_map(|id| self.held(id))?.clone();
        self.counter = self.counter.map(|counter| counter + 1);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client = client_data("webauthn.get", options, origin);
        let signature = sign(&held.pkcs8, &[data.as_slice(), &sha256(&client).0].concat());
        let id = to_base64url(&held.id);
        let response = json!({
            "clientDataJSON": to_base64url(client),
            "authenticatorData": to_base64url(data),
            "signature": to_base64url(signature),
            "userHandle": to_base64url(&held.user),
        });
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
        });
        Some(answer.to_string())
    }

    fn held(&self, id: &[u8]) -> Option<&Held> {
        self.held.iter().find(|held| held.id == id)
    }

    /// The head of authenticator data (WebAuthn, section 6.1).
    fn data(&self, rp: &str, flags: u8) -> Vec<u8> {
        let flags = flags | PRESENT | if self.verifies { VERIFIED } else { 0 };
        [&sha256(rp).0, &[flags][..], &self.counter.unwrap_or(0).to_be_bytes()].concat()
    }

    fn attested(&self, data: &[u8], client: &[u8], asked: bool) -> Vec<u8> {
        let (format, statement) = match &self.voucher {
            Some(voucher) if asked => {
                let signature = sign(&voucher.key, &[data, &sha256(client).0].concat());
                let chain = cbor::array(&[cbor::bytes(&voucher.certificate)]);
                let statement = cbor::map(&[
                    (cbor::text("alg"), cbor::integer(-7)),
                    (cbor::text("sig"), cbor::bytes(&signature)),
                    (cbor::text("x5c"), chain),
                ]);
                ("packed", statement)
            }
            _ => ("none", cbor::map(&[])),
        };
        cbor::map(&[
            (cbor::text("fmt"), cbor::text(format)),
            (cbor::text("attStmt"), statement),
            (cbor::text("authData"), cbor::bytes(data)),
        ])
    }
}

/// The ids in a list of credential descriptors.
fn ids(list: &Value) -> Vec<Vec<u8>> {
    let items = list.as_array().cloned().unwrap_or_default();
    items.iter().map(|item| from_base64url(item["id"].as_str().unwrap()).unwrap()).collect()
}

/// A public key as authenticators write it (RFC 9052, section 7): ES256 on P-256.
fn cose_key(pkcs8: &[u8]) -> Vec<u8> {
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &random()).unwrap();
    let point = key.public_key().as_ref();
    cbor::map(&[
        (cbor::integer(1), cbor::integer(2)),
        (cbor::integer(3), cbor::integer(-7)),
        (cbor::integer(-1), cbor::integer(1)),
        (cbor::integer(-2), cbor::bytes(&point[1..33])),
        (cbor::integer(-3), cbor::bytes(&point[33..])),
    ])
}

//! Apple, attesting a key of an app.

use countersign_protocol::attestation::{Attestation, Blob};
use countersign_protocol::bytes::{Digest, sha256};
use countersign_protocol::key::PublicKey;
use rcgen::{CustomExtension, KeyPair, PublicKeyData as _};

use super::authority::{Authority, Dates};
use super::der;
use crate::authenticator::cbor;

const NONCE: [u64; 7] = [1, 2, 840, 113_635, 100, 8, 2];

/// The app that these phones run.
pub const APP: &str = "ABCDE12345.com.example.login";

/// What Apple certifies. [`Claims::over`] is what holds.
#[derive(Clone, Debug)]
pub struct Claims {
    /// Over what.
    pub client_data_hash: Digest,
    /// Team and bundle id.
    pub app: &'static str,
    /// Where the app came from.
    pub environment: [u8; 16],
    /// How often the key signed.
    pub counter: u32,
    /// The form.
    pub format: &'static str,
}

impl Claims {
    /// An app from the App Store.
    #[must_use]
    pub fn over(client_data_hash: Digest) -> Self {
        let environment = *b"appattest\0\0\0\0\0\0\0";
        Self { client_data_hash, app: APP, environment, counter: 0, format: "apple-appattest" }
    }
}

/// Apple, with a root of its own.
pub struct AppleMaker(Authority);

impl Default for AppleMaker {
    fn default() -> Self {
        Self::new(Dates::Good)
    }
}

impl AppleMaker {
    /// Whose authority below the root is good at these dates.
    #[must_use]
    pub fn new(dates: Dates) -> Self {
        Self(Authority::new("App Attestation", dates))
    }

    /// Its root certificate, in PEM.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.0.root_pem()
    }

    /// An attestation of a new key.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn attest(&self, claims: &Claims, dates: Dates) -> Attestation {
        Self::made(claims, |key, nonce| {
            let [below, _root] = self.0.chain();
            vec![self.0.certify(key, dates, vec![nonce]), below]
        })
    }

    /// An attestation that was signed by the attested key of another app, which its phone let sign anything.
    /// `between`: whether that key's own attestation is left in its certificate.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn attest_through_an_apps_key(&self, claims: &Claims, between: bool) -> Attestation {
        Self::made(claims, |key, nonce| {
            let [below, _root] = self.0.chain();
            let own = if between { vec![nonce.clone()] } else { Vec::new() };
            let [first, signer] = self.0.certify_through(own, key, vec![nonce]);
            vec![first, signer, below]
        })
    }

    fn made(claims: &Claims, chain: impl FnOnce(&PublicKey, CustomExtension) -> Vec<Vec<u8>>) -> Attestation {
        let key = PublicKey::from_sec1(KeyPair::generate().unwrap().der_bytes()).unwrap();
        let key_id = sha256(key.sec1());
        let data = [
            sha256(claims.app).0.as_slice(),
            &[0x40],
            &claims.counter.to_be_bytes(),
            &claims.environment,
            &[0, 32],
            &key_id.0,
        ]
        .concat();
        let nonce = sha256([data.as_slice(), &claims.client_data_hash.0].concat());
        let nonce = der::sequence(&[der::tagged(1, &der::octets(&nonce.0))]);
        let nonce = CustomExtension::from_oid_content(&NONCE, nonce);
        let chain: Vec<_> = chain(&key, nonce).iter().map(|der| cbor::bytes(der)).collect();
        let chain = cbor::array(&chain);
        let statement =
            cbor::map(&[(cbor::text("x5c"), chain), (cbor::text("receipt"), cbor::bytes(b"receipt"))]);
        let object = cbor::map(&[
            (cbor::text("fmt"), cbor::text(claims.format)),
            (cbor::text("attStmt"), statement),
            (cbor::text("authData"), cbor::bytes(&data)),
        ]);
        Attestation::AppleAppAttest { key_id, object: Blob(object) }
    }
}

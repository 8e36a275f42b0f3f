//! Certificates: a root with a P-384 key, an authority below it with a P-256 key, and what that certifies.

use countersign_protocol::key::PublicKey;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PublicKeyData, SignatureAlgorithm, date_time_ymd,
};

/// When certificates are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// From 2020 to 2040.
    Good,
    /// In 2001.
    Past,
}

/// A root and an authority below it.
pub(super) struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    below: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new(name: &str, dates: Dates) -> Self {
        let root_key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        // A root is good whenever its key is believed.
        let root =
            CertifiedIssuer::self_signed(authority(&format!("{name} root"), Dates::Past), root_key).unwrap();
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let below = CertifiedIssuer::signed_by(authority(name, dates), key, &root).unwrap();
        Self { root, below }
    }

    /// The root's certificate, in PEM.
    pub(super) fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The certificates of the authority and of the root, in DER.
    pub(super) fn chain(&self) -> [Vec<u8>; 2] {
        [self.below.der().to_vec(), self.root.der().to_vec()]
    }

    /// A certificate of `key` with extensions, in DER.
    pub(super) fn certify(&self, key: &PublicKey, dates: Dates, extensions: Vec<CustomExtension>) -> Vec<u8> {
        leaf(dates, extensions).signed_by(&Point(key), &self.below).unwrap().der().to_vec()
    }

    /// A key that is certified as if for an app, and what it certifies in turn, in DER: first `key`.
    pub(super) fn certify_through(
        &self,
        between: Vec<CustomExtension>,
        key: &PublicKey,
        extensions: Vec<CustomExtension>,
    ) -> [Vec<u8>; 2] {
        let mut params = leaf(Dates::Good, between);
        params.distinguished_name.push(DnType::CommonName, "An app's key");
        let signer = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.below).unwrap();
        let first = leaf(Dates::Good, extensions).signed_by(&Point(key), &signer).unwrap();
        [first.der().to_vec(), signer.der().to_vec()]
    }
}

fn authority(name: &str, dates: Dates) -> CertificateParams {
    let mut params = leaf(dates, Vec::new());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn leaf(dates: Dates, extensions: Vec<CustomExtension>) -> CertificateParams {
    let mut params = CertificateParams::default();
    (params.not_before, params.not_after) = match dates {
        Dates::Good => (date_time_ymd(2020, 1, 1), date_time_ymd(2040, 1, 1)),
        Dates::Past => (date_time_ymd(2001, 1, 1), date_time_ymd(2001, 12, 31)),
    };
    params.distinguished_name.push(DnType::CommonName, "Android Keystore Key");
    params.custom_extensions = extensions;
    params
}

/// Somebody else's P-256 key.
struct Point<'a>(&'a PublicKey);

impl PublicKeyData for Point<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.sec1()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

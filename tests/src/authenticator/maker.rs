//! A maker of authenticators, who vouches for their model (WebAuthn, sections 8.2 and 8.2.1).

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// A maker with an authority of its own.
pub struct Maker(CertifiedIssuer<'static, KeyPair>);

/// What an authenticator was given by its maker.
#[derive(Clone)]
pub(super) struct Voucher {
    /// The certificate, in DER.
    pub(super) certificate: Vec<u8>,
    /// Its key, in PKCS #8.
    pub(super) key: Vec<u8>,
}

impl Maker {
    /// A new maker.
    ///
    /// # Panics
    /// When no certificate can be made.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its root certificate, in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for authenticators of this model.
    pub(super) fn vouch(&self, model: [u8; 16]) -> Voucher {
        // id-fido-gen-ce-aaguid: an octet string of 16 bytes.
        let content = [&[4, 16], &model[..]].concat();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::ExplicitNoCa;
        params.custom_extensions =
            vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4], content)];
        let name = &mut params.distinguished_name;
        name.push(DnType::CountryName, "JP");
        name.push(DnType::OrganizationName, "Test keys");
        name.push(DnType::OrganizationalUnitName, "Authenticator Attestation");
        name.push(DnType::CommonName, "A test key");
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Voucher { certificate: certificate.der().to_vec(), key: key.serialize_der() }
    }
}

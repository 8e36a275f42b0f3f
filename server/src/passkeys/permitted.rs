//! Which authenticators a tenant permits: those whose maker vouches for them (attestation).

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use webauthn_rs::prelude::{AttestationCaList, AttestationCaListBuilder};

use super::models::Aaguid;
use super::relying_party::Unreadable;

/// The permitted models, and the authorities that vouch for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permitted(pub(super) AttestationCaList);

/// Why certificates and models make no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAuthorities {
    /// No certificate.
    #[error("it holds no certificate: give the makers' root certificates in PEM")]
    NoCertificate,
    /// A certificate that cannot be read.
    #[error("one of its certificates cannot be read: give the makers' root certificates in PEM")]
    Malformed,
    /// No model.
    #[error("say which models are permitted, each by its AAGUID")]
    NoModel,
}

impl Permitted {
    /// `models`, as far as one of the certificates in `pem` vouches for them.
    ///
    /// # Errors
    /// [`BadAuthorities`], whose text says what to give.
    pub fn new(pem: &[u8], models: &[Aaguid]) -> Result<Self, BadAuthorities> {
        if models.is_empty() {
            return Err(BadAuthorities::NoModel);
        }
        let mut list = AttestationCaListBuilder::new();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| BadAuthorities::Malformed)?;
            for model in models {
                let name = model.name().map_or_else(|| model.to_string(), str::to_owned);
                list.insert_device_der(&certificate, model.0, name, Default::default())
                    .map_err(|_| BadAuthorities::Malformed)?;
            }
        }
        let list = list.build();
        if list.is_empty() { Err(BadAuthorities::NoCertificate) } else { Ok(Self(list)) }
    }

    /// As the database holds it.
    ///
    /// # Errors
    /// [`Unreadable`] if it cannot be written down.
    pub fn to_json(&self) -> Result<String, Unreadable> {
        serde_json::to_string(&self.0)
            .map_err(|_| Unreadable("the list of permitted passkeys cannot be written down"))
    }

    /// From [`Permitted::to_json`].
    ///
    /// # Errors
    /// [`Unreadable`]; whoever cannot read the list permits nothing.
    pub fn from_json(text: &str) -> Result<Self, Unreadable> {
        match serde_json::from_str(text) {
            Ok(list) if !AttestationCaList::is_empty(&list) => Ok(Self(list)),
            _ => Err(Unreadable("the list of permitted passkeys cannot be read")),
        }
    }

    /// How many authorities vouch.
    #[must_use]
    pub fn authorities(&self) -> usize {
        self.0.len()
    }

    /// The permitted models, in order.
    #[must_use]
    pub fn models(&self) -> Vec<Aaguid> {
        let all = self.0.cas().values().flat_map(|authority| authority.aaguids().keys().copied().map(Aaguid));
        let mut all: Vec<_> = all.collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YUBIKEY: &str = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
    const OTHER: &str = "00000000-0000-4000-8000-000000000001";

    fn authority() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
    }

    fn models() -> [Aaguid; 2] {
        [YUBIKEY.parse().unwrap(), OTHER.parse().unwrap()]
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let bundle = [authority(), authority()].concat();
        let list = Permitted::new(bundle.as_bytes(), &models()).unwrap();
        let read = Permitted::from_json(&list.to_json().unwrap()).unwrap();
        assert_eq!(read, list);
        assert_eq!(read.authorities(), 2);
        let mut expected = models();
        expected.sort_unstable();
        assert_eq!(read.models(), expected);
    }

    #[test]
    fn a_list_that_would_permit_nothing_or_anything_is_none() {
        let pem = authority();
        assert_eq!(Permitted::new(pem.as_bytes(), &[]), Err(BadAuthorities::NoModel));
        assert_eq!(Permitted::new(b"", &models()), Err(BadAuthorities::NoCertificate));
        assert_eq!(Permitted::new(b"junk", &models()), Err(BadAuthorities::NoCertificate));
        let cut = pem.replacen("MII", "AII", 1);
        assert_eq!(Permitted::new(cut.as_bytes(), &models()), Err(BadAuthorities::Malformed));
        for text in ["", "{}", "null", "[]", r#"{"cas":{}}"#] {
            assert!(Permitted::from_json(text).is_err(), "{text}");
        }
    }
}

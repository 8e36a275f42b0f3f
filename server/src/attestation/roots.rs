//! The roots that are believed. Each is known by its key: makers issue the certificate of one key anew.

use x509_parser::pem::Pem;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use super::chain;

/// Google's: the key of 2016 with the certificate of 2022, and that of 2025 (Key Attestation CA1).
/// <https://developer.android.com/privacy-and-security/security-key-attestation#root_certificate>
const GOOGLE: [&[u8]; 2] = [include_bytes!("roots/google-rsa.pem"), include_bytes!("roots/google-ca1.pem")];
/// Apple's. <https://www.apple.com/certificateauthority/private/>
const APPLE: [&[u8]; 1] = [include_bytes!("roots/apple-app-attest.pem")];

/// Roots.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots(Vec<Vec<u8>>);

/// What should be certificates in PEM is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("holds something that is no certificate")]
pub struct NoRoots;

impl Roots {
    pub(super) fn of_google() -> Result<Self, NoRoots> {
        Self::read(&GOOGLE.concat())
    }

    pub(super) fn of_apple() -> Result<Self, NoRoots> {
        Self::read(&APPLE.concat())
    }

    /// Reads certificates in PEM, any number.
    pub(super) fn read(pem: &[u8]) -> Result<Self, NoRoots> {
        let mut roots = Vec::new();
        for part in Pem::iter_from_buffer(pem) {
            let part = part.map_err(|_| NoRoots)?;
            chain::certificate(&part.contents).map_err(|_| NoRoots)?;
            roots.push(part.contents);
        }
        Ok(Self(roots))
    }

    pub(super) fn and(mut self, more: &Self) -> Self {
        self.0.extend(more.0.iter().cloned());
        self
    }

    /// Whether this is the key of one of them.
    pub(super) fn have(&self, key: &SubjectPublicKeyInfo<'_>) -> bool {
        self.certificates().any(|root| root.public_key().raw == key.raw)
    }

    /// Whether one of this name signed `certificate`.
    pub(super) fn signed(&self, certificate: &chain::Certificate<'_>) -> bool {
        let named = |name: &X509Name<'_>| name.as_raw() == certificate.issuer().as_raw();
        self.certificates()
            .any(|root| named(root.subject()) && chain::is_signed(certificate, root.public_key()))
    }

    fn certificates(&self) -> impl Iterator<Item = chain::Certificate<'_>> {
        self.0.iter().filter_map(|root| chain::certificate(root).ok())
    }
}

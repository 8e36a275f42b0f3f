//! Chains of certificates (RFC 5280), as far as attestation needs them: each signed by the next, the last by a
//! root that is believed. Signatures are checked by ring.

use countersign_protocol::time::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::{
    OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256,
    OID_SIG_ECDSA_WITH_SHA384, Oid,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::roots::Roots;
use crate::domain::attestation::Doubt;

pub(super) type Certificate<'a> = X509Certificate<'a>;

/// Whether the dates of the first certificate count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstDates {
    /// They do.
    Count,
    /// The phone wrote them, by its own clock: they say nothing.
    SayNothing,
}

/// One certificate in DER, and nothing after it.
pub(super) fn certificate(der: &[u8]) -> Result<Certificate<'_>, Doubt> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(Doubt::Malformed),
    }
}

/// Reads a chain and verifies it, up to one of `roots`. The first certificate is the first of the answer, which
/// is never empty; a root at its end is left out.
///
/// No flags of authorities are asked for: phones of some years have none. What holds in their place is that
/// makers certify no key for other purposes; see [`Doubt::SecondStatement`].
pub(super) fn verified<'a>(
    ders: impl Iterator<Item = &'a [u8]>,
    roots: &Roots,
    first_dates: FirstDates,
    now: Timestamp,
) -> Result<Vec<Certificate<'a>>, Doubt> {
    let mut chain = ders.map(certificate).collect::<Result<Vec<_>, _>>()?;
    if chain.last().is_some_and(|last| roots.have(last.public_key())) {
        // Its own dates and signature are beside the point: its key is one of those that are believed.
        chain.pop();
    }
    let Some(last) = chain.last() else { return Err(Doubt::Malformed) };
    for (certificate, issuer) in chain.iter().zip(chain.iter().skip(1)) {
        let named = certificate.issuer().as_raw() == issuer.subject().as_raw();
        if !named || !is_signed(certificate, issuer.public_key()) {
            return Err(Doubt::BrokenChain);
        }
    }
    if !roots.signed(last) {
        return Err(Doubt::UnknownRoot);
    }
    let skipped = usize::from(first_dates == FirstDates::SayNothing);
    if chain.iter().skip(skipped).any(|certificate| !is_in_time(certificate, now)) {
        return Err(Doubt::OutOfTime);
    }
    Ok(chain)
}

fn is_in_time(certificate: &Certificate<'_>, now: Timestamp) -> bool {
    let dates = certificate.validity();
    (dates.not_before.timestamp()..=dates.not_after.timestamp()).contains(&now.seconds())
}

/// Whether `key` signed the certificate, by RSA or ECDSA with SHA-2.
pub(super) fn is_signed(certificate: &Certificate<'_>, key: &SubjectPublicKeyInfo<'_>) -> bool {
    let taken: [Oid<'_>; 5] = [
        OID_PKCS1_SHA256WITHRSA,
        OID_PKCS1_SHA384WITHRSA,
        OID_PKCS1_SHA512WITHRSA,
        OID_SIG_ECDSA_WITH_SHA256,
        OID_SIG_ECDSA_WITH_SHA384,
    ];
    let algorithm = &certificate.signature_algorithm;
    *algorithm == certificate.tbs_certificate.signature
        && taken.contains(&algorithm.algorithm)
        // The parser passes over how many of the last bits do not count.
        && certificate.signature_value.unused_bits == 0
        && certificate.verify_signature(Some(key)).is_ok()
}

/// The bytes of the certificate's public key: of an EC key, its point.
pub(super) fn key_of<'a>(certificate: &'a Certificate<'_>) -> &'a [u8] {
    &certificate.public_key().subject_public_key.data
}

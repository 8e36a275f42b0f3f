//! What Android writes into the certificate of a key: the extension 1.3.6.1.4.1.11129.2.1.17, KeyDescription.
//! <https://source.android.com/docs/security/features/keystore/attestation#schema>
//!
//! Members that are not asked about are passed over, so that later versions can be read.

use std::collections::BTreeMap;

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};
use x509_parser::oid_registry::{Oid, asn1_rs::oid};

use super::chain::Certificate;
use crate::domain::attestation::Doubt;

/// The extension.
pub(super) const EXTENSION: Oid<'static> = oid!(1.3.6.1.4.1.11129.2.1.17);

/// The tags that are asked about (`hardware/interfaces/security/keymint/…/Tag.aidl`).
mod tag {
    pub(super) const PURPOSE: u32 = 1;
    pub(super) const ALGORITHM: u32 = 2;
    pub(super) const ALL_APPLICATIONS: u32 = 600;
    pub(super) const NO_AUTH_REQUIRED: u32 = 503;
    pub(super) const USER_AUTH_TYPE: u32 = 504;
    pub(super) const AUTH_TIMEOUT: u32 = 505;
    pub(super) const ORIGIN: u32 = 702;
    pub(super) const ROOT_OF_TRUST: u32 = 704;
    pub(super) const OS_VERSION: u32 = 705;
    pub(super) const OS_PATCH_LEVEL: u32 = 706;
    pub(super) const APPLICATION_ID: u32 = 709;
}

/// KeyDescription. Levels: 0 software, 1 trusted environment, 2 StrongBox.
#[derive(Debug)]
pub(super) struct KeyDescription<'a> {
    /// Where the attestation was made.
    pub(super) attestation_level: u32,
    /// Where the key is.
    pub(super) key_level: u32,
    /// What the attestation was made for.
    pub(super) challenge: &'a [u8],
    /// What the system says.
    pub(super) software: Properties<'a>,
    /// What the key hardware says.
    pub(super) hardware: Properties<'a>,
}

/// AuthorizationList: its members by tag.
#[derive(Debug)]
pub(super) struct Properties<'a>(BTreeMap<u32, Any<'a>>);

/// RootOfTrust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RootOfTrust {
    /// Whether the bootloader is locked.
    pub(super) locked: bool,
    /// 0 verified, 1 self-signed, 2 unverified, 3 failed.
    pub(super) state: u32,
}

/// AttestationApplicationId.
#[derive(Debug, Default)]
pub(super) struct ApplicationId<'a> {
    /// The packages that share the key's user id.
    pub(super) packages: Vec<&'a str>,
    /// SHA-256 of the certificates that signed them.
    pub(super) signers: Vec<&'a [u8]>,
}

impl<'a> KeyDescription<'a> {
    /// Reads the certificate's extension, which has to be there once.
    pub(super) fn of(certificate: &'a Certificate<'_>) -> Result<Self, Doubt> {
        let found = certificate.get_extension_unique(&EXTENSION).map_err(|_| Doubt::Malformed)?;
        Self::read(found.ok_or(Doubt::Malformed)?.value)
    }

    fn read(der: &'a [u8]) -> Result<Self, Doubt> {
        let mut members = Members(only(der, Tag::Sequence)?);
        members.typed(Tag::Integer)?; // the schema's version
        let attestation_level = members.number(Tag::Enumerated)?;
        members.typed(Tag::Integer)?; // the version of Keymaster or KeyMint
        let key_level = members.number(Tag::Enumerated)?;
        let challenge = members.typed(Tag::OctetString)?;
        members.typed(Tag::OctetString)?; // the unique id
        let software = Properties::read(members.typed(Tag::Sequence)?)?;
        let hardware = Properties::read(members.typed(Tag::Sequence)?)?;
        Ok(Self { attestation_level, key_level, challenge, software, hardware })
    }
}

impl<'a> Properties<'a> {
    fn read(content: &'a [u8]) -> Result<Self, Doubt> {
        let (mut members, mut found) = (Members(content), BTreeMap::new());
        while !members.is_empty() {
            let member = members.next()?;
            let inner = Any::from_der(member.data).map_err(|_| Doubt::Malformed)?;
            let twice = found.insert(member.tag().0, inner.1).is_some();
            if member.class() != Class::ContextSpecific || !inner.0.is_empty() || twice {
                return Err(Doubt::Malformed);
            }
        }
        Ok(Self(found))
    }

    fn number(&self, tag: u32) -> Result<Option<u32>, Doubt> {
        self.0.get(&tag).map(|any| number(any, Tag::Integer)).transpose()
    }

    /// What the key may be used for: 2 sign, 3 verify, 7 attest other keys.
    pub(super) fn purposes(&self) -> Result<Vec<u32>, Doubt> {
        let Some(set) = self.0.get(&tag::PURPOSE) else { return Ok(Vec::new()) };
        let (mut members, mut purposes) = (Members(content(set, Tag::Set)?), Vec::new());
        while !members.is_empty() {
            purposes.push(members.number(Tag::Integer)?);
        }
        Ok(purposes)
    }

    /// 3 is EC.
    pub(super) fn algorithm(&self) -> Result<Option<u32>, Doubt> {
        self.number(tag::ALGORITHM)
    }

    /// 0 is made in the hardware.
    pub(super) fn origin(&self) -> Result<Option<u32>, Doubt> {
        self.number(tag::ORIGIN)
    }

    /// Whether every app may use the key.
    pub(super) fn all_applications(&self) -> bool {
        self.0.contains_key(&tag::ALL_APPLICATIONS)
    }

    /// Whether the key can be used without its owner.
    pub(super) fn no_auth_required(&self) -> bool {
        self.0.contains_key(&tag::NO_AUTH_REQUIRED)
    }

    /// What unlocks the key, as bits: 1 the screen lock, 2 biometrics.
    pub(super) fn user_auth_type(&self) -> Result<Option<u32>, Doubt> {
        self.number(tag::USER_AUTH_TYPE)
    }

    /// Whether the key stays unlocked for some time; if not, each use asks.
    pub(super) fn stays_unlocked(&self) -> bool {
        self.0.contains_key(&tag::AUTH_TIMEOUT)
    }

    /// The system's version.
    pub(super) fn os_version(&self) -> Result<Option<u32>, Doubt> {
        self.number(tag::OS_VERSION)
    }

    /// The month of its last security patch.
    pub(super) fn os_patch_level(&self) -> Result<Option<u32>, Doubt> {
        self.number(tag::OS_PATCH_LEVEL)
    }

    /// How the phone started.
    pub(super) fn root_of_trust(&self) -> Result<Option<RootOfTrust>, Doubt> {
        let Some(any) = self.0.get(&tag::ROOT_OF_TRUST) else { return Ok(None) };
        let mut members = Members(content(any, Tag::Sequence)?);
        members.typed(Tag::OctetString)?; // the key that verified the system
        let locked = members.typed(Tag::Boolean)? == [0xff];
        Ok(Some(RootOfTrust { locked, state: members.number(Tag::Enumerated)? }))
    }

    /// Which app made the key.
    pub(super) fn application_id(&self) -> Result<Option<ApplicationId<'a>>, Doubt> {
        let Some(any) = self.0.get(&tag::APPLICATION_ID) else { return Ok(None) };
        let mut members = Members(only(content(any, Tag::OctetString)?, Tag::Sequence)?);
        let (mut infos, mut signers) = (Members(members.typed(Tag::Set)?), Members(members.typed(Tag::Set)?));
        let mut id = ApplicationId::default();
        while !infos.is_empty() {
            let mut info = Members(infos.typed(Tag::Sequence)?);
            let name = std::str::from_utf8(info.typed(Tag::OctetString)?).map_err(|_| Doubt::Malformed)?;
            id.packages.push(name);
        }
        while !signers.is_empty() {
            id.signers.push(signers.typed(Tag::OctetString)?);
        }
        Ok(Some(id))
    }
}

/// What is left of a value's members, in DER.
pub(super) struct Members<'a>(pub(super) &'a [u8]);

impl<'a> Members<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn next(&mut self) -> Result<Any<'a>, Doubt> {
        let (rest, member) = Any::from_der(self.0).map_err(|_| Doubt::Malformed)?;
        self.0 = rest;
        Ok(member)
    }

    /// The content of the next member, which has to be of this type.
    pub(super) fn typed(&mut self, tag: Tag) -> Result<&'a [u8], Doubt> {
        content(&self.next()?, tag)
    }

    fn number(&mut self, tag: Tag) -> Result<u32, Doubt> {
        number(&self.next()?, tag)
    }
}

/// The content of the one value that these bytes are.
pub(super) fn only(der: &[u8], tag: Tag) -> Result<&[u8], Doubt> {
    let mut members = Members(der);
    let content = members.typed(tag)?;
    if members.is_empty() { Ok(content) } else { Err(Doubt::Malformed) }
}

fn content<'a>(any: &Any<'a>, tag: Tag) -> Result<&'a [u8], Doubt> {
    let right = any.class() == Class::Universal && any.tag() == tag;
    if right { Ok(any.data) } else { Err(Doubt::Malformed) }
}

/// A number that is not negative and fits.
fn number(any: &Any<'_>, tag: Tag) -> Result<u32, Doubt> {
    let digits = match content(any, tag)? {
        [0, digits @ ..] if !digits.is_empty() => digits,
        digits @ [first, ..] if *first < 0x80 => digits,
        _ => return Err(Doubt::Malformed),
    };
    if digits.len() > 4 {
        return Err(Doubt::Malformed);
    }
    Ok(digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}

//! Android key attestation: for each key a chain of certificates, the first of which says how the key was made and
//! what it takes to use it.

use countersign_protocol::attestation::Blob;
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::ApprovalUnlock;
use countersign_protocol::time::Timestamp;

use super::chain::{self, Certificate, FirstDates};
use super::key_description::{EXTENSION, KeyDescription};
use super::{Subject, Verifier, revocations};
use crate::domain::attestation::{BootState, Doubt, KeyLevel, Proof};

/// The purposes of a key, as numbers: to sign, and to verify, which anyone can.
const SIGN: u32 = 2;
const VERIFY: u32 = 3;
/// Elliptic curves.
const EC: u32 = 3;
/// Made in the key hardware.
const GENERATED: u32 = 0;
/// Unlocked by the screen lock.
const SCREEN_LOCK: u32 = 1;
/// Started a system that the maker signed.
const VERIFIED: u32 = 0;

impl Verifier {
    pub(super) fn verify_android(
        &self,
        device: &[Blob],
        approval: &[Blob],
        of: &Subject,
        now: Timestamp,
    ) -> Result<Proof, Doubt> {
        if self.android_apps.is_empty() {
            return Err(Doubt::NoApps);
        }
        let (device, approval) = (self.android_chain(device, now)?, self.android_chain(approval, now)?);
        let (_, device_proof) = self.android_key(&device, &of.device_key, of)?;
        let (description, proof) = self.android_key(&approval, &of.approval_key, of)?;
        asks_for_its_owner(&description, of.approval_unlock)?;
        Ok(Proof { level: proof.level.min(device_proof.level), ..proof })
    }

    /// A chain of certificates that are good now, the key's own first.
    fn android_chain<'a>(&self, chain: &'a [Blob], now: Timestamp) -> Result<Vec<Certificate<'a>>, Doubt> {
        let ders = chain.iter().map(|der| der.0.as_slice());
        let chain = chain::verified(ders, &self.android, FirstDates::SayNothing, now)?;
        let attests = |certificate: &Certificate<'_>| {
            certificate.iter_extensions().any(|extension| extension.oid == EXTENSION)
        };
        // Whoever has a key in the hardware can sign certificates with it that say anything.
        if chain.iter().skip(1).any(attests) {
            return Err(Doubt::SecondStatement);
        }
        if let Some(list) = &self.revocations {
            let revoked = list.serials().map_err(|_| Doubt::RevocationsUnread)?;
            if chain.iter().any(|one| revoked.contains(&revocations::serial(one.raw_serial()))) {
                return Err(Doubt::Revoked);
            }
        }
        Ok(chain)
    }

    /// What holds for both keys.
    fn android_key<'a>(
        &self,
        chain: &'a [Certificate<'_>],
        key: &PublicKey,
        of: &Subject,
    ) -> Result<(KeyDescription<'a>, Proof), Doubt> {
        let own = chain.first().ok_or(Doubt::Malformed)?;
        let description = KeyDescription::of(own)?;
        if description.challenge != of.challenge.0 {
            return Err(Doubt::OtherChallenge);
        }
        if chain::key_of(own) != key.sec1() {
            return Err(Doubt::OtherKey);
        }
        let level = level(&description)?;
        is_made_to_sign(&description)?;
        let started = description.hardware.root_of_trust()?;
        if !started.is_some_and(|root| root.locked && root.state == VERIFIED) {
            return Err(Doubt::BootNotVerified);
        }
        let proof = Proof {
            level,
            app: self.android_app(&description)?,
            os_version: description.hardware.os_version()?,
            os_patch_level: description.hardware.os_patch_level()?,
            boot: Some(BootState::Verified),
            development: false,
        };
        Ok((description, proof))
    }

    /// The system says which app it was, not the hardware: whence its boot is looked at first.
    fn android_app(&self, description: &KeyDescription<'_>) -> Result<String, Doubt> {
        let id = description.software.application_id()?.ok_or(Doubt::OtherApp)?;
        let known = self.android_apps.known(&id.packages, &id.signers);
        known.map(str::to_owned).ok_or(Doubt::OtherApp)
    }
}

/// The weaker of the places where the attestation and the key were made.
fn level(description: &KeyDescription<'_>) -> Result<KeyLevel, Doubt> {
    match description.attestation_level.min(description.key_level) {
        1 => Ok(KeyLevel::TrustedEnvironment),
        2 => Ok(KeyLevel::StrongBox),
        _ => Err(Doubt::SoftwareKeys),
    }
}

fn is_made_to_sign(description: &KeyDescription<'_>) -> Result<(), Doubt> {
    let hardware = &description.hardware;
    let purposes = hardware.purposes()?;
    let signs = purposes.contains(&SIGN) && purposes.iter().all(|one| [SIGN, VERIFY].contains(one));
    let shared = hardware.all_applications() || description.software.all_applications();
    let made = hardware.origin()? == Some(GENERATED) && hardware.algorithm()? == Some(EC);
    if signs && made && !shared { Ok(()) } else { Err(Doubt::KeyUse) }
}

/// That each use of the key is unlocked by its owner, and that the hardware sees to it.
fn asks_for_its_owner(description: &KeyDescription<'_>, claimed: ApprovalUnlock) -> Result<(), Doubt> {
    let lists = [&description.hardware, &description.software];
    let lax = lists.iter().any(|list| list.no_auth_required() || list.stays_unlocked());
    let unlocked_by = description.hardware.user_auth_type()?.unwrap_or(0);
    if unlocked_by == 0 || lax {
        return Err(Doubt::NoUserAuthentication);
    }
    // Whoever says "by a biometric" must not mean "or by the screen lock".
    let by_passcode = unlocked_by & SCREEN_LOCK != 0;
    if by_passcode && claimed == ApprovalUnlock::Biometric { Err(Doubt::OtherUnlock) } else { Ok(()) }
}

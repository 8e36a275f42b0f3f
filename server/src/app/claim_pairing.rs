//! A phone claims a pairing that was offered, with both of its keys. The step after, typing the code that the phone
//! shows, is in [`super::confirm_pairing`].

use std::net::IpAddr;

use countersign_protocol::api::{ClaimAnswer, ClaimBody, DeviceState};
use countersign_protocol::attestation::Attestation;
use countersign_protocol::bytes::{Digest, sha256};
use countersign_protocol::ids::{DeviceId, PairingId, UserId};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::{ApprovalUnlock, KeyProtection, PairingClaim};
use countersign_protocol::random;
use countersign_protocol::statement::StatementError;
use countersign_protocol::time::Timestamp;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::attestation::Finding;
use crate::domain::pairing::{CODE_DIGITS, PAIRING_SECONDS, PairingState};
use crate::push::senders::EndpointMalformed;
use crate::store::audit::{self, AuditLine};
use crate::store::devices::{self, Device};
use crate::store::pairings::{self, Pairing};
use crate::store::{StoreError, users};

/// The longest name a phone may give itself, in characters.
const MODEL_LENGTH: usize = 60;

/// How far a claim's `iat` may lie from the server's clock, in seconds.
const CLAIM_WINDOW_SECONDS: u64 = PAIRING_SECONDS;

/// Why a claim is refused.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The phone's clock is too far off.
    #[error("the claim's time is too far off")]
    ClockSkew,
    /// The claim is for another server or pairing.
    #[error("the claim is not for this pairing")]
    Mismatch,
    /// The pairing does not exist, is over, or the secret is wrong: the caller cannot tell which.
    #[error("the pairing is over")]
    Over,
    /// The tenant takes hardware keys only.
    #[error("the tenant takes only phones that keep their keys in hardware")]
    HardwareKeysRequired,
    /// The tenant takes only phones that prove where they keep their keys.
    #[error("the tenant takes only phones that prove where they keep their keys")]
    AttestationRequired,
    /// A passcode unlocks the approval key, and the tenant takes biometrics alone.
    #[error("the tenant's policy does not let a phone's passcode approve")]
    DevicePasscodeNotAllowed,
    /// What travels beside the claim is not what it names.
    #[error("the attestation is not the one that the claim names")]
    OtherAttestation,
    /// The push endpoint may not be spoken to.
    #[error("the push endpoint is refused: {0}")]
    PushEndpoint(#[from] EndpointMalformed),
    /// Not the caller's fault.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for ClaimError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl App {
    /// A phone at `address` claims a pairing with both of its keys. A second claim ends the pairing.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub async fn claim_pairing(
        &self,
        at: &TenantHandle,
        id: PairingId,
        body: &ClaimBody,
        address: IpAddr,
    ) -> Result<ClaimAnswer, ClaimError> {
        let claim = PairingClaim::verify(&body.device, &body.approval)?;
        let now = self.now();
        if claim.aud != at.origin.to_string() || claim.pairing != id {
            return Err(ClaimError::Mismatch);
        }
        // The phone then signs again by this clock, instead of telling its owner to update the app.
        if claim.iat.0.abs_diff(now.seconds()) > CLAIM_WINDOW_SECONDS {
            return Err(ClaimError::ClockSkew);
        }
        if claim.attestation != body.attestation.as_ref().map(Attestation::digest) {
            return Err(ClaimError::OtherAttestation);
        }
        let pairing = self.claimable(at, &claim, now, address).await?;
        if at.tenant.require_hardware_keys && claim.protection != KeyProtection::Hardware {
            return Err(ClaimError::HardwareKeysRequired);
        }
        if claim.approval_unlock == ApprovalUnlock::DevicePasscode
            && !at.tenant.policy.factors.device_passcode
        {
            return Err(ClaimError::DevicePasscodeNotAllowed);
        }
        if let Some(endpoint) = &claim.push {
            self.parts.senders.check(endpoint)?;
        }
        let finding = self.find_attested(at, &claim, body.attestation.as_ref()).await?;
        self.keep_claim(at, &pairing, (claim, finding), now, address).await
    }

    /// The pairing that the claim knows the secret of, if nobody claimed it before.
    async fn claimable(
        &self,
        at: &TenantHandle,
        claim: &PairingClaim,
        now: Timestamp,
        address: IpAddr,
    ) -> Result<Pairing, ClaimError> {
        let (tenant, id) = (at.tenant.id, claim.pairing);
        let found = self.parts.db.read(move |tx| Box::pin(pairings::by_id(tx, tenant, id))).await?;
        let pairing = found.filter(|pairing| now < pairing.expires_at).ok_or(ClaimError::Over)?;
        let knows: bool = sha256(claim.secret_hash).0.ct_eq(&pairing.claim_hash.0).into();
        if !knows {
            return Err(ClaimError::Over);
        }
        match pairing.state {
            PairingState::Offered => Ok(pairing),
            PairingState::Claimed => {
                self.end_pairing(at, &pairing, address).await?;
                Err(ClaimError::Over)
            }
            PairingState::Confirmed | PairingState::Over => Err(ClaimError::Over),
        }
    }

    /// Two phones knew the secret: one of them is not the user's.
    async fn end_pairing(
        &self,
        at: &TenantHandle,
        pairing: &Pairing,
        address: IpAddr,
    ) -> Result<(), AppError> {
        let (tenant, id) = (at.tenant.id, pairing.id);
        let line = self
            .audit(tenant, Some(pairing.user), "pairing.claimed_twice", json!({ "pairing": id }))
            .from_address(Some(address));
        self.parts
            .db
            .write_with(line, move |line, tx| {
                Box::pin(async move {
                    if pairings::end(tx, tenant, id).await? {
                        audit::append(tx, line).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            })
            .await?;
        Ok(())
    }

    async fn keep_claim(
        &self,
        at: &TenantHandle,
        pairing: &Pairing,
        (claim, attestation): (PairingClaim, Option<Finding>),
        now: Timestamp,
        address: IpAddr,
    ) -> Result<ClaimAnswer, ClaimError> {
        let (tenant, id, user) = (at.tenant.id, pairing.id, pairing.user);
        let (code, unlock) = (random::digits(self.random(), CODE_DIGITS), claim.approval_unlock);
        let code_hash = hash_code(id, &code);
        let device = self.claimed_device(at, user, claim, attestation, now);
        let line = self.claimed_line(id, &device, unlock).from_address(Some(address));
        let device_id = device.id;
        let account = self
            .parts
            .db
            .write_with((device, line), move |(device, line), tx| {
                Box::pin(async move {
                    devices::add_unconfirmed(tx, device).await?;
                    if !pairings::claim(tx, tenant, id, device.id, code_hash, now).await? {
                        // Another claim came first; what was added is rolled back.
                        return Err(ClaimError::Over);
                    }
                    audit::append(tx, line).await?;
                    users::by_id(tx, tenant, user).await?.ok_or(ClaimError::Over)
                })
            })
            .await?;
        Ok(ClaimAnswer {
            device: device_id,
            user,
            tenant,
            tenant_name: at.tenant.name.clone(),
            account: account.email,
            server_key: at.signing_key.public_key().jwk(),
            code,
            exp: pairing.expires_at.into(),
        })
    }

    fn claimed_device(
        &self,
        at: &TenantHandle,
        user: UserId,
        claim: PairingClaim,
        attestation: Option<Finding>,
        now: Timestamp,
    ) -> Device {
        Device {
            id: DeviceId::new(now, self.random()),
            tenant: at.tenant.id,
            user,
            state: DeviceState::Unconfirmed,
            name: for_people(&claim.model),
            platform: for_people(&claim.platform),
            protection: claim.protection,
            device_key: PublicKey::from(&claim.device_key),
            approval_key: PublicKey::from(&claim.approval_key),
            push: claim.push,
            origin: at.origin.to_string(),
            push_lost_at: None,
            created_at: now,
            last_used_at: None,
            attestation,
        }
    }

    fn claimed_line(&self, pairing: PairingId, device: &Device, unlock: ApprovalUnlock) -> AuditLine {
        let mut detail = json!({ "pairing": pairing, "device": device.id, "protection": device.protection });
        if unlock != ApprovalUnlock::default() {
            detail["approval_unlock"] = json!(unlock);
        }
        if let Some(finding) = &device.attestation {
            detail["attestation"] = json!(finding);
        }
        self.audit(device.tenant, Some(device.user), "pairing.claimed", detail)
    }
}

/// What the database holds of a code. Six digits have no strength of their own: few tries and minutes do.
pub(super) fn hash_code(id: PairingId, code: &str) -> Digest {
    sha256(format!("{id}:{code}"))
}

/// What a phone says of itself, as people may see it: one line, not too long.
pub(super) fn for_people(text: &str) -> String {
    let cleaned: String = text.chars().filter(|c| !c.is_control()).take(MODEL_LENGTH).collect();
    cleaned.trim().to_owned()
}

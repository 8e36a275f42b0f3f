//! What a phone proves of its keys when it is paired, as far as its tenant asks.

use std::sync::Arc;

use countersign_protocol::attestation::{Attestation, challenge};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::PairingClaim;

use super::App;
use super::claim_pairing::ClaimError;
use super::tenants::TenantHandle;
use crate::attestation::Subject;
use crate::domain::attestation::{AttestationRule, Doubt, Finding};

impl App {
    /// What came of the claim's attestation; none where the tenant does not ask.
    ///
    /// # Errors
    /// [`ClaimError::AttestationRequired`] if the tenant asks for one that holds, and this one does not.
    pub(super) async fn find_attested(
        &self,
        at: &TenantHandle,
        claim: &PairingClaim,
        attestation: Option<&Attestation>,
    ) -> Result<Option<Finding>, ClaimError> {
        let rule = at.tenant.policy.attestation;
        if rule == AttestationRule::NotAsked {
            return Ok(None);
        }
        let finding = match attestation {
            Some(attestation) => self.verify_attestation(claim, attestation.clone()).await,
            None => Finding::Absent,
        };
        let (pairing, tenant) = (claim.pairing, at.tenant.id);
        match &finding {
            Finding::Verified(_) => {}
            Finding::Absent => tracing::info!(%pairing, %tenant, "a phone brings no attestation"),
            Finding::Unverified { why } => {
                tracing::info!(%pairing, %tenant, %why, "a phone's attestation does not hold");
            }
        }
        if rule.accepts(&finding) { Ok(Some(finding)) } else { Err(ClaimError::AttestationRequired) }
    }

    async fn verify_attestation(&self, claim: &PairingClaim, attestation: Attestation) -> Finding {
        let (verifier, now) = (Arc::clone(&self.parts.attestation), self.now());
        let subject = Subject {
            challenge: challenge(&claim.aud, claim.pairing, claim.secret_hash),
            device_key: PublicKey::from(&claim.device_key),
            approval_key: PublicKey::from(&claim.approval_key),
            approval_unlock: claim.approval_unlock,
        };
        // A dozen signatures, and perhaps a file: not on the threads that others wait for.
        let verified =
            tokio::task::spawn_blocking(move || verifier.verify(&attestation, &subject, now)).await;
        verified.unwrap_or(Err(Doubt::NotChecked)).into()
    }
}

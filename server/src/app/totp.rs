//! Signing in with an authenticator app: a code is judged outside any transaction, and used up inside one.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::totp::{self, ClockOff, Judgement};
use crate::store::{StoreError, Tx, authenticators};

/// A typed code, judged.
pub(super) struct JudgedCode {
    authenticator: Uuid,
    judgement: Judgement,
}

impl JudgedCode {
    /// Uses a right code up. False if it is wrong, which is noted, or somebody used it, or a later one,
    /// before.
    pub(super) async fn use_up(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match self.judgement {
            Judgement::Right { step } => {
                authenticators::use_step(tx, tenant, self.authenticator, step, now).await
            }
            Judgement::Wrong { note, .. } => {
                authenticators::note_miss(tx, tenant, self.authenticator, note).await?;
                Ok(false)
            }
        }
    }

    /// What may be told of the phone's clock, if the code is wrong.
    pub(super) fn clock_off(&self) -> Option<ClockOff> {
        match self.judgement {
            Judgement::Right { .. } => None,
            Judgement::Wrong { clock, .. } => clock,
        }
    }
}

impl App {
    /// Judges a code that a user typed to sign in. None if the user has no authenticator. The check must be
    /// counted, and that committed, before.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if the secret cannot be unsealed.
    pub(super) async fn judge_totp(
        &self,
        at: &TenantHandle,
        user: UserId,
        typed: &str,
    ) -> Result<Option<JudgedCode>, AppError> {
        let tenant = at.tenant.id;
        let active =
            self.parts.db.read_one(move |tx| Box::pin(authenticators::active_of_user(tx, tenant, user)));
        let Some(active) = active.await? else { return Ok(None) };
        let secret = self.open_secret(&active)?;
        let strict = at.tenant.policy.factors.totp_strict;
        let judgement = totp::judge(&secret, typed, self.now(), strict, active.standing);
        Ok(Some(JudgedCode { authenticator: active.id, judgement }))
    }
}

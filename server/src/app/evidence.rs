//! Evidence of a factor: found outside a transaction, used up inside one by a single conditional change.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::prove::Attempt;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::recovery_code::RecoveryCode;
use crate::domain::totp::{self, ClockOff, Judgement, Miss};
use crate::domain::typed;
use crate::store::{StoreError, Tx, authenticators, email_codes, recovery_codes};

/// What e-mailed codes are hashed for.
pub(super) const EMAIL_CODE: &str = "email-code";
/// How many digits they have.
pub(super) const EMAIL_DIGITS: usize = 6;
const RECOVERY_CODE: &str = "recovery-code";

/// Evidence of a factor.
pub(super) enum Evidence {
    /// There is none.
    Nothing,
    /// The login's live code, and the hash of what was typed.
    EmailCode {
        /// Which code.
        id: Uuid,
        /// The hash of what was typed.
        hash: Digest,
    },
    /// A code of the user's authenticator app, right at this step.
    Totp {
        /// Which authenticator.
        id: Uuid,
        /// The code's step.
        step: i64,
    },
    /// A wrong code of the user's authenticator app.
    WrongTotp {
        /// Which authenticator.
        id: Uuid,
        /// What to note of it.
        note: Option<Miss>,
        /// By how much the app's clock is off, if that is why.
        clock: Option<ClockOff>,
    },
    /// The hash of a recovery code.
    RecoveryCode(Digest),
}

impl Evidence {
    /// By how much an authenticator app's clock is off, if that is why its code is wrong.
    pub(super) fn clock_off(&self) -> Option<ClockOff> {
        match self {
            Self::WrongTotp { clock, .. } => *clock,
            _ => None,
        }
    }

    /// Uses it up. False if it does not hold, or somebody used it before.
    pub(super) async fn use_up(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Nothing => Ok(false),
            Self::EmailCode { id, hash } => email_codes::use_up(tx, tenant, user, *id, *hash, now).await,
            Self::Totp { id, step } => authenticators::use_step(tx, tenant, *id, *step, now).await,
            Self::WrongTotp { id, note, .. } => {
                authenticators::note_miss(tx, tenant, *id, *note).await?;
                Ok(false)
            }
            Self::RecoveryCode(hash) => recovery_codes::use_up(tx, tenant, user, *hash, now).await,
        }
    }
}

impl App {
    /// What an attempt of a user comes to, in a login if it is made in one.
    pub(super) async fn evidence(
        &self,
        at: &TenantHandle,
        user: UserId,
        login: Option<LoginId>,
        attempt: Attempt,
    ) -> Result<Evidence, AppError> {
        match (attempt, login) {
            (Attempt::EmailCode(typed), Some(login)) => self.email_evidence(at, login, &typed).await,
            // Those are sent for logins alone.
            (Attempt::EmailCode(_), None) => Ok(Evidence::Nothing),
            (Attempt::Totp(typed), _) => self.totp_evidence(at, user, &typed).await,
            (Attempt::RecoveryCode(typed), _) => Ok(RecoveryCode::parse(&typed)
                .map_or(Evidence::Nothing, |code| Evidence::RecoveryCode(self.recovery_hash(user, &code)))),
        }
    }

    /// What the database keeps of a recovery code.
    pub(super) fn recovery_hash(&self, user: UserId, code: &RecoveryCode) -> Digest {
        self.parts.code_key.hash(RECOVERY_CODE, user.0, code.as_str())
    }

    /// The code is judged against the secret, which is unsealed for as long as that takes.
    async fn totp_evidence(
        &self,
        at: &TenantHandle,
        user: UserId,
        typed: &str,
    ) -> Result<Evidence, AppError> {
        let tenant = at.tenant.id;
        let found = self
            .parts
            .db
            .read_one(move |tx| Box::pin(authenticators::active_of_user(tx, tenant, user)))
            .await?;
        let Some(found) = found else { return Ok(Evidence::Nothing) };
        let secret = self.unseal_totp(user, &found)?;
        let strict = at.tenant.factors.totp_strict;
        Ok(match totp::judge(&secret, typed, self.now(), strict, found.standing) {
            Judgement::Right { step } => Evidence::Totp { id: found.id, step },
            Judgement::Wrong { note, clock } => Evidence::WrongTotp { id: found.id, note, clock },
        })
    }

    async fn email_evidence(
        &self,
        at: &TenantHandle,
        login: LoginId,
        typed: &str,
    ) -> Result<Evidence, AppError> {
        let tenant = at.tenant.id;
        let Some(code) = typed::digits::<EMAIL_DIGITS>(typed) else { return Ok(Evidence::Nothing) };
        let latest =
            self.parts.db.read_one(move |tx| Box::pin(email_codes::latest(tx, tenant, login))).await?;
        Ok(latest.map_or(Evidence::Nothing, |(id, _)| {
            let hash = self.parts.code_key.hash(EMAIL_CODE, id, &String::from_utf8_lossy(&code));
            Evidence::EmailCode { id, hash }
        }))
    }
}


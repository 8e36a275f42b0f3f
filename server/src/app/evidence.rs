//! Evidence of a factor: found outside a transaction, used up inside one by a single conditional change.

use std::net::IpAddr;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::attempts::Attempt;
use super::recovery_codes::TypedRecoveryCode;
use super::tenants::TenantHandle;
use super::totp::JudgedCode;
use super::{App, AppError};
use crate::domain::totp::ClockOff;
use crate::domain::typed;
use crate::store::passkeys::{self, Used};
use crate::store::{StoreError, Tx, email_codes};

/// What e-mailed codes are hashed for.
pub(super) const EMAIL_CODE: &str = "email-code";
/// How many digits they have.
pub(super) const EMAIL_DIGITS: usize = 6;

/// What a factor is proved for.
#[derive(Clone, Copy)]
pub(super) enum For {
    /// A login.
    Login(LoginId),
    /// A recovery.
    Recovery(Uuid),
}

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
    /// A code of the user's authenticator app, judged.
    Totp(JudgedCode),
    /// What can be a recovery code.
    RecoveryCode(TypedRecoveryCode),
    /// A passkey that signed what was asked.
    Passkey(Used),
}

impl Evidence {
    /// By how much an authenticator app's clock is off, if that is why its code is wrong.
    pub(super) fn clock_off(&self) -> Option<ClockOff> {
        match self {
            Self::Totp(judged) => judged.clock_off(),
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
            Self::Totp(judged) => judged.use_up(tx, tenant, now).await,
            Self::RecoveryCode(code) => code.use_up(tx, tenant, user, now).await,
            Self::Passkey(used) => passkeys::use_up(tx, tenant, user, used, now).await,
        }
    }
}

impl App {
    /// What an attempt of a user comes to.
    pub(super) async fn evidence(
        &self,
        at: &TenantHandle,
        user: UserId,
        what: For,
        attempt: Attempt,
        address: IpAddr,
    ) -> Result<Evidence, AppError> {
        match (attempt, what) {
            (Attempt::EmailCode(typed), For::Login(login)) => self.email_evidence(at, login, &typed).await,
            (Attempt::Passkey(answer), For::Login(login)) => {
                let evidence = self.check_passkey(at, user, login.0, &answer, address).await?;
                Ok(evidence.map_or(Evidence::Nothing, Evidence::Passkey))
            }
            // Codes are mailed, and passkeys asked for, in logins alone.
            (Attempt::EmailCode(_) | Attempt::Passkey(_), For::Recovery(_)) => Ok(Evidence::Nothing),
            (Attempt::Totp(typed), _) => {
                let judged = self.judge_totp(at, user, &typed).await?;
                Ok(judged.map_or(Evidence::Nothing, Evidence::Totp))
            }
            (Attempt::RecoveryCode(typed), _) => {
                let code = self.typed_recovery_code(user, &typed);
                Ok(code.map_or(Evidence::Nothing, Evidence::RecoveryCode))
            }
        }
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

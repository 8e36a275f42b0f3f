//! Evidence of a factor: found outside a transaction, used up inside one by a single conditional change.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::prove::{Admitted, Attempt};
use super::recovery_codes::TypedRecoveryCode;
use super::tenants::TenantHandle;
use super::totp::JudgedCode;
use super::{App, AppError};
use crate::domain::totp::ClockOff;
use crate::store::{StoreError, Tx, email_codes};

/// What a code of six digits is hashed for.
pub(super) const EMAIL_CODE: &str = "email-code";

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
}

impl Evidence {
    /// By how many minutes an authenticator app's clock is off, if that is why its code is none.
    pub(super) fn clock_off(&self) -> Option<i32> {
        match self {
            Self::Totp(judged) => judged.clock_off().map(|ClockOff(minutes)| minutes),
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
        }
    }
}

impl App {
    /// What an attempt comes to.
    pub(super) async fn evidence(
        &self,
        at: &TenantHandle,
        admitted: &Admitted,
        attempt: Attempt,
    ) -> Result<Evidence, AppError> {
        match attempt {
            Attempt::EmailCode(typed) => self.email_evidence(at, admitted, &typed).await,
            Attempt::Totp(typed) => {
                let judged = self.judge_totp(at, admitted.user.id, &typed).await?;
                Ok(judged.map_or(Evidence::Nothing, Evidence::Totp))
            }
            Attempt::RecoveryCode(typed) => {
                let code = self.typed_recovery_code(admitted.user.id, &typed);
                Ok(code.map_or(Evidence::Nothing, Evidence::RecoveryCode))
            }
        }
    }

    async fn email_evidence(
        &self,
        at: &TenantHandle,
        admitted: &Admitted,
        typed: &str,
    ) -> Result<Evidence, AppError> {
        let (tenant, login, now) = (at.tenant.id, admitted.login.id, self.now());
        let live =
            self.parts.db.read_one(move |tx| Box::pin(email_codes::live(tx, tenant, login, now))).await?;
        Ok(live.map_or(Evidence::Nothing, |(id, _)| Evidence::EmailCode {
            id,
            hash: self.parts.code_key.hash(EMAIL_CODE, id, &digits(typed)),
        }))
    }
}

/// The digits of what was typed: without spaces, and full-width ones as Japanese keyboards type them folded.
pub(super) fn digits(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_read_as_people_type_them() {
        for typed in ["123456", " 123 456 ", "１２３４５６", "123\u{3000}456"] {
            assert_eq!(super::digits(typed), "123456", "{typed}");
        }
        assert_eq!(super::digits("12345a"), "12345a");
    }
}

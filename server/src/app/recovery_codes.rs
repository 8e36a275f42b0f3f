//! Recovery codes: made anew as a set, shown once, each used once. Only keyed hashes are kept.

use std::net::IpAddr;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::recovery_code::{COUNT, RecoveryCode};
use crate::domain::user::User;
use crate::mail::{FactorChange, Mail};
use crate::store::{StoreError, Tx, audit, mails, recovery_codes};

pub use crate::store::recovery_codes::SetOfCodes;

/// What recovery codes are hashed for.
const PURPOSE: &str = "recovery-code";

/// A typed recovery code, as the database knows it.
pub(super) struct TypedRecoveryCode(Digest);

impl TypedRecoveryCode {
    /// Uses the code up. False if the user has no such code, or it was used before.
    pub(super) async fn use_up(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        recovery_codes::use_up(tx, tenant, user, self.0, now).await
    }
}

impl App {
    /// Gives a user a new set of recovery codes, in place of the one before, and returns them as they are
    /// shown: this once, and never again. Never to be logged. The person is told by mail of `address`, where
    /// that was wished for.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn make_recovery_codes(
        &self,
        at: &TenantHandle,
        user: &User,
        address: Option<IpAddr>,
    ) -> Result<Vec<String>, AppError> {
        let (tenant, id, now) = (at.tenant.id, user.id, self.now());
        let codes: Vec<RecoveryCode> = (0..COUNT).map(|_| RecoveryCode::new(self.random())).collect();
        let hashes: Vec<Digest> = codes.iter().map(|code| self.recovery_hash(id, code)).collect();
        let line = self.audit(tenant, Some(id), "recovery_codes.made", json!({})).from_address(address);
        let change = FactorChange::RecoveryCodesMade;
        let mail = Mail::FactorChanged { change, name: None, address, at: now.into() };
        let mail = self.mail_to_user(at, id, mail).await?;
        self.parts
            .db
            .write_with((hashes, line, mail), move |(hashes, line, mail), tx| {
                Box::pin(async move {
                    recovery_codes::replace(tx, tenant, id, hashes, now).await?;
                    if let Some(mail) = mail {
                        mails::add(tx, mail).await?;
                    }
                    audit::append(tx, line).await
                })
            })
            .await?;
        self.mail_was_added();
        Ok(codes.iter().map(|code| code.shown().to_string()).collect())
    }

    /// What is left of a user's recovery codes.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn recovery_codes_of(&self, at: &TenantHandle, user: UserId) -> Result<SetOfCodes, AppError> {
        let tenant = at.tenant.id;
        Ok(self.parts.db.read_one(move |tx| Box::pin(recovery_codes::of_user(tx, tenant, user))).await?)
    }

    /// A recovery code as a user typed it. None if it cannot be one.
    pub(super) fn typed_recovery_code(&self, user: UserId, typed: &str) -> Option<TypedRecoveryCode> {
        let code = RecoveryCode::parse(typed)?;
        Some(TypedRecoveryCode(self.recovery_hash(user, &code)))
    }

    fn recovery_hash(&self, user: UserId, code: &RecoveryCode) -> Digest {
        self.parts.code_key.hash(PURPOSE, user.0, code.as_str())
    }
}

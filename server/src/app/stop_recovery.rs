//! A recovery that waits is stopped: by the link in the mail, in the browser that asked, in a session of the user,
//! by an administrator's reset, or by a sign-in with what was "lost".

use std::net::IpAddr;

use countersign_protocol::ids::UserId;
use countersign_protocol::time::Timestamp;
use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::cookies::RecoveryLink;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::recovery::RecoveryState;
use crate::mail::Mail;
use crate::store::{StoreError, audit, mails, recoveries};

impl App {
    /// Whose recovery the link in a mail stops; none if it is no such link, or there is nothing to be stopped.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn stoppable(
        &self,
        at: &TenantHandle,
        link: &RecoveryLink,
    ) -> Result<Option<UserId>, AppError> {
        let row = self.recovery_row(at.tenant.id, link.id).await?;
        let right = |hash: countersign_protocol::bytes::Digest| hash.0.ct_eq(&link.secret.hash().0).into();
        let row = row.filter(|row| row.stop_hash.is_some_and(right));
        let waits = |state| state == RecoveryState::Waiting;
        Ok(row.filter(|row| waits(row.state) && row.expires_at > self.now()).map(|row| row.user))
    }

    /// Until when a recovery of this user waits, if one does: the person is told in every session.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn waiting_recovery(
        &self,
        at: &TenantHandle,
        user: UserId,
    ) -> Result<Option<Timestamp>, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let found =
            self.parts.db.read_one(move |tx| Box::pin(recoveries::waiting(tx, tenant, user, now))).await?;
        Ok(found.and_then(|recovery| recovery.ripe_at))
    }

    /// Stops the recoveries of a user, from `address`. False if none waited.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn stop_recovery(
        &self,
        at: &TenantHandle,
        user: UserId,
        address: Option<IpAddr>,
    ) -> Result<bool, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let line = self.audit(tenant, Some(user), "recovery.stopped", json!({ "address": address }));
        let mail = self.mail_to_user(at, user, Mail::RecoveryStopped { address, at: now.into() }).await?;
        let unit = self.parts.db.write_with((line, mail), move |(line, mail), tx| {
            Box::pin(async move {
                if recoveries::stop_waiting(tx, tenant, user, now).await? == 0 {
                    return Ok(false);
                }
                if let Some(mail) = mail {
                    mails::add(tx, mail).await?;
                }
                audit::append(tx, line).await?;
                Ok::<_, StoreError>(true)
            })
        });
        let stopped = unit.await?;
        self.mail_was_added();
        Ok(stopped)
    }
}

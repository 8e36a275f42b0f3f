//! What goes: a phone that was lost, all factors after a recovery or a reset; and what goes with them.

use std::net::IpAddr;

use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::mails::Draft;
use super::recover::{RecoveryView, recipient};
use super::sessions::end_logins_and_sessions;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::mail::Removed;
use crate::domain::recovery::RecoveryStanding;
use crate::mail::Mail;
use crate::store::audit::AuditLine;
use crate::store::mails::Recipient;
use crate::store::{
    StoreError, Tx, audit, authenticators, browsers, devices, factor_records, holdings, mails, passkeys,
    recoveries, recovery_codes, users,
};

/// What is to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Going {
    /// These.
    These {
        /// Phones.
        phones: Vec<DeviceId>,
        /// Passkeys.
        passkeys: Vec<Uuid>,
        /// The authenticator app.
        authenticator: bool,
        /// The recovery codes.
        recovery_codes: bool,
    },
    /// All that the user has set up, recovery codes too.
    All,
}

/// What came of removing what is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recovered {
    /// What was chosen is gone; the user is signed out everywhere.
    Done,
    /// Nothing was chosen.
    NothingChosen,
    /// It does not stand so that this could be done.
    Not,
}

/// The last unit of work of a recovery.
struct Recovering {
    tenant: TenantId,
    user: UserId,
    recovery: Uuid,
    going: Going,
    address: IpAddr,
    recipient: Recipient,
    draft: Option<Draft>,
    line: AuditLine,
    now: Timestamp,
}

impl App {
    /// Removes what is lost, once another factor was proved or the waiting time is over. The user is signed out
    /// everywhere, and told by mail.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn remove_lost(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        browser: &Browser,
        going: Going,
    ) -> Result<Recovered, AppError> {
        if view.standing != RecoveryStanding::Ripe {
            return Ok(Recovered::Not);
        }
        if going.is_nothing() {
            return Ok(Recovered::NothingChosen);
        }
        let (tenant, user) = (at.tenant.id, view.user.id);
        let detail = json!({ "recovery": view.row.id, "address": browser.address });
        let recovering = Recovering {
            tenant,
            user,
            recovery: view.row.id,
            going,
            address: browser.address,
            recipient: recipient(&view.user, browser),
            draft: self.draft(at),
            line: self.audit(tenant, Some(user), "recovery.done", detail),
            now: self.now(),
        };
        let unit = self.parts.db.write_with(recovering, |recovering, tx| Box::pin(recovering.write(tx)));
        let ended = match unit.await {
            Ok(ended) => ended,
            Err(GivenUp::Over) => return Ok(Recovered::Not),
            Err(GivenUp::Store(error)) => return Err(error.into()),
        };
        self.tell_of_ended(user, ended);
        Ok(Recovered::Done)
    }

    pub(super) fn tell_of_ended(&self, user: UserId, ended: Vec<LoginId>) {
        ended.into_iter().for_each(|login| self.hub.publish(login));
        self.hub.publish(user);
        self.mail_was_added();
    }
}

impl Going {
    fn is_nothing(&self) -> bool {
        match self {
            Self::These { phones, passkeys, authenticator, recovery_codes } => {
                phones.is_empty() && passkeys.is_empty() && !authenticator && !recovery_codes
            }
            Self::All => false,
        }
    }
}

impl Recovering {
    /// Which logins ended with it.
    async fn write(&self, tx: &mut Tx<'_>) -> Result<Vec<LoginId>, GivenUp> {
        let (tenant, user, now) = (self.tenant, self.user, self.now);
        if !recoveries::finish(tx, tenant, self.recovery, now).await? {
            return Err(GivenUp::Over);
        }
        let mut removed = remove(tx, tenant, user, &self.going).await?;
        // Recovery codes stand for what is gone: left over, they would be the only way that is asked for.
        if holdings::of_user(tx, tenant, user).await?.strongest().is_none() {
            removed.extend(remove(tx, tenant, user, &Going::All).await?);
        }
        recoveries::stop_all(tx, tenant, user, now).await?;
        let mut line = self.line.clone();
        line.detail["removed"] = json!(removed);
        audit::append(tx, &line).await?;
        let mail = Mail::RecoveryDone { removed, address: self.address, at: now.into() };
        if let Some(mail) = self.draft.as_ref().and_then(|draft| draft.to(&self.recipient, mail)) {
            mails::add(tx, &mail).await?;
        }
        Ok(end_everything(tx, tenant, user).await?)
    }
}

/// Removes all that a user has set up, and forgets how it fared. What it was. Sessions go on.
pub(super) async fn remove_all(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Removed>, StoreError> {
    let removed = remove(tx, tenant, user, &Going::All).await?;
    recoveries::stop_all(tx, tenant, user, now).await?;
    factor_records::forget(tx, tenant, user).await?;
    Ok(removed)
}

/// Ends what rests on the factors that are gone: sessions, logins, and the trust in browsers.
pub(super) async fn end_everything(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<LoginId>, StoreError> {
    let ended = end_logins_and_sessions(tx, tenant, user, None).await?;
    browsers::forget_all(tx, tenant, user).await?;
    Ok(ended)
}

/// Removes what is to go. What it was.
pub(super) async fn remove(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    going: &Going,
) -> Result<Vec<Removed>, StoreError> {
    // A sign-in that is being completed beside this goes first, or finds nothing left.
    users::hold(tx, tenant, user).await?;
    let (phones, keys, authenticator, codes) = match going {
        Going::These { phones, passkeys, authenticator, recovery_codes } => {
            (phones.clone(), passkeys.clone(), *authenticator, *recovery_codes)
        }
        Going::All => (
            devices::active_of_user(tx, tenant, user).await?.into_iter().map(|device| device.id).collect(),
            passkeys::of_user(tx, tenant, user).await?.into_iter().map(|passkey| passkey.id).collect(),
            true,
            true,
        ),
    };
    let mut removed = Vec::new();
    for phone in phones {
        removed.extend(devices::remove(tx, tenant, user, phone).await?.map(Removed::Phone));
    }
    for key in keys {
        removed.extend(passkeys::remove(tx, tenant, user, key).await?.map(Removed::Passkey));
    }
    if authenticator && authenticators::remove(tx, tenant, user).await? {
        removed.push(Removed::Authenticator);
    }
    if codes && recovery_codes::of_user(tx, tenant, user).await?.left > 0 {
        removed.push(Removed::RecoveryCodes);
        recovery_codes::remove(tx, tenant, user).await?;
    }
    Ok(removed)
}

//! What an account's owner sees of its security, and takes away: phones, trusted browsers, sessions. Whoever
//! calls the latter has seen to it that the proof is fresh: see [`super::confirm`].

use std::net::IpAddr;

use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::authenticators::AuthenticatorView;
use super::own_policy::{OwnRemoval, check_left};
use super::recovery_codes::SetOfCodes;
use super::sessions::SignedIn;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::activity::Activity;
use crate::mail::{FactorChange, Mail};
use crate::store::audit::{self, AuditLine, Happened};
use crate::store::browsers::{self, TrustedBrowser};
use crate::store::passkeys::Passkey;
use crate::store::sessions::{self, Session};
use crate::store::{StoreError, devices, mails, users};

/// How many lines of what happened are shown.
const SHOWN: usize = 20;
/// Of so many that are read: most are of no interest to the owner.
const READ: i64 = 400;

/// What an account's owner sees of its security. The phones are in [`SignedIn`].
pub struct AccountSecurity {
    /// The passkeys.
    pub passkeys: Vec<Passkey>,
    /// The authenticator app.
    pub authenticator: Option<AuthenticatorView>,
    /// The recovery codes.
    pub recovery_codes: SetOfCodes,
    /// The trusted browsers, the last used first.
    pub browsers: Vec<TrustedBrowser>,
    /// The sessions, the newest first.
    pub sessions: Vec<Session>,
    /// What happened, the latest first.
    pub activity: Vec<Happening>,
    /// When the time of a waiting recovery comes.
    pub recovery_until: Option<Timestamp>,
}

/// Something that happened in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub what: Activity,
    /// When.
    pub at: Timestamp,
    /// Where, if that is known.
    pub address: Option<String>,
}

impl Happening {
    fn of(line: &Happened) -> Option<Self> {
        let address = line.detail["address"].as_str().map(str::to_owned);
        Some(Self { what: Activity::of(&line.event)?, at: line.at, address })
    }
}

impl App {
    /// What the page of an account's security shows.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn account_security(
        &self,
        at: &TenantHandle,
        user: UserId,
    ) -> Result<AccountSecurity, AppError> {
        let (tenant, now, db) = (at.tenant.id, self.now(), &self.parts.db);
        let lines = db.read_one(move |tx| Box::pin(audit::lately(tx, tenant, user, READ))).await?;
        Ok(AccountSecurity {
            passkeys: self.passkeys_of(at, user).await?,
            authenticator: self.authenticator_of(at, user).await?,
            recovery_codes: self.recovery_codes_of(at, user).await?,
            browsers: db.read_one(move |tx| Box::pin(browsers::of_user(tx, tenant, user))).await?,
            sessions: db.read_one(move |tx| Box::pin(sessions::of_user(tx, tenant, user, now))).await?,
            activity: lines.iter().filter_map(Happening::of).take(SHOWN).collect(),
            recovery_until: self.waiting_recovery(at, user).await?,
        })
    }

    /// Removes a phone; its owner is told by mail. The last factor stays where others decide about that.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn remove_phone(
        &self,
        at: &TenantHandle,
        signed_in: &SignedIn,
        id: DeviceId,
        address: IpAddr,
    ) -> Result<OwnRemoval, AppError> {
        let (tenant, user) = (at.tenant.id, signed_in.user.id);
        let Some(phone) = signed_in.devices.iter().find(|device| device.id == id) else {
            return Ok(OwnRemoval::NotThere);
        };
        let (name, change) = (Some(phone.name.clone()), FactorChange::PhoneRemoved);
        let mail = Mail::FactorChanged { change, name, address: Some(address), at: self.now().into() };
        let mail = self.mail_to_user(at, user, mail).await?;
        let detail = json!({ "device": id, "address": address });
        let line = self.audit(tenant, Some(user), Activity::DeviceRemoved.event(), detail);
        let unit = self.parts.db.write_with((line, mail), move |(line, mail), tx| {
            Box::pin(async move {
                users::hold(tx, tenant, user).await?;
                if devices::remove(tx, tenant, user, id).await?.is_none() {
                    return Ok(false);
                }
                check_left(tx, tenant, user).await?;
                if let Some(mail) = mail {
                    mails::add(tx, mail).await?;
                }
                audit::append(tx, line).await?;
                Ok(true)
            })
        });
        let removed = OwnRemoval::of(unit.await)?;
        // An app that is open learns that it is not asked any more.
        self.hub.publish(user);
        self.mail_was_added();
        Ok(removed)
    }

    /// Forgets a trusted browser of the user, or all. How many there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn forget_browsers(
        &self,
        at: &TenantHandle,
        user: UserId,
        which: Option<Uuid>,
        address: IpAddr,
    ) -> Result<u64, AppError> {
        let tenant = at.tenant.id;
        let line = self.taken_away(tenant, user, Activity::BrowserForgotten, address);
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                let forgotten = match which {
                    Some(id) => u64::from(browsers::forget(tx, tenant, user, id).await?),
                    None => browsers::forget_all(tx, tenant, user).await?,
                };
                append_if(tx, line, forgotten).await
            })
        });
        Ok(unit.await?)
    }

    /// Ends a session of the signed-in user, or all but the present one. How many there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn end_sessions(
        &self,
        at: &TenantHandle,
        signed_in: &SignedIn,
        which: Option<Uuid>,
        address: IpAddr,
    ) -> Result<u64, AppError> {
        let (tenant, user, present) = (at.tenant.id, signed_in.user.id, signed_in.session.id);
        let line = self.taken_away(tenant, user, Activity::SessionEnded, address);
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                let ended = match which {
                    Some(id) => u64::from(sessions::end_one(tx, tenant, user, id).await?),
                    None => sessions::end_all(tx, tenant, user, Some(present)).await?,
                };
                append_if(tx, line, ended).await
            })
        });
        Ok(unit.await?)
    }

    fn taken_away(&self, tenant: TenantId, user: UserId, what: Activity, address: IpAddr) -> AuditLine {
        self.audit(tenant, Some(user), what.event(), json!({ "address": address }))
    }
}

/// Notes what was done, if anything was, and to how many.
async fn append_if(tx: &mut crate::store::Tx<'_>, line: &AuditLine, count: u64) -> Result<u64, StoreError> {
    if count > 0 {
        let mut line = line.clone();
        line.detail["count"] = count.into();
        audit::append(tx, &line).await?;
    }
    Ok(count)
}

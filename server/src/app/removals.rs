//! What goes: a phone that was lost, all factors after a recovery or a reset; and what goes with them.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::evidence::{Evidence, For};
use super::mails::Draft;
use super::prove::{Attempt, UsedCode};
use super::recover::{RecoveryView, recipient};
use super::sessions::end_logins_and_sessions;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::wrong_codes::WrongNews;
use super::{App, AppError};
use crate::domain::factor::{Assurance, Factor};
use crate::domain::mail::Removed;
use crate::domain::recovery::{OPENED_LASTS, RecoveryStanding};
use crate::domain::totp::ClockOff;
use crate::mail::Mail;
use crate::store::audit::AuditLine;
use crate::store::factor_records::{self, Counted};
use crate::store::mails::Recipient;
use crate::store::{
    StoreError, Tx, audit, authenticators, browsers, devices, holdings, mails, passkeys, recoveries,
    recovery_codes, users,
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

/// What came of proving something else in a recovery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecoveryProved {
    /// It was right: what is lost can be chosen.
    Proved,
    /// Wrong, late or used: which, nobody is told.
    Wrong,
    /// A code of an authenticator app whose clock is off.
    ClockOff(ClockOff),
    /// Too many failures: nothing is checked for so long.
    Suspended(Duration),
    /// It does not stand so that this could be done.
    Not,
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

/// Proves another factor in a recovery.
struct Proving {
    tenant: TenantId,
    user: UserId,
    recovery: Uuid,
    factor: Factor,
    evidence: Evidence,
    right: AuditLine,
    used_code: Option<UsedCode>,
    wrong: WrongNews,
    now: Timestamp,
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
    /// In an opened recovery, another factor is proved.
    ///
    /// # Errors
    /// [`AppError`] from the database. What was counted stays counted.
    pub async fn prove_recovery(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        browser: &Browser,
        attempt: Attempt,
    ) -> Result<RecoveryProved, AppError> {
        let factor = attempt.factor();
        if view.standing != RecoveryStanding::Opened || !self.recovery_ways(at, view).await?.contains(&factor)
        {
            return Ok(RecoveryProved::Not);
        }
        let (tenant, user, now, db) = (at.tenant.id, view.user.id, self.now(), &self.parts.db);
        let what = Counted::Factor(factor);
        let counted =
            db.write(move |tx| Box::pin(factor_records::count(tx, tenant, user, what, now))).await?;
        if let Err(until) = counted {
            return Ok(RecoveryProved::Suspended(now.until(until)));
        }
        let evidence = self.evidence(at, user, For::Recovery(view.row.id), attempt).await?;
        let clock = evidence.clock_off();
        let detail = json!({
            "recovery": view.row.id, "factor": factor.as_str(), "address": browser.address,
        });
        let proving = Proving {
            tenant,
            user,
            recovery: view.row.id,
            factor,
            evidence,
            right: self.audit(tenant, Some(user), "recovery.proved", detail),
            used_code: self.used_code(at, &view.user, factor, browser),
            wrong: self.wrong_news(at, &view.user, For::Recovery(view.row.id), factor, browser),
            now,
        };
        let unit = db.write_with(proving, |proving, tx| Box::pin(proving.write(tx)));
        let outcome = unit.await;
        self.mail_was_added();
        match outcome {
            Ok(true) => Ok(RecoveryProved::Proved),
            Ok(false) => Ok(clock.map_or(RecoveryProved::Wrong, RecoveryProved::ClockOff)),
            Err(NotRecovered::Over) => Ok(RecoveryProved::Not),
            Err(NotRecovered::Store(error)) => Err(error.into()),
        }
    }

    /// What proves in a recovery, beside the link.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn recovery_ways(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
    ) -> Result<Vec<Factor>, AppError> {
        let mut ways = self.holding(at, &view.user).await?.ways(Assurance::Low);
        // Whoever has a passkey at hand signs in with it.
        ways.retain(|way| matches!(way, Factor::Totp | Factor::RecoveryCode));
        Ok(ways)
    }

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
            Err(NotRecovered::Over) => return Ok(Recovered::Not),
            Err(NotRecovered::Store(error)) => return Err(error.into()),
        };
        self.tell_of_ended(user, ended);
        Ok(Recovered::Done)
    }

    /// Removes all that a user has set up, by whoever runs the server. The user is signed out everywhere.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn reset_factors(&self, at: &TenantHandle, user: UserId) -> Result<Vec<Removed>, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let line = self.audit(tenant, Some(user), "factors.reset", json!({}));
        let mail = self.mail_to_user(at, user, Mail::FactorsReset { at: now.into() }).await?;
        let unit = self.parts.db.write_with((line, mail), move |(line, mail), tx| {
            Box::pin(async move {
                let removed = remove(tx, tenant, user, &Going::All).await?;
                recoveries::stop_all(tx, tenant, user, now).await?;
                factor_records::forget(tx, tenant, user).await?;
                let ended = end_everything(tx, tenant, user).await?;
                let mut line = line.clone();
                line.detail["removed"] = json!(removed);
                audit::append(tx, &line).await?;
                if let Some(mail) = mail {
                    mails::add(tx, mail).await?;
                }
                Ok::<_, StoreError>((removed, ended))
            })
        });
        let (removed, ended) = unit.await?;
        self.tell_of_ended(user, ended);
        Ok(removed)
    }

    fn tell_of_ended(&self, user: UserId, ended: Vec<LoginId>) {
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

/// Ends the unit of work, so that nothing is used up or removed for a recovery that is over.
enum NotRecovered {
    Over,
    Store(StoreError),
}

impl From<StoreError> for NotRecovered {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Proving {
    /// False if the evidence does not hold: that is noted.
    async fn write(&self, tx: &mut Tx<'_>) -> Result<bool, NotRecovered> {
        let (tenant, user, now) = (self.tenant, self.user, self.now);
        if !self.evidence.use_up(tx, tenant, user, now).await? {
            self.wrong.write(tx).await?;
            return Ok(false);
        }
        if !recoveries::prove(tx, tenant, self.recovery, now, now + OPENED_LASTS).await? {
            return Err(NotRecovered::Over);
        }
        factor_records::worked(tx, tenant, user, Counted::Factor(self.factor), now).await?;
        audit::append(tx, &self.right).await?;
        if mails::take_back(tx, tenant, self.recovery, now).await? {
            users::unwarn(tx, tenant, user).await?;
        }
        if let Some(used) = &self.used_code {
            used.write(tx, tenant, user).await?;
        }
        Ok(true)
    }
}

impl Recovering {
    /// Which logins ended with it.
    async fn write(&self, tx: &mut Tx<'_>) -> Result<Vec<LoginId>, NotRecovered> {
        let (tenant, user, now) = (self.tenant, self.user, self.now);
        if !recoveries::finish(tx, tenant, self.recovery, now).await? {
            return Err(NotRecovered::Over);
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

/// Ends what rests on the factors that are gone: sessions, logins, and the trust in browsers.
async fn end_everything(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<Vec<LoginId>, StoreError> {
    let ended = end_logins_and_sessions(tx, tenant, user, None).await?;
    browsers::forget_all(tx, tenant, user).await?;
    Ok(ended)
}

/// Removes what is to go. What it was.
async fn remove(
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

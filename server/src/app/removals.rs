//! What goes: a phone that was lost, all factors after a recovery or a reset; and what goes with them.

use std::net::IpAddr;
use std::sync::Arc;

use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::evidence::Evidence;
use super::mails::Draft;
use super::prove::Attempt;
use super::recover::{RecoveryView, recipient};
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::LoginState;
use crate::domain::mail::Removed;
use crate::domain::recovery::{RecoveryStanding, RecoveryState};
use crate::domain::totp::ClockOff;
use crate::mail::Mail;
use crate::store::audit::AuditLine;
use crate::store::factor_records::{self, Counted};
use crate::store::mails::Recipient;
use crate::store::{
    StoreError, Tx, audit, authenticators, browsers, devices, logins, mails, passkeys, recoveries,
    recovery_codes, sessions,
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
    },
    /// All that the user has set up, recovery codes too.
    All,
}

/// What came of proving something else in a recovery, or of finishing one that waited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recovered {
    /// What was chosen is gone; the user is signed out everywhere.
    Done,
    /// Nothing was chosen.
    NothingChosen,
    /// Wrong, late or used: which, nobody is told.
    Wrong,
    /// A code of an authenticator app whose clock is off.
    ClockOff(ClockOff),
    /// Too many failures: nothing is checked for so long.
    Suspended(std::time::Duration),
    /// It does not stand so that this could be done.
    Not,
}

/// The last unit of work of a recovery.
struct Recovering {
    tenant: TenantId,
    user: UserId,
    recovery: Uuid,
    from: RecoveryState,
    proof: Option<(Factor, Evidence)>,
    going: Going,
    address: IpAddr,
    recipient: Recipient,
    draft: Option<Draft>,
    line: AuditLine,
    wrong: AuditLine,
    now: Timestamp,
}

impl App {
    /// In an opened recovery, another factor is proved; what was chosen goes.
    ///
    /// # Errors
    /// [`AppError`] from the database. What was counted stays counted.
    pub async fn recover_by(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        browser: &Browser,
        attempt: Attempt,
        going: Going,
    ) -> Result<Recovered, AppError> {
        let factor = attempt.factor();
        // E-mail is proved already, by the link.
        if view.standing != RecoveryStanding::Opened || factor == Factor::EmailCode {
            return Ok(Recovered::Not);
        }
        if going.is_nothing() {
            return Ok(Recovered::NothingChosen);
        }
        let (tenant, user, now) = (at.tenant.id, view.user.id, self.now());
        let what = Counted::Factor(factor);
        let counted = self
            .parts
            .db
            .write(move |tx| Box::pin(factor_records::count(tx, tenant, user, what, now)))
            .await?;
        if let Err(until) = counted {
            return Ok(Recovered::Suspended(now.until(until)));
        }
        let evidence = self.evidence(at, user, None, attempt).await?;
        let clock = evidence.clock_off();
        let wrong = clock.map_or(Recovered::Wrong, Recovered::ClockOff);
        let proof = Some((factor, evidence));
        self.recover(at, view, browser, RecoveryState::Opened, proof, going, wrong).await
    }

    /// The waiting time is over: all that the user had set up goes.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn recover_after_waiting(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        browser: &Browser,
    ) -> Result<Recovered, AppError> {
        if view.standing != RecoveryStanding::Ripe {
            return Ok(Recovered::Not);
        }
        self.recover(at, view, browser, RecoveryState::Waiting, None, Going::All, Recovered::Not).await
    }

    #[expect(clippy::too_many_arguments, reason = "two ways lead here, and differ in each of these")]
    async fn recover(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        browser: &Browser,
        from: RecoveryState,
        proof: Option<(Factor, Evidence)>,
        going: Going,
        wrong: Recovered,
    ) -> Result<Recovered, AppError> {
        let (tenant, user) = (at.tenant.id, view.user.id);
        let detail = json!({ "recovery": view.row.id, "address": browser.address });
        let recovering = Arc::new(Recovering {
            tenant,
            user,
            recovery: view.row.id,
            from,
            proof,
            going,
            address: browser.address,
            recipient: recipient(&view.user, browser),
            draft: self.draft(at),
            line: self.audit(tenant, Some(user), "recovery.done", detail.clone()),
            wrong: self.audit(tenant, Some(user), "recovery.wrong_code", detail),
            now: self.now(),
        });
        let unit = self.parts.db.write_with(recovering, |recovering, tx| Box::pin(recovering.write(tx)));
        let ended = match unit.await {
            Ok(Some(ended)) => ended,
            Ok(None) => return Ok(wrong),
            Err(NotRecovered::Over) => return Ok(Recovered::Not),
            Err(NotRecovered::Store(error)) => return Err(error.into()),
        };
        ended.into_iter().for_each(|login| self.hub.publish(login));
        self.hub.publish(user);
        self.mail_was_added();
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
        ended.into_iter().for_each(|login| self.hub.publish(login));
        self.hub.publish(user);
        self.mail_was_added();
        Ok(removed)
    }
}

impl Going {
    fn is_nothing(&self) -> bool {
        match self {
            Self::These { phones, passkeys, authenticator } => {
                phones.is_empty() && passkeys.is_empty() && !authenticator
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

impl Recovering {
    /// Which logins ended with it; none if the evidence does not hold, which is noted.
    async fn write(&self, tx: &mut Tx<'_>) -> Result<Option<Vec<LoginId>>, NotRecovered> {
        let (tenant, user, now) = (self.tenant, self.user, self.now);
        if let Some((factor, evidence)) = &self.proof {
            if !evidence.use_up(tx, tenant, user, now).await? {
                audit::append(tx, &self.wrong).await?;
                return Ok(None);
            }
            factor_records::worked(tx, tenant, user, Counted::Factor(*factor), now).await?;
        }
        if !recoveries::finish(tx, tenant, self.recovery, self.from, now).await? {
            return Err(NotRecovered::Over);
        }
        let removed = remove(tx, tenant, user, &self.going).await?;
        recoveries::stop_all(tx, tenant, user, now).await?;
        let mut line = self.line.clone();
        line.detail["removed"] = json!(removed);
        audit::append(tx, &line).await?;
        let mail = Mail::RecoveryDone { removed, address: self.address, at: now.into() };
        if let Some(mail) = self.draft.as_ref().and_then(|draft| draft.to(&self.recipient, mail)) {
            mails::add(tx, &mail).await?;
        }
        Ok(Some(end_everything(tx, tenant, user).await?))
    }
}

/// Ends what rests on the factors that are gone: sessions, logins, and the trust in browsers.
async fn end_everything(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<LoginId>, StoreError> {
    sessions::end_all(tx, tenant, user, None).await?;
    browsers::forget_all(tx, tenant, user).await?;
    logins::end_all(tx, tenant, user, None, LoginState::Replaced).await
}

/// Removes what is to go. What it was.
async fn remove(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    going: &Going,
) -> Result<Vec<Removed>, StoreError> {
    let (phones, keys, authenticator) = match going {
        Going::These { phones, passkeys, authenticator } => {
            (phones.clone(), passkeys.clone(), *authenticator)
        }
        Going::All => (
            devices::active_of_user(tx, tenant, user).await?.into_iter().map(|device| device.id).collect(),
            passkeys::of_user(tx, tenant, user).await?.into_iter().map(|passkey| passkey.id).collect(),
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
    if *going == Going::All && recovery_codes::of_user(tx, tenant, user).await?.left > 0 {
        removed.push(Removed::RecoveryCodes);
        recovery_codes::remove(tx, tenant, user).await?;
    }
    Ok(removed)
}

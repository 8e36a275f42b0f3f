//! Another factor is proved in a recovery whose link was opened: as in a login, counted before it is judged, and
//! used up in the unit that moves the recovery on.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::evidence::{Evidence, For};
use super::prove::{Attempt, UsedCode};
use super::recover::RecoveryView;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::wrong_codes::WrongNews;
use super::{App, AppError, GivenUp};
use crate::domain::factor::{Assurance, Factor};
use crate::domain::recovery::{OPENED_LASTS, RecoveryStanding};
use crate::domain::totp::ClockOff;
use crate::store::audit::AuditLine;
use crate::store::factor_records::{self, Counted};
use crate::store::{Tx, audit, mails, recoveries, users};

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
        let counted = match counted {
            Ok(counted) => counted,
            Err(until) => return Ok(RecoveryProved::Suspended(now.until(until))),
        };
        let evidence = self.evidence(at, user, For::Recovery(view.row.id), attempt, browser.address).await?;
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
            wrong: self.wrong_news(at, &view.user, For::Recovery(view.row.id), (factor, counted), browser),
            now,
        };
        let unit = db.write_with(proving, |proving, tx| Box::pin(proving.write(tx)));
        let outcome = unit.await;
        self.mail_was_added();
        match outcome {
            Ok(true) => Ok(RecoveryProved::Proved),
            Ok(false) => Ok(clock.map_or(RecoveryProved::Wrong, RecoveryProved::ClockOff)),
            Err(GivenUp::Over) => Ok(RecoveryProved::Not),
            Err(GivenUp::Store(error)) => Err(error.into()),
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
}

impl Proving {
    /// False if the evidence does not hold: that is noted.
    async fn write(&self, tx: &mut Tx<'_>) -> Result<bool, GivenUp> {
        let (tenant, user, now) = (self.tenant, self.user, self.now);
        if !self.evidence.use_up(tx, tenant, user, now).await? {
            self.wrong.write(tx).await?;
            return Ok(false);
        }
        if !recoveries::prove(tx, tenant, self.recovery, now, now + OPENED_LASTS).await? {
            return Err(GivenUp::Over);
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

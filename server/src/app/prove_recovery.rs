//! Another factor is proved in a recovery whose link was opened: as in a login, counted before it is judged, and
//! used up in the unit that moves the recovery on.

use std::time::Duration;

use uuid::Uuid;

use super::attempts::{Attempt, Tried};
use super::evidence::For;
use super::recover::RecoveryView;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::factor::{Assurance, Factor};
use crate::domain::recovery::{OPENED_LASTS, RecoveryStanding};
use crate::domain::totp::ClockOff;
use crate::store::{Tx, recoveries};

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

/// What the unit of work writes.
struct Proving {
    recovery: Uuid,
    tried: Tried,
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
        let (user, what) = (view.user.id, For::Recovery(view.row.id));
        if let Err(left) = self.count_check(at.tenant.id, user, factor).await? {
            return Ok(RecoveryProved::Suspended(left));
        }
        let evidence = self.evidence(at, user, what, attempt, browser.address).await?;
        let clock = evidence.clock_off();
        let tried = self.tried(at, &view.user, what, (factor, evidence), browser);
        let proving = Proving { recovery: view.row.id, tried };
        let unit = self.parts.db.write_with(proving, |proving, tx| Box::pin(proving.write(tx)));
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
        let Self { recovery, tried } = self;
        if !tried.holds(tx).await? {
            return Ok(false);
        }
        if !recoveries::prove(tx, tried.tenant, *recovery, tried.now, tried.now + OPENED_LASTS).await? {
            return Err(GivenUp::Over);
        }
        tried.led_on(tx).await?;
        Ok(true)
    }
}

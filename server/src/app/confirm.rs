//! A fresh proof: before the ways in are changed, the person proves again to be there, by nothing weaker than
//! the strongest factor that is set up; by the password, if there is none.

use std::net::IpAddr;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use countersign_protocol::approval::Mode;
use countersign_protocol::ids::UserId;

use super::begin_login::Wanted;
use super::cookies::LoginCookie;
use super::login_ways::ways_to_confirm;
use super::sessions::SignedIn;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::Purpose;
use crate::domain::requirement::ModeReason;
use crate::domain::tenant::Origin;
use crate::domain::user::User;
use crate::store::factor_records::{self, Counted};
use crate::store::{StoreError, audit, passwords, sessions};

/// For how long a proof is fresh.
const FRESH: Duration = Duration::from_mins(10);

/// Whether somebody may change the ways in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// Yes: the proof is fresh, and strong enough.
    Fresh,
    /// The password has to be typed again.
    PasswordFirst,
    /// A factor has to be proved again.
    FactorFirst,
}

/// What came of typing the password again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordAgain {
    /// It was right.
    Confirmed,
    /// It was wrong.
    Wrong,
    /// Too many wrong ones: nothing is checked for so long.
    Suspended(Duration),
    /// A password is not enough here.
    FactorFirst,
}

impl App {
    /// Whether the proof of this session is fresh, and as strong as anything that the person has set up.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn freshness(&self, at: &TenantHandle, signed_in: &SignedIn) -> Result<Freshness, AppError> {
        let holding = self.holding(at, &signed_in.user).await?;
        let session = &signed_in.session;
        let recent = session.proved_at + FRESH > self.now();
        Ok(match (holding.strongest(), session.proved_by) {
            (None, _) if recent => Freshness::Fresh,
            (None, _) => Freshness::PasswordFirst,
            (Some(strongest), Some(factor)) if recent && factor.assurance() >= strongest => Freshness::Fresh,
            (Some(_), _) => Freshness::FactorFirst,
        })
    }

    /// Where somebody has to prove again to be there, if what takes it answers at another host alone.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn confirms_elsewhere(
        &self,
        at: &TenantHandle,
        user: &User,
    ) -> Result<Option<Vec<Origin>>, AppError> {
        if !ways_to_confirm(self.holding(at, user).await?).is_empty() {
            return Ok(None);
        }
        Ok(Some(self.hosts_with_passkeys(at, user.id).await?))
    }

    /// Begins a login in which a signed-in person proves again to be there. A phone asks for the number. None if the
    /// user is disabled.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn begin_confirmation(
        &self,
        at: &TenantHandle,
        signed_in: &SignedIn,
        browser: &Browser,
    ) -> Result<Option<LoginCookie>, AppError> {
        let ways = ways_to_confirm(self.holding(at, &signed_in.user).await?);
        let wanted = Wanted {
            purpose: Purpose::Confirm(signed_in.session.id),
            ways,
            mode: Mode::Number { digits: at.tenant.policy.number_digits.get() },
            reason: ModeReason::FactorsChange,
            rule: None,
            trusted: true,
        };
        let mut devices = signed_in.devices.clone();
        if self.is_suspended(at, signed_in.user.id, Factor::Push).await? {
            devices.clear();
        }
        self.begin_login(at, &signed_in.user, devices, wanted, browser, None).await
    }

    async fn is_suspended(&self, at: &TenantHandle, user: UserId, factor: Factor) -> Result<bool, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let records =
            self.parts.db.read_one(move |tx| Box::pin(factor_records::of_user(tx, tenant, user))).await?;
        let record = records.iter().find(|record| record.factor == factor);
        Ok(record.is_some_and(|record| record.failures.suspended(now).is_some()))
    }

    /// The password is typed again, by somebody who has set up nothing else.
    ///
    /// # Errors
    /// [`AppError::Busy`] if too many passwords wait to be checked.
    pub async fn confirm_by_password(
        &self,
        at: &TenantHandle,
        signed_in: &SignedIn,
        password: SecretString,
        address: IpAddr,
    ) -> Result<PasswordAgain, AppError> {
        if self.holding(at, &signed_in.user).await?.strongest().is_some() {
            return Ok(PasswordAgain::FactorFirst);
        }
        let (tenant, user, session, now) =
            (at.tenant.id, signed_in.user.id, signed_in.session.id, self.now());
        let db = &self.parts.db;
        let counted = db
            .write(move |tx| Box::pin(factor_records::count(tx, tenant, user, Counted::Password, now)))
            .await?;
        if let Err(until) = counted {
            return Ok(PasswordAgain::Suspended(now.until(until)));
        }
        let stored = db.read_one(move |tx| Box::pin(passwords::hash_of(tx, tenant, user))).await?;
        let right =
            self.parts.passwords.verify(password, stored.as_ref().map(|(hash, _)| hash.as_str())).await;
        if !right.map_err(|_| AppError::Busy)? {
            return Ok(PasswordAgain::Wrong);
        }
        let line = self
            .audit(tenant, Some(user), "session.confirmed", json!({ "factor": "password" }))
            .from_address(Some(address));
        db.write_with(line, move |line, tx| {
            Box::pin(async move {
                factor_records::worked(tx, tenant, user, Counted::Password, now).await?;
                sessions::proved(tx, tenant, session, None, now).await?;
                audit::append(tx, line).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await?;
        Ok(PasswordAgain::Confirmed)
    }
}

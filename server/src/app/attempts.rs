//! Attempts to prove a factor, whatever for: a login ([`super::prove`]) or a recovery ([`super::prove_recovery`]).
//!
//! 1. The check is counted, and that is committed, before anything is looked at: what breaks off half-way, or runs
//!    beside a hundred others, has counted.
//! 2. What was typed is turned into evidence: outside any transaction, since that may take time.
//! 3. The unit of work that goes on by it uses the evidence up, and notes what came of it.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::evidence::{Evidence, For};
use super::mails::Draft;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::wrong_codes::{WrongNews, seen};
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::user::User;
use crate::mail::{Mail, Seen};
use crate::store::audit::{self, AuditLine};
use crate::store::factor_records::{self, Counted};
use crate::store::mails::{self, Recipient};
use crate::store::{StoreError, Tx, recovery_codes, users};

/// What is typed or touched.
pub enum Attempt {
    /// An e-mailed code.
    EmailCode(String),
    /// A code of an authenticator app.
    Totp(String),
    /// A recovery code.
    RecoveryCode(String),
    /// What the browser made of [`App::passkey_options`], as JSON.
    Passkey(String),
}

impl Attempt {
    pub(super) const fn factor(&self) -> Factor {
        match self {
            Self::EmailCode(_) => Factor::EmailCode,
            Self::Totp(_) => Factor::Totp,
            Self::RecoveryCode(_) => Factor::RecoveryCode,
            Self::Passkey(_) => Factor::Passkey,
        }
    }
}

/// An attempt with its evidence, as the unit of work needs it that goes on by it.
pub(super) struct Tried {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    pub(super) factor: Factor,
    /// The login or the recovery.
    about: Uuid,
    evidence: Evidence,
    right: AuditLine,
    wrong: WrongNews,
    /// To tell that a recovery code was used.
    used_code: Option<UsedCode>,
    pub(super) now: Timestamp,
}

/// A mail in which only the number of codes that are left is missing.
struct UsedCode {
    draft: Draft,
    recipient: Recipient,
    seen: Seen,
}

impl App {
    /// Counts a check that is to be made. If there were too many failures, for how long none is made.
    pub(super) async fn count_check(
        &self,
        tenant: TenantId,
        user: UserId,
        factor: Factor,
    ) -> Result<Result<(), Duration>, AppError> {
        let (now, what) = (self.now(), Counted::Factor(factor));
        let unit =
            self.parts.db.write(move |tx| Box::pin(factor_records::count(tx, tenant, user, what, now)));
        Ok(unit.await?.map(drop).map_err(|until| now.until(until)))
    }

    pub(super) fn tried(
        &self,
        at: &TenantHandle,
        user: &User,
        what: For,
        (factor, evidence): (Factor, Evidence),
        browser: &Browser,
    ) -> Tried {
        let tenant = at.tenant.id;
        let (name, address) = (factor.as_str(), browser.address);
        let (about, event, detail) = match what {
            For::Login(login) => {
                (login.0, "login.proved", json!({ "login": login, "factor": name, "address": address }))
            }
            For::Recovery(id) => {
                (id, "recovery.proved", json!({ "recovery": id, "factor": name, "address": address }))
            }
        };
        Tried {
            tenant,
            user: user.id,
            factor,
            about,
            evidence,
            right: self.audit(tenant, Some(user.id), event, detail),
            wrong: self.wrong_news(at, user, what, factor, browser),
            used_code: self.used_code(at, user, factor, browser),
            now: self.now(),
        }
    }

    fn used_code(
        &self,
        at: &TenantHandle,
        user: &User,
        factor: Factor,
        browser: &Browser,
    ) -> Option<UsedCode> {
        let draft = self.draft(at).filter(|_| factor == Factor::RecoveryCode)?;
        let recipient = Recipient::of(user);
        Some(UsedCode { draft, recipient, seen: seen(browser, self.now()) })
    }
}

impl Tried {
    /// Uses the evidence up. False if it does not hold: that is noted.
    pub(super) async fn holds(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let holds = self.evidence.use_up(tx, self.tenant, self.user, self.now).await?;
        if !holds {
            self.wrong.write(tx).await?;
        }
        Ok(holds)
    }

    /// Notes that it led on, and takes back what was to be said of wrong codes.
    pub(super) async fn led_on(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let (tenant, user, now) = (self.tenant, self.user, self.now);
        factor_records::worked(tx, tenant, user, Counted::Factor(self.factor), now).await?;
        audit::append(tx, &self.right).await?;
        if mails::take_back(tx, tenant, self.about, now).await? {
            users::unwarn(tx, tenant, user).await?;
        }
        match &self.used_code {
            Some(used) => used.write(tx, tenant, user).await,
            None => Ok(()),
        }
    }
}

impl UsedCode {
    async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<(), StoreError> {
        let left = recovery_codes::of_user(tx, tenant, user).await?.left;
        let mail = Mail::RecoveryCodeUsed { left, seen: self.seen.clone() };
        match self.draft.to(&self.recipient, mail) {
            Some(mail) => mails::add(tx, &mail).await,
            None => Ok(()),
        }
    }
}

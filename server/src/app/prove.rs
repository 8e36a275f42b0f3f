//! Another factor than the phone is typed, or touched, in the browser that waits: verified, used up, and the
//! login completed with it, once.
//!
//! 1. The way must be one that is offered for this login: see [`crate::domain::ways`].
//! 2. The check is counted, and that is committed, before anything is looked at: what breaks off half-way,
//!    or runs beside a hundred others, has counted.
//! 3. What was typed is turned into evidence: outside any transaction, since that may take time.
//! 4. One unit of work uses the evidence up, by one conditional change, and completes the login. If either
//!    does not come about, nothing of it does.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::cookies::LoginCookie;
use super::evidence::{Evidence, For};
use super::mails::Draft;
use super::sessions::{NewSession, Then};
use super::start_login::{Browser, SET_UP_LASTS};
use super::tenants::TenantHandle;
use super::wrong_codes::{WrongNews, seen};
use super::{App, AppError, GivenUp};
use crate::domain::factor::{Assurance, Factor};
use crate::domain::failures::Failures;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::session::Proof;
use crate::domain::totp::ClockOff;
use crate::domain::user::User;
use crate::domain::ways::{Enough, Holding, enough};
use crate::mail::{Mail, Seen};
use crate::store::audit::AuditLine;
use crate::store::factor_records::{self, Counted};
use crate::store::logins::{self, Login};
use crate::store::mails::Recipient;
use crate::store::wakes::{self, QueuedWake};
use crate::store::{StoreError, Tx, audit, holdings, mails, push_histories, recovery_codes, users};

/// What came of proving another factor.
#[derive(Debug)]
pub enum Proved {
    /// The browser is signed in.
    SignedIn(NewSession),
    /// The person proved again to be there, in the session that asked for it.
    Confirmed,
    /// It was right, and a better factor has to be set up before anything else.
    SetUpFirst,
    /// Wrong, late, used, or of something else: which, nobody is told.
    Wrong,
    /// A code of an authenticator app whose clock is off.
    ClockOff(ClockOff),
    /// Too many failures: nothing is checked for so long.
    Suspended(Duration),
    /// This way is not offered for this login.
    NotOffered,
    /// The login does not wait any more: this is where it stands.
    Not(LoginState),
    /// No login of this browser.
    NoLogin,
}

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

/// A check that may be made: it is counted already.
pub(super) struct Admitted {
    pub(super) login: Login,
    pub(super) user: User,
    holding: Holding,
    factor: Factor,
    counted: Failures,
}

/// What the last unit of work writes.
struct Proving {
    tenant: TenantId,
    login: Login,
    factor: Factor,
    evidence: Evidence,
    /// None if a better factor has to be set up first.
    then: Option<Then>,
    withdrawals: Vec<QueuedWake>,
    audit: AuditLine,
    wrong: WrongNews,
    /// To tell that a recovery code was used.
    used_code: Option<UsedCode>,
    now: Timestamp,
}

/// A mail in which only the number of codes that are left is missing.
pub(super) struct UsedCode {
    draft: Draft,
    recipient: Recipient,
    seen: Seen,
}

impl App {
    /// What a user has set up, and whether mail leads anywhere.
    pub(super) async fn holding(&self, at: &TenantHandle, user: &User) -> Result<Holding, AppError> {
        let (tenant, id, host) = (at.tenant.id, user.id, at.origin.host().to_owned());
        let db = &self.parts.db;
        let held = db
            .read_one(move |tx| Box::pin(async move { holdings::at_host(tx, tenant, id, &host).await }))
            .await?;
        Ok(Holding { mail: self.parts.mail.is_some(), ..held })
    }

    /// Proves a factor in the browser that waits.
    ///
    /// # Errors
    /// [`AppError`] from the database. What was counted stays counted.
    pub async fn prove(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        attempt: Attempt,
    ) -> Result<Proved, AppError> {
        let admitted = match self.admit(at, cookie, attempt.factor()).await? {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(refused),
        };
        let (user, what) = (admitted.user.id, For::Login(admitted.login.id));
        let evidence = self.evidence(at, user, what, attempt, browser.address).await?;
        self.prove_by(at, cookie, browser, admitted, evidence).await
    }

    /// Whether this login may be proved by `factor`; if so, the check is counted.
    pub(super) async fn admit(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        factor: Factor,
    ) -> Result<Result<Admitted, Proved>, AppError> {
        let (tenant, now, db) = (at.tenant.id, self.now(), &self.parts.db);
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(Err(Proved::NoLogin)) };
        let standing = login.standing(now);
        if standing != LoginState::Pending {
            return Ok(Err(Proved::Not(standing)));
        }
        let id = login.user;
        let user = db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, id))).await?;
        let Some(user) = user.filter(|user| !user.disabled) else { return Ok(Err(Proved::NoLogin)) };
        let holding = self.holding(at, &user).await?;
        if sum_of(&login, holding, at, factor) == Enough::No {
            return Ok(Err(Proved::NotOffered));
        }
        let what = Counted::Factor(factor);
        let counted = db.write(move |tx| Box::pin(factor_records::count(tx, tenant, id, what, now))).await?;
        Ok(match counted {
            Ok(counted) => Ok(Admitted { login, user, holding, factor, counted }),
            Err(until) => Err(Proved::Suspended(now.until(until))),
        })
    }

    /// Completes a login whose check was admitted, if the evidence holds.
    pub(super) async fn prove_by(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        admitted: Admitted,
        evidence: Evidence,
    ) -> Result<Proved, AppError> {
        let Admitted { login, user, holding, factor, counted } = admitted;
        let (tenant, id, now) = (at.tenant.id, login.id, self.now());
        let clock_off = evidence.clock_off();
        let (then, proved) = match (login.purpose, sum_of(&login, holding, at, factor)) {
            (Purpose::Confirm(session), _) => (Some(Then::Confirm(session)), Proved::Confirmed),
            (_, Enough::SetUpFirst) => (None, Proved::SetUpFirst),
            _ => {
                let (new, rows) = self.session_rows(&at.tenant, &user, Proof::Other(factor), false, browser);
                (Some(Then::SignIn(Box::new(rows))), Proved::SignedIn(new))
            }
        };
        let withdrawals = match login.push.is_under_way() {
            true => self.withdrawals(tenant, id, None).await?,
            false => Vec::new(),
        };
        let detail = json!({ "login": id, "factor": factor.as_str(), "address": browser.address });
        let proving = Arc::new(Proving {
            tenant,
            factor,
            evidence,
            then,
            withdrawals,
            audit: self.audit(tenant, Some(user.id), "login.proved", detail),
            wrong: self.wrong_news(at, &user, For::Login(id), (factor, counted), browser),
            used_code: self.used_code(at, &user, factor, browser),
            login,
            now,
        });
        let secret_hash = cookie.secret.hash();
        let outcome = self
            .parts
            .db
            .write_with(Arc::clone(&proving), move |proving, tx| Box::pin(proving.write(tx, secret_hash)))
            .await;
        match outcome {
            Ok(true) => {
                self.hub.publish(id);
                self.hub.publish(user.id);
                self.wakes.send_now(proving.withdrawals.iter().cloned());
                self.mail_was_added();
                Ok(proved)
            }
            Ok(false) => Ok(clock_off.map_or(Proved::Wrong, Proved::ClockOff)),
            Err(GivenUp::Over) => {
                let standing = self.standing(at, cookie).await?;
                Ok(standing.map_or(Proved::NoLogin, |(standing, _)| Proved::Not(standing)))
            }
            Err(GivenUp::Store(error)) => Err(error.into()),
        }
    }

    pub(super) fn used_code(
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

/// The ways in which this login can be proved.
pub(super) fn ways_of(login: &Login, holding: Holding, at: &TenantHandle) -> Vec<Factor> {
    match login.purpose {
        Purpose::SignIn => holding.ways_in(&at.tenant.policy.factors),
        Purpose::SetUp => Vec::new(),
        Purpose::Confirm(_) => ways_to_confirm(holding),
    }
}

/// What a proof by `factor` comes to for this login.
pub(super) fn sum_of(login: &Login, holding: Holding, at: &TenantHandle, factor: Factor) -> Enough {
    match login.purpose {
        Purpose::SignIn => enough(holding, &at.tenant.policy.factors, factor),
        _ if ways_of(login, holding, at).contains(&factor) => Enough::Yes,
        _ => Enough::No,
    }
}

/// The ways to prove again who is there: none below the strongest that the person has set up.
pub(super) fn ways_to_confirm(holding: Holding) -> Vec<Factor> {
    holding.ways(holding.strongest().unwrap_or(Assurance::High))
}

impl Proving {
    /// False if the evidence does not hold: that is noted.
    async fn write(&self, tx: &mut Tx<'_>, secret_hash: Digest) -> Result<bool, GivenUp> {
        let (tenant, id, user, now) = (self.tenant, self.login.id, self.login.user, self.now);
        if !self.evidence.use_up(tx, tenant, user, now).await? {
            self.wrong.write(tx).await?;
            return Ok(false);
        }
        let done = match self.then {
            None => {
                let until = (now, now + SET_UP_LASTS);
                logins::set_up_first(tx, tenant, id, secret_hash, self.factor, until).await?
            }
            Some(_) => {
                logins::complete_by(tx, tenant, (id, self.login.purpose), secret_hash, self.factor, now)
                    .await?
            }
        };
        if !done {
            return Err(GivenUp::Over);
        }
        factor_records::worked(tx, tenant, user, Counted::Factor(self.factor), now).await?;
        audit::append(tx, &self.audit).await?;
        if let Some(then) = &self.then
            && !then.write(tx, tenant, self.factor, now).await?
        {
            return Err(GivenUp::Over);
        }
        push_histories::approved(tx, tenant, user).await?;
        for wake in &self.withdrawals {
            wakes::add_leased(tx, wake).await?;
        }
        if mails::take_back(tx, tenant, id.0, now).await? {
            users::unwarn(tx, tenant, user).await?;
        }
        if let Some(used) = &self.used_code {
            used.write(tx, tenant, user).await?;
        }
        Ok(true)
    }
}

impl UsedCode {
    pub(super) async fn write(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        user: UserId,
    ) -> Result<(), StoreError> {
        let left = recovery_codes::of_user(tx, tenant, user).await?.left;
        let mail = Mail::RecoveryCodeUsed { left, seen: self.seen.clone() };
        match self.draft.to(&self.recipient, mail) {
            Some(mail) => mails::add(tx, &mail).await,
            None => Ok(()),
        }
    }
}

//! Another factor than the phone is typed, or touched, in the browser that waits: verified, used up, and the
//! login completed with it, once.
//!
//! 1. The way must be one that is offered for this login: see [`crate::domain::ways`].
//! 2. The check is counted, and what was typed is turned into evidence: see [`super::attempts`].
//! 3. One unit of work uses the evidence up, by one conditional change, and completes the login. If either
//!    does not come about, nothing of it does.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::bytes::Digest;

use super::attempts::{Attempt, Tried};
use super::begin_login::SET_UP_LASTS;
use super::cookies::LoginCookie;
use super::evidence::{Evidence, For};
use super::login_ways::sum_of;
use super::sessions::{NewSession, Then};
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::session::Proof;
use crate::domain::totp::ClockOff;
use crate::domain::user::User;
use crate::domain::ways::{Enough, Holding};
use crate::store::logins::{self, Login};
use crate::store::wakes::{self, QueuedWake};
use crate::store::{Tx, push_histories, users};

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

/// A check that may be made: it is counted already.
pub(super) struct Admitted {
    pub(super) login: Login,
    pub(super) user: User,
    holding: Holding,
    factor: Factor,
}

/// What the last unit of work writes.
struct Proving {
    login: Login,
    tried: Tried,
    /// None if a better factor has to be set up first.
    then: Option<Then>,
    withdrawals: Vec<QueuedWake>,
}

impl App {
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
        Ok(match self.count_check(tenant, id, factor).await? {
            Ok(()) => Ok(Admitted { login, user, holding, factor }),
            Err(left) => Err(Proved::Suspended(left)),
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
        let Admitted { login, user, holding, factor } = admitted;
        let (tenant, id) = (at.tenant.id, login.id);
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
        let tried = self.tried(at, &user, For::Login(id), (factor, evidence), browser);
        let proving = Arc::new(Proving { login, tried, then, withdrawals });
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
}

impl Proving {
    /// False if the evidence does not hold: that is noted.
    async fn write(&self, tx: &mut Tx<'_>, secret_hash: Digest) -> Result<bool, GivenUp> {
        let &Tried { tenant, user, factor, now, .. } = &self.tried;
        let id = self.login.id;
        if !self.tried.holds(tx).await? {
            return Ok(false);
        }
        let done = match self.then {
            None => {
                let until = (now, now + SET_UP_LASTS);
                logins::set_up_first(tx, tenant, id, secret_hash, factor, until).await?
            }
            Some(_) => {
                logins::complete_by(tx, tenant, (id, self.login.purpose), secret_hash, factor, now).await?
            }
        };
        if !done {
            return Err(GivenUp::Over);
        }
        self.tried.led_on(tx).await?;
        if let Some(then) = &self.then
            && !then.write(tx, tenant, factor, now).await?
        {
            return Err(GivenUp::Over);
        }
        push_histories::approved(tx, tenant, user).await?;
        for wake in &self.withdrawals {
            wakes::add_leased(tx, wake).await?;
        }
        Ok(true)
    }
}

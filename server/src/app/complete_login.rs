//! Approved by a phone → completed: once, in the browser that started the login, with a new session. What other
//! factors complete is in [`super::prove`].

use super::begin_login::SET_UP_LASTS;
use super::cookies::LoginCookie;
use super::login_ways::sum_of;
use super::sessions::{NewSession, Then};
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::session::Proof;
use crate::domain::ways::Enough;
use crate::store::logins::{self, Login};
use crate::store::{devices, mails, users};
use countersign_protocol::approval::Mode;
use countersign_protocol::pairing::KeyProtection;

/// What came of completing.
#[derive(Debug)]
pub enum Completed {
    /// The browser is signed in.
    SignedIn(NewSession),
    /// The person proved again to be there, in the session that asked for it.
    Confirmed,
    /// A phone is accepted no more: another factor has to be set up before anything else.
    SetUpFirst,
    /// The login is not approved: this is where it stands instead.
    Not(LoginState),
    /// No login of this browser.
    NoLogin,
}

impl App {
    /// Completes the login that this browser's cookie names.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn complete_login(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
    ) -> Result<Completed, AppError> {
        let (tenant, db) = (at.tenant.id, &self.parts.db);
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(Completed::NoLogin) };
        let user = db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, login.user))).await?;
        let Some(user) = user else { return Ok(Completed::NoLogin) };
        let standing = login.standing(self.now());
        let (LoginState::Approved, Some(device)) = (standing, login.decided_by) else {
            return Ok(Completed::Not(standing));
        };
        let sum = match login.purpose {
            // Then nothing else that the user holds matters; that the phone is held still, the last step asks.
            Purpose::SignIn if at.tenant.policy.factors.accept(Factor::Push) => Enough::Yes,
            _ => sum_of(&login, self.holding(at, &user).await?, at, Factor::Push),
        };
        match sum {
            Enough::Yes => {}
            Enough::SetUpFirst => return self.set_up_first(at, &login, cookie).await,
            // Phones were accepted when it began, and there is a way that is accepted still.
            Enough::No => return Ok(Completed::Not(LoginState::NotCompleted)),
        }
        let phone = db.read_one(move |tx| Box::pin(devices::by_id(tx, tenant, device))).await?;
        let hardware = phone.is_some_and(|phone| phone.protection != KeyProtection::Software);
        let proof = Proof::Device { device, number: matches!(login.mode, Mode::Number { .. }) };
        let (new, rows) = self.session_rows(&at.tenant, &user, proof, hardware, browser);
        let (then, completed) = match login.purpose {
            Purpose::Confirm(session) => (Then::Confirm(session), Completed::Confirmed),
            _ => (Then::SignIn(Box::new(rows)), Completed::SignedIn(new)),
        };
        if self.write_completion(at, &login, cookie, then).await? {
            self.hub.publish(login.id);
            return Ok(completed);
        }
        let standing = self.standing(at, cookie).await?.map(|(standing, _)| standing);
        Ok(match standing {
            // Approved still, and yet not to be completed: the device is gone.
            Some(LoginState::Approved) => Completed::Not(LoginState::NotCompleted),
            Some(standing) => Completed::Not(standing),
            None => Completed::NoLogin,
        })
    }

    /// False if it is not to be completed (any more).
    async fn write_completion(
        &self,
        at: &TenantHandle,
        login: &Login,
        cookie: &LoginCookie,
        then: Then,
    ) -> Result<bool, AppError> {
        let (tenant, id, user) = (at.tenant.id, login.id, login.user);
        let (secret_hash, now) = (cookie.secret.hash(), self.now());
        let unit = self.parts.db.write_with(then, move |then, tx| {
            Box::pin(async move {
                let completes = logins::complete(tx, tenant, id, secret_hash, now).await?;
                if !completes || !then.write(tx, tenant, Factor::Push, now).await? {
                    return Err(GivenUp::Over);
                }
                if mails::take_back(tx, tenant, id.0, now).await? {
                    users::unwarn(tx, tenant, user).await?;
                }
                Ok(())
            })
        });
        match unit.await {
            Ok(()) => Ok(true),
            Err(GivenUp::Over) => Ok(false),
            Err(GivenUp::Store(error)) => Err(error.into()),
        }
    }

    /// An approved login goes on by the setting up of another factor.
    async fn set_up_first(
        &self,
        at: &TenantHandle,
        login: &Login,
        cookie: &LoginCookie,
    ) -> Result<Completed, AppError> {
        let (tenant, id, now, secret_hash) = (at.tenant.id, login.id, self.now(), cookie.secret.hash());
        let until = now + SET_UP_LASTS;
        let unit = self.parts.db.write(move |tx| {
            Box::pin(logins::set_up_first(tx, tenant, id, secret_hash, Factor::Push, (now, until)))
        });
        if unit.await? {
            self.hub.publish(id);
            return Ok(Completed::SetUpFirst);
        }
        let standing = self.standing(at, cookie).await?;
        Ok(standing.map_or(Completed::NoLogin, |(standing, _)| Completed::Not(standing)))
    }
}

//! Approved by a phone → completed: once, in the browser that started the login, with a new session. What other
//! factors complete is in [`super::prove`].

use super::cookies::LoginCookie;
use super::sessions::{NewSession, Then};
use super::start_login::{Browser, SET_UP_LASTS};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::session::Proof;
use crate::domain::ways::{Enough, enough};
use crate::store::{StoreError, devices, logins, mails, users};
use countersign_protocol::approval::Mode;
use countersign_protocol::ids::LoginId;
use countersign_protocol::pairing::KeyProtection;

/// What came of completing.
#[derive(Debug)]
pub enum Completed {
    /// The browser is signed in.
    SignedIn(NewSession),
    /// The person proved again to be there, in the session that asked for it.
    Confirmed,
    /// A factor that is accepted has to be set up before anything else: the phone is none any more.
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
        if login.purpose == Purpose::SignIn {
            // The policy may be another one than when the phone was asked.
            let holding = self.holding(at, &user).await?;
            match enough(holding, &at.tenant.policy.factors, Factor::Push) {
                Enough::Yes => {}
                Enough::SetUpFirst => return self.set_up_after_approval(at, cookie, login.id).await,
                Enough::No => return Ok(Completed::Not(LoginState::NotCompleted)),
            }
        }
        let phone = db.read_one(move |tx| Box::pin(devices::by_id(tx, device))).await?;
        let hardware = phone.is_some_and(|phone| phone.protection != KeyProtection::Software);
        let proof = Proof::Device { device, number: matches!(login.mode, Mode::Number { .. }) };
        let (new, rows) = self.session_rows(&at.tenant, &user, proof, hardware, browser);
        let (id, then, completed) = match login.purpose {
            Purpose::Confirm(session) => (login.id, Then::Confirm(session), Completed::Confirmed),
            _ => (login.id, Then::SignIn(Box::new(rows)), Completed::SignedIn(new)),
        };
        let (secret_hash, now) = (cookie.secret.hash(), self.now());
        let won = db
            .write_with(then, move |then, tx| {
                Box::pin(async move {
                    if !logins::complete(tx, tenant, id, secret_hash, now).await? {
                        return Ok(false);
                    }
                    if !then.write(tx, tenant, Factor::Push, now).await? {
                        return Ok(false);
                    }
                    if mails::take_back(tx, tenant, id.0, now).await? {
                        users::unwarn(tx, tenant, user.id).await?;
                    }
                    Ok::<_, StoreError>(true)
                })
            })
            .await?;
        if won {
            self.hub.publish(id);
            return Ok(completed);
        }
        self.not_completed(at, cookie).await
    }

    /// The phone approved, and is not accepted any more: something better is set up first.
    async fn set_up_after_approval(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        login: LoginId,
    ) -> Result<Completed, AppError> {
        let (tenant, now, secret_hash) = (at.tenant.id, self.now(), cookie.secret.hash());
        let until = (now, now + SET_UP_LASTS);
        let unit = self.parts.db.write(move |tx| {
            Box::pin(logins::set_up_first(tx, tenant, login, secret_hash, Factor::Push, until))
        });
        if unit.await? {
            self.hub.publish(login);
            return Ok(Completed::SetUpFirst);
        }
        self.not_completed(at, cookie).await
    }

    /// Why nothing came of it.
    async fn not_completed(&self, at: &TenantHandle, cookie: &LoginCookie) -> Result<Completed, AppError> {
        let standing = self.standing(at, cookie).await?.map(|(standing, _)| standing);
        Ok(match standing {
            // Approved still, and yet not to be completed: the device is gone.
            Some(LoginState::Approved) => Completed::Not(LoginState::NotCompleted),
            Some(standing) => Completed::Not(standing),
            None => Completed::NoLogin,
        })
    }
}

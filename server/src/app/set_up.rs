//! A second factor is set up in a sign-in, because the tenant asks for one: an authenticator app, by its first
//! code. One unit of work makes it active and completes the login; if either does not come about, nothing does.
//!
//! Nothing but the password may have been proved here. So it ends as soon as the person has set something up that
//! is enough: in another browser, or while this one waited. Whoever knows no more than the password cannot put
//! an app in the place of somebody's.

use std::sync::Arc;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{LoginId, TenantId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::authenticators::{AuthenticatorConfirmed, FirstCode, NewlyConfirmed, OfferedAuthenticator};
use super::cookies::LoginCookie;
use super::sessions::{NewSession, SessionRows};
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::{Factor, FactorRules};
use crate::domain::login::{LoginState, Purpose};
use crate::domain::session::Proof;
use crate::domain::user::User;
use crate::store::audit::AuditLine;
use crate::store::factor_records::{self, Counted};
use crate::store::logins::{self, Login};
use crate::store::{StoreError, Tx, audit, holdings, users};

/// What is shown to whoever has to set up a second factor before anything else.
pub enum SetUp {
    /// A secret for an authenticator app.
    Authenticator {
        /// The secret.
        offered: OfferedAuthenticator,
        /// Whose account the app will show: an e-mail address.
        account: String,
    },
    /// The tenant asks for more than an authenticator app.
    StrongerOnly,
    /// Something was set up meanwhile: sign in with it.
    SignInAgain,
    /// No login of this browser waits for a factor to be set up.
    NotHere,
}

/// What came of setting up.
#[derive(Debug)]
pub enum HasSetUp {
    /// It is set up, and the browser signed in.
    SignedIn(NewSession),
    /// The code did not confirm it: why not. Never [`AuthenticatorConfirmed::Active`].
    Not(AuthenticatorConfirmed),
    /// The tenant asks for more than an authenticator app.
    StrongerOnly,
    /// Something was set up meanwhile: sign in with it.
    SignInAgain,
    /// No login of this browser waits for a factor to be set up.
    NotHere,
}

/// Makes the factor active and completes the login.
struct SettingUp {
    tenant: TenantId,
    login: LoginId,
    secret_hash: Digest,
    rules: FactorRules,
    confirmed: NewlyConfirmed,
    session: SessionRows,
    line: AuditLine,
    now: Timestamp,
}

/// Ends the unit of work, so that nothing of it is written.
enum NotSetUp {
    /// What was offered is over.
    Offer,
    /// The login does not wait any more.
    Login,
    /// Something was set up meanwhile.
    Already,
    Store(StoreError),
}

impl From<StoreError> for NotSetUp {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl App {
    /// What the browser shows whose login waits for a second factor to be set up.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if a secret cannot be unsealed.
    pub async fn set_up_screen(&self, at: &TenantHandle, cookie: &LoginCookie) -> Result<SetUp, AppError> {
        let Some((login, user)) = self.login_to_set_up(at, cookie).await? else { return Ok(SetUp::NotHere) };
        if user.disabled || self.holding(at, &user).await?.satisfies(&at.tenant.policy.factors) {
            return Ok(SetUp::SignInAgain);
        }
        if !takes_authenticators(at) {
            return Ok(SetUp::StrongerOnly);
        }
        let offered = self.offer_authenticator(at, &user, login.id.0).await?;
        Ok(SetUp::Authenticator { offered, account: user.email })
    }

    /// The first code of the app to which the secret of [`App::set_up_screen`] was given.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if the secret cannot be unsealed. What was counted stays counted.
    pub async fn set_up_authenticator(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        code: &str,
    ) -> Result<HasSetUp, AppError> {
        let Some((login, user)) = self.login_to_set_up(at, cookie).await? else {
            return Ok(HasSetUp::NotHere);
        };
        if user.disabled || self.holding(at, &user).await?.satisfies(&at.tenant.policy.factors) {
            return Ok(HasSetUp::SignInAgain);
        }
        if !takes_authenticators(at) {
            return Ok(HasSetUp::StrongerOnly);
        }
        let address = Some(browser.address);
        let confirmed = match self.check_first_code(at, &user, login.id.0, code, address).await? {
            FirstCode::Right(confirmed) => confirmed,
            FirstCode::Not(why) => return Ok(HasSetUp::Not(why)),
        };
        self.finish_set_up(at, cookie, browser, &login, &user, *confirmed).await
    }

    async fn finish_set_up(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        login: &Login,
        user: &User,
        confirmed: NewlyConfirmed,
    ) -> Result<HasSetUp, AppError> {
        let factor = Factor::Totp;
        let (new, session) = self.session_rows(&at.tenant, user, Proof::Other(factor), false, browser);
        let detail = json!({ "login": login.id, "factor": factor.as_str(), "address": browser.address });
        let setting_up = Arc::new(SettingUp {
            tenant: at.tenant.id,
            login: login.id,
            secret_hash: cookie.secret.hash(),
            rules: at.tenant.policy.factors.clone(),
            confirmed,
            session,
            line: self.audit(at.tenant.id, Some(user.id), "login.set_up", detail),
            now: self.now(),
        });
        let unit = self.parts.db.write_with(setting_up, |setting_up, tx| Box::pin(setting_up.write(tx)));
        match unit.await {
            Ok(()) => {
                self.hub.publish(login.id);
                self.hub.publish(user.id);
                self.mail_was_added();
                Ok(HasSetUp::SignedIn(new))
            }
            Err(NotSetUp::Offer) => Ok(HasSetUp::Not(AuthenticatorConfirmed::Over)),
            Err(NotSetUp::Login) => Ok(HasSetUp::NotHere),
            Err(NotSetUp::Already) => Ok(HasSetUp::SignInAgain),
            Err(NotSetUp::Store(error)) => Err(error.into()),
        }
    }

    /// The login of this browser, if it waits for a second factor to be set up, and whose it is.
    async fn login_to_set_up(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<(Login, User)>, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(None) };
        if login.purpose != Purpose::SetUp || login.standing(now) != LoginState::Pending {
            return Ok(None);
        }
        let id = login.user;
        let user = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, id))).await?;
        Ok(user.map(|user| (login, user)))
    }
}

fn takes_authenticators(at: &TenantHandle) -> bool {
    at.tenant.policy.factors.accept(Factor::Totp)
}

impl SettingUp {
    async fn write(&self, tx: &mut Tx<'_>) -> Result<(), NotSetUp> {
        let Self { tenant, login, secret_hash, now, .. } = *self;
        let (user, factor) = (self.confirmed.user(), Factor::Totp);
        // Of two browsers at once, the second sees here what the first set up.
        users::hold(tx, tenant, user).await?;
        if holdings::of_user(tx, tenant, user).await?.satisfies(&self.rules) {
            return Err(NotSetUp::Already);
        }
        if !self.confirmed.write(tx).await? {
            return Err(NotSetUp::Offer);
        }
        if !logins::complete_by(tx, tenant, (login, Purpose::SetUp), secret_hash, factor, now).await? {
            return Err(NotSetUp::Login);
        }
        factor_records::worked(tx, tenant, user, Counted::Factor(factor), now).await?;
        audit::append(tx, &self.line).await?;
        self.session.write(tx, tenant).await?;
        Ok(())
    }
}

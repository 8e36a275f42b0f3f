//! What the Code screen shows, and who may watch it: the browser that holds the login cookie, alone.

use std::time::Duration;

use subtle::ConstantTimeEq;

use super::cookies::LoginCookie;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::login::LoginState;
use crate::store::devices::{self, Device};
use crate::store::logins::{self, Login};

use super::ask_again::{ASK_AT_MOST, ASK_PAUSE};

/// What the Code screen shows.
#[derive(Clone)]
pub struct CodeScreen {
    /// Where the login stands now.
    pub standing: LoginState,
    /// Whether a phone has fetched the request.
    pub seen: bool,
    /// The number to type on the phone.
    pub number: Option<String>,
    /// The devices that are asked.
    pub devices: Vec<Device>,
    /// How long is left of [`CodeScreen::total`].
    pub left: Duration,
    /// How long there is to answer.
    pub total: Duration,
    /// How long ago the phones were last asked.
    pub since_asked: Duration,
    /// Whether they may be asked once more.
    pub can_ask_again: bool,
}

impl App {
    /// The login of the browser that holds `cookie`; none if there is no such login or the secret is
    /// another's.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn code_screen(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<CodeScreen>, AppError> {
        let found = self.login_and_devices(at, cookie).await?;
        Ok(found.map(|(login, devices)| self.show(login, devices)))
    }

    /// The browser's login, and the active devices of its user.
    pub(super) async fn login_and_devices(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<(Login, Vec<Device>)>, AppError> {
        let (tenant, db) = (at.tenant.id, &self.parts.db);
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(None) };
        let user = login.user;
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await?;
        Ok(Some((login, devices)))
    }

    /// The login that the cookie names, if the cookie's secret is the login's.
    pub(super) async fn login_of(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<Login>, AppError> {
        let (tenant, id) = (at.tenant.id, cookie.login);
        let login = self.parts.db.read_one(move |tx| Box::pin(logins::by_id(tx, tenant, id))).await?;
        Ok(login.filter(|login| login.secret_hash.0.ct_eq(&cookie.secret.hash().0).into()))
    }

    fn show(&self, login: Login, devices: Vec<Device>) -> CodeScreen {
        let now = self.now();
        let (standing, since_asked) = (login.standing(now), login.asked_at.until(now));
        let again = since_asked >= ASK_PAUSE && login.asked_count < ASK_AT_MOST;
        CodeScreen {
            standing,
            seen: login.seen_at.is_some(),
            number: login.number,
            devices,
            left: now.until(login.lapses_at),
            total: login.created_at.until(login.lapses_at),
            since_asked,
            // Once it is over, asking would do nothing: the way on is to start again.
            can_ask_again: standing == LoginState::Pending && again,
        }
    }

    /// Where the login stands and whether a phone has seen it, for the event stream.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn standing(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<(LoginState, bool)>, AppError> {
        let now = self.now();
        let login = self.login_of(at, cookie).await?;
        Ok(login.map(|login| (login.standing(now), login.seen_at.is_some())))
    }
}

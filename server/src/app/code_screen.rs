//! What the Code screen shows, and who may watch it: the browser that holds the login cookie, alone.

use std::time::Duration;

use countersign_protocol::time::Timestamp;
use subtle::ConstantTimeEq;

use super::cookies::LoginCookie;
use super::other_ways::OtherWays;
use super::pushes::allowed;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::login::{LoginState, Purpose};
use crate::domain::push_limits::Held;
use crate::domain::reach::Reach;
use crate::store::devices::{self, Device};
use crate::store::logins::{self, Login};
use crate::store::push_histories;

/// How long a page that is not pushed for the sake of another one waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// What the Code screen shows.
#[derive(Clone)]
pub struct CodeScreen {
    /// Where the login stands now.
    pub standing: LoginState,
    /// What the login is for.
    pub purpose: Purpose,
    /// How far the asking came.
    pub reach: Reach,
    /// The other ways that are open.
    pub other_ways: OtherWays,
    /// For how many days the browser can be remembered; 0 is not at all.
    pub remember_days: u16,
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
    /// Whether and when they may be asked once more.
    pub ask_again: AskAgain,
}

/// Whether and when the phones may be asked once more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AskAgain {
    /// Now.
    Now,
    /// After so long, if nothing else happens.
    After(Duration),
    /// Not while things are as they are.
    Not,
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
        let Some((login, devices)) = self.login_and_devices(at, cookie).await? else { return Ok(None) };
        let ask_again = self.may_ask_again(at, &login, &devices).await?;
        let other_ways = self.other_ways(at, &login).await?;
        Ok(Some(self.show(at, login, devices, ask_again, other_ways)))
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

    /// Once it is over, asking would do nothing: the way on is to start again.
    async fn may_ask_again(
        &self,
        at: &TenantHandle,
        login: &Login,
        devices: &[Device],
    ) -> Result<AskAgain, AppError> {
        let (tenant, user, id, now) = (at.tenant.id, login.user, login.id, self.now());
        let reachable = |device: &Device| {
            let known = device.created_at <= login.created_at;
            known && device.push.as_ref().is_some_and(|push| self.parts.senders.of(push).is_some())
        };
        if login.standing_for_phones(now) != LoginState::Pending || !devices.iter().any(reachable) {
            return Ok(AskAgain::Not);
        }
        let read = self
            .parts
            .db
            .read_one(move |tx| Box::pin(push_histories::read(tx, tenant, user, id, now)))
            .await?;
        Ok(match allowed(&read, &at.tenant.push_limits, now) {
            Ok(()) => AskAgain::Now,
            Err((_, Some(from))) if from < login.ask_until => AskAgain::After(now.until(from)),
            // Nobody tells this page when the other login has ended: it looks again.
            Err((Held::Another, _)) => AskAgain::After(LOOK_AGAIN),
            Err(_) => AskAgain::Not,
        })
    }

    fn show(
        &self,
        at: &TenantHandle,
        login: Login,
        mut devices: Vec<Device>,
        ask_again: AskAgain,
        other_ways: OtherWays,
    ) -> CodeScreen {
        let now = self.now();
        let asked = login.ask_until > login.created_at;
        if !asked {
            devices.clear();
        }
        // The ring is that of the phone's time, for as long as there is one.
        let ends = if asked { login.ask_until } else { login.lapses_at };
        CodeScreen {
            standing: login.standing(now),
            purpose: login.purpose,
            reach: reach(&login, now),
            remember_days: match login.purpose {
                Purpose::SignIn => at.tenant.policy.factors.remember_days,
                _ => 0,
            },
            other_ways,
            number: login.number.filter(|_| now < login.ask_until),
            devices,
            left: now.until(ends),
            total: login.created_at.until(ends),
            since_asked: login.asked_at.until(now),
            ask_again,
        }
    }

    /// Where the login stands and how far the asking came, for the event stream.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn standing(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<(LoginState, Reach)>, AppError> {
        let now = self.now();
        let login = self.login_of(at, cookie).await?;
        Ok(login.map(|login| (login.standing(now), reach(&login, now))))
    }
}

fn reach(login: &Login, now: Timestamp) -> Reach {
    if login.ask_until <= login.created_at {
        return Reach::NoPhone;
    }
    if login.ask_until <= now {
        return Reach::TimedOut;
    }
    Reach::of(login.push, login.delivered_at.is_some(), login.seen_at.is_some())
}

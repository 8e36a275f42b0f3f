//! A password was typed: what follows.
//!
//! 1. The user is looked up and the password checked; an unknown user costs the same.
//! 2. The rules say what is required.
//! 3. One unit of work writes the login, its approval requests, its wakes and the audit line; or, where
//!    the password was enough, the session.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::approval::{ApprovalRequest, Mode};
use countersign_protocol::bytes::Bytes;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::random;
use countersign_protocol::statement;
use secrecy::SecretString;
use serde_json::json;

use super::cookies::{LoginCookie, Token};
use super::pushes::WantedPush;
use super::sessions::NewSession;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::client::ClientDescription;
use crate::domain::login::LoginState;
use crate::domain::network;
use crate::domain::reach::Push;
use crate::domain::requirement::{self, Circumstances, Requirement};
use crate::domain::session::Proof;
use crate::domain::user::{User, email_key};
use crate::store::audit::{self, AuditLine};
use crate::store::circumstances::{self, Question};
use crate::store::devices::{self, Device};
use crate::store::logins::{self, Login};
use crate::store::requests::{self, StoredRequest};
use crate::store::{StoreError, Tx, users};

const DENIED_LATELY: Duration = Duration::from_secs(24 * 60 * 60);

/// The browser that signs in.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Where it is.
    pub address: IpAddr,
    /// What it is, for people.
    pub client: ClientDescription,
    /// Its trusted-browser token.
    pub token: Option<Token>,
    /// The login that it began before.
    pub login: Option<LoginCookie>,
    /// The language of its pages: `en` or `ja`.
    pub language: &'static str,
}

/// What came of a password.
#[derive(Debug)]
pub enum Started {
    /// No such user, or not that password: the caller cannot tell which.
    WrongCredentials,
    /// Nothing more is required.
    SignedIn(NewSession),
    /// A device is asked.
    Waiting(LoginCookie),
}

struct NewLogin {
    login: Login,
    requests: Vec<StoredRequest>,
    push: WantedPush,
    audit: AuditLine,
    before: Option<LoginCookie>,
}

impl App {
    /// Checks a password and begins what it calls for.
    ///
    /// # Errors
    /// [`AppError::Busy`] if too many passwords wait to be checked.
    pub async fn start_login(
        &self,
        at: &Arc<TenantHandle>,
        email: &str,
        password: SecretString,
        browser: Browser,
    ) -> Result<Started, AppError> {
        let Some(user) = self.check_password(at, email, password).await? else {
            return Ok(Started::WrongCredentials);
        };
        let (devices, circumstances) = self.circumstances(at, &user, &browser).await?;
        match requirement::decide(&at.tenant, &circumstances) {
            Requirement::PasswordAlone => {
                let session = self.new_session(&at.tenant, &user, Proof::PasswordAlone, &browser).await?;
                Ok(Started::SignedIn(session))
            }
            Requirement::Push { mode, reason } => {
                let secret = Token::new(self.random());
                let mut new = self.new_login(at, &user, &devices, mode, &browser, &secret)?;
                new.login.trusted = circumstances.trusted_at.is_some();
                new.audit.detail["mode_reason"] = reason.as_str().into();
                let cookie = LoginCookie { login: new.login.id, secret };
                self.begin(at, new).await?;
                Ok(Started::Waiting(cookie))
            }
        }
    }

    async fn check_password(
        &self,
        at: &TenantHandle,
        email: &str,
        password: SecretString,
    ) -> Result<Option<User>, AppError> {
        let tenant = at.tenant.id;
        let found = match email_key(email) {
            None => None,
            Some(key) => {
                self.parts
                    .db
                    .read_one(move |tx| Box::pin(async move { users::by_email_key(tx, tenant, &key).await }))
                    .await?
            }
        };
        let stored = found.as_ref().map(|found| found.password_hash.as_str());
        let right = self.parts.passwords.verify(password, stored).await.map_err(|_| AppError::Busy)?;
        Ok(found.filter(|_| right).map(|found| found.user))
    }

    async fn circumstances(
        &self,
        at: &TenantHandle,
        user: &User,
        browser: &Browser,
    ) -> Result<(Vec<Device>, Circumstances), AppError> {
        let (tenant, user_id, now, db) = (at.tenant.id, user.id, self.now(), &self.parts.db);
        let question = Question {
            tenant,
            user: user_id,
            token_hash: browser.token.as_ref().map(Token::hash),
            address: network::whose(browser.address),
            denied_since: now - DENIED_LATELY,
            now,
        };
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user_id))).await?;
        let known =
            db.read_one(move |tx| Box::pin(async move { circumstances::known(tx, &question).await })).await?;
        let circumstances = Circumstances {
            devices: devices.len(),
            role: user.role,
            address: browser.address,
            trusted_at: known.trusted_at,
            denied_lately: known.denied_lately,
            address_reported: known.address_reported,
        };
        Ok((devices, circumstances))
    }

    fn new_login(
        &self,
        at: &TenantHandle,
        user: &User,
        devices: &[Device],
        mode: Mode,
        browser: &Browser,
        secret: &Token,
    ) -> Result<NewLogin, AppError> {
        let now = self.now();
        let number = match mode {
            Mode::Tap => None,
            Mode::Number { digits } => Some(random::digits(self.random(), digits)),
        };
        let login = Login {
            id: LoginId::new(now, self.random()),
            user: user.id,
            state: LoginState::Pending,
            secret_hash: secret.hash(),
            mode,
            number,
            address: browser.address,
            created_at: now,
            lapses_at: now + self.durations().answer,
            asked_at: now,
            trusted: false,
            push: Push::None,
            delivered_at: None,
            seen_at: None,
            decided_by: None,
        };
        let requests = devices
            .iter()
            .map(|device| self.sign_request(at, &login, device, browser))
            .collect::<Result<_, _>>()?;
        let push = self.wanted_push(at, &login, devices);
        let detail = json!({ "login": login.id, "address": login.address, "devices": devices.len() });
        let audit = self.audit(at.tenant.id, Some(user.id), "login.started", detail);
        Ok(NewLogin { login, requests, push, audit, before: browser.login.clone() })
    }

    fn sign_request(
        &self,
        at: &TenantHandle,
        login: &Login,
        device: &Device,
        browser: &Browser,
    ) -> Result<StoredRequest, AppError> {
        let nonce = Bytes(random::bytes(self.random()));
        let request = ApprovalRequest {
            iss: at.origin.to_string(),
            aud: device.id,
            sub: login.user,
            login: login.id,
            nonce,
            application: at.tenant.name.clone(),
            browser: browser.client.browser.clone(),
            system: browser.client.system.clone(),
            address: browser.address.to_string(),
            place: network::place(browser.address),
            iat: login.created_at.into(),
            exp: login.lapses_at.into(),
            binding: login.secret_hash,
            mode: login.mode,
        };
        let request = statement::sign(&request, &at.signing_key)
            .map_err(|_| AppError::Internal("an approval request is too long to be signed"))?;
        Ok(StoredRequest { login: login.id, device: device.id, nonce, request })
    }

    /// A push to all of the login's phones that have an endpoint.
    pub(super) fn wanted_push(&self, at: &TenantHandle, login: &Login, devices: &[Device]) -> WantedPush {
        let tenant = at.tenant.id;
        let wake = |device: &Device| {
            self.wake_for(tenant, login.id, (device.id, device.push.as_ref()?), login.lapses_at)
        };
        WantedPush {
            tenant,
            user: login.user,
            login: login.id,
            limits: at.tenant.push_limits,
            now: self.now(),
            wakes: devices.iter().filter_map(wake).collect(),
        }
    }

    async fn begin(&self, at: &TenantHandle, new: NewLogin) -> Result<(), AppError> {
        let (tenant, new) = (at.tenant.id, Arc::new(new));
        let (replaced, push) = self
            .parts
            .db
            .write_with(Arc::clone(&new), move |new, tx| Box::pin(new.write(tx, tenant)))
            .await?;
        if let (Some(old), Some(user)) = (&new.before, replaced) {
            self.hub.publish(old.login);
            self.hub.publish(user);
        }
        self.hub.publish(new.login.user);
        if push == Push::Sending {
            self.wakes.send_now(new.push.wakes.iter().cloned());
        }
        Ok(())
    }
}

impl NewLogin {
    /// Whose login it replaced, if any, and what became of the push.
    async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<(Option<UserId>, Push), StoreError> {
        let replaced = match &self.before {
            Some(old) => logins::replace(tx, tenant, old.login, old.secret.hash()).await?,
            None => None,
        };
        let push = self.push.allowance(tx).await?;
        logins::begin(tx, tenant, &Login { push, ..self.login.clone() }).await?;
        for request in &self.requests {
            requests::add(tx, tenant, request).await?;
        }
        self.push.queue(tx, push).await?;
        let mut audit = self.audit.clone();
        audit.detail["push"] = push.as_str().into();
        audit::append(tx, &audit).await?;
        Ok((replaced, push))
    }
}

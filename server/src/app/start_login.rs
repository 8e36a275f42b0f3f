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
use countersign_protocol::ids::LoginId;
use countersign_protocol::random;
use countersign_protocol::statement;
use countersign_protocol::time::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::cookies::{LoginCookie, Token};
use super::sessions::NewSession;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::client::ClientDescription;
use crate::domain::login::LoginState;
use crate::domain::network;
use crate::domain::requirement::{self, Circumstances, Requirement};
use crate::domain::session::Proof;
use crate::domain::user::{User, email_key};
use crate::store::audit::{self, AuditLine};
use crate::store::devices::{self, Device};
use crate::store::logins::{self, Login};
use crate::store::requests::{self, StoredRequest};
use crate::store::wakes::{self, QueuedWake};
use crate::store::{StoreError, browsers, users};

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
    wakes: Vec<QueuedWake>,
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
        let (tenant, user_id) = (at.tenant.id, user.id);
        let since = self.now() - DENIED_LATELY;
        let token = browser.token.as_ref().map(Token::hash);
        let db = &self.parts.db;
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user_id))).await?;
        let trusted_at = match token {
            Some(token) => {
                db.read_one(move |tx| Box::pin(browsers::last_address(tx, tenant, user_id, token))).await?
            }
            None => None,
        };
        let denied_lately =
            db.read_one(move |tx| Box::pin(logins::denied_since(tx, tenant, user_id, since))).await?;
        let circumstances = Circumstances {
            devices: devices.len(),
            role: user.role,
            address: browser.address,
            trusted_at,
            denied_lately,
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
            asked_count: 1,
            seen_at: None,
            decided_by: None,
        };
        let requests = devices
            .iter()
            .map(|device| self.sign_request(at, &login, device, browser))
            .collect::<Result<_, _>>()?;
        let wakes = devices.iter().filter_map(|device| self.wake_for(&login, device, now)).collect();
        let detail = json!({ "login": login.id, "address": login.address, "devices": devices.len() });
        let audit = self.audit(at.tenant.id, Some(user.id), "login.started", detail);
        Ok(NewLogin { login, requests, wakes, audit, before: browser.login.clone() })
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

    pub(super) fn wake_for(&self, login: &Login, device: &Device, now: Timestamp) -> Option<QueuedWake> {
        Some(QueuedWake {
            id: self.row_id(now),
            tenant: device.tenant,
            login: login.id,
            device: device.id,
            push: device.push.clone()?,
            attempts: 0,
            expires_at: login.lapses_at,
        })
    }

    async fn begin(&self, at: &TenantHandle, new: NewLogin) -> Result<(), AppError> {
        let (tenant, new) = (at.tenant.id, Arc::new(new));
        let lease_until = super::wakes::lease_from(self.now());
        let replaced = self
            .parts
            .db
            .write_with(Arc::clone(&new), move |new, tx| {
                Box::pin(async move {
                    let replaced = match &new.before {
                        Some(old) => logins::replace(tx, tenant, old.login, old.secret.hash()).await?,
                        None => false,
                    };
                    logins::begin(tx, tenant, &new.login).await?;
                    for request in &new.requests {
                        requests::add(tx, tenant, request).await?;
                    }
                    for wake in &new.wakes {
                        wakes::add_leased(tx, wake, lease_until).await?;
                    }
                    audit::append(tx, &new.audit).await?;
                    Ok::<_, StoreError>(replaced)
                })
            })
            .await?;
        if let Some(old) = new.before.as_ref().filter(|_| replaced) {
            self.hub.publish(old.login);
        }
        self.wakes.send_now(new.wakes.iter().cloned());
        Ok(())
    }
}

//! A password was typed: what follows.
//!
//! 1. The user is looked up and the password checked; an unknown user costs the same.
//! 2. The rules say what is required.
//! 3. One unit of work writes the login, its approval requests, its wakes and the audit line; or, where
//!    the password was enough, the session.
//!
//! A login that confirms something in a session begins here as well: see [`super::confirm`].

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::approval::{ApprovalRequest, Mode};
use countersign_protocol::bytes::{Bytes, Digest};
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::random;
use countersign_protocol::statement;
use secrecy::SecretString;
use serde_json::json;

use super::cookies::{LoginCookie, Token};
use super::pushes::WantedPush;
use super::sessions::{NewSession, SessionReason};
use super::tenants::TenantHandle;
use super::{App, AppError, Durations, GivenUp};
use crate::domain::client::ClientDescription;
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::network;
use crate::domain::policy::asked::Person;
use crate::domain::reach::Push;
use crate::domain::requirement::{self, Answer, Circumstances, ModeReason, Requirement};
use crate::domain::session::Proof;
use crate::domain::tenant::Origin;
use crate::domain::user::{User, email_key};
use crate::domain::ways::Holding;
use crate::store::audit::{self, AuditLine};
use crate::store::circumstances::{self, Known, Question};
use crate::store::devices::{self, Device};
use crate::store::logins::{self, Login};
use crate::store::requests::{self, StoredRequest};
use crate::store::{Tx, users};

const DENIED_LATELY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the Code screen waits where there is another way than the phone: as long as the longest code.
const OTHER_WAYS_LAST: Duration = Duration::from_mins(10);
/// How long somebody may take to set up a second factor in a sign-in.
pub(super) const SET_UP_LASTS: Duration = Duration::from_mins(15);

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
    /// Whether the person chose not to be asked again in it.
    pub remember: bool,
}

/// What came of a password.
#[derive(Debug)]
pub enum Started {
    /// No such user, or not that password: the caller cannot tell which.
    WrongCredentials,
    /// Nothing more is required.
    SignedIn(NewSession),
    /// A second factor has to be proved.
    Waiting(LoginCookie),
    /// A second factor has to be set up.
    SetUp(LoginCookie),
    /// Nobody signs in from this network.
    NotFromHere,
    /// What the user has set up answers at another host of the tenant alone: at one of these, if they are still its.
    Elsewhere(Vec<Origin>),
}

/// What a new login is for, and how it can be proved.
pub(super) struct Wanted {
    pub(super) purpose: Purpose,
    pub(super) ways: Vec<Factor>,
    pub(super) mode: Mode,
    pub(super) reason: ModeReason,
    /// The rule of the policy that asked; none if it is asked of everybody.
    pub(super) rule: Option<String>,
    pub(super) trusted: bool,
}

impl Wanted {
    /// How long the login lasts: whoever fetches a mail or looks for a phone has more time than a phone.
    fn lasts(&self, durations: Durations) -> Duration {
        match self.purpose {
            Purpose::SetUp => SET_UP_LASTS,
            _ if self.ways.iter().any(|way| *way != Factor::Push) => OTHER_WAYS_LAST.max(durations.answer),
            _ => durations.answer,
        }
    }
}

/// Whose password was typed, and which it was.
pub(super) struct TypedPassword {
    pub(super) user: User,
    pub(super) password_hash: String,
}

struct NewLogin {
    login: Login,
    /// The password that was typed, if one was.
    password_hash: Option<String>,
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
        let typed = match self.check_password(at, email, password).await? {
            Ok(typed) => typed,
            Err((user, reason)) => {
                self.note_not_let_in(at, user, reason, browser.address).await?;
                return Ok(Started::WrongCredentials);
            }
        };
        let (devices, circumstances) = self.circumstances(at, &typed.user, &browser).await?;
        let trusted = circumstances.trusted_at.is_some();
        let Answer { requirement, asked } = requirement::decide(&at.tenant, &circumstances);
        match requirement {
            Requirement::NotFromHere => {
                self.note_refused(at, &typed.user, "network", &browser).await?;
                Ok(Started::NotFromHere)
            }
            Requirement::Elsewhere => {
                self.note_refused(at, &typed.user, "other-host", &browser).await?;
                Ok(Started::Elsewhere(self.hosts_with_passkeys(at, typed.user.id).await?))
            }
            Requirement::PasswordAlone(why) => {
                let why = SessionReason { why: why.as_str(), rule: asked.rule };
                let session =
                    self.new_session(&at.tenant, &typed, (Proof::PasswordAlone, why), &browser).await?;
                Ok(session.map_or(Started::WrongCredentials, Started::SignedIn))
            }
            Requirement::Remembered => {
                let why = SessionReason { why: "remembered", rule: asked.rule };
                let session =
                    self.new_session(&at.tenant, &typed, (Proof::Remembered, why), &browser).await?;
                Ok(session.map_or(Started::WrongCredentials, Started::SignedIn))
            }
            Requirement::Prove { ways, mode, reason } => {
                let wanted =
                    Wanted { purpose: Purpose::SignIn, ways, mode, reason, rule: asked.rule, trusted };
                let login =
                    self.begin_login(at, &typed.user, devices, wanted, &browser, Some(&typed)).await?;
                Ok(login.map_or(Started::WrongCredentials, Started::Waiting))
            }
            Requirement::SetUp => {
                let reason = ModeReason::TenantRule;
                let (ways, mode) = (Vec::new(), Mode::Tap);
                let wanted =
                    Wanted { purpose: Purpose::SetUp, ways, mode, reason, rule: asked.rule, trusted };
                let login =
                    self.begin_login(at, &typed.user, Vec::new(), wanted, &browser, Some(&typed)).await?;
                Ok(login.map_or(Started::WrongCredentials, Started::SetUp))
            }
        }
    }

    /// Begins a login that waits for one of the wanted ways. None if the password that was typed is another one
    /// by now, or the user is disabled.
    pub(super) async fn begin_login(
        &self,
        at: &TenantHandle,
        user: &User,
        mut devices: Vec<Device>,
        wanted: Wanted,
        browser: &Browser,
        typed: Option<&TypedPassword>,
    ) -> Result<Option<LoginCookie>, AppError> {
        if !wanted.ways.contains(&Factor::Push) {
            devices.clear();
        }
        let secret = Token::new(self.random());
        let mut new = self.new_login(at, user, &devices, &wanted, browser, &secret)?;
        new.password_hash = typed.map(|typed| typed.password_hash.clone());
        let cookie = LoginCookie { login: new.login.id, secret };
        Ok(self.begin(at, new).await?.then_some(cookie))
    }

    /// Somebody knew the password, and was not let in.
    async fn note_refused(
        &self,
        at: &TenantHandle,
        user: &User,
        reason: &'static str,
        browser: &Browser,
    ) -> Result<(), AppError> {
        let detail = json!({ "reason": reason, "address": browser.address });
        let line = self.audit(at.tenant.id, Some(user.id), "login.refused", detail);
        let unit = self.parts.db.write_with(line, |line, tx| Box::pin(audit::append(tx, line)));
        Ok(unit.await?)
    }

    /// The inner error says who was meant, if that is somebody, and why they are not let in.
    async fn check_password(
        &self,
        at: &TenantHandle,
        email: &str,
        password: SecretString,
    ) -> Result<Result<TypedPassword, (Option<UserId>, &'static str)>, AppError> {
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
        Ok(match found {
            Some(found) if right && !found.user.disabled => {
                Ok(TypedPassword { user: found.user, password_hash: found.password_hash })
            }
            Some(found) => Err((Some(found.user.id), if right { "disabled" } else { "password" })),
            None => Err((None, "password")),
        })
    }

    async fn circumstances<'a>(
        &self,
        at: &TenantHandle,
        user: &'a User,
        browser: &Browser,
    ) -> Result<(Vec<Device>, Circumstances<'a>), AppError> {
        let token = browser.token.as_ref().map(Token::hash);
        let (mut devices, known, circumstances) =
            self.circumstances_at(at, user, browser.address, token).await?;
        if let Some((copy, used_at)) = known.copied {
            self.browser_copied(at, user, copy, used_at, browser.address).await?;
        }
        // Phones that failed too often are held, and not asked for a while.
        if known.push_suspended_until.is_some_and(|until| until > circumstances.now) {
            devices.clear();
        }
        Ok((devices, circumstances))
    }

    /// What is known when a user signs in from an address, in the browser with this token.
    pub(super) async fn circumstances_at<'a>(
        &self,
        at: &TenantHandle,
        user: &'a User,
        address: IpAddr,
        token_hash: Option<Digest>,
    ) -> Result<(Vec<Device>, Known, Circumstances<'a>), AppError> {
        let (tenant, user_id, now, db) = (at.tenant.id, user.id, self.now(), &self.parts.db);
        let question = Question {
            tenant,
            user: user_id,
            token_hash,
            address: network::whose(address),
            denied_since: now - DENIED_LATELY,
            host: at.origin.host().to_owned(),
            now,
        };
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user_id))).await?;
        let known =
            db.read_one(move |tx| Box::pin(async move { circumstances::known(tx, &question).await })).await?;
        let circumstances = Circumstances {
            person: Person::from(user),
            holding: Holding {
                phone: !devices.is_empty(),
                passkey: known.passkey,
                passkey_elsewhere: known.passkey_elsewhere,
                authenticator: known.authenticator,
                recovery_codes: known.recovery_codes,
                mail: self.parts.mail.is_some(),
            },
            address,
            trusted_at: known.trusted_at,
            remembered: known.remembered_until.is_some_and(|until| until > now),
            denied_lately: known.denied_lately,
            address_reported: known.address_reported,
            now,
        };
        Ok((devices, known, circumstances))
    }

    fn new_login(
        &self,
        at: &TenantHandle,
        user: &User,
        devices: &[Device],
        wanted: &Wanted,
        browser: &Browser,
        secret: &Token,
    ) -> Result<NewLogin, AppError> {
        let now = self.now();
        let number = match wanted.mode {
            Mode::Number { digits } if !devices.is_empty() => Some(random::digits(self.random(), digits)),
            _ => None,
        };
        let answer = self.durations().answer;
        let login = Login {
            id: LoginId::new(now, self.random()),
            user: user.id,
            purpose: wanted.purpose,
            state: LoginState::Pending,
            secret_hash: secret.hash(),
            mode: wanted.mode,
            number,
            address: browser.address,
            created_at: now,
            lapses_at: now + wanted.lasts(self.durations()),
            // Nobody is asked where there is no phone.
            ask_until: if devices.is_empty() { now } else { now + answer },
            asked_at: now,
            trusted: wanted.trusted,
            push: Push::None,
            delivered_at: None,
            seen_at: None,
            decided_by: None,
            proved_by: None,
        };
        let requests = devices
            .iter()
            .map(|device| self.sign_request(at, &login, device, browser))
            .collect::<Result<_, _>>()?;
        let push = self.wanted_push(at, &login, devices);
        let ways: Vec<_> = wanted.ways.iter().map(|way| way.as_str()).collect();
        let detail = json!({
            "login": login.id, "address": login.address, "devices": devices.len(), "ways": ways,
            "mode_reason": wanted.reason.as_str(), "rule": wanted.rule,
        });
        let audit = self.audit(at.tenant.id, Some(user.id), "login.started", detail);
        Ok(NewLogin { login, password_hash: None, requests, push, audit, before: browser.login.clone() })
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
            // The address that the phone was paired at, whatever host the browser is at.
            iss: device.origin.clone(),
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
            exp: login.ask_until.into(),
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
            self.wake_for(tenant, login.id, (device.id, device.push.as_ref()?), login.ask_until)
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

    /// False if what the password was checked against is not so any more.
    async fn begin(&self, at: &TenantHandle, new: NewLogin) -> Result<bool, AppError> {
        let (tenant, new) = (at.tenant.id, Arc::new(new));
        let unit = self.parts.db.write_with(Arc::clone(&new), move |new, tx| Box::pin(new.write(tx, tenant)));
        let (replaced, push) = match unit.await {
            Ok(written) => written,
            Err(GivenUp::Over) => return Ok(false),
            Err(GivenUp::Store(error)) => return Err(error.into()),
        };
        if let (Some(old), Some(user)) = (&new.before, replaced) {
            self.hub.publish(old.login);
            self.hub.publish(user);
        }
        self.hub.publish(new.login.user);
        if push == Push::Sending {
            self.wakes.send_now(new.push.wakes.iter().cloned());
        }
        Ok(true)
    }
}

impl NewLogin {
    /// Whose login it replaced, if any, and what became of the push.
    async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<(Option<UserId>, Push), GivenUp> {
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
        if !users::still(tx, tenant, self.login.user, self.password_hash.as_deref()).await? {
            return Err(GivenUp::Over);
        }
        Ok((replaced, push))
    }
}

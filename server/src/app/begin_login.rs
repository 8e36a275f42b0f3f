//! A login begins, in a sign-in or to confirm something in a session ([`super::confirm`]): one unit of work writes it,
//! its approval requests, its wakes and the audit line.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::approval::{ApprovalRequest, Mode};
use countersign_protocol::bytes::Bytes;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::random;
use countersign_protocol::statement;
use serde_json::json;

use super::cookies::{LoginCookie, Token};
use super::pushes::WantedPush;
use super::start_login::{Browser, TypedPassword};
use super::tenants::TenantHandle;
use super::{App, AppError, Durations, GivenUp};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::network;
use crate::domain::reach::Push;
use crate::domain::requirement::ModeReason;
use crate::domain::user::User;
use crate::store::audit::{self, AuditLine};
use crate::store::devices::Device;
use crate::store::logins::{self, Login};
use crate::store::requests::{self, StoredRequest};
use crate::store::{Tx, users};

/// How long the Code screen waits where there is another way than the phone: as long as the longest code.
const OTHER_WAYS_LAST: Duration = Duration::from_mins(10);
/// How long somebody may take to set up a second factor in a sign-in.
pub(super) const SET_UP_LASTS: Duration = Duration::from_mins(15);

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
    /// A second factor is to be set up, since `rule` asks for one.
    pub(super) const fn to_set_up(rule: Option<String>, trusted: bool) -> Self {
        let (purpose, reason) = (Purpose::SetUp, ModeReason::TenantRule);
        Self { purpose, ways: Vec::new(), mode: Mode::Tap, reason, rule, trusted }
    }

    /// How long the login lasts: whoever fetches a mail or looks for a phone has more time than a phone.
    fn lasts(&self, durations: Durations) -> Duration {
        match self.purpose {
            Purpose::SetUp => SET_UP_LASTS,
            _ if self.ways.iter().any(|way| *way != Factor::Push) => OTHER_WAYS_LAST.max(durations.answer),
            _ => durations.answer,
        }
    }
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

    fn new_login(
        &self,
        at: &TenantHandle,
        user: &User,
        devices: &[Device],
        wanted: &Wanted,
        browser: &Browser,
        secret: &Token,
    ) -> Result<NewLogin, AppError> {
        let login = self.login_row(user, !devices.is_empty(), wanted, browser, secret);
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

    /// `by_phone` tells whether phones are asked.
    fn login_row(
        &self,
        user: &User,
        by_phone: bool,
        wanted: &Wanted,
        browser: &Browser,
        secret: &Token,
    ) -> Login {
        let now = self.now();
        let number = match wanted.mode {
            Mode::Number { digits } if by_phone => Some(random::digits(self.random(), digits)),
            _ => None,
        };
        Login {
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
            ask_until: if by_phone { now + self.durations().answer } else { now },
            asked_at: now,
            trusted: wanted.trusted,
            push: Push::None,
            delivered_at: None,
            seen_at: None,
            decided_by: None,
            proved_by: None,
        }
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
            purpose: login.purpose.said(),
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

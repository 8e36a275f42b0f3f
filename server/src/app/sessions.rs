//! Sessions and trusted browsers: what a browser gets when a login is over, and what it shows with it.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::cookies::Token;
use super::start_login::{Browser, TypedPassword};
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::factor::Factor;
use crate::domain::login::LoginState;
use crate::domain::session::Proof;
use crate::domain::tenant::Tenant;
use crate::domain::user::User;
use crate::store::audit::{self, AuditLine};
use crate::store::browsers::{self, TrustedBrowser};
use crate::store::devices::{self, Device};
use crate::store::sessions::{self, Session};
use crate::store::{StoreError, Tx, logins, recoveries, users};

/// The cookies of a new session.
#[derive(Debug)]
pub struct NewSession {
    /// The session's token.
    pub session: Token,
    /// The trusted browser's new token; none after a password alone, which makes no browser trusted.
    pub browser: Option<Token>,
}

/// Who is signed in, and how.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub user: User,
    /// The session.
    pub session: Session,
    /// The person's active devices.
    pub devices: Vec<Device>,
}

/// Why a password was enough: for the audit line.
pub(super) struct SessionReason {
    pub(super) why: &'static str,
    /// The rule of the policy that it was; none if it is so for everybody.
    pub(super) rule: Option<String>,
}

/// Ends a user's logins, and then the sessions but for one, if one is named. In this order: a login that is being
/// completed beside this is waited for, and the session that it makes is there to be ended.
pub(super) async fn end_logins_and_sessions(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    but: Option<Uuid>,
) -> Result<Vec<LoginId>, StoreError> {
    let ended = logins::end_all(tx, tenant, user, None, LoginState::Replaced).await?;
    sessions::end_all(tx, tenant, user, but).await?;
    Ok(ended)
}

/// The rows of a new session, to be written with whatever made it possible.
#[derive(Debug)]
pub(super) struct SessionRows {
    session: Session,
    browser: Option<(Option<Digest>, TrustedBrowser)>,
    /// The user's language, where it is another one than the last time.
    language: Option<&'static str>,
    audit: AuditLine,
    /// What is noted if a recovery waited: whoever signs in with a factor of their own has not lost it.
    found: Option<AuditLine>,
}

/// What a completed login leads to.
#[derive(Debug)]
pub(super) enum Then {
    /// A new session.
    SignIn(Box<SessionRows>),
    /// A fresh proof in the session with this id.
    Confirm(Uuid),
}

impl Then {
    /// False if the session that asked is over.
    pub(super) async fn write(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        by: Factor,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match self {
            Self::SignIn(rows) => rows.write(tx, tenant).await,
            Self::Confirm(session) => sessions::proved(tx, tenant, *session, Some(by), now).await,
        }
    }
}

impl SessionRows {
    /// False if the browser was remembered, and is not any more.
    pub(super) async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<bool, StoreError> {
        sessions::add(tx, tenant, &self.session).await?;
        users::signed_in(tx, tenant, self.session.user, self.language, self.session.created_at).await?;
        if let Some((old, browser)) = &self.browser {
            let rotated = match old {
                Some(old) => browsers::rotate(tx, tenant, *old, browser).await?,
                None => false,
            };
            if !rotated && self.session.proof == Proof::Remembered {
                return Ok(false);
            }
            if !rotated {
                browsers::add(tx, tenant, browser).await?;
            }
        }
        if let Some(line) = &self.found
            && recoveries::stop_waiting(tx, tenant, self.session.user, self.session.created_at).await? > 0
        {
            audit::append(tx, line).await?;
        }
        audit::append(tx, &self.audit).await?;
        Ok(true)
    }
}

impl App {
    /// A new session, and its rows. `hardware` tells whether the phone that approved keeps its keys there.
    pub(super) fn session_rows(
        &self,
        tenant: &Tenant,
        user: &User,
        proof: Proof,
        hardware: bool,
        browser: &Browser,
    ) -> (NewSession, SessionRows) {
        let now = self.now();
        let token = Token::new(self.random());
        let session = Session {
            id: self.row_id(now),
            user: user.id,
            token_hash: token.hash(),
            proof,
            amr: proof.factor().map_or_else(|| "pwd".to_owned(), |factor| factor.amr(hardware).join(" ")),
            address: Some(browser.address),
            browser: browser.client.browser.clone(),
            system: browser.client.system.clone(),
            created_at: now,
            expires_at: now + tenant.policy.sessions.of(user.role, self.durations().session),
            proved_at: now,
            proved_by: proof.factor(),
        };
        // A password alone makes no browser trusted.
        let trusted = (proof != Proof::PasswordAlone).then(|| Token::new(self.random()));
        let days = u64::from(tenant.policy.factors.remember_days);
        let remember = browser.remember && days > 0 && proof.factor().is_some();
        let browser_rows = trusted.as_ref().map(|new| {
            let row = TrustedBrowser {
                id: self.row_id(now),
                user: user.id,
                token_hash: new.hash(),
                address: browser.address,
                browser: browser.client.browser.clone(),
                system: browser.client.system.clone(),
                used_at: now,
                remembered_until: remember.then(|| now + Duration::from_hours(24 * days)),
            };
            (browser.token.as_ref().map(Token::hash), row)
        });
        let detail = json!({ "second_factor": proof.as_str(), "address": browser.address });
        let audit = self.audit(tenant.id, Some(user.id), "session.started", detail);
        let language = (user.language.as_deref() != Some(browser.language)).then_some(browser.language);
        let own = matches!(proof.factor(), Some(Factor::Push | Factor::Passkey | Factor::Totp));
        let found = own.then(|| {
            self.audit(
                tenant.id,
                Some(user.id),
                "recovery.stopped_by_sign_in",
                json!({ "address": browser.address }),
            )
        });
        let rows = SessionRows { session, browser: browser_rows, language, audit, found };
        (NewSession { session: token, browser: trusted }, rows)
    }

    /// A session after nothing but the password that was read as `password_hash`. None if that is another one by
    /// now, the user is disabled, or the browser is not remembered any more.
    pub(super) async fn new_session(
        &self,
        tenant: &Tenant,
        typed: &TypedPassword,
        (proof, reason): (Proof, SessionReason),
        browser: &Browser,
    ) -> Result<Option<NewSession>, AppError> {
        let (new, mut rows) = self.session_rows(tenant, &typed.user, proof, false, browser);
        rows.audit.detail["reason"] = reason.why.into();
        rows.audit.detail["rule"] = reason.rule.into();
        let (tenant, user, hash) = (tenant.id, typed.user.id, typed.password_hash.clone());
        let unit = self.parts.db.write_with((rows, hash), move |(rows, hash), tx| {
            Box::pin(async move {
                if !users::still(tx, tenant, user, Some(hash)).await? || !rows.write(tx, tenant).await? {
                    return Err(GivenUp::Over);
                }
                Ok(())
            })
        });
        match unit.await {
            Ok(()) => Ok(Some(new)),
            Err(GivenUp::Over) => Ok(None),
            Err(GivenUp::Store(error)) => Err(error.into()),
        }
    }

    /// Who holds this session token.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn signed_in(&self, at: &TenantHandle, token: &Token) -> Result<Option<SignedIn>, AppError> {
        let (tenant, hash, now) = (at.tenant.id, token.hash(), self.now());
        let db = &self.parts.db;
        let found = db.read_one(move |tx| Box::pin(sessions::by_token_hash(tx, tenant, hash, now))).await?;
        let Some((session, user)) = found else { return Ok(None) };
        let id = user.id;
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, id))).await?;
        Ok(Some(SignedIn { user, session, devices }))
    }

    /// Ends a session, as is asked from an address.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn sign_out(&self, at: &TenantHandle, token: &Token, address: IpAddr) -> Result<(), AppError> {
        let (tenant, hash) = (at.tenant.id, token.hash());
        let line = self.signed_in(at, token).await?.map(|SignedIn { user, session, .. }| {
            let detail = json!({ "session": session.id, "address": address });
            self.audit(tenant, Some(user.id), "session.signed_out", detail)
        });
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                let ended = sessions::end(tx, tenant, hash).await?;
                match line.as_ref().filter(|_| ended) {
                    Some(line) => audit::append(tx, line).await,
                    None => Ok::<_, StoreError>(()),
                }
            })
        });
        Ok(unit.await?)
    }
}

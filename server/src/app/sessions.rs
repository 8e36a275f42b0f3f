//! Sessions and trusted browsers: what a browser gets when a login is over, and what it shows with it.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::TenantId;
use serde_json::json;

use super::cookies::Token;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::session::Proof;
use crate::domain::tenant::Tenant;
use crate::domain::user::User;
use crate::store::audit::{self, AuditLine};
use crate::store::browsers::{self, TrustedBrowser};
use crate::store::devices::{self, Device};
use crate::store::sessions::{self, Session};
use crate::store::{StoreError, Tx, users};

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

/// The rows of a new session, to be written with whatever made it possible.
#[derive(Debug)]
pub(super) struct SessionRows {
    session: Session,
    browser: Option<(Option<Digest>, TrustedBrowser)>,
    /// The user's language, where it is another one than the last time.
    language: Option<&'static str>,
    audit: AuditLine,
}

impl SessionRows {
    pub(super) async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<(), StoreError> {
        sessions::add(tx, tenant, &self.session).await?;
        if let Some(language) = self.language {
            users::set_language(tx, tenant, self.session.user, language).await?;
        }
        if let Some((old, browser)) = &self.browser {
            let rotated = match old {
                Some(old) => browsers::rotate(tx, tenant, *old, browser).await?,
                None => false,
            };
            if !rotated {
                browsers::add(tx, tenant, browser).await?;
            }
        }
        audit::append(tx, &self.audit).await
    }
}

impl App {
    pub(super) fn session_rows(
        &self,
        tenant: &Tenant,
        user: &User,
        proof: Proof,
        browser: &Browser,
    ) -> (NewSession, SessionRows) {
        let now = self.now();
        let token = Token::new(self.random());
        let session = Session {
            id: self.row_id(now),
            user: user.id,
            token_hash: token.hash(),
            proof,
            created_at: now,
            expires_at: now + self.durations().session,
        };
        let (factor, trusted) = match proof {
            Proof::PasswordAlone => ("none", None),
            Proof::Device { .. } => ("push", Some(Token::new(self.random()))),
        };
        let browser_rows = trusted.as_ref().map(|new| {
            let row = TrustedBrowser {
                id: self.row_id(now),
                user: user.id,
                token_hash: new.hash(),
                address: browser.address,
                used_at: now,
            };
            (browser.token.as_ref().map(Token::hash), row)
        });
        let detail = json!({ "second_factor": factor, "address": browser.address });
        let audit = self.audit(tenant.id, Some(user.id), "session.started", detail);
        let language = (user.language.as_deref() != Some(browser.language)).then_some(browser.language);
        let rows = SessionRows { session, browser: browser_rows, language, audit };
        (NewSession { session: token, browser: trusted }, rows)
    }

    pub(super) async fn new_session(
        &self,
        tenant: &Tenant,
        user: &User,
        proof: Proof,
        browser: &Browser,
    ) -> Result<NewSession, AppError> {
        let (new, rows) = self.session_rows(tenant, user, proof, browser);
        let tenant = tenant.id;
        self.parts.db.write_with(rows, move |rows, tx| Box::pin(rows.write(tx, tenant))).await?;
        Ok(new)
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

    /// Ends a session.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn sign_out(&self, at: &TenantHandle, token: &Token) -> Result<(), AppError> {
        let (tenant, hash) = (at.tenant.id, token.hash());
        self.parts.db.write(move |tx| Box::pin(sessions::end(tx, tenant, hash))).await?;
        Ok(())
    }
}

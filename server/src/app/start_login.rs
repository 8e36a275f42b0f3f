//! A password was typed: what follows.
//!
//! 1. The user is looked up and the password checked; an unknown user costs the same.
//! 2. The rules say what is required, by what is known ([`super::circumstances`]).
//! 3. The login begins ([`super::begin_login`]); or, where the password was enough, the session.

use std::net::IpAddr;
use std::sync::Arc;

use countersign_protocol::ids::UserId;
use secrecy::SecretString;
use serde_json::json;

use super::begin_login::Wanted;
use super::cookies::{LoginCookie, Token};
use super::sessions::{NewSession, SessionReason};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::client::ClientDescription;
use crate::domain::login::Purpose;
use crate::domain::requirement::{self, Answer, Requirement};
use crate::domain::session::Proof;
use crate::domain::tenant::Origin;
use crate::domain::user::{User, email_key};
use crate::store::users;

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

/// Whose password was typed, and which it was.
pub(super) struct TypedPassword {
    pub(super) user: User,
    pub(super) password_hash: String,
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
                self.let_in(at, &typed, (Proof::PasswordAlone, why), &browser).await
            }
            Requirement::Remembered => {
                let why = SessionReason { why: "remembered", rule: asked.rule };
                self.let_in(at, &typed, (Proof::Remembered, why), &browser).await
            }
            Requirement::Prove { ways, mode, reason } => {
                let wanted =
                    Wanted { purpose: Purpose::SignIn, ways, mode, reason, rule: asked.rule, trusted };
                let login =
                    self.begin_login(at, &typed.user, devices, wanted, &browser, Some(&typed)).await?;
                Ok(login.map_or(Started::WrongCredentials, Started::Waiting))
            }
            Requirement::SetUp => {
                let wanted = Wanted::to_set_up(asked.rule, trusted);
                let login =
                    self.begin_login(at, &typed.user, Vec::new(), wanted, &browser, Some(&typed)).await?;
                Ok(login.map_or(Started::WrongCredentials, Started::SetUp))
            }
        }
    }

    /// The password was enough.
    async fn let_in(
        &self,
        at: &TenantHandle,
        typed: &TypedPassword,
        proof: (Proof, SessionReason),
        browser: &Browser,
    ) -> Result<Started, AppError> {
        let session = self.new_session(&at.tenant, typed, proof, browser).await?;
        Ok(session.map_or(Started::WrongCredentials, Started::SignedIn))
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
        self.write_line(self.audit(at.tenant.id, Some(user.id), "login.refused", detail)).await
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
}

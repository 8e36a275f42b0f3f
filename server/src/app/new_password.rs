//! A new password: after a report, before anything else; or set by whoever runs the server.

use std::net::IpAddr;

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::acts::Refused;
use super::manage_user::target;
use super::sessions::{SignedIn, end_logins_and_sessions};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::mail::Mail;
use crate::passwords::{HashError, MAX_LENGTH};
use crate::store::audit::{self, AuditLine};
use crate::store::mails::{self, NewMail};
use crate::store::{StoreError, Tx, passwords, recoveries};

/// The shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2, for a password that is
/// used together with a second factor).
pub const SHORTEST_PASSWORD: usize = 8;

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short or too long.
    #[error("a password has at least {SHORTEST_PASSWORD} characters and at most {MAX_LENGTH} bytes")]
    Length,
    /// It is the one that is to be replaced.
    #[error("this is the password that is to be replaced")]
    Same,
    /// The session was begun with nothing but the password that somebody else knows.
    #[error("a password that was reported is not replaced by whoever knows no more than it")]
    NotProved,
    /// It may not be done to this user.
    #[error(transparent)]
    Refused(Refused),
    /// Not the caller's fault.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for PasswordRefused {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Whether a password is neither too short nor longer than is hashed.
pub(super) fn has_right_length(password: &SecretString) -> bool {
    let password = password.expose_secret();
    password.chars().count() >= SHORTEST_PASSWORD && password.len() <= MAX_LENGTH
}

impl App {
    /// The PHC string of a password that is long enough.
    pub(super) async fn hash_password(&self, password: SecretString) -> Result<String, PasswordRefused> {
        if !has_right_length(&password) {
            return Err(PasswordRefused::Length);
        }
        self.parts.passwords.hash(password).await.map_err(|error| match error {
            HashError::Busy(_) => PasswordRefused::App(AppError::Busy),
            HashError::TooLong => PasswordRefused::Length,
        })
    }

    /// Replaces a password that was reported, as typed at `address`. The user's other sessions and all logins end.
    ///
    /// # Errors
    /// [`PasswordRefused`].
    pub async fn replace_password(
        &self,
        at: &TenantHandle,
        signed_in: &SignedIn,
        password: SecretString,
        address: IpAddr,
    ) -> Result<(), PasswordRefused> {
        let (tenant, user, session, now) =
            (at.tenant.id, signed_in.user.id, signed_in.session.id, self.now());
        let old = self.parts.db.read_one(move |tx| Box::pin(passwords::hash_of(tx, tenant, user))).await?;
        let Some((old_hash, initial)) = old else {
            return Err(AppError::Internal("a user has no password").into());
        };
        let proved = signed_in.session.proof.factor().is_some() || signed_in.session.proved_by.is_some();
        if !proved && !initial {
            return Err(PasswordRefused::NotProved);
        }
        let new_hash = self.hash_password(password.clone()).await?;
        let same = self.parts.passwords.verify(password, Some(&old_hash)).await;
        if same.map_err(|_| AppError::Busy)? {
            return Err(PasswordRefused::Same);
        }
        let news = self.password_news(at, user, "user.password_changed", Some(address)).await?;
        let ended: Vec<LoginId> = self
            .parts
            .db
            .write_with((old_hash, new_hash, news), move |(old_hash, new_hash, news), tx| {
                Box::pin(async move {
                    // If somebody else changed it meanwhile, or ended the session, nothing is changed.
                    if !passwords::replace(tx, tenant, user, session, old_hash, new_hash).await? {
                        return Ok(Vec::new());
                    }
                    news.write(tx).await?;
                    end_what_it_began(tx, tenant, user, Some(session), now).await
                })
            })
            .await?;
        ended.into_iter().for_each(|login| self.hub.publish(login));
        self.mail_was_added();
        Ok(())
    }

    /// Sets a user's password, to be replaced after the next sign-in if it is an initial one. All of the user's sessions
    /// and logins end.
    ///
    /// # Errors
    /// [`PasswordRefused`].
    pub async fn set_password(
        &self,
        at: &TenantHandle,
        by: &By,
        user: UserId,
        password: SecretString,
        initial: bool,
    ) -> Result<(), PasswordRefused> {
        let (tenant, now, by) = (at.tenant.id, self.now(), *by);
        let new_hash = self.hash_password(password).await?;
        let mut news = self.password_news(at, user, "user.password_set", None).await?;
        news.line = news.line.by(&by);
        let since = initial.then_some(now);
        let unit = self.parts.db.write_with((new_hash, news), move |(new_hash, news), tx| {
            Box::pin(async move {
                target(tx, tenant, &by, user).await?.map_err(PasswordRefused::Refused)?;
                if !passwords::set(tx, tenant, user, new_hash, since).await? {
                    return Ok(Vec::new());
                }
                news.write(tx).await?;
                end_what_it_began(tx, tenant, user, None, now).await
            })
        });
        let done: Result<Vec<LoginId>, _> = unit.await;
        if let Err(PasswordRefused::Refused(refused)) = &done {
            self.note_act_refused(tenant, &by, user, ("set-password", *refused)).await?;
        }
        done?.into_iter().for_each(|login| self.hub.publish(login));
        self.mail_was_added();
        Ok(())
    }

    async fn password_news(
        &self,
        at: &TenantHandle,
        user: UserId,
        event: &'static str,
        address: Option<IpAddr>,
    ) -> Result<News, AppError> {
        let mail = Mail::PasswordChanged { address, at: self.now().into() };
        Ok(News {
            line: self.audit(at.tenant.id, Some(user), event, json!({})).from_address(address),
            mail: self.mail_to_user(at, user, mail).await?,
        })
    }
}

/// What is noted of a new password, and how the person hears of it: not on the way that was used.
struct News {
    line: AuditLine,
    mail: Option<NewMail>,
}

impl News {
    async fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        audit::append(tx, &self.line).await?;
        match &self.mail {
            Some(mail) => mails::add(tx, mail).await,
            None => Ok(()),
        }
    }
}

/// Ends what was begun with the old password: sessions, but for the one in which it was changed, and logins.
async fn end_what_it_began(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    but: Option<Uuid>,
    now: Timestamp,
) -> Result<Vec<LoginId>, PasswordRefused> {
    // They began with the password that is no more.
    recoveries::stop_all(tx, tenant, user, now).await?;
    Ok(end_logins_and_sessions(tx, tenant, user, but).await?)
}

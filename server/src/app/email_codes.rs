//! "Send New Code": six digits by e-mail, for one login, for a few minutes, once.

use std::time::Duration;

use countersign_protocol::ids::TenantId;
use countersign_protocol::random;
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::cookies::LoginCookie;
use super::evidence::{EMAIL_CODE, EMAIL_DIGITS};
use super::login_ways::ways_of;
use super::recover::recipient;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::wrong_codes::seen;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::LoginState;
use crate::domain::user::{User, email_key};
use crate::mail::Mail;
use crate::store::audit::AuditLine;
use crate::store::email_codes::{self, NewCode};
use crate::store::factor_records::{self, Counted};
use crate::store::logins::{self, Login};
use crate::store::mails::{self, NewMail};
use crate::store::{StoreError, Tx, audit, users};

/// How many codes a user gets by mail in [`WINDOW`], in all logins together.
pub(super) const MOST: usize = 5;
pub(super) const WINDOW: Duration = Duration::from_mins(15);

/// What came of asking for a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeSent {
    /// It is on its way.
    Sent,
    /// Too many were sent: the next one after so long.
    TooMany(Duration),
    /// This way is not offered for this login.
    NotOffered,
    /// The login does not wait any more.
    Not(LoginState),
    /// No login of this browser.
    NoLogin,
}

struct NewMailedCode {
    code: NewCode,
    mail: NewMail,
    audit: AuditLine,
}

impl App {
    /// Mails a new code for the login of this browser; the one before is void.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn send_email_code(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
    ) -> Result<CodeSent, AppError> {
        let (tenant, now, db) = (at.tenant.id, self.now(), &self.parts.db);
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(CodeSent::NoLogin) };
        let (id, user, standing) = (login.id, login.user, login.standing(now));
        if standing != LoginState::Pending {
            return Ok(CodeSent::Not(standing));
        }
        let found = db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, user))).await?;
        let Some(person) = found.filter(|user| !user.disabled) else { return Ok(CodeSent::NoLogin) };
        if !self.offers_email(at, &login, &person).await? {
            return Ok(CodeSent::NotOffered);
        }
        let Some(new) = self.new_mailed_code(at, &login, &person, browser) else {
            return Ok(CodeSent::NotOffered);
        };
        let outcome = db.write_with(new, move |new, tx| Box::pin(new.write(tx, tenant, now))).await;
        match outcome {
            Ok(()) => {
                self.mail_was_added();
                self.hub.publish(id);
                Ok(CodeSent::Sent)
            }
            Err(NotSent::TooMany(from)) => Ok(CodeSent::TooMany(now.until(from))),
            Err(NotSent::Over) => Ok(CodeSent::Not(LoginState::Expired)),
            Err(NotSent::Store(error)) => Err(error.into()),
        }
    }

    async fn offers_email(&self, at: &TenantHandle, login: &Login, user: &User) -> Result<bool, AppError> {
        let holding = self.holding(at, user).await?;
        Ok(ways_of(login, holding, at).contains(&Factor::EmailCode))
    }

    /// None if mail is off.
    fn new_mailed_code(
        &self,
        at: &TenantHandle,
        login: &Login,
        user: &User,
        browser: &Browser,
    ) -> Option<NewMailedCode> {
        let (tenant, now, valid) = (at.tenant.id, self.now(), at.tenant.policy.factors.email_code());
        let id = self.row_id(now);
        let code = random::digits(self.random(), EMAIL_DIGITS as u8);
        let hash = self.parts.code_key.hash(EMAIL_CODE, id, &code);
        let minutes = u16::try_from(valid.as_secs().div_ceil(60)).unwrap_or(u16::MAX);
        let recipient = recipient(user, browser);
        let mail = self.mail(at, &recipient, Mail::SignInCode { code, minutes, seen: seen(browser, now) })?;
        let expires_at = now + valid;
        Some(NewMailedCode {
            code: NewCode {
                id,
                user: user.id,
                login: login.id,
                email_key: email_key(&user.email)?,
                hash,
                sent_at: now,
                expires_at,
            },
            // A code that is not valid any more is not worth sending.
            mail: NewMail { expires_at, ..mail },
            audit: self.audit(
                tenant,
                Some(user.id),
                "email_code.sent",
                json!({ "login": login.id, "address": browser.address }),
            ),
        })
    }
}

/// Ends the unit of work: nothing is sent.
enum NotSent {
    TooMany(Timestamp),
    Over,
    Store(StoreError),
}

impl From<StoreError> for NotSent {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl NewMailedCode {
    async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId, now: Timestamp) -> Result<(), NotSent> {
        let user = self.code.user;
        // Whoever asks beside this one waits here, and then counts this one.
        factor_records::hold(tx, tenant, user, Counted::Factor(Factor::EmailCode)).await?;
        let sent = email_codes::sent_since(tx, tenant, user, now - WINDOW).await?;
        if let Some(next) = next_code_at(&sent) {
            return Err(NotSent::TooMany(next));
        }
        if !logins::prolong(tx, tenant, self.code.login, now, self.code.expires_at).await? {
            return Err(NotSent::Over);
        }
        email_codes::add(tx, tenant, &self.code).await?;
        mails::add(tx, &self.mail).await?;
        Ok(audit::append(tx, &self.audit).await?)
    }
}

/// From when on another code may be sent, if not now: `sent` are those of the last [`WINDOW`].
pub(super) fn next_code_at(sent: &[Timestamp]) -> Option<Timestamp> {
    let nth = sent.len().checked_sub(MOST)?;
    sent.get(nth).map(|first| *first + WINDOW)
}

//! A lost phone: how its owner gets rid of it.
//!
//! 1. On the Code screen, so with the right password, somebody asks for instructions. A link goes to the
//!    user's address; the browser keeps a secret of its own.
//! 2. The link works once, and in that browser alone: whoever reads the mail, or sees the address of the page,
//!    has half of it.
//! 3. With a recovery code or another factor the person removes what is lost at once; with nothing but e-mail
//!    after a waiting time, of which the person and the administrators are told, and which any of them, and
//!    any sign-in with what was "lost", stops.
//!
//! The states are in [`crate::domain::recovery`]; what is removed, in [`super::removals`].

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::cookies::{LoginCookie, RecoveryLink, Token};
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::wrong_codes::seen;
use super::{App, AppError};
use crate::domain::login::{LoginState, Purpose};
use crate::domain::recovery::{
    LINK_LASTS, LINKS_AN_HOUR, OPENED_LASTS, RIPE_LASTS, RecoveryStanding, RecoveryState, standing,
};
use crate::domain::user::{User, email_key};
use crate::mail::Mail;
use crate::store::audit::AuditLine;
use crate::store::mails::{self, NewMail, Recipient};
use crate::store::recoveries::{self, Recovery, Wait};
use crate::store::{StoreError, audit, users};

/// What came of asking for instructions.
#[derive(Debug)]
pub enum RecoveryAsked {
    /// They are on their way; the browser keeps this.
    Sent(RecoveryLink),
    /// Too many were sent in the last hour.
    TooMany,
    /// There is nothing to recover, or no way to mail.
    NotOffered,
    /// No login waits in this browser.
    NoLogin,
}

/// A recovery as its browser sees it.
#[derive(Clone)]
pub struct RecoveryView {
    /// Where it stands.
    pub standing: RecoveryStanding,
    /// Whose it is.
    pub user: User,
    pub(super) row: Recovery,
}

impl RecoveryView {
    /// Whether another factor was proved in it: that one is at hand.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.row.state == RecoveryState::Proved
    }
}

/// What came of beginning to wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitBegun {
    /// It waits until then.
    Until(Timestamp),
    /// Another one waits, or one was stopped a short while ago, or this one is over.
    No,
}

impl App {
    /// Where instructions would go for the login of this browser; none if there is nothing to recover, no way
    /// to mail, or no login that waits.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn recoverable(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<String>, AppError> {
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(None) };
        let waits = login.standing(self.now()) == LoginState::Pending && login.purpose == Purpose::SignIn;
        if !waits || self.parts.mail.is_none() {
            return Ok(None);
        }
        let (tenant, user) = (at.tenant.id, login.user);
        let user = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, user))).await?;
        let Some(user) = user.filter(|user| !user.disabled) else { return Ok(None) };
        Ok(self.holding(at, &user).await?.strongest().map(|_| user.email))
    }

    /// Mails instructions to whoever typed the right password and has lost the phone.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn ask_recovery(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
    ) -> Result<RecoveryAsked, AppError> {
        let (tenant, now, db) = (at.tenant.id, self.now(), &self.parts.db);
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(RecoveryAsked::NoLogin) };
        if login.standing(now) != LoginState::Pending || login.purpose != Purpose::SignIn {
            return Ok(RecoveryAsked::NoLogin);
        }
        let user = db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, login.user))).await?;
        let Some(user) = user.filter(|user| !user.disabled) else { return Ok(RecoveryAsked::NoLogin) };
        if self.holding(at, &user).await?.strongest().is_none() {
            return Ok(RecoveryAsked::NotOffered);
        }
        let (link, kept) = (Token::new(self.random()), Token::new(self.random()));
        let Some(new) = self.new_recovery(&user, &link, &kept) else { return Ok(RecoveryAsked::NotOffered) };
        let id = new.id;
        let mail = Mail::RecoveryInstructions {
            link: format!("{}/recover/{}", at.origin, RecoveryLink { id, secret: link }.reveal()),
            minutes: minutes(LINK_LASTS),
            seen: seen(browser, now),
        };
        let Some(mail) = self.mail(at, &recipient(&user, browser), mail) else {
            return Ok(RecoveryAsked::NotOffered);
        };
        let mail = NewMail { expires_at: new.expires_at, ..mail };
        let line = self.audit(tenant, Some(user.id), "recovery.asked", json!({ "address": browser.address }));
        let sent = db
            .write_with((new, mail, line), move |(new, mail, line), tx| {
                Box::pin(async move {
                    let since = now - Duration::from_hours(1);
                    if !recoveries::add(tx, tenant, new, LINKS_AN_HOUR, since).await? {
                        return Ok(false);
                    }
                    mails::add(tx, mail).await?;
                    audit::append(tx, line).await?;
                    Ok::<_, StoreError>(true)
                })
            })
            .await?;
        self.mail_was_added();
        Ok(if sent { RecoveryAsked::Sent(RecoveryLink { id, secret: kept }) } else { RecoveryAsked::TooMany })
    }

    fn new_recovery(&self, user: &User, link: &Token, kept: &Token) -> Option<Recovery> {
        let now = self.now();
        Some(Recovery {
            id: self.row_id(now),
            user: user.id,
            state: RecoveryState::Mailed,
            email_key: email_key(&user.email)?,
            link_hash: link.hash(),
            browser_hash: kept.hash(),
            stop_hash: None,
            created_at: now,
            ripe_at: None,
            expires_at: now + LINK_LASTS,
        })
    }

    /// The recovery of the browser that holds `kept`; none if there is none, or the secret is another's.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn recovery(
        &self,
        at: &TenantHandle,
        kept: &RecoveryLink,
    ) -> Result<Option<RecoveryView>, AppError> {
        let row = self.recovery_row(at.tenant.id, kept.id).await?;
        let row = row.filter(|row| row.browser_hash.0.ct_eq(&kept.secret.hash().0).into());
        let Some(row) = row else { return Ok(None) };
        let (tenant, user) = (at.tenant.id, row.user);
        let user = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, user))).await?;
        let Some(user) = user.filter(|user| !user.disabled) else { return Ok(None) };
        // Another address: what was mailed to the one before proves nothing any more.
        let moved = email_key(&user.email).as_ref() != Some(&row.email_key);
        let standing = match standing(row.state, row.ripe_at, row.expires_at, self.now()) {
            RecoveryStanding::Done => RecoveryStanding::Done,
            _ if moved => RecoveryStanding::Over,
            standing => standing,
        };
        Ok(Some(RecoveryView { standing, user, row }))
    }

    pub(super) async fn recovery_row(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<Recovery>, AppError> {
        Ok(self.parts.db.read_one(move |tx| Box::pin(recoveries::by_id(tx, tenant, id))).await?)
    }

    /// The link from the mail was opened in the browser that holds `kept`. False if that browser did not ask for
    /// this link, or the link was used or is over.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn open_recovery(
        &self,
        at: &TenantHandle,
        kept: &RecoveryLink,
        link: &RecoveryLink,
        address: IpAddr,
    ) -> Result<bool, AppError> {
        let view = self.recovery(at, kept).await?;
        let Some(view) = view.filter(|_| kept.id == link.id) else { return Ok(false) };
        let (tenant, id, hash, now) = (at.tenant.id, link.id, link.secret.hash(), self.now());
        let line = self.audit(tenant, Some(view.user.id), "recovery.opened", json!({ "recovery": id }));
        let line = line.from_address(Some(address));
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                let opened = recoveries::open(tx, tenant, id, hash, now, now + OPENED_LASTS).await?;
                if opened {
                    audit::append(tx, line).await?;
                }
                Ok::<_, StoreError>(opened)
            })
        });
        Ok(unit.await?)
    }

    /// With nothing but e-mail: the waiting time begins.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn wait_for_recovery(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        browser: &Browser,
    ) -> Result<WaitBegun, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let ripe_at = now + Duration::from_hours(at.tenant.policy.factors.recovery_hours.into());
        let stop = Token::new(self.random());
        let wait = Wait { stop_hash: stop.hash(), ripe_at, expires_at: ripe_at + RIPE_LASTS };
        let news = Arc::new(Waiting {
            tenant,
            recovery: view.row.clone(),
            wait,
            mails: self.waiting_mails(at, view, &stop, ripe_at, browser).await?,
            line: self.audit(
                tenant,
                Some(view.user.id),
                "recovery.waiting",
                json!({ "until": ripe_at.seconds(), "address": browser.address }),
            ),
            now,
        });
        let unit = self.parts.db.write_with(news, |news, tx| Box::pin(news.write(tx)));
        if !unit.await? {
            return Ok(WaitBegun::No);
        }
        self.mail_was_added();
        Ok(WaitBegun::Until(ripe_at))
    }

    async fn waiting_mails(
        &self,
        at: &TenantHandle,
        view: &RecoveryView,
        stop: &Token,
        ripe_at: Timestamp,
        browser: &Browser,
    ) -> Result<Vec<NewMail>, AppError> {
        let link = RecoveryLink { id: view.row.id, secret: stop.clone() };
        let stop = format!("{}/recover/stop/{}", at.origin, link.reveal());
        let (until, seen) = (ripe_at.into(), seen(browser, self.now()));
        let told = Mail::RecoveryWaitingToAdministrators {
            email: view.user.email.clone(),
            name: view.user.name.clone(),
            stop: format!("{stop}?administrator"),
            until,
            seen: seen.clone(),
        };
        let mut mails = self.mails_to_administrators(at, &told).await?;
        let own = Mail::RecoveryWaiting { stop, until, seen };
        mails.extend(self.mail(at, &recipient(&view.user, browser), own));
        Ok(mails)
    }
}

/// A waiting time that begins.
struct Waiting {
    tenant: TenantId,
    recovery: Recovery,
    wait: Wait,
    mails: Vec<NewMail>,
    line: AuditLine,
    now: Timestamp,
}

impl Waiting {
    async fn write(&self, tx: &mut crate::store::Tx<'_>) -> Result<bool, StoreError> {
        if !recoveries::wait(tx, self.tenant, &self.recovery, &self.wait, self.now).await? {
            return Ok(false);
        }
        for mail in &self.mails {
            mails::add(tx, mail).await?;
        }
        audit::append(tx, &self.line).await?;
        Ok(true)
    }
}

/// The person, written to in the language of the browser.
pub(super) fn recipient(user: &User, browser: &Browser) -> Recipient {
    Recipient { email: user.email.clone(), language: Some(browser.language.to_owned()) }
}

fn minutes(duration: Duration) -> u16 {
    u16::try_from(duration.as_secs().div_ceil(60)).unwrap_or(u16::MAX)
}

//! What follows a wrong code: an audit line, and a mail to the person, whose password somebody may know.
//!
//! Most wrong codes are the person's own. So the mail waits for a moment, and is taken back when the login
//! succeeds; and there is one in an hour at most.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::App;
use super::evidence::For;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use crate::domain::factor::Factor;
use crate::domain::failures::Failures;
use crate::domain::network;
use crate::domain::user::User;
use crate::mail::{Mail, Seen};
use crate::store::audit::AuditLine;
use crate::store::mails::{self, NewMail, Recipient};
use crate::store::{StoreError, Tx, audit, users};

/// For how long the mail waits whether the login succeeds after all.
const MAIL_WAITS: Duration = Duration::from_mins(2);
const MAIL_AT_MOST_EVERY: Duration = Duration::from_hours(1);

/// What is written of a wrong code.
pub(super) struct WrongNews {
    tenant: TenantId,
    user: UserId,
    line: AuditLine,
    mail: Option<NewMail>,
    suspension: Suspension,
    counted: Failures,
    now: Timestamp,
}

/// What is written if a way failed so often that it is suspended.
pub(super) struct Suspension(AuditLine);

impl App {
    /// The line of a way that is suspended, for whoever may have to write it. `way` is a factor, or the password.
    pub(super) fn suspension(
        &self,
        tenant: TenantId,
        user: UserId,
        way: &'static str,
        from: IpAddr,
    ) -> Suspension {
        let detail = json!({ "factor": way, "address": from });
        Suspension(self.audit(tenant, Some(user), "factors.suspended", detail))
    }

    pub(super) fn wrong_news(
        &self,
        at: &TenantHandle,
        user: &User,
        what: For,
        (factor, counted): (Factor, Failures),
        browser: &Browser,
    ) -> WrongNews {
        let (tenant, now) = (at.tenant.id, self.now());
        let recipient = Recipient::of(user);
        let mail = self.mail(at, &recipient, Mail::WrongCodes { seen: seen(browser, now) });
        let (event, about) = match what {
            For::Login(login) => ("login.wrong_code", login.0),
            For::Recovery(recovery) => ("recovery.wrong_code", recovery),
        };
        let detail = json!({ "what": about, "factor": factor.as_str(), "address": browser.address });
        WrongNews {
            tenant,
            user: user.id,
            line: self.audit(tenant, Some(user.id), event, detail),
            suspension: self.suspension(tenant, user.id, factor.as_str(), browser.address),
            counted,
            mail: mail.map(|mail| NewMail { about: Some(about), due_at: now + MAIL_WAITS, ..mail }),
            now,
        }
    }
}

/// The browser as a mail shows it.
pub(super) fn seen(browser: &Browser, now: Timestamp) -> Seen {
    Seen {
        browser: browser.client.browser.clone(),
        system: browser.client.system.clone(),
        address: browser.address,
        place: network::place(browser.address),
        at: now.into(),
    }
}

impl Suspension {
    /// Writes it, if the failures that were counted came to that.
    pub(super) async fn write(
        &self,
        tx: &mut Tx<'_>,
        counted: Failures,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(until) = counted.suspended(now) else { return Ok(()) };
        let mut line = self.0.clone();
        line.detail["minutes"] = now.until(until).as_secs().div_ceil(60).into();
        audit::append(tx, &line).await
    }
}

impl WrongNews {
    pub(super) async fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        audit::append(tx, &self.line).await?;
        self.suspension.write(tx, self.counted, self.now).await?;
        let Some(mail) = &self.mail else { return Ok(()) };
        let not_since = self.now - MAIL_AT_MOST_EVERY;
        if users::warn(tx, self.tenant, self.user, self.now, not_since).await? {
            mails::add(tx, mail).await?;
        }
        Ok(())
    }
}

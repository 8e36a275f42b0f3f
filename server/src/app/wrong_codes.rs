//! What follows a wrong code: an audit line, and a mail to the person, whose password somebody may know.
//!
//! Most wrong codes are the person's own. So the mail waits for a moment, and is taken back when the login
//! succeeds; and there is one in an hour at most.

use std::time::Duration;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::App;
use super::evidence::For;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use crate::domain::factor::Factor;
use crate::domain::network;
use crate::domain::user::User;
use crate::mail::{Mail, Seen};
use crate::store::audit::AuditLine;
use crate::store::mails::{self, NewMail, Recipient};
use crate::store::{StoreError, Tx, audit, users};
use countersign_protocol::ids::UserId;

/// For how long the mail waits whether the login succeeds after all.
const MAIL_WAITS: Duration = Duration::from_mins(2);
const MAIL_AT_MOST_EVERY: Duration = Duration::from_hours(1);

/// What is written of a wrong code.
pub(super) struct WrongNews {
    tenant: TenantId,
    user: UserId,
    line: AuditLine,
    mail: Option<NewMail>,
    now: Timestamp,
}

impl App {
    pub(super) fn wrong_news(
        &self,
        at: &TenantHandle,
        user: &User,
        what: For,
        factor: Factor,
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

impl WrongNews {
    pub(super) async fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        audit::append(tx, &self.line).await?;
        let Some(mail) = &self.mail else { return Ok(()) };
        let not_since = self.now - MAIL_AT_MOST_EVERY;
        if users::warn(tx, self.tenant, self.user, self.now, not_since).await? {
            mails::add(tx, mail).await?;
        }
        Ok(())
    }
}

//! A trusted browser's token changes with each login. Whoever shows the one before has a copy of the cookie,
//! or the browser was copied by somebody else and this is its owner: either way nobody is trusted any more.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::user::User;
use crate::mail::Mail;
use crate::store::{StoreError, audit, browsers, mails};

/// An answer that got lost, or a second tab, shows the token before for a moment.
const GRACE: Duration = Duration::from_secs(60);

impl App {
    /// The token before the last change of browser `copy`, which was at `used_at`, was shown at `address`, with
    /// the right password.
    pub(super) async fn browser_copied(
        &self,
        at: &TenantHandle,
        user: &User,
        copy: Uuid,
        used_at: Timestamp,
        address: IpAddr,
    ) -> Result<(), AppError> {
        let (tenant, id, now) = (at.tenant.id, user.id, self.now());
        if used_at + GRACE > now {
            return Ok(());
        }
        let line = self.audit(tenant, Some(id), "browser.copied", json!({ "address": address }));
        let mail = Mail::BrowserCopied { address, at: now.into() };
        let mail = self.mail_to_user(at, id, mail).await?;
        self.parts
            .db
            .write_with((line, mail), move |(line, mail), tx| {
                Box::pin(async move {
                    if !browsers::forget(tx, tenant, id, copy).await? {
                        return Ok(());
                    }
                    if let Some(mail) = mail {
                        mails::add(tx, mail).await?;
                    }
                    audit::append(tx, line).await?;
                    Ok::<_, StoreError>(())
                })
            })
            .await?;
        self.mail_was_added();
        Ok(())
    }
}

//! "Ask my phone again": the same approval request, another wake.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::cookies::LoginCookie;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::store::wakes::{self, QueuedWake};
use crate::store::{StoreError, audit, logins};

/// How long must lie between two wakes of one login.
pub(super) const ASK_PAUSE: Duration = Duration::from_secs(10);

/// How often the phones are asked for one login, the first time included.
pub(super) const ASK_AT_MOST: i64 = 4;

/// What came of asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedAgain {
    /// The phones are asked once more.
    Asked,
    /// Too soon, too often, or the login does not wait any more.
    NotNow,
}

impl App {
    /// Asks the phones of a waiting login once more.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn ask_again(&self, at: &TenantHandle, cookie: &LoginCookie) -> Result<AskedAgain, AppError> {
        let tenant = at.tenant.id;
        let now = self.now();
        let Some((login, devices)) = self.login_and_devices(at, cookie).await? else {
            return Ok(AskedAgain::NotNow);
        };
        // A phone that was paired after the login began has no request to fetch.
        let asked = devices.iter().filter(|device| device.created_at <= login.created_at);
        let new: Arc<[QueuedWake]> = asked.filter_map(|device| self.wake_for(&login, device, now)).collect();
        let line = self.audit(tenant, Some(login.user), "login.asked_again", json!({ "login": login.id }));
        let lease_until = super::wakes::lease_from(now);
        let id = login.id;
        let asked = self
            .parts
            .db
            .write_with((Arc::clone(&new), line), move |(new, line), tx| {
                Box::pin(async move {
                    if !logins::ask_again(tx, tenant, id, now, now - ASK_PAUSE, ASK_AT_MOST).await? {
                        return Ok(false);
                    }
                    for wake in new.iter() {
                        wakes::add_leased(tx, wake, lease_until).await?;
                    }
                    audit::append(tx, line).await?;
                    Ok::<_, StoreError>(true)
                })
            })
            .await?;
        if !asked {
            return Ok(AskedAgain::NotNow);
        }
        self.wakes.send_now(new.iter().cloned());
        self.hub.publish(id);
        Ok(AskedAgain::Asked)
    }
}

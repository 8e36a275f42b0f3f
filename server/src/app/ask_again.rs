//! "Ask my phone again": the same approval request, another wake, within the limits.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::json;

use super::cookies::LoginCookie;
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::login::LoginState;
use crate::domain::reach::Push;
use crate::store::{audit, logins};

/// What came of asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedAgain {
    /// The phones are asked once more.
    Asked,
    /// A limit, or the login does not wait any more.
    NotNow,
}

impl App {
    /// Asks the phones of a waiting login once more.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn ask_again(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        address: IpAddr,
    ) -> Result<AskedAgain, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let Some((login, mut devices)) = self.login_and_devices(at, cookie).await? else {
            return Ok(AskedAgain::NotNow);
        };
        if login.standing_for_phones(now) != LoginState::Pending {
            return Ok(AskedAgain::NotNow);
        }
        // A phone that was paired after the login began has no request to fetch.
        devices.retain(|device| device.created_at <= login.created_at);
        let wanted = Arc::new(self.wanted_push(at, &login, &devices));
        let line = self
            .audit(tenant, Some(login.user), "login.asked_again", json!({ "login": login.id }))
            .from_address(Some(address));
        let id = login.id;
        let push = self
            .parts
            .db
            .write_with((Arc::clone(&wanted), line), move |(wanted, line), tx| {
                Box::pin(async move {
                    let push = wanted.allowance(tx).await?;
                    if !logins::asked_again(tx, tenant, id, push, now).await? {
                        return Err(GivenUp::Over);
                    }
                    wanted.queue(tx, push).await?;
                    if push == Push::Sending {
                        audit::append(tx, line).await?;
                    }
                    Ok(push)
                })
            })
            .await;
        let push = match push {
            Ok(push) => push,
            Err(GivenUp::Over) => return Ok(AskedAgain::NotNow),
            Err(GivenUp::Store(error)) => return Err(error.into()),
        };
        self.hub.publish(id);
        if push != Push::Sending {
            return Ok(AskedAgain::NotNow);
        }
        self.wakes.send_now(wanted.wakes.iter().cloned());
        Ok(AskedAgain::Asked)
    }
}

//! "This wasn't me": somebody else knows the password.
//!
//! With the login that was reported, in the same unit of work: the user's other logins end, and all
//! sessions; the address is marked; and a new password has to be chosen at the next sign-in.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::App;
use super::tenants::TenantHandle;
use crate::store::audit::{self, AuditLine};
use crate::store::logins::{self, Login};
use crate::store::requests::StoredRequest;
use crate::store::{StoreError, Tx, reported_addresses, sessions, users};

/// How long logins from the address are unusual ones, for everybody in the tenant: a number is asked for.
const ADDRESS_MARKED: Duration = Duration::from_hours(24);

/// What a report leads to.
#[derive(Clone, Debug)]
pub(super) struct Reported {
    tenant: TenantId,
    user: UserId,
    login: LoginId,
    address: IpAddr,
    now: Timestamp,
    audit: AuditLine,
}

impl App {
    pub(super) fn reported(&self, at: &TenantHandle, login: &Login, _request: &StoredRequest) -> Reported {
        let (tenant, now) = (at.tenant.id, self.now());
        let detail = json!({ "login": login.id, "address": login.address });
        Reported {
            tenant,
            user: login.user,
            login: login.id,
            address: login.address,
            now,
            audit: self.audit(tenant, Some(login.user), "user.new_password_required", detail),
        }
    }
}

impl Reported {
    /// Which other logins it ends.
    pub(super) async fn write(&self, tx: &mut Tx<'_>) -> Result<Vec<LoginId>, StoreError> {
        let (tenant, user) = (self.tenant, self.user);
        let others = logins::report_others(tx, tenant, user, self.login).await?;
        let ended = sessions::end_all(tx, tenant, user, None).await?;
        users::require_new_password(tx, tenant, user, self.now).await?;
        reported_addresses::mark(tx, tenant, self.address, self.now + ADDRESS_MARKED).await?;
        let mut line = self.audit.clone();
        line.detail["logins_ended"] = others.len().into();
        line.detail["sessions_ended"] = ended.into();
        audit::append(tx, &line).await?;
        Ok(others)
    }
}

//! The hosts of tenants: each is one tenant's, and of a tenant's hosts one is the main one.

use countersign_protocol::ids::{TenantId, UserId};

use super::tenants::origin;
use super::{StoreError, Tx};
use crate::domain::tenant::Origin;

/// A host of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Where.
    pub origin: Origin,
    /// Whether it is the main one.
    pub main: bool,
}

/// The hosts of a tenant, the main one first.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn of_tenant(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Host>, StoreError> {
    let rows: Vec<(String, bool, bool)> = tx
        .query(
            "SELECT authority, secure, main FROM tenant_hosts WHERE tenant_id = $1 \
             ORDER BY main DESC, authority",
        )
        .bind(tenant.0)
        .fetch_all()
        .await?;
    let host = |(authority, secure, main): (String, bool, bool)| {
        Ok(Host { origin: origin(secure, &authority)?, main })
    };
    rows.into_iter().map(host).collect()
}

/// Adds a host.
///
/// # Errors
/// [`StoreError::Conflict`] if a tenant has it, this one or another.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, origin: &Origin) -> Result<(), StoreError> {
    tx.query("INSERT INTO tenant_hosts (authority, secure, tenant_id, main) VALUES ($1, $2, $3, FALSE)")
        .bind(origin.authority().to_owned())
        .bind(origin.is_secure())
        .bind(tenant.0)
        .execute()
        .await?;
    Ok(())
}

/// Removes a host. False if the tenant does not have it, or it is the main one: so one is always left.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(tx: &mut Tx<'_>, tenant: TenantId, authority: &str) -> Result<bool, StoreError> {
    let rows = tx
        .query("DELETE FROM tenant_hosts WHERE tenant_id = $1 AND authority = $2 AND NOT main")
        .bind(tenant.0)
        .bind(authority.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Makes a host the main one. False if the tenant does not have it: then nothing of the unit may be kept.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn make_main(tx: &mut Tx<'_>, tenant: TenantId, authority: &str) -> Result<bool, StoreError> {
    tx.query("UPDATE tenant_hosts SET main = FALSE WHERE tenant_id = $1 AND main")
        .bind(tenant.0)
        .execute()
        .await?;
    let rows = tx
        .query("UPDATE tenant_hosts SET main = TRUE WHERE tenant_id = $1 AND authority = $2")
        .bind(tenant.0)
        .bind(authority.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// How many active phones call there, and how many passkeys answer there.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn in_use(tx: &mut Tx<'_>, tenant: TenantId, origin: &Origin) -> Result<(i64, i64), StoreError> {
    tx.query(
        "SELECT (SELECT COUNT(*) FROM devices WHERE tenant_id = $1 AND state = 'active' AND origin = $2), \
         (SELECT COUNT(*) FROM passkeys WHERE tenant_id = $1 AND host = $3)",
    )
    .bind(tenant.0)
    .bind(origin.to_string())
    .bind(origin.host().to_owned())
    .fetch_one()
    .await
}

/// The host names that a user's passkeys answer at.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn with_passkeys(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = tx
        .query("SELECT DISTINCT host FROM passkeys WHERE tenant_id = $1 AND user_id = $2")
        .bind(tenant.0)
        .bind(user.0)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(host,)| host).collect())
}

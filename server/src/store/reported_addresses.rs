//! Addresses from which somebody signed in who was not the user.

use std::net::IpAddr;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;

use super::{StoreError, Tx};

/// Marks an address, for at least as long as it was marked before.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn mark(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    address: IpAddr,
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO reported_addresses (tenant_id, address, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant_id, address) DO UPDATE SET expires_at = $3 \
         WHERE reported_addresses.expires_at < $3",
    )
    .bind(tenant.0)
    .bind(address.to_string())
    .bind(until.micros())
    .execute()
    .await?;
    Ok(())
}

//! How tenants' pages look: names, colours and pictures.

use countersign_protocol::ids::TenantId;

use super::rows::corrupt;
use super::{StoreError, Tx};
use crate::domain::brand::{Brand, Logo, LogoKind};

/// Keeps others from changing the tenant until the unit of work is over. False if there is no such tenant.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hold(tx: &mut Tx<'_>, tenant: TenantId) -> Result<bool, StoreError> {
    // The UPDATE of nothing takes the row's lock on PostgreSQL; on SQLite there is one writer.
    let held = tx.query("UPDATE tenants SET name = name WHERE id = $1").bind(tenant.0).execute().await?;
    Ok(held == 1)
}

/// Gives a tenant a name, a colour and the hash of a picture.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set(tx: &mut Tx<'_>, tenant: TenantId, name: &str, brand: &Brand) -> Result<(), StoreError> {
    tx.query("UPDATE tenants SET name = $2, colour = $3, logo_hash = $4 WHERE id = $1")
        .bind(tenant.0)
        .bind(name.to_owned())
        .bind(brand.colour.map(|colour| colour.to_string()))
        .bind(brand.logo.clone())
        .execute()
        .await?;
    Ok(())
}

/// Keeps a picture in place of the one before; none, and there is none any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn keep_logo(tx: &mut Tx<'_>, tenant: TenantId, logo: Option<&Logo>) -> Result<(), StoreError> {
    let Some(logo) = logo else {
        tx.query("DELETE FROM tenant_logos WHERE tenant_id = $1").bind(tenant.0).execute().await?;
        return Ok(());
    };
    tx.query(
        "INSERT INTO tenant_logos (tenant_id, content_type, bytes) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant_id) DO UPDATE SET content_type = excluded.content_type, bytes = excluded.bytes",
    )
    .bind(tenant.0)
    .bind(logo.kind.media_type())
    .bind(logo.bytes.clone())
    .execute()
    .await?;
    Ok(())
}

/// The picture of a tenant.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn logo(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<Logo>, StoreError> {
    let row: Option<(String, Vec<u8>)> = tx
        .query("SELECT content_type, bytes FROM tenant_logos WHERE tenant_id = $1")
        .bind(tenant.0)
        .fetch_optional()
        .await?;
    let read = |(kind, bytes): (String, Vec<u8>)| {
        let kind = LogoKind::parse(&kind).ok_or(corrupt("tenant_logos.content_type"))?;
        Ok(Logo { kind, bytes })
    };
    row.map(read).transpose()
}

//! Keys of the server itself, sealed, one for each purpose.

use super::{StoreError, Tx};

/// The sealed key for `purpose`: the one that is there, or `new` if none was. Nodes that begin together
/// agree on one.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn get_or_add(tx: &mut Tx<'_>, purpose: &str, new: &[u8]) -> Result<Vec<u8>, StoreError> {
    tx.query("INSERT INTO server_keys (purpose, sealed) VALUES ($1, $2) ON CONFLICT (purpose) DO NOTHING")
        .bind(purpose)
        .bind(new)
        .execute()
        .await?;
    let (sealed,): (Vec<u8>,) =
        tx.query("SELECT sealed FROM server_keys WHERE purpose = $1").bind(purpose).fetch_one().await?;
    Ok(sealed)
}

/// Every key, sealed, with its purpose.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    tx.query("SELECT purpose, sealed FROM server_keys ORDER BY purpose").fetch_all().await
}

/// Puts a key, sealed again, in the place of what was read. False if that was done already.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace(tx: &mut Tx<'_>, purpose: &str, read: &[u8], again: &[u8]) -> Result<bool, StoreError> {
    let rows = tx
        .query("UPDATE server_keys SET sealed = $3 WHERE purpose = $1 AND sealed = $2")
        .bind(purpose)
        .bind(read)
        .bind(again)
        .execute()
        .await?;
    Ok(rows == 1)
}

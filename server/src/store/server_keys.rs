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

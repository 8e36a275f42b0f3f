//! The calls that phones made, remembered for as long as they could be made again.

use countersign_protocol::bytes::StatementId;
use countersign_protocol::time::Timestamp;

use super::{StoreError, Tx};

/// Uses up a call's id: true the first time, false if it was used before.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn use_up(tx: &mut Tx<'_>, jti: StatementId, forget_at: Timestamp) -> Result<bool, StoreError> {
    let rows = tx
        .query("INSERT INTO calls_seen (jti, forget_at) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING")
        .bind(jti.0.to_vec())
        .bind(forget_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

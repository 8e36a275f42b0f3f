//! Jobs: work on many users.

use countersign_protocol::ids::TenantId;

use super::{StoreError, Tx};
use crate::domain::job::Job;

/// Adds a job that waits.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, job: &Job) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO jobs (id, tenant_id, started_by, task, state, total, due_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(job.id)
    .bind(tenant.0)
    .bind(job.task.by.actor().to_string())
    // Its keys are texts: it cannot fail.
    .bind(serde_json::to_string(&job.task).unwrap_or_default())
    .bind(job.state.as_str())
    .bind(i64::try_from(job.total).unwrap_or(i64::MAX))
    .bind(job.due_at.micros())
    .bind(job.created_at.micros())
    .execute()
    .await?;
    Ok(())
}

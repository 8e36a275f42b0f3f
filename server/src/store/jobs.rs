//! Jobs: work on many users.
//!
//! A job is done in batches. A node leases it, and each batch ends by moving the cursor from where that node found
//! it, in the unit of work of what the batch did: a batch that another node did first, or that is cut off, leaves
//! nothing behind.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};
use crate::domain::directory::{Action, Whom};
use crate::domain::job::{Job, JobState};

/// A job as it lies in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJob {
    /// The job.
    pub job: Job,
    /// Of users in the order of their ids, those up to this one are done.
    pub cursor: Option<UserId>,
}

record! {
    struct Row {
        id: Uuid,
        task: String,
        state: String,
        cursor: Option<Uuid>,
        total: i64,
        seen: i64,
        changed: i64,
        due_at: i64,
        created_at: i64,
        ended_at: Option<i64>,
    }
}

impl Row {
    fn read(self) -> Result<StoredJob, StoreError> {
        let count = |column: i64| u64::try_from(column).map_err(|_| corrupt("jobs.…"));
        let job = Job {
            id: self.id,
            task: serde_json::from_str(&self.task).map_err(|_| corrupt("jobs.task"))?,
            state: JobState::parse(&self.state).ok_or(corrupt("jobs.state"))?,
            total: count(self.total)?,
            seen: count(self.seen)?,
            changed: count(self.changed)?,
            due_at: time(self.due_at),
            created_at: time(self.created_at),
            ended_at: self.ended_at.map(time),
        };
        Ok(StoredJob { job, cursor: self.cursor.map(UserId) })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, task, state, cursor, total, seen, changed, due_at, created_at, ended_at FROM jobs ",
            $tail
        )
    };
}

/// Adds the jobs of a change of policy. They take the place of reminders of an earlier change to the same people, if
/// those have not begun: what they say is not so any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add_news(tx: &mut Tx<'_>, tenant: TenantId, news: &[Job]) -> Result<(), StoreError> {
    let Some(first) = news.first() else { return Ok(()) };
    let waiting: Vec<Row> = tx
        .query(select!("WHERE tenant_id = $1 AND state = 'waiting' AND cursor IS NULL ORDER BY id"))
        .bind(tenant.0)
        .fetch_all()
        .await?;
    for row in waiting {
        let Ok(StoredJob { job, .. }) = row.read() else { continue };
        let Whom::All(reminded) = &job.task.whom else { continue };
        let told = |newer: &Job| matches!(&newer.task.whom, Whom::All(told) if told.covers(reminded));
        if matches!(job.task.action, Action::TellSetUpDue { .. }) && news.iter().any(told) {
            end(tx, tenant, job.id, JobState::Stopped, first.created_at).await?;
        }
    }
    for job in news {
        add(tx, tenant, job).await?;
    }
    Ok(())
}

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

/// The jobs that are due and that no node is at, longest due first; nothing is changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn due(tx: &mut Tx<'_>, now: Timestamp, at_most: i64) -> Result<Vec<(TenantId, Uuid)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = tx
        .query(
            "SELECT tenant_id, id FROM jobs WHERE state = 'waiting' AND due_at <= $1 \
             AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at, id LIMIT $2",
        )
        .bind(now.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| (TenantId(tenant), id)).collect())
}

/// Takes a due job for this node until the lease ends. False if another node is at it, or it is over.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lease(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE jobs SET leased_until = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'waiting' \
             AND due_at <= $3 AND (leased_until IS NULL OR leased_until <= $3)",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(now.micros())
        .bind(until.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Holds a job that stands at `cursor` until the unit ends, and its lease until `until`. False if it was moved on, or
/// is over: then nothing of the batch is to be done.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hold(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    cursor: Option<UserId>,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE jobs SET leased_until = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'waiting' \
             AND cursor IS NOT DISTINCT FROM $3",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(cursor.map(|cursor| cursor.0))
        .bind(until.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What a batch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The last user that was looked at.
    pub last: UserId,
    /// How many were looked at.
    pub seen: u64,
    /// To how many of them something was done.
    pub changed: u64,
}

/// Moves a job on that is held by [`hold`].
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn move_on(tx: &mut Tx<'_>, tenant: TenantId, id: Uuid, batch: Batch) -> Result<(), StoreError> {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    tx.query(
        "UPDATE jobs SET cursor = $3, seen = seen + $4, changed = changed + $5 \
         WHERE tenant_id = $1 AND id = $2 AND state = 'waiting'",
    )
    .bind(tenant.0)
    .bind(id)
    .bind(batch.last.0)
    .bind(count(batch.seen))
    .bind(count(batch.changed))
    .execute()
    .await?;
    Ok(())
}

/// Ends a job that waits. False if it was over.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    state: JobState,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE jobs SET state = $3, ended_at = $4, leased_until = NULL \
             WHERE tenant_id = $1 AND id = $2 AND state = 'waiting'",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(state.as_str())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The job with this id.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId, id: Uuid) -> Result<Option<StoredJob>, StoreError> {
    let row: Option<Row> = tx
        .query(select!("WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant.0)
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Row::read).transpose()
}

/// The tenant's jobs, the latest first: at most `at_most`.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn latest(tx: &mut Tx<'_>, tenant: TenantId, at_most: i64) -> Result<Vec<StoredJob>, StoreError> {
    let rows: Vec<Row> = tx
        .query(select!("WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"))
        .bind(tenant.0)
        .bind(at_most)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::read).collect()
}

//! The worker that does jobs. How they are begun, looked at and stopped is in [`super::jobs`].
//!
//! Each batch is one unit of work: it holds the job as it was found, reads the next users in the order of their ids,
//! acts on each, and moves the cursor. So whatever is cut off was not done, and whatever was done is not done again,
//! on however many nodes. Between the batches nothing is held but the lease.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::acts::{Acted, Acting, Outcome, Supply, as_of_now, held};
use super::{App, AppError};
use crate::domain::directory::Whom;
use crate::domain::job::JobState;
use crate::domain::user::User;
use crate::store::jobs::{self, Batch, StoredJob};
use crate::store::{StoreError, Tx, directory, users};

/// How many users a unit of work acts on.
const BATCH: usize = 100;
/// How long a node may take for a batch before another one goes on with the job.
const LEASE: Duration = Duration::from_secs(30);
/// How many jobs a node does at once.
const AT_ONCE: usize = 4;
/// How often is looked for jobs that are due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What came of one batch.
enum Done {
    /// There may be more.
    Some(Vec<(UserId, Vec<LoginId>)>),
    /// There are no more users: the job is done, or it may not go on.
    End(JobState),
    /// Another node was first, or somebody stopped it.
    Lost,
}

impl App {
    /// Does jobs for as long as the server runs.
    pub(super) async fn run_jobs(self: Arc<Self>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.jobs.0.notified() => {}
                _ = look.tick() => {}
            }
            if let Err(error) = self.do_due_jobs().await {
                tracing::warn!(%error, "jobs could not be looked for");
            }
        }
    }

    /// Does the jobs that are due, of all tenants, to their ends. How many were begun or gone on with.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn do_due_jobs(&self) -> Result<usize, AppError> {
        let mut begun = 0;
        loop {
            let now = self.now();
            let due = self.parts.db.read_one(move |tx| Box::pin(jobs::due(tx, now, 64))).await?;
            let done = stream::iter(due).map(|(tenant, id)| self.do_job_if_mine(tenant, id));
            let mine: Vec<bool> = done.buffer_unordered(AT_ONCE).collect().await;
            let count = mine.into_iter().filter(|mine| *mine).count();
            if count == 0 {
                return Ok(begun);
            }
            begun += count;
        }
    }

    /// Leases a job and does it. False if another node has it, or it failed: then the lease ends some time.
    async fn do_job_if_mine(&self, tenant: TenantId, id: Uuid) -> bool {
        let now = self.now();
        let lease = self.parts.db.write(move |tx| Box::pin(jobs::lease(tx, tenant, id, now, now + LEASE)));
        match lease.await {
            Ok(false) => return false,
            Ok(true) => {}
            Err(error) => {
                tracing::warn!(%error, job = %id, "a job could not be leased");
                return false;
            }
        }
        match self.do_job(tenant, id).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, job = %id, "a job is interrupted: it goes on when its lease ends");
                false
            }
        }
    }

    async fn do_job(&self, tenant: TenantId, id: Uuid) -> Result<(), AppError> {
        while let Some(state) = self.do_batch(tenant, id).await? {
            if state != JobState::Waiting {
                tracing::info!(job = %id, state = state.as_str(), "a job is over");
                break;
            }
        }
        Ok(())
    }

    /// Does the next batch of a job. Where the job stands then; none if it is not this node's any more.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn do_batch(&self, tenant: TenantId, id: Uuid) -> Result<Option<JobState>, AppError> {
        let db = &self.parts.db;
        let Some(found) = db.read_one(move |tx| Box::pin(jobs::by_id(tx, tenant, id))).await? else {
            return Ok(None);
        };
        // As it is now, and not as it was when the job began.
        let at = self.tenant_by_id(tenant).await?;
        let at = at.ok_or(AppError::Internal("a job's tenant is gone"))?;
        let acting = self.acting(&at, &found.job.task.by, found.job.task.action.clone());
        let supplies = (0..BATCH).map(|_| self.supply(&at)).collect();
        let next = NextBatch { found, acting, supplies };
        let unit = db.write_with(next, |next, tx| Box::pin(next.write(tx)));
        Ok(match unit.await? {
            Done::Some(touched) => {
                for (user, ended) in touched {
                    ended.into_iter().for_each(|login| self.hub.publish(login));
                    self.hub.publish(user);
                }
                self.mail_was_added();
                Some(JobState::Waiting)
            }
            Done::End(state) => Some(state),
            Done::Lost => None,
        })
    }
}

/// The next batch of a job, as its unit of work needs it.
struct NextBatch {
    found: StoredJob,
    acting: Acting,
    supplies: Vec<Supply>,
}

impl NextBatch {
    async fn write(&self, tx: &mut Tx<'_>) -> Result<Done, StoreError> {
        let StoredJob { job, cursor } = &self.found;
        let (tenant, now) = (self.acting.tenant.id, self.acting.now);
        if !jobs::hold(tx, tenant, job.id, *cursor, now + LEASE).await? {
            return Ok(Done::Lost);
        }
        let Some(acting) = self.as_of_now(tx).await? else {
            jobs::end(tx, tenant, job.id, JobState::Stopped, now).await?;
            return Ok(Done::End(JobState::Stopped));
        };
        let (users, last) = self.users(tx).await?;
        let Some(last) = last else {
            jobs::end(tx, tenant, job.id, JobState::Done, now).await?;
            return Ok(Done::End(JobState::Done));
        };
        let seen = u64::try_from(users.len()).unwrap_or(u64::MAX);
        let (mut changed, mut touched) = (0, Vec::new());
        for (found, supply) in users.iter().zip(&self.supplies) {
            let Some(user) = held(tx, tenant, found.id).await? else { continue };
            let Outcome { acted, ended } = acting.act(tx, &user, supply).await?;
            if matches!(acted, Acted::Done(_)) {
                changed += 1;
                touched.push((user.id, ended));
            }
        }
        jobs::move_on(tx, tenant, job.id, Batch { last, seen, changed }).await?;
        Ok(Done::Some(touched))
    }

    /// Whoever began the job, with the role of now; none if that is nobody who may act on others any more. To tell
    /// people of a change of policy takes nobody.
    async fn as_of_now(&self, tx: &mut Tx<'_>) -> Result<Option<Acting>, StoreError> {
        let acting = &self.acting;
        if acting.action.follows_policy() {
            return Ok(Some(acting.clone()));
        }
        let by = as_of_now(tx, acting.tenant.id, &acting.by).await?;
        Ok(by.map(|by| Acting { by, ..acting.clone() }))
    }

    /// The next users, and up to whom they go; none if there are no more.
    async fn users(&self, tx: &mut Tx<'_>) -> Result<(Vec<User>, Option<UserId>), StoreError> {
        let StoredJob { job, cursor } = &self.found;
        let tenant = self.acting.tenant.id;
        match &job.task.whom {
            Whom::All(filter) => {
                let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
                let users = directory::by_ids(tx, tenant, filter, *cursor, job.created_at, most).await?;
                let last = users.last().map(|user| user.id);
                Ok((users, last))
            }
            Whom::These(ids) => {
                let mut left: Vec<UserId> =
                    ids.iter().copied().filter(|id| cursor.is_none_or(|cursor| id.0 > cursor.0)).collect();
                left.sort_unstable_by_key(|id| id.0);
                left.dedup();
                left.truncate(BATCH);
                let mut users = Vec::with_capacity(left.len());
                for id in &left {
                    users.extend(users::by_id(tx, tenant, *id).await?);
                }
                Ok((users, left.last().copied()))
            }
        }
    }
}

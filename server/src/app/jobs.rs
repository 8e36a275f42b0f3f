//! Jobs: how they are begun, looked at and stopped. They are done by [`super::job_worker`].

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use super::acts::{Acted, Refused};
use super::tenants::TenantHandle;
use super::turns::reminding;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::directory::{Action, Filter, Holds, Whom};
use crate::domain::job::{Job, JobState, Task};
use crate::store::{StoreError, audit, directory, jobs};

/// How many jobs a page lists.
const LISTED: i64 = 50;

/// What the use cases and the worker share.
#[derive(Default)]
pub(super) struct JobBell(pub(super) Notify);

impl App {
    /// Begins a job at once.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn begin_job(&self, tenant: TenantId, task: Task) -> Result<Uuid, AppError> {
        let job = self.new_job(tenant, task, self.now()).await?;
        let id = job.id;
        let detail =
            json!({ "job": id, "action": job.task.action, "whom": job.task.whom, "total": job.total });
        let line = self.audit(tenant, None, "job.begun", detail).by(&job.task.by);
        let reminder = self.reminder_of(tenant, &job).await?;
        let unit = self.parts.db.write_with((job, reminder, line), move |(job, reminder, line), tx| {
            Box::pin(async move {
                jobs::add(tx, tenant, job).await?;
                if let Some(reminder) = reminder {
                    jobs::add(tx, tenant, reminder).await?;
                }
                audit::append(tx, line).await
            })
        });
        unit.await?;
        self.job_was_added();
        Ok(id)
    }

    /// The job that reminds those of whom a job may ask for more, if they have time to set something up. It looks at each
    /// of them again, so it may mean more people than it tells: a filter may not find them any more, once that is done.
    async fn reminder_of(&self, tenant: TenantId, job: &Job) -> Result<Option<Job>, AppError> {
        let (Action::TurnOn | Action::SetType(Some(_))) = job.task.action else { return Ok(None) };
        let whom = match &job.task.whom {
            Whom::These(ids) => Whom::These(ids.clone()),
            Whom::All(filter) => Whom::All(Filter {
                user_type: None,
                untyped: false,
                disabled: Some(false),
                chosen: None,
                holds: Some(Holds::Nothing),
                ..filter.clone()
            }),
        };
        let until = self.tenant_now(tenant).await?.policy.grace_ends(job.due_at);
        Ok(reminding(self.row_id(job.created_at), job.task.by, whom, job.total, until, job.created_at))
    }

    /// A job that is due at `due_at`, to be added with [`jobs::add`], followed by [`App::job_was_added`] after the
    /// commit. Users are counted now.
    pub(super) async fn new_job(
        &self,
        tenant: TenantId,
        task: Task,
        due_at: Timestamp,
    ) -> Result<Job, AppError> {
        let created_at = self.now();
        let total = self.count_users(tenant, &task.whom, i64::MAX).await?;
        Ok(Job::waiting(self.row_id(created_at), task, total, due_at, created_at))
    }

    /// How many users are meant, but no more than `at_most`.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn count_users(&self, tenant: TenantId, whom: &Whom, at_most: i64) -> Result<u64, AppError> {
        match whom {
            Whom::These(ids) => Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX)),
            Whom::All(filter) => Ok(self.count_matching(tenant, filter, at_most).await?),
        }
    }

    async fn count_matching(
        &self,
        tenant: TenantId,
        filter: &Filter,
        at_most: i64,
    ) -> Result<u64, StoreError> {
        let filter = filter.clone();
        let unit = self.parts.db.read_one(move |tx| {
            Box::pin(async move { directory::count(tx, tenant, &filter, at_most).await })
        });
        unit.await
    }

    /// After a commit that added a job: it is begun now, if it is due.
    pub(super) fn job_was_added(&self) {
        self.jobs.0.notify_one();
    }

    /// A job of the tenant, and how far it is.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn job(&self, tenant: TenantId, id: Uuid) -> Result<Option<Job>, AppError> {
        let found = self.parts.db.read_one(move |tx| Box::pin(jobs::by_id(tx, tenant, id))).await?;
        Ok(found.map(|stored| stored.job))
    }

    /// The tenant's latest jobs.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn latest_jobs(&self, tenant: TenantId) -> Result<Vec<Job>, AppError> {
        let found = self.parts.db.read_one(move |tx| Box::pin(jobs::latest(tx, tenant, LISTED))).await?;
        Ok(found.into_iter().map(|stored| stored.job).collect())
    }

    /// Stops a job, if whoever asks may: what it did stays so.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn stop_job(&self, at: &TenantHandle, by: &By, id: Uuid) -> Result<Acted, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let may_stop = match self.job(tenant, id).await? {
            Some(job) => by.may_stop(&job.task, &at.tenant.policy),
            None => return Ok(Acted::Same),
        };
        if !may_stop {
            return Ok(Refused::NotAllowed.into());
        }
        let line = self.audit(tenant, None, "job.stopped", json!({ "job": id })).by(by);
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                let stopped = jobs::end(tx, tenant, id, JobState::Stopped, now).await?;
                if stopped {
                    audit::append(tx, line).await?;
                }
                Ok::<_, StoreError>(if stopped { Acted::Done(Vec::new()) } else { Acted::Same })
            })
        });
        Ok(unit.await?)
    }
}

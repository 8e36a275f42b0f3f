//! Work on many users, and many users to work on.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::{Action, Filter, Whom};
use countersign_server::domain::job::{Job, JobState, Task};
use countersign_server::domain::user::{Role, User};
use countersign_server::store::users::{self, NewUser};
use countersign_server::store::{StoreError, jobs};
use uuid::Uuid;

use crate::wait::until;
use crate::world::World;

/// All users of the tenant.
#[must_use]
pub fn everybody() -> Whom {
    Whom::All(Filter::default())
}

/// An administrator, as whom something is done.
#[must_use]
pub fn by(user: UserId, role: Role) -> By {
    By::Administrator { user, role, address: [192, 0, 2, 1].into() }
}

impl World {
    /// Adds `user000@example.com`, `user001@example.com` and so on, who have no password.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn crowd(&self, count: u32) {
        let (tenant, now) = (self.tenant, self.clock.now());
        let new = |number| {
            let email = format!("user{number:03}@example.com");
            let user = User {
                id: UserId::new(now, &SystemRandom::new()),
                email: email.clone(),
                name: format!("User {number}"),
                role: Role::Member,
                language: None,
                needs_new_password: false,
                disabled: false,
                user_type: None,
                chosen_since: None,
                created_at: now,
            };
            NewUser { tenant, user, email_key: email, password_hash: String::new() }
        };
        let all: Vec<_> = (0..count).collect();
        for some in all.chunks(1_000) {
            let unit =
                self.app.db().write_with(some.iter().copied().map(new).collect(), |all: &Vec<_>, tx| {
                    Box::pin(async move {
                        for new in all {
                            users::add(tx, new).await?;
                        }
                        Ok::<_, StoreError>(())
                    })
                });
            unit.await.unwrap();
        }
    }

    /// Waits until a job is over.
    ///
    /// # Panics
    /// When it takes too long.
    pub async fn job_over(&self, id: Uuid) -> Job {
        let job = async || self.app.job(self.tenant, id).await.unwrap().unwrap();
        until("the job is over", || async { job().await.state != JobState::Waiting }).await;
        job().await
    }

    /// Begins a job, and waits until it is over.
    ///
    /// # Panics
    /// When it takes too long.
    pub async fn job_done(&self, action: Action, whom: Whom, by: By) -> Job {
        let id = self.app.begin_job(self.tenant, Task { action, whom, by }).await.unwrap();
        self.job_over(id).await
    }

    /// A job on everybody that the worker begins in an hour.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn job_for_later(&self, action: Action) -> Uuid {
        let task = Task { action, whom: everybody(), by: By::CommandLine };
        let due_at = self.clock.now() + Duration::from_hours(1);
        self.job_at(self.tenant, task, due_at).await
    }

    /// A job of a tenant that the worker begins at `due_at`.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn job_at(&self, tenant: TenantId, task: Task, due_at: Timestamp) -> Uuid {
        let total = self.app.count_users(tenant, &task.whom, i64::MAX).await.unwrap();
        let now = self.clock.now();
        let id = UserId::new(now, &SystemRandom::new()).0;
        let job = Job::waiting(id, task, total, due_at, now);
        let unit = self.app.db().write_with(job, move |job, tx| Box::pin(jobs::add(tx, tenant, job)));
        unit.await.unwrap();
        id
    }
}

//! Jobs: of many nodes one is at a job, and each batch moves it on once.

use countersign_protocol::ids::UserId;
use countersign_protocol::time::NumericDate;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::{Action, Filter, Holds, Whom};
use countersign_server::domain::job::{Job, JobState, Task};
use countersign_server::store::jobs::{self, Batch, StoredJob};
use countersign_server::store::sweep;
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, unit};

stories!(
    a_job_is_kept_as_it_was_written,
    of_many_nodes_one_is_at_a_job_until_its_lease_ends,
    a_batch_moves_a_job_on_once,
    a_job_that_is_over_is_nobodys,
    news_of_a_change_takes_the_place_of_reminders_of_an_earlier_one,
    a_job_is_of_its_tenant,
    a_job_is_forgotten_ninety_days_after_it_ended,
);

fn job(number: u128, action: Action, created: i64) -> Job {
    Job {
        id: Uuid::from_u128(number),
        task: Task { action, whom: Whom::All(Filter::default()), by: By::CommandLine },
        state: JobState::Waiting,
        total: 250,
        seen: 0,
        changed: 0,
        due_at: at(created + 10),
        created_at: at(created),
        ended_at: None,
    }
}

impl Fixture {
    async fn add_job(&self, job: &Job) {
        let (tenant, job) = (self.tenant, job.clone());
        self.write(unit!([job] | tx | jobs::add(tx, tenant, &job).await)).await;
    }

    async fn add_news(&self, news: &[Job]) {
        let (tenant, news) = (self.tenant, news.to_vec());
        self.write(unit!([news] | tx | jobs::add_news(tx, tenant, &news).await)).await;
    }

    async fn stored_job(&self, id: Uuid) -> StoredJob {
        let tenant = self.tenant;
        self.read(move |tx| Box::pin(jobs::by_id(tx, tenant, id))).await.unwrap()
    }

    async fn due_jobs(&self, now: i64) -> Vec<Uuid> {
        let due = self.read(move |tx| Box::pin(jobs::due(tx, at(now), 10))).await;
        due.into_iter().map(|(_, id)| id).collect()
    }
}

async fn a_job_is_kept_as_it_was_written(on: On) {
    let f = Fixture::new(on).await;
    let filter =
        Filter { search: Some("‘東京’ %_!".into()), disabled: Some(true), ..Filter::default() };
    let mut written = job(1, Action::SetType(Some("staff".into())), 0);
    written.task.whom = Whom::All(filter);
    f.add_job(&written).await;
    assert_eq!(f.stored_job(written.id).await, StoredJob { job: written.clone(), cursor: None });
    assert!(f.due_jobs(9).await.is_empty(), "not yet");
    assert_eq!(f.due_jobs(10).await, [written.id]);
}

async fn of_many_nodes_one_is_at_a_job_until_its_lease_ends(on: On) {
    let f = Fixture::new(on).await;
    let job = job(1, Action::TurnOn, 0);
    f.add_job(&job).await;
    let (tenant, id) = (f.tenant, job.id);
    assert_eq!(
        f.race(16, move |tx| Box::pin(jobs::lease(tx, tenant, id, at(9), at(40)))).await,
        0,
        "not due"
    );
    assert_eq!(f.race(16, move |tx| Box::pin(jobs::lease(tx, tenant, id, at(10), at(40)))).await, 1);
    assert!(f.due_jobs(39).await.is_empty());
    assert_eq!(f.due_jobs(40).await, [id], "a node that is gone keeps nobody waiting");
    assert_eq!(f.race(16, move |tx| Box::pin(jobs::lease(tx, tenant, id, at(40), at(70)))).await, 1);
}

async fn a_batch_moves_a_job_on_once(on: On) {
    let f = Fixture::new(on).await;
    let job = job(1, Action::TurnOn, 0);
    f.add_job(&job).await;
    let (tenant, id, last) = (f.tenant, job.id, UserId(Uuid::from_u128(9)));
    let batch = f.race(16, move |tx| {
        Box::pin(async move {
            if !jobs::hold(tx, tenant, id, None, at(40)).await? {
                return Ok(false);
            }
            jobs::move_on(tx, tenant, id, Batch { last, seen: 100, changed: 7 }).await?;
            Ok(true)
        })
    });
    assert_eq!(batch.await, 1);
    let StoredJob { job, cursor } = f.stored_job(id).await;
    assert_eq!((cursor, job.seen, job.changed), (Some(last), 100, 7));
    assert!(!f.write(move |tx| Box::pin(jobs::hold(tx, tenant, id, None, at(40)))).await);
    assert!(f.write(move |tx| Box::pin(jobs::hold(tx, tenant, id, Some(last), at(40)))).await);
}

async fn a_job_that_is_over_is_nobodys(on: On) {
    let f = Fixture::new(on).await;
    for (number, state) in [(1, JobState::Done), (2, JobState::Stopped)] {
        let job = job(number, Action::TurnOn, 0);
        f.add_job(&job).await;
        let (tenant, id) = (f.tenant, job.id);
        assert_eq!(f.race(16, move |tx| Box::pin(jobs::end(tx, tenant, id, state, at(50)))).await, 1);
        assert!(!f.write(move |tx| Box::pin(jobs::lease(tx, tenant, id, at(60), at(90)))).await);
        assert!(!f.write(move |tx| Box::pin(jobs::hold(tx, tenant, id, None, at(90)))).await);
        let stored = f.stored_job(id).await.job;
        assert_eq!((stored.state, stored.ended_at), (state, Some(at(50))));
    }
    assert!(f.due_jobs(60).await.is_empty());
}

async fn news_of_a_change_takes_the_place_of_reminders_of_an_earlier_one(on: On) {
    let f = Fixture::new(on).await;
    let remind = |number, created| job(number, Action::TellSetUpDue { until: NumericDate(5) }, created);
    let mut of_others = remind(4, 0);
    of_others.task.whom = Whom::These(vec![f.user]);
    let begun = remind(5, 0);
    for job in [&remind(1, 0), &remind(2, 0), &job(3, Action::TurnOn, 0), &of_others, &begun] {
        f.add_job(job).await;
    }
    let (tenant, id, last) = (f.tenant, begun.id, f.user);
    f.write(move |tx| Box::pin(jobs::move_on(tx, tenant, id, Batch { last, seen: 1, changed: 1 }))).await;
    assert_eq!(f.due_jobs(10).await.len(), 5, "two reminders of one change are both kept");
    f.add_news(&[job(6, Action::TellTurnedOn { until: None }, 20), remind(7, 20)]).await;
    let mut left = f.due_jobs(30).await;
    left.sort_unstable();
    assert_eq!(left, [3_u128, 4, 5, 6, 7].map(Uuid::from_u128));
    let reminded = f.stored_job(Uuid::from_u128(7)).await.job;
    let with = |filter, number, action, created| {
        let mut job = job(number, action, created);
        job.task.whom = Whom::All(filter);
        job
    };
    let staff = Filter { user_type: Some("staff".into()), ..Filter::default() };
    f.add_news(&[with(staff.clone(), 8, Action::TellTurnedOff { remove: true }, 25)]).await;
    assert_eq!(f.stored_job(reminded.id).await.job.state, JobState::Waiting, "it is for others too");
    let nothing = Filter { holds: Some(Holds::Nothing), ..staff };
    let staff_reminded = with(nothing, 9, Action::TellSetUpDue { until: NumericDate(5) }, 25);
    f.add_job(&staff_reminded).await;
    f.add_news(&[job(10, Action::TellTurnedOff { remove: true }, 30)]).await;
    for job in [reminded, staff_reminded] {
        assert_eq!(f.stored_job(job.id).await.job.state, JobState::Stopped);
    }
}

async fn a_job_is_of_its_tenant(on: On) {
    let f = Fixture::new(on).await;
    let job = job(1, Action::TurnOn, 0);
    f.add_job(&job).await;
    let (id, elsewhere) = (job.id, countersign_protocol::ids::TenantId(Uuid::from_u128(99)));
    assert!(f.read(move |tx| Box::pin(jobs::by_id(tx, elsewhere, id))).await.is_none());
    assert!(!f.write(move |tx| Box::pin(jobs::end(tx, elsewhere, id, JobState::Stopped, at(1)))).await);
    assert!(f.read(move |tx| Box::pin(jobs::latest(tx, elsewhere, 10))).await.is_empty());
    let tenant = f.tenant;
    assert_eq!(f.read(move |tx| Box::pin(jobs::latest(tx, tenant, 10))).await.len(), 1);
}

async fn a_job_is_forgotten_ninety_days_after_it_ended(on: On) {
    const DAYS: i64 = 90 * 24 * 3600;
    let f = Fixture::new(on).await;
    for number in 1..=3 {
        f.add_job(&job(number, Action::TurnOn, 0)).await;
    }
    let tenant = f.tenant;
    for (number, state, ended) in [(1, JobState::Done, 50), (2, JobState::Stopped, 60)] {
        let id = Uuid::from_u128(number);
        assert!(f.write(move |tx| Box::pin(jobs::end(tx, tenant, id, state, at(ended)))).await);
    }
    for (now, left) in
        [(49 + DAYS, &[3, 2, 1][..]), (50 + DAYS, &[3, 2]), (60 + DAYS, &[3]), (9 * DAYS, &[3])]
    {
        f.write(move |tx| Box::pin(sweep::forget(tx, at(now)))).await;
        let jobs = f.read(move |tx| Box::pin(jobs::latest(tx, tenant, 10))).await;
        let ids: Vec<_> = jobs.iter().map(|stored| stored.job.id.as_u128()).collect();
        assert_eq!(ids, left, "one that waits is never forgotten: {now}");
    }
}

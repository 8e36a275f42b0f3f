//! `/admin/jobs`: work on many users, how far it is, and how it is stopped.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::Administrator;
use super::doing::Doing;
use crate::domain::job::Job;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, ErrorKind, JobPage, JobRow, JobsPage, for_people};

pub(in crate::http) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let jobs = visitor.app.latest_jobs(visitor.at.tenant.id).await?;
    let frame = visitor.frame();
    let html = JobsPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Users),
        jobs: jobs.iter().map(|job| row(job, &visitor)).collect(),
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

pub(in crate::http) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let job = visitor.app.job(visitor.at.tenant.id, id_of(&id)?).await?;
    let job = job.ok_or(Failure(ErrorKind::NotFound))?;
    let frame = visitor.frame();
    let html = JobPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Users),
        job: row(&job, &visitor),
        may_stop: administrator.by.may_stop(&job.task, &visitor.at.tenant.policy),
        asks: query.as_deref() == Some("stop=ask"),
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

/// What was done stays, and nothing more is. The page of the job says how it stands, whether it was stopped or not.
pub(in crate::http) async fn stop(Path(id): Path<String>, form: Doing) -> Result<Response, Failure> {
    let (id, Doing { visitor, administrator, .. }) = (id_of(&id)?, form);
    if visitor.app.job(visitor.at.tenant.id, id).await?.is_none() {
        return Err(Failure(ErrorKind::NotFound));
    }
    visitor.app.stop_job(&visitor.at, &administrator.by, id).await?;
    Ok(visitor.redirect_to(&format!("/admin/jobs/{id}")))
}

fn id_of(id: &str) -> Result<Uuid, Failure> {
    Uuid::parse_str(id).map_err(|_| Failure(ErrorKind::NotFound))
}

fn row(job: &Job, visitor: &Visitor) -> JobRow {
    let later = (job.due_at > visitor.app.now()).then(|| for_people(job.due_at, visitor.lang));
    JobRow {
        id: job.id.to_string(),
        action: job.task.action.clone(),
        state: job.state,
        total: job.total,
        seen: job.seen,
        changed: job.changed,
        begun: for_people(job.created_at, visitor.lang),
        later,
    }
}

//! `/admin/users/act`: something is done to many users. First the page that says what follows, in numbers; then a job
//! does it, after a `POST` alone.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::ids::UserId;
use uuid::Uuid;

use super::Administrator;
use super::doing::Doing;
use super::filter::{actions, fields, filter_of, query};
use super::users::held;
use crate::app::{Listed, Place};
use crate::domain::directory::{Action, Filter, Whom};
use crate::domain::job::Task;
use crate::http::failure::Failure;
use crate::http::form::Pairs;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, BulkPage, ErrorKind};

/// The most that are selected one by one: more than a page has, and no body gets too long.
const MOST: usize = 500;
/// How many are named on the page that says what follows.
const NAMED: usize = 5;

/// The page that says what follows, after a proof that was asked for on the way to it. It does nothing.
pub(in crate::http) async fn show(visitor: Visitor, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let pairs = Pairs::of_query(&raw.unwrap_or_default());
    match (wanted(&visitor, &administrator, &pairs), whom(&pairs)) {
        (Some(wanted), Some(whom)) => ask(visitor, &administrator, wanted, &whom).await,
        _ => Ok(visitor.redirect("/admin/users")),
    }
}

pub(in crate::http) async fn submit(form: Doing) -> Result<Response, Failure> {
    let Doing { visitor, administrator, pairs } = form;
    let wanted = wanted(&visitor, &administrator, &pairs).ok_or(Failure(ErrorKind::NotFound))?;
    let Some(whom) = whom(&pairs) else {
        return Ok(visitor.redirect("/admin/users?done=nobody"));
    };
    if pairs.get("sure").is_none() {
        return ask(visitor, &administrator, wanted, &whom).await;
    }
    let task = Task { action: wanted.1, whom, by: administrator.by };
    let job = visitor.app.begin_job(visitor.at.tenant.id, task).await?;
    Ok(visitor.redirect_to(&format!("/admin/jobs/{job}")))
}

/// What is to be done, if it can be, as forms spell it.
fn wanted(visitor: &Visitor, administrator: &Administrator, pairs: &Pairs) -> Option<(String, Action)> {
    let (policy, role) = (&visitor.at.tenant.policy, administrator.signed_in.user.role);
    let name = pairs.get("action")?;
    actions(policy, role).into_iter().find(|(known, _)| known == name)
}

/// Who is meant; none if nobody is, or that cannot be read.
fn whom(pairs: &Pairs) -> Option<Whom> {
    if pairs.get("whom") == Some("all") {
        return filter_of(pairs).map(Whom::All);
    }
    let ids: Vec<_> =
        pairs.all("id").filter_map(|id| Uuid::parse_str(id).ok()).map(UserId).take(MOST).collect();
    (!ids.is_empty()).then_some(Whom::These(ids))
}

/// The page that says what follows.
async fn ask(
    visitor: Visitor,
    administrator: &Administrator,
    (name, action): (String, Action),
    whom: &Whom,
) -> Result<Response, Failure> {
    let tenant = visitor.at.tenant.id;
    let mut form = vec![("action", name)];
    let (count, holding, some, back) = match whom {
        Whom::All(filter) => {
            form.push(("whom", "all".to_owned()));
            form.extend(fields(filter));
            let count = visitor.app.count_users(tenant, whom, i64::MAX).await?;
            let holding = visitor.app.count_holding(tenant, filter).await?;
            let first = visitor.app.list_users(tenant, filter, Place::First).await?;
            let some: Vec<_> =
                first.users.iter().take(NAMED).map(|one| one.user.called().to_owned()).collect();
            (count, holding, some, format!("/admin/users{}", query(filter, None)))
        }
        Whom::These(ids) => {
            form.extend(ids.iter().map(|id| ("id", id.to_string())));
            let mut found: Vec<Listed> = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(visitor.app.listed_user(tenant, *id).await?);
            }
            let holding = found.iter().filter(|one| !held(one).is_empty()).count();
            let some = found.iter().take(NAMED).map(|one| one.user.called().to_owned()).collect();
            let back = format!("/admin/users{}", query(&Filter::default(), None));
            (number(found.len()), number(holding), some, back)
        }
    };
    let frame = visitor.frame();
    let html = BulkPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Users),
        action: &action,
        count,
        holding,
        some,
        fields: form,
        back: &back,
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

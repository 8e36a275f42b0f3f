//! `GET /admin/users`: who is there; and the same as a table.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures_util::stream;

use super::Administrator;
use super::filter::{actions, fields, filter_of, query, spell_holds};
use crate::app::{AppError, Listed, Place, TenantHandle, WaitingReset, user_table};
use crate::domain::directory::Filter;
use crate::domain::factor::Factor;
use crate::domain::user::email_key;
use crate::http::failure::Failure;
use crate::http::form::Pairs;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, ErrorKind, ResetRow, Select, UserRow, UsersNotice, UsersPage, for_people};

/// How many users are read at once for an export.
const EXPORTED_AT_ONCE: usize = 500;

pub(in crate::http) async fn show(visitor: Visitor, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let pairs = Pairs::of_query(&raw.unwrap_or_default());
    let filter = filter_of(&pairs).ok_or(Failure(ErrorKind::NotFound))?;
    let place = match (pairs.get("after"), pairs.get("before")) {
        (Some(key), _) => Place::After(key.to_owned()),
        (_, Some(key)) => Place::Before(key.to_owned()),
        _ => Place::First,
    };
    let tenant = visitor.at.tenant.id;
    let list = visitor.app.list_users(tenant, &filter, place).await?;
    let resets = visitor.app.waiting_resets(tenant).await?;
    let frame = visitor.frame();
    let (policy, role) = (&visitor.at.tenant.policy, administrator.signed_in.user.role);
    let link = |name, key: &String| format!("/admin/users{}", query(&filter, Some((name, key))));
    let html = UsersPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Users),
        notice: pairs.get("done").and_then(UsersNotice::parse),
        search: filter.search.as_deref().unwrap_or_default(),
        selects: selects(&filter, &visitor.at),
        filtered: filter != Filter::default(),
        filter: fields(&filter),
        query: &query(&filter, None),
        rows: list.users.iter().map(|listed| row(listed, &administrator, &visitor)).collect(),
        count: list.count,
        more: list.more,
        before: list.before.as_ref().map(|key| link("before", key)),
        after: list.after.as_ref().map(|key| link("after", key)),
        actions: actions(policy, role),
        resets: resets.iter().map(|reset| reset_row(reset, &visitor)).collect(),
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

fn selects(filter: &Filter, at: &TenantHandle) -> Vec<Select> {
    let mut all = vec![
        Select::roles(filter.role, true),
        Select::states(filter.disabled),
        Select::holds(filter.holds.map(spell_holds)),
    ];
    let policy = &at.tenant.policy;
    if policy.chooses_users() {
        all.push(Select::chosen(filter.chosen));
    }
    if !policy.user_types.is_empty() {
        let types = policy.user_types.iter();
        all.push(Select::types(types, filter.user_type.as_deref(), true));
    }
    all
}

fn row(listed: &Listed, administrator: &Administrator, visitor: &Visitor) -> UserRow {
    let user = &listed.user;
    UserRow {
        id: user.id.to_string(),
        name: user.name.clone(),
        email: user.email.clone(),
        role: user.role,
        user_type: user.user_type.clone(),
        disabled: user.disabled,
        asked: visitor.app.asked_of(&visitor.at, user).second_factor,
        held: held(listed),
        last_sign_in: listed.signed_in_at.map(|at| for_people(at, visitor.lang)),
        selectable: administrator.by.may_act_on(user),
    }
}

/// What a user has set up, in the order in which it is offered.
pub(super) fn held(listed: &Listed) -> Vec<Factor> {
    Factor::ALL.into_iter().filter(|factor| listed.holding.has(*factor)).collect()
}

fn reset_row(reset: &WaitingReset, visitor: &Visitor) -> ResetRow {
    ResetRow {
        id: reset.user.id.to_string(),
        who: reset.user.called().to_owned(),
        by: reset.asked_by.called().to_owned(),
        until: for_people(reset.until(), visitor.lang),
    }
}

/// The users that match, as a table that is sent while it is read.
pub(in crate::http) async fn export(visitor: Visitor, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let pairs = Pairs::of_query(&raw.unwrap_or_default());
    let filter = filter_of(&pairs).ok_or(Failure(ErrorKind::NotFound))?;
    visitor.app.note_export(&administrator.by, visitor.at.tenant.id, &filter).await?;
    let (app, at) = (Arc::clone(&visitor.app), Arc::clone(&visitor.at));
    let rest = stream::try_unfold(Some(None), move |next: Option<Option<String>>| {
        let (app, at, filter) = (Arc::clone(&app), Arc::clone(&at), filter.clone());
        async move {
            let Some(after) = next else { return Ok::<_, AppError>(None) };
            let first = after.is_none();
            let users = app.next_users(at.tenant.id, &filter, after, EXPORTED_AT_ONCE).await?;
            let last = users.last().and_then(|listed| email_key(&listed.user.email));
            let next = last.filter(|_| users.len() == EXPORTED_AT_ONCE).map(Some);
            let mut lines = if first { user_table::header() } else { Vec::new() };
            lines.extend(user_table::lines(users.iter().map(|one| (one, app.asked_of(&at, &one.user)))));
            Ok(Some((lines, next)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"users.csv\""),
    ];
    Ok(visitor.answer((headers, Body::from_stream(rest))))
}

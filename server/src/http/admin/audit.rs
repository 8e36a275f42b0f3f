//! `GET /admin/audit`: the audit log, searched; its export; receipts.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use futures_util::StreamExt as _;
use url::form_urlencoded;
use uuid::Uuid;

use super::Administrator;
use super::audit_rows::rows;
use crate::app::{AppError, AuditTrouble, ExportPortion};
use crate::domain::actor::Actor;
use crate::domain::audit::event::AuditResult;
use crate::domain::audit::filter::{AuditFilter, day, end_of_day};
use crate::domain::audit::record;
use crate::domain::audit::verify::Fault;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, AuditForm, AuditNotice, AuditPage, AuditProblem, ErrorKind};

/// What the query says, and from where on the page goes.
struct Asked {
    form: AuditForm,
    key: Option<(Timestamp, Uuid)>,
}

impl Asked {
    fn parse(query: Option<&str>) -> Self {
        let (mut form, mut key) = (AuditForm::default(), None);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.trim();
            let field = match name.as_ref() {
                "what" => &mut form.what,
                "result" => &mut form.result,
                "person" => &mut form.person,
                "by" => &mut form.by,
                "address" => &mut form.address,
                "from" => &mut form.from,
                "until" => &mut form.until,
                "before" => {
                    key = key_of(value);
                    continue;
                }
                _ => continue,
            };
            value.clone_into(field);
        }
        form.query = query_of(&form, None);
        Self { form, key }
    }
}

/// The key of a page, as its address spells it.
fn key_of(text: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_micros(at.parse().ok()?), id.parse().ok()?))
}

/// What is looked for as a query, without what is not said.
fn query_of(form: &AuditForm, key: Option<(Timestamp, Uuid)>) -> String {
    let said = [
        ("what", &form.what),
        ("result", &form.result),
        ("person", &form.person),
        ("by", &form.by),
        ("address", &form.address),
        ("from", &form.from),
        ("until", &form.until),
    ];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(said.into_iter().filter(|(_, value)| !value.is_empty()));
    if let Some((at, id)) = key {
        query.append_pair("before", &format!("{}.{id}", at.micros()));
    }
    query.finish()
}

/// What is looked for, or what is wrong with what was typed.
async fn filter_of(
    visitor: &Visitor,
    form: &AuditForm,
) -> Result<Result<AuditFilter, AuditProblem>, Failure> {
    let person = match form.person.as_str() {
        "" => None,
        email => match visitor.app.find_user(visitor.at.tenant.id, email).await? {
            Some(user) => Some(user.id),
            None => return Ok(Err(AuditProblem::Person)),
        },
    };
    Ok(filter(form, person))
}

fn filter(form: &AuditForm, person: Option<UserId>) -> Result<AuditFilter, AuditProblem> {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (actor, user) = match form.by.as_str() {
        "person" => (Some(Actor::User(person.ok_or(AuditProblem::Who)?)), None),
        "command-line" => (Some(Actor::CommandLine), person),
        "server" => (Some(Actor::Server), person),
        _ => (None, person),
    };
    let address = said(&form.address).map(|text| text.parse::<IpAddr>().map_err(|_| AuditProblem::Address));
    let from = said(&form.from).map(|text| day(&text).ok_or(AuditProblem::Day));
    let until = said(&form.until).map(|text| end_of_day(&text).ok_or(AuditProblem::Day));
    Ok(AuditFilter {
        what: said(&form.what),
        result: AuditResult::parse(&form.result),
        user,
        actor,
        address: address.transpose()?.map(|address| address.to_canonical()),
        from: from.transpose()?,
        until: until.transpose()?,
    })
}

pub(super) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let Asked { form, key } = Asked::parse(query.as_deref());
    let (found, problem) = match filter_of(&visitor, &form).await? {
        Ok(filter) => (Some(visitor.app.search_audit(visitor.at.tenant.id, filter, key).await?), None),
        Err(problem) => (None, Some(problem)),
    };
    let next = found.as_ref().and_then(|found| found.next);
    let older = next.map(|key| query_of(&form, Some(key)));
    let frame = visitor.frame();
    let trouble = found.as_ref().and_then(|found| found.trouble).map(trouble);
    let html = AuditPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Audit),
        form,
        problem,
        trouble,
        lines: found.map(rows).unwrap_or_default(),
        older,
        is_later: key.is_some(),
    }
    .render()?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visitor.html(status, html))
}

/// What is looked for, as JSON lines; a file of any size, written while it is read.
pub(super) async fn export(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let Asked { form, .. } = Asked::parse(query.as_deref());
    // The page says what is wrong with what was typed; here there is nothing to be had then.
    let Ok(filter) = filter_of(&visitor, &form).await? else { return Err(Failure(ErrorKind::NotFound)) };
    let tenant = visitor.at.tenant.id;
    if let Err(why) = visitor.app.begin_audit_export(&administrator.by, tenant, &filter).await? {
        tracing::error!(%tenant, %why, "no export of a broken chain: run `countersign audit verify`");
        return Err(Failure(ErrorKind::AuditBroken));
    }
    let lines = visitor.app.export_audit(tenant, filter).map(move |portion| written(tenant, portion));
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok(visitor.finish((headers, Body::from_stream(lines)).into_response()))
}

/// A portion of an export as it is sent. One that cannot be had cuts the download off, so that it fails in the browser.
fn written(tenant: TenantId, portion: Result<ExportPortion, AppError>) -> Result<Bytes, AppError> {
    match portion {
        Ok(ExportPortion::Lines(text)) => Ok(Bytes::from(text)),
        Ok(ExportPortion::Fault(fault)) => {
            tracing::error!(%tenant, %fault, "an export is not as it was written: run `countersign audit verify`");
            Ok(Bytes::from(record::write_fault(fault) + "\n"))
        }
        Err(error) => {
            tracing::error!(%tenant, %error, "an export was cut off");
            Err(error)
        }
    }
}

/// What the page says of a chain that is broken.
fn trouble(trouble: AuditTrouble) -> AuditNotice {
    match trouble {
        AuditTrouble::End(_) => AuditNotice::End,
        AuditTrouble::Line(Fault::Missing(seq, _)) => AuditNotice::Missing(seq),
        AuditTrouble::Line(fault) => AuditNotice::Changed(fault.seq().unwrap_or_default()),
    }
}

/// The receipt of a login.
pub(super) async fn receipt(visitor: Visitor, Path(login): Path<String>) -> Result<Response, Failure> {
    if let Err(to) = Administrator::visits(&visitor).await? {
        return Ok(visitor.redirect(to));
    }
    let login: LoginId = login.parse().map_err(|_| Failure(ErrorKind::NotFound))?;
    let receipt = visitor.app.receipt(&visitor.at, login).await?.ok_or(Failure(ErrorKind::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"receipt-{login}.json\"")),
    ];
    Ok(visitor.finish((headers, receipt.to_text()).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::parse(Some(query))
    }

    #[test]
    fn what_is_typed_is_looked_for() {
        let Asked { form, key } =
            asked("what=login&result=&person=&from=2026-11-01&until=2026-11-01&address=::ffff:192.0.2.1");
        assert_eq!(key, None);
        assert_eq!(form.query, "what=login&address=%3A%3Affff%3A192.0.2.1&from=2026-11-01&until=2026-11-01");
        let filter = filter(&form, None).unwrap();
        assert_eq!((filter.what.as_deref(), filter.result), (Some("login"), None));
        assert_eq!(filter.address, Some("192.0.2.1".parse().unwrap()));
        assert!(filter.from < filter.until);
    }

    #[test]
    fn a_person_is_whom_it_is_about_or_who_did_it() {
        let person = Some(UserId(Uuid::from_u128(1)));
        let of = |by: &str| filter(&asked(&format!("by={by}&person=a")).form, person).unwrap();
        assert_eq!((of("").user, of("").actor), (person, None));
        assert_eq!((of("person").user, of("person").actor), (None, person.map(Actor::User)));
        assert_eq!((of("server").user, of("server").actor), (person, Some(Actor::Server)));
        assert_eq!(filter(&asked("by=person").form, None), Err(AuditProblem::Who));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let problem = |query: &str| filter(&asked(query).form, None).unwrap_err();
        assert_eq!(problem("address=here"), AuditProblem::Address);
        assert_eq!(problem("from=yesterday"), AuditProblem::Day);
        assert_eq!(problem("until=2026-02-30"), AuditProblem::Day);
    }

    #[test]
    fn the_key_of_a_page_returns_as_it_was() {
        let key = (Timestamp::from_micros(-5), Uuid::from_u128(7));
        let query = query_of(&AuditForm::default(), Some(key));
        assert_eq!(asked(&query).key, Some(key));
        assert_eq!(asked("before=x").key, None);
    }
}

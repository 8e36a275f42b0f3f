//! `/admin/settings`: the policy. What is typed goes to a page that shows what it leads to, and only from there is it
//! saved, after a fresh proof.

mod form;
mod preview;
mod save;
mod what_if;

use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::Administrator;
use crate::app::Freshness;
use crate::domain::policy::change::ChangeError;
use crate::domain::tenant::Tenant;
use crate::domain::user::Role;
use crate::http::HttpState;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::pages::fresh::freshly;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, Editing, SettingsNotice, SettingsPage, SettingsProblem};
use form::Draft;

/// Its address.
const HERE: &str = "/admin/settings";

/// Every address of the settings.
pub(super) fn routes() -> Router<Arc<HttpState>> {
    Router::new()
        .route(HERE, get(show))
        .route("/admin/settings/begin", post(begin))
        .route("/admin/settings/preview", get(to_settings).post(preview::submit))
        .route("/admin/settings/save", get(to_settings).post(save::submit))
        .route("/admin/settings/what-if", get(what_if::show).post(what_if::submit))
}

async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let query = query.unwrap_or_default();
    let notice = query.split('&').find_map(|pair| SettingsNotice::parse(pair.strip_prefix("done=")?));
    let tenant = visitor.app.tenant_now(visitor.at.tenant.id).await?;
    let draft = Draft::of(tenant.policy.clone());
    page(visitor, &administrator, &tenant, &draft, notice).await
}

/// Whoever opens by its address what only a form leads to.
async fn to_settings(visitor: Visitor) -> Response {
    visitor.redirect(HERE)
}

async fn begin(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    Ok(match freshly(visitor, HERE).await? {
        Ok((visitor, signed_in)) => {
            Administrator::of(&visitor, signed_in)?;
            visitor.redirect(HERE)
        }
        Err(answer) => answer,
    })
}

/// The form, as it stands or as it was typed.
async fn page(
    visitor: Visitor,
    administrator: &Administrator,
    tenant: &Tenant,
    draft: &Draft,
    notice: Option<SettingsNotice>,
) -> Result<Response, Failure> {
    let editing = if !administrator.by.reaches(tenant.policy.changed_from()) {
        Editing::No
    } else if draft.problem.is_some() || draft.edited || is_fresh(&visitor, administrator).await? {
        Editing::Now
    } else {
        Editing::AfterProof
    };
    let status = match draft.problem {
        None => StatusCode::OK,
        Some(SettingsProblem::NotYours(_)) => StatusCode::FORBIDDEN,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let address = visitor.browser().address.to_string();
    let frame = visitor.frame();
    let html = SettingsPage {
        page: frame.page_at(HERE),
        admin: administrator.frame(AdminSection::Settings),
        policy: &draft.policy,
        revision: tenant.revision,
        facts: &tenant.facts,
        networks: [&draft.trusted, &draft.allowed],
        address: &address,
        editing,
        changes_brand: administrator.by.reaches(Role::SuperAdministrator),
        notice,
        problem: draft.problem.clone(),
    }
    .render()?;
    Ok(visitor.html(status, html))
}

async fn is_fresh(visitor: &Visitor, administrator: &Administrator) -> Result<bool, Failure> {
    let freshness = visitor.app.freshness(&visitor.at, &administrator.signed_in).await?;
    Ok(freshness == Freshness::Fresh)
}

/// Why a policy was refused, for people.
fn problem(error: ChangeError) -> SettingsProblem {
    match error {
        ChangeError::Policy(error) => SettingsProblem::Policy(error),
        ChangeError::NotInPlan { plans, .. } => SettingsProblem::NotInPlan(plans),
        ChangeError::PlansAreSet(rule) => SettingsProblem::PlansAreSet(rule),
        ChangeError::NotYours(role) => SettingsProblem::NotYours(role),
        ChangeError::LocksOut(address) => SettingsProblem::LocksOut(address),
    }
}

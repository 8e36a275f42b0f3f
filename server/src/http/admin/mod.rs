//! What administrators do in the browser. One file a page.

mod audit;
mod audit_rows;
mod brand;
mod bulk;
mod doing;
mod filter;
mod import;
mod jobs;
mod settings;
mod user;
mod user_changes;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use super::HttpState;
use super::failure::Failure;
use super::pages::fresh::freshly;
use super::visitor::Visitor;
use crate::app::SignedIn;
use crate::domain::actor::By;
use crate::domain::user::{Role, User};
use crate::web::{AdminFrame, AdminSection, ErrorKind};

/// Every address of administrators.
pub(super) fn routes() -> Router<Arc<HttpState>> {
    Router::new()
        .route("/admin/audit", get(audit::show))
        .route("/admin/audit/export", get(audit::export))
        .route("/admin/audit/receipts/{login}", get(audit::receipt))
        .merge(settings::routes())
        .route("/admin/settings/brand", get(brand::show).post(brand::submit))
        .route("/admin/users", get(users::show))
        .route("/admin/users/export.csv", get(users::export))
        .route(doing::ACT, get(bulk::show).post(bulk::submit))
        .route(doing::ADD, get(user_changes::show_add).post(user_changes::add))
        .route(doing::IMPORT, get(import::show).post(import::look))
        .route("/admin/users/import/do", post(import::take_in))
        .route("/admin/users/{id}", get(user::show))
        .route("/admin/users/{id}/act", post(user_changes::act))
        .route("/admin/users/{id}/reset", post(user_changes::decide_reset))
        .route("/admin/users/{id}/change", post(user_changes::change))
        .route("/admin/users/{id}/password", post(user_changes::set_password))
        .route("/admin/jobs", get(jobs::list))
        .route("/admin/jobs/{id}", get(jobs::show))
        .route("/admin/jobs/{id}/stop", post(jobs::stop))
}

/// An administrator who is signed in.
pub(super) struct Administrator {
    pub(super) signed_in: SignedIn,
    /// As whom things are done.
    pub(super) by: By,
}

impl Administrator {
    /// Who visits, if an administrator is signed in; else the page to go to first. To others, there is nothing here.
    pub(super) async fn visits(visitor: &Visitor) -> Result<Result<Self, &'static str>, Failure> {
        let signed_in = match visitor.member().await? {
            Ok(signed_in) => signed_in,
            Err(to) => return Ok(Err(to)),
        };
        Self::of(visitor, signed_in).map(Ok)
    }

    /// Whoever visits with a fresh proof; else the answer that leads to one, and from there to `then`.
    pub(super) async fn fresh(
        visitor: Visitor,
        then: &str,
    ) -> Result<Result<(Visitor, Self), Response>, Failure> {
        Ok(match freshly(visitor, then).await? {
            Ok((visitor, signed_in)) => {
                let administrator = Self::of(&visitor, signed_in)?;
                Ok((visitor, administrator))
            }
            Err(first) => Err(first),
        })
    }

    /// Whoever is signed in as an administrator. To others, there is nothing here.
    pub(super) fn of(visitor: &Visitor, signed_in: SignedIn) -> Result<Self, Failure> {
        let User { id, role, .. } = signed_in.user;
        if role < Role::Administrator {
            return Err(Failure(ErrorKind::NotFound));
        }
        let by = By::Administrator { user: id, role, address: visitor.browser().address };
        Ok(Self { signed_in, by })
    }

    /// What pages show of the administrator.
    pub(super) fn frame(&self, here: AdminSection) -> AdminFrame<'_> {
        let user = &self.signed_in.user;
        AdminFrame { here, who: user.called() }
    }
}

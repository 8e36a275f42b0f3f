//! What administrators do in the browser. One file a page.

mod audit;
mod audit_rows;
mod settings;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::HttpState;
use super::failure::Failure;
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
        AdminFrame { here, who: if user.name.is_empty() { &user.email } else { &user.name } }
    }
}

//! `POST /account/security/recovery-codes`: new recovery codes, shown this once. It takes a fresh proof.

use axum::http::StatusCode;
use axum::response::Response;

use super::fresh::freshly;
use super::security_changes::NOT_OFFERED;
use crate::domain::factor::Factor;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::visitor::Visitor;
use crate::web::{RecoveryCodesPage, for_people};

/// Where one comes back to.
const SECURITY: &str = "/account/security";

pub(in crate::http) async fn make(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    let (visitor, signed_in) = match freshly(visitor, SECURITY).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    if !visitor.app.may_add(&visitor.at, &signed_in.user, Factor::RecoveryCode) {
        return Ok(visitor.redirect(NOT_OFFERED));
    }
    let address = Some(visitor.browser().address);
    let codes = visitor.app.make_recovery_codes(&visitor.at, &signed_in.user, address).await?;
    let made = for_people(visitor.app.now(), visitor.lang);
    let (frame, email) = (visitor.frame(), &signed_in.user.email);
    let html = RecoveryCodesPage { page: frame.page(), email, made: &made, codes: &codes, next: SECURITY }
        .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

/// Codes that were shown are shown no more: a reload of their page leads back.
pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    Ok(visitor.redirect(SECURITY))
}

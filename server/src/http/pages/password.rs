//! `/account/password`: a new password, where a sign-in with the old one was reported.

use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::app::{AppError, PasswordRefused, SignedIn};
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{ErrorKind, PasswordPage, PasswordProblem};

#[derive(Deserialize)]
pub(in crate::http) struct NewPassword {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
}

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    match wanted(&visitor).await? {
        Ok(signed_in) => page(visitor, &signed_in, None),
        Err(to) => Ok(visitor.redirect(to)),
    }
}

pub(in crate::http) async fn submit(form: Guarded<NewPassword>) -> Result<Response, Failure> {
    let (visitor, NewPassword { password, again }) = form.fresh()?;
    let signed_in = match wanted(&visitor).await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    if password.expose_secret() != again.expose_secret() {
        return page(visitor, &signed_in, Some(PasswordProblem::Differs));
    }
    let (app, at, address) = (&visitor.app, &visitor.at, visitor.browser().address);
    let problem = match app.replace_password(at, &signed_in, password, address).await {
        Ok(()) => return Ok(visitor.redirect("/")),
        Err(PasswordRefused::Length) => PasswordProblem::Length,
        Err(PasswordRefused::Same) => PasswordProblem::Same,
        Err(PasswordRefused::NotProved) => PasswordProblem::NotProved,
        Err(PasswordRefused::App(AppError::Busy)) => PasswordProblem::Busy,
        Err(PasswordRefused::Refused(_)) => return Err(Failure(ErrorKind::Internal)),
        Err(PasswordRefused::App(error)) => return Err(error.into()),
    };
    page(visitor, &signed_in, Some(problem))
}

/// Who has to choose a new password; else the page to go to.
async fn wanted(visitor: &Visitor) -> Result<Result<SignedIn, &'static str>, Failure> {
    Ok(match visitor.signed_in().await? {
        Some(signed_in) if signed_in.user.needs_new_password => Ok(signed_in),
        Some(_) => Err("/"),
        None => Err("/login"),
    })
}

fn page(
    visitor: Visitor,
    signed_in: &SignedIn,
    problem: Option<PasswordProblem>,
) -> Result<Response, Failure> {
    let frame = visitor.frame();
    let html = PasswordPage { page: frame.page(), email: &signed_in.user.email, problem }.render()?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visitor.html(status, html))
}

//! `GET /login`: the form. `POST /login`: e-mail and password, then the Code screen or the start page.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::SecretString;
use serde::Deserialize;

use super::hand_over;
use crate::app::{AppError, Started};
use crate::domain::tenant::Origin;
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{ElsewherePage, LoginMessage, LoginPage};

#[derive(Deserialize)]
pub(in crate::http) struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
}

pub(in crate::http) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    if visitor.signed_in().await?.is_some() {
        return Ok(visitor.redirect("/"));
    }
    let signed_out = query.is_some_and(|query| query.split('&').any(|part| part == "signed-out"));
    form(visitor, StatusCode::OK, "", signed_out.then_some(LoginMessage::SignedOut))
}

pub(in crate::http) async fn submit(form_sent: Guarded<Credentials>) -> Result<Response, Failure> {
    let Guarded { mut visitor, fields: Credentials { email, password }, fresh } = form_sent;
    if !fresh {
        return form(visitor, StatusCode::FORBIDDEN, &email, Some(LoginMessage::FormExpired));
    }
    let browser = visitor.browser();
    match visitor.app.start_login(&visitor.at, &email, password, browser).await {
        Ok(Started::WrongCredentials) => {
            form(visitor, StatusCode::UNAUTHORIZED, &email, Some(LoginMessage::WrongCredentials))
        }
        Ok(Started::SignedIn(new)) => {
            hand_over(&mut visitor, &new);
            Ok(visitor.redirect("/"))
        }
        Ok(Started::Waiting(login)) => {
            visitor.set(Name::Login, &login.reveal(), None);
            Ok(visitor.redirect("/login/code"))
        }
        Ok(Started::SetUp(login)) => {
            visitor.set(Name::Login, &login.reveal(), None);
            Ok(visitor.redirect("/login/setup"))
        }
        Ok(Started::Elsewhere(origins)) => elsewhere(visitor, &origins),
        Ok(Started::NotFromHere) => Err(Failure(crate::web::ErrorKind::NotFromHere)),
        Err(AppError::Busy) => {
            form(visitor, StatusCode::SERVICE_UNAVAILABLE, &email, Some(LoginMessage::Busy))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is set up answers at these addresses.
pub(super) fn elsewhere(visitor: Visitor, origins: &[Origin]) -> Result<Response, Failure> {
    let origins = origins.iter().map(Origin::to_string).collect();
    let html = ElsewherePage { page: visitor.frame().page(), origins }.render()?;
    Ok(visitor.html(StatusCode::FORBIDDEN, html))
}

fn form(
    visitor: Visitor,
    status: StatusCode,
    email: &str,
    message: Option<LoginMessage>,
) -> Result<Response, Failure> {
    let frame = visitor.frame();
    let html = LoginPage { page: frame.page(), email, message }.render()?;
    Ok(visitor.html(status, html))
}

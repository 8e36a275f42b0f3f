//! `POST /login/passkey`: asks for a passkey on the Code screen. The answer is the options for the browser, in
//! JSON, to the page's script; what the browser makes of them goes to `POST /login/code`, as codes do.

use axum::http::StatusCode;
use axum::response::Response;

use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::script::Problem;

const NOT_OFFERED: Problem = Problem::new(
    StatusCode::CONFLICT,
    "not_offered",
    "No login waits in this browser that a passkey may prove",
);

pub(in crate::http) async fn ask(form: Result<Guarded<Nothing>, Failure>) -> Result<Response, Problem> {
    let (visitor, Nothing {}) = form?.fresh()?;
    let Some(cookie) = visitor.login() else { return Err(NOT_OFFERED) };
    let options = visitor.app.passkey_options(&visitor.at, &cookie).await?;
    Ok(visitor.json(options.ok_or(NOT_OFFERED)?))
}

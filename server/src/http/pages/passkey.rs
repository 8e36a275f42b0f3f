//! A passkey on the Code screen. `POST /login/passkey` asks for one: the options for the browser.
//! `POST /login/passkey/answer` takes what the browser made of them. The login cookie alone gives access,
//! and both are answered in JSON, to the page's script.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::app::LoginCookie;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::script::{Problem, next};
use crate::http::visitor::Visitor;

#[derive(Deserialize)]
pub(in crate::http) struct Answer {
    #[serde(default)]
    credential: String,
}

const NOTHING_TO_PROVE: Problem = Problem::new(
    StatusCode::CONFLICT,
    "no_login",
    "No login waits in this browser that a passkey could prove",
);
const REFUSED: Problem =
    Problem::new(StatusCode::FORBIDDEN, "refused", "The passkey was not accepted: ask for it again");

pub(in crate::http) async fn ask(form: Result<Guarded<Nothing>, Failure>) -> Result<Response, Problem> {
    let (visitor, Nothing {}) = form?.fresh()?;
    let cookie = login(&visitor)?;
    let options = visitor.app.passkey_options(&visitor.at, &cookie).await?;
    Ok(visitor.json(options.ok_or(NOTHING_TO_PROVE)?))
}

pub(in crate::http) async fn answer(form: Result<Guarded<Answer>, Failure>) -> Result<Response, Problem> {
    let (visitor, Answer { credential }) = form?.fresh()?;
    let cookie = login(&visitor)?;
    match visitor.app.check_passkey(&visitor.at, &cookie, &credential).await? {
        Some(_evidence) => Ok(visitor.json(next("/login/code"))),
        None => Err(REFUSED),
    }
}

fn login(visitor: &Visitor) -> Result<LoginCookie, Problem> {
    visitor.login().ok_or(NOTHING_TO_PROVE)
}

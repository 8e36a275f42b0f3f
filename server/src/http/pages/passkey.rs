//! A passkey on the Code screen. `POST /login/passkey` asks for one: the options for the browser.
//! `POST /login/passkey/answer` takes what the browser made of them. The login cookie alone gives access,
//! and both are answered in JSON, to the page's script.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::after;
use crate::app::{Attempt, Browser, LoginCookie, Proved};
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::script::{Problem, next};
use crate::http::visitor::Visitor;

#[derive(Deserialize)]
pub(in crate::http) struct Answer {
    #[serde(default)]
    credential: String,
    #[serde(default)]
    remember: Option<String>,
}

const NOTHING_TO_PROVE: Problem = Problem::new(
    StatusCode::CONFLICT,
    "no_login",
    "No login waits in this browser that a passkey could prove",
);
const SUSPENDED: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "suspended",
    "Passkeys failed too often: wait a while, or use another way",
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
    let (mut visitor, Answer { credential, remember }) = form?.fresh()?;
    let cookie = login(&visitor)?;
    let browser = Browser { remember: remember.is_some(), ..visitor.browser() };
    match visitor.app.prove(&visitor.at, &cookie, &browser, Attempt::Passkey(credential)).await? {
        Proved::Wrong | Proved::ClockOff(_) => Err(REFUSED),
        Proved::Suspended(_) => Err(SUSPENDED),
        Proved::NotOffered | Proved::NoLogin => Err(NOTHING_TO_PROVE),
        proved => {
            let to = after(&mut visitor, proved);
            Ok(visitor.json(next(to)))
        }
    }
}

fn login(visitor: &Visitor) -> Result<LoginCookie, Problem> {
    visitor.login().ok_or(NOTHING_TO_PROVE)
}

//! `/login/setup`: a second factor is set up before anybody is signed in, where the tenant asks for one.
//! `GET` shows the pairing code of an authenticator app, `POST` takes the app's first code.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::hand_over;
use crate::app::{AuthenticatorConfirmed, HasSetUp, LoginCookie, OfferedAuthenticator, SetUp};
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{SetUpPage, SetUpPlace, SetUpProblem, SetUpState};

#[derive(Deserialize)]
pub(in crate::http) struct FirstCode {
    #[serde(default)]
    pub(super) code: String,
}

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let Some(cookie) = visitor.login() else { return Ok(visitor.redirect("/login")) };
    page(visitor, &cookie, None).await
}

pub(in crate::http) async fn submit(form: Guarded<FirstCode>) -> Result<Response, Failure> {
    let (mut visitor, FirstCode { code }) = form.fresh()?;
    let Some(cookie) = visitor.login() else { return Ok(visitor.redirect("/login")) };
    match visitor.app.set_up_authenticator(&visitor.at, &cookie, &visitor.browser(), &code).await? {
        HasSetUp::SignedIn(new) => {
            hand_over(&mut visitor, &new);
            Ok(visitor.redirect("/"))
        }
        HasSetUp::Not(why) => match problem(why) {
            Some(problem) => page(visitor, &cookie, Some(problem)).await,
            None => over(visitor, SetUpPlace::SignIn),
        },
        HasSetUp::StrongerOnly => stronger_only(visitor, StatusCode::FORBIDDEN),
        HasSetUp::SignInAgain => Ok(visitor.redirect("/login")),
        HasSetUp::NotHere => Ok(visitor.redirect("/login/code")),
    }
}

async fn page(
    visitor: Visitor,
    cookie: &LoginCookie,
    problem: Option<SetUpProblem>,
) -> Result<Response, Failure> {
    match visitor.app.set_up_screen(&visitor.at, cookie).await? {
        SetUp::Authenticator { offered, account } => {
            offer(visitor, SetUpPlace::SignIn, &offered, &account, problem)
        }
        SetUp::StrongerOnly => stronger_only(visitor, StatusCode::OK),
        SetUp::SignInAgain => Ok(visitor.redirect("/login")),
        SetUp::NotHere => Ok(visitor.redirect("/login/code")),
    }
}

/// The page that says what is needed instead.
fn stronger_only(visitor: Visitor, status: StatusCode) -> Result<Response, Failure> {
    render(visitor, status, SetUpPlace::SignIn, SetUpState::Stronger)
}

/// What was wrong with a first code; none if the offer is over.
pub(super) fn problem(why: AuthenticatorConfirmed) -> Option<SetUpProblem> {
    match why {
        AuthenticatorConfirmed::Wrong => Some(SetUpProblem::Wrong),
        AuthenticatorConfirmed::ClockOff(clock) => {
            Some(SetUpProblem::ClockOff { minutes: clock.0.unsigned_abs(), ahead: clock.0 > 0 })
        }
        AuthenticatorConfirmed::Active | AuthenticatorConfirmed::Over => None,
    }
}

/// The page with a pairing code.
pub(super) fn offer(
    visitor: Visitor,
    place: SetUpPlace,
    offered: &OfferedAuthenticator,
    account: &str,
    problem: Option<SetUpProblem>,
) -> Result<Response, Failure> {
    let state = SetUpState::Offer { uri: &offered.uri, secret: &offered.secret_groups, account, problem };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(visitor, status, place, state)
}

/// The page that says that what was offered is over.
pub(super) fn over(visitor: Visitor, place: SetUpPlace) -> Result<Response, Failure> {
    render(visitor, StatusCode::GONE, place, SetUpState::Over)
}

fn render(
    visitor: Visitor,
    status: StatusCode,
    place: SetUpPlace,
    state: SetUpState<'_>,
) -> Result<Response, Failure> {
    let frame = visitor.frame();
    let html = SetUpPage { page: frame.page(), place, state }.render()?;
    Ok(visitor.html(status, html))
}

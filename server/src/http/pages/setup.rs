//! `/login/setup`: a second factor is set up before anybody is signed in, where the tenant asks for one. `GET` shows
//! what is suggested, or the way that is asked for by `?way=`; `POST` takes an authenticator app's first code. Phones
//! and passkeys are in [`super::setup_ways`].

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::hand_over;
use super::setup_ways::{passkey_page, phone_page};
use crate::app::{
    AuthenticatorConfirmed, HasSetUp, LoginCookie, NoSetUp, OfferedAuthenticator, SetUp, SetUpOffer,
};
use crate::domain::factor::Factor;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{SetUpPage, SetUpPhoneProblem, SetUpPlace, SetUpProblem, SetUpState};

#[derive(Deserialize)]
pub(in crate::http) struct FirstCode {
    #[serde(default)]
    pub(super) code: String,
}

/// What was wrong with what was typed, if something was.
#[derive(Clone, Copy, Default)]
pub(super) struct Problems {
    pub(super) app: Option<SetUpProblem>,
    pub(super) phone: Option<SetUpPhoneProblem>,
}

pub(in crate::http) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let Some(cookie) = visitor.login() else { return Ok(visitor.redirect("/login")) };
    let query = query.unwrap_or_default();
    let wanted = query.split('&').find_map(|pair| Factor::parse(pair.strip_prefix("way=")?));
    page(visitor, &cookie, wanted, Problems::default()).await
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
            Some(problem) => {
                let problems = Problems { app: Some(problem), ..Problems::default() };
                page(visitor, &cookie, Some(Factor::Totp), problems).await
            }
            None => over(visitor, SetUpPlace::SignIn),
        },
        HasSetUp::No(no) => refused(visitor, &cookie, no).await,
    }
}

/// The answer where nothing is set up.
pub(super) async fn refused(
    visitor: Visitor,
    cookie: &LoginCookie,
    no: NoSetUp,
) -> Result<Response, Failure> {
    match no {
        NoSetUp::SignInAgain => Ok(visitor.redirect("/login")),
        NoSetUp::NotHere => Ok(visitor.redirect("/login/code")),
        // What is accepted is shown instead.
        NoSetUp::NotAccepted => {
            let mut shown = Box::pin(page(visitor, cookie, None, Problems::default())).await?;
            if shown.status() == StatusCode::OK {
                *shown.status_mut() = StatusCode::FORBIDDEN;
            }
            Ok(shown)
        }
    }
}

/// The page with what is wanted, or suggested.
pub(super) async fn page(
    visitor: Visitor,
    cookie: &LoginCookie,
    wanted: Option<Factor>,
    problems: Problems,
) -> Result<Response, Failure> {
    let (pairing, address) = (visitor.pairing(), visitor.browser().address);
    let SetUp { offer, others } =
        match visitor.app.set_up_screen(&visitor.at, cookie, pairing, wanted, address).await? {
            Ok(screen) => screen,
            Err(NoSetUp::SignInAgain) => return Ok(visitor.redirect("/login")),
            Err(_) => return Ok(visitor.redirect("/login/code")),
        };
    match offer {
        SetUpOffer::Authenticator { offered, account } => {
            show_offer(visitor, (SetUpPlace::SignIn, others), &offered, &account, problems.app)
        }
        SetUpOffer::Phone { view, cookie } => phone_page(visitor, view, cookie, problems.phone, others),
        SetUpOffer::Passkey => passkey_page(visitor, others),
        SetUpOffer::Nothing => {
            render(visitor, StatusCode::OK, (SetUpPlace::SignIn, Vec::new()), SetUpState::Stronger)
        }
    }
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

/// The page with a pairing code, in the account.
pub(super) fn offer(
    visitor: Visitor,
    offered: &OfferedAuthenticator,
    account: &str,
    problem: Option<SetUpProblem>,
) -> Result<Response, Failure> {
    show_offer(visitor, (SetUpPlace::Account, Vec::new()), offered, account, problem)
}

fn show_offer(
    visitor: Visitor,
    place: (SetUpPlace, Vec<Factor>),
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
    render(visitor, StatusCode::GONE, (place, Vec::new()), SetUpState::Over)
}

fn render(
    visitor: Visitor,
    status: StatusCode,
    (place, others): (SetUpPlace, Vec<Factor>),
    state: SetUpState<'_>,
) -> Result<Response, Failure> {
    let frame = visitor.frame();
    let html = SetUpPage { page: frame.page(), place, others, state }.render()?;
    Ok(visitor.html(status, html))
}

//! `/account/confirm`: before the ways in are changed, the person proves again to be there. `POST` checks the
//! password of those who have set up nothing else, and leads all others to the Code screen.

use axum::http::StatusCode;
use axum::response::Response;
use secrecy::SecretString;
use serde::Deserialize;

use super::fresh::back;
use super::login::elsewhere;
use super::security;
use crate::app::{AppError, Freshness, PasswordAgain, SignedIn};
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{ConfirmPage, ConfirmProblem, ConfirmState};

#[derive(Deserialize)]
pub(in crate::http) struct Again {
    #[serde(default)]
    password: SecretString,
}

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    match visitor.app.freshness(&visitor.at, &signed_in).await? {
        Freshness::Fresh => Ok(visitor.redirect(security::HERE)),
        Freshness::FactorFirst => match visitor.app.confirms_elsewhere(&visitor.at, &signed_in.user).await? {
            Some(origins) => elsewhere(visitor, &origins),
            None => page(visitor, &signed_in, ConfirmState::Factor),
        },
        Freshness::PasswordFirst => page(visitor, &signed_in, ConfirmState::Password(None)),
    }
}

pub(in crate::http) async fn submit(form: Guarded<Again>) -> Result<Response, Failure> {
    let (visitor, Again { password }) = form.fresh()?;
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let problem = match visitor.app.freshness(&visitor.at, &signed_in).await? {
        Freshness::Fresh => return Ok(done(visitor)),
        Freshness::FactorFirst => return by_factor(visitor, &signed_in).await,
        Freshness::PasswordFirst => {
            let address = visitor.browser().address;
            match visitor.app.confirm_by_password(&visitor.at, &signed_in, password, address).await {
                Ok(PasswordAgain::Confirmed) => return Ok(done(visitor)),
                Ok(PasswordAgain::FactorFirst) => return by_factor(visitor, &signed_in).await,
                Ok(PasswordAgain::Wrong) => ConfirmProblem::Wrong,
                Ok(PasswordAgain::Suspended(wait)) => ConfirmProblem::Suspended {
                    minutes: u32::try_from(wait.as_secs().div_ceil(60)).unwrap_or(u32::MAX),
                },
                Err(AppError::Busy) => ConfirmProblem::Busy,
                Err(error) => return Err(error.into()),
            }
        }
    };
    page(visitor, &signed_in, ConfirmState::Password(Some(problem)))
}

fn done(mut visitor: Visitor) -> Response {
    let to = back(&mut visitor);
    visitor.redirect_to(&to)
}

/// A login that proves again who is there begins; the Code screen asks for it.
async fn by_factor(mut visitor: Visitor, signed_in: &SignedIn) -> Result<Response, Failure> {
    if let Some(origins) = visitor.app.confirms_elsewhere(&visitor.at, &signed_in.user).await? {
        return elsewhere(visitor, &origins);
    }
    let login = visitor.app.begin_confirmation(&visitor.at, signed_in, &visitor.browser()).await?;
    let Some(login) = login else { return Ok(visitor.redirect("/login")) };
    visitor.set(Name::Login, &login.reveal(), None);
    Ok(visitor.redirect("/login/code"))
}

fn page(visitor: Visitor, signed_in: &SignedIn, state: ConfirmState) -> Result<Response, Failure> {
    let status = match state {
        ConfirmState::Factor | ConfirmState::Password(None) => StatusCode::OK,
        ConfirmState::Password(Some(ConfirmProblem::Wrong)) => StatusCode::UNPROCESSABLE_ENTITY,
        ConfirmState::Password(Some(ConfirmProblem::Suspended { .. })) => StatusCode::TOO_MANY_REQUESTS,
        ConfirmState::Password(Some(ConfirmProblem::Busy)) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let frame = visitor.frame();
    let html = ConfirmPage { page: frame.page(), email: &signed_in.user.email, state }.render()?;
    Ok(visitor.html(status, html))
}

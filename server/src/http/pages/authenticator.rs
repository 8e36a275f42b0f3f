//! `/account/security/authenticator`: the authenticator app of whoever is signed in. `GET` shows a pairing
//! code, `POST` takes the app's first code, `POST …/remove` removes the app. Each takes a fresh proof.

use axum::response::Response;

use super::fresh::freshly;
use super::security_changes::{NOT_OFFERED, after};
use super::setup::{FirstCode, offer, over, problem};
use crate::app::{AuthenticatorConfirmed, SignedIn};
use crate::domain::factor::Factor;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::visitor::Visitor;
use crate::web::{SetUpPlace, SetUpProblem};

const HERE: &str = "/account/security/authenticator";
/// Where one comes back to.
const SECURITY: &str = "/account/security";

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    match freshly(visitor, HERE).await? {
        Ok((visitor, signed_in)) if may_add(&visitor, &signed_in) => page(visitor, &signed_in, None).await,
        Ok((visitor, _)) => Ok(visitor.redirect(NOT_OFFERED)),
        Err(first) => Ok(first),
    }
}

pub(in crate::http) async fn submit(form: Guarded<FirstCode>) -> Result<Response, Failure> {
    let (visitor, FirstCode { code }) = form.fresh()?;
    let (visitor, signed_in) = match freshly(visitor, HERE).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    if !may_add(&visitor, &signed_in) {
        return Ok(visitor.redirect(NOT_OFFERED));
    }
    let (user, session, address) = (&signed_in.user, signed_in.session.id, visitor.browser().address);
    let (app, at) = (&visitor.app, &visitor.at);
    match app.confirm_authenticator(at, user, session, &code, Some(address)).await? {
        AuthenticatorConfirmed::Active => Ok(visitor.redirect("/account/security?done=authenticator-added")),
        not => match problem(not) {
            Some(problem) => page(visitor, &signed_in, Some(problem)).await,
            None => over(visitor, SetUpPlace::Account),
        },
    }
}

pub(in crate::http) async fn remove(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    let (visitor, signed_in) = match freshly(visitor, SECURITY).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let address = Some(visitor.browser().address);
    let removed = visitor.app.remove_authenticator(&visitor.at, &signed_in.user, address).await?;
    Ok(visitor.redirect(after(removed, "/account/security?done=authenticator-removed")))
}

fn may_add(visitor: &Visitor, signed_in: &SignedIn) -> bool {
    visitor.app.may_add(&visitor.at, &signed_in.user, Factor::Totp)
}

async fn page(
    visitor: Visitor,
    signed_in: &SignedIn,
    problem: Option<SetUpProblem>,
) -> Result<Response, Failure> {
    let (user, session) = (&signed_in.user, signed_in.session.id);
    let address = Some(visitor.browser().address);
    let offered = visitor.app.offer_authenticator(&visitor.at, user, session, address).await?;
    offer(visitor, &offered, &user.email, problem)
}

//! `/pair`: adding a phone. `GET` shows what was offered to this browser, `POST` offers anew, and
//! `POST /pair/confirm` takes the code that the phone shows.
//!
//! A phone is added after a fresh proof alone: the phone that is there vouches for the new one.
//!
//! The link's secret is kept by this browser's cookie alone, so that a reload shows the same link, and
//! the code can be typed nowhere else.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::fresh::freshly;
use super::seconds;
use super::security_changes::NOT_OFFERED;
use crate::app::{Confirmed, PairingCookie, PairingView};
use crate::domain::factor::Factor;
use crate::domain::typed::half_width;
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::visitor::Visitor;
use crate::web::{PairLandingPage, PairPage, PairProblem, PairState};

#[derive(Deserialize)]
pub(in crate::http) struct Code {
    #[serde(default)]
    code: String,
}

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let Some(signed_in) = visitor.signed_in().await? else {
        let html = PairLandingPage { page: visitor.frame().page() }.render()?;
        return Ok(visitor.html(StatusCode::OK, html));
    };
    if signed_in.user.needs_new_password {
        return Ok(visitor.redirect("/account/password"));
    }
    match visitor.pairing() {
        None if !visitor.app.may_add(&visitor.at, &signed_in.user, Factor::Push) => {
            Ok(visitor.redirect(NOT_OFFERED))
        }
        None => page(visitor, PairState::Begin),
        Some(cookie) => {
            let view = visitor.app.view_pairing(&visitor.at, signed_in.user.id, &cookie).await?;
            show_view(visitor, view, None)
        }
    }
}

pub(in crate::http) async fn begin(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    // Whoever adds a phone is vouched for by what there is already, an older phone for one.
    let (mut visitor, signed_in) = match freshly(visitor, "/pair").await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    if !visitor.app.may_add(&visitor.at, &signed_in.user, Factor::Push) {
        return Ok(visitor.redirect(NOT_OFFERED));
    }
    let address = Some(visitor.browser().address);
    let link = visitor.app.offer_pairing_to(&visitor.at, signed_in.user.id, address).await?;
    let cookie = PairingCookie { pairing: link.id, secret: link.secret };
    visitor.set(Name::Pairing, &cookie.reveal(), None);
    Ok(visitor.redirect("/pair"))
}

pub(in crate::http) async fn confirm(form: Guarded<Code>) -> Result<Response, Failure> {
    let (mut visitor, Code { code }) = form.fresh()?;
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let Some(cookie) = visitor.pairing() else { return page(visitor, PairState::Over) };
    let user = signed_in.user.id;
    let code: String = code.chars().map(half_width).filter(char::is_ascii_digit).collect();
    let (address, at) = (Some(visitor.browser().address), &visitor.at);
    let problem = match visitor.app.confirm_pairing(at, user, cookie.pairing, &code, address).await? {
        Confirmed::Active(device) => {
            visitor.clear(Name::Pairing);
            return page(visitor, PairState::Done { device: &device });
        }
        Confirmed::Over => {
            visitor.clear(Name::Pairing);
            return page(visitor, PairState::Over);
        }
        Confirmed::WrongCode { tries_left } => {
            PairProblem::WrongCode { tries_left: u32::try_from(tries_left).unwrap_or(0) }
        }
        Confirmed::NotClaimed => PairProblem::NotClaimedYet,
    };
    let view = visitor.app.view_pairing(&visitor.at, user, &cookie).await?;
    show_view(visitor, view, Some(problem))
}

fn show_view(
    mut visitor: Visitor,
    view: PairingView,
    problem: Option<PairProblem>,
) -> Result<Response, Failure> {
    match view {
        PairingView::Offered { link, left } => {
            let (link, seconds_left) = (link.to_string(), seconds(left));
            page(visitor, PairState::Offer { link: &link, seconds_left, problem })
        }
        PairingView::Confirmed => {
            visitor.clear(Name::Pairing);
            Ok(visitor.redirect("/"))
        }
        PairingView::Over => {
            visitor.clear(Name::Pairing);
            page(visitor, PairState::Over)
        }
    }
}

fn page(visitor: Visitor, state: PairState<'_>) -> Result<Response, Failure> {
    let html = PairPage { page: visitor.frame().page(), state }.render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

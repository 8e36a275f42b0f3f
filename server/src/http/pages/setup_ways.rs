//! `POST /login/setup/phone`, `POST /login/setup/passkey/options` and `POST /login/setup/passkey`: a phone or a passkey
//! is set up before anybody is signed in. The latter two are answered in JSON to the page's script.

use axum::http::StatusCode;
use axum::response::Response;

use super::passkeys::{Made, Wish, kind_of, not_added, not_asked};
use super::setup::{FirstCode, Problems, page, refused};
use super::{hand_over, seconds};
use crate::app::{
    Confirmed, HasSetUp, NoSetUp, PairingCookie, PairingView, PasskeyAnswer, PasskeyAsked, PasskeyKind,
};
use crate::domain::factor::Factor;
use crate::domain::typed::half_width;
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::script::{Problem, next};
use crate::http::visitor::Visitor;
use crate::web::{
    ErrorKind, PairProblem, SetUpPasskeyPage, SetUpPhonePage, SetUpPhoneProblem, unnamed_passkey,
};

pub(in crate::http) async fn phone(form: Guarded<FirstCode>) -> Result<Response, Failure> {
    let (mut visitor, FirstCode { code }) = form.fresh()?;
    let Some(cookie) = visitor.login() else { return Ok(visitor.redirect("/login")) };
    let again = |problem| Problems { phone: Some(problem), ..Problems::default() };
    let Some(pairing) = visitor.pairing() else {
        return page(visitor, &cookie, Some(Factor::Push), again(SetUpPhoneProblem::Anew)).await;
    };
    let code: String = code.chars().map(half_width).filter(char::is_ascii_digit).collect();
    let browser = visitor.browser();
    match visitor.app.set_up_phone(&visitor.at, &cookie, &browser, &pairing, &code).await? {
        HasSetUp::SignedIn(new) => {
            visitor.clear(Name::Pairing);
            hand_over(&mut visitor, &new);
            Ok(visitor.redirect("/"))
        }
        HasSetUp::Not(why) => {
            let problem = match why {
                Confirmed::WrongCode { tries_left } => {
                    let tries_left = u32::try_from(tries_left).unwrap_or(0);
                    SetUpPhoneProblem::Code(PairProblem::WrongCode { tries_left })
                }
                Confirmed::NotClaimed => SetUpPhoneProblem::Code(PairProblem::NotClaimedYet),
                Confirmed::Active(_) | Confirmed::Over => SetUpPhoneProblem::Anew,
            };
            page(visitor, &cookie, Some(Factor::Push), again(problem)).await
        }
        HasSetUp::No(no) => refused(visitor, &cookie, no).await,
    }
}

/// The page with the link for a phone.
pub(super) fn phone_page(
    mut visitor: Visitor,
    view: PairingView,
    cookie: Option<PairingCookie>,
    problem: Option<SetUpPhoneProblem>,
    others: Vec<Factor>,
) -> Result<Response, Failure> {
    // It was offered a moment ago.
    let PairingView::Offered { link, left } = view else { return Err(Failure(ErrorKind::Unavailable)) };
    if let Some(cookie) = cookie {
        visitor.set(Name::Pairing, &cookie.reveal(), None);
    }
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (link, seconds_left) = (link.to_string(), seconds(left));
    let frame = visitor.frame();
    let html = SetUpPhonePage { page: frame.page(), link: &link, seconds_left, problem, others }.render()?;
    Ok(visitor.html(status, html))
}

/// The page whose script makes a passkey.
pub(super) fn passkey_page(visitor: Visitor, others: Vec<Factor>) -> Result<Response, Failure> {
    let html = SetUpPasskeyPage { page: visitor.frame().page(), others }.render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

pub(in crate::http) async fn ask(form: Result<Guarded<Wish>, Failure>) -> Result<Response, Problem> {
    let (visitor, Wish { kind }) = form?.fresh()?;
    let cookie = visitor.login().ok_or(OVER)?;
    let asked = visitor.app.set_up_passkey_options(&visitor.at, &cookie, kind_of(&kind)).await?;
    match asked.map_err(no_set_up)? {
        PasskeyAsked::Options(options) => Ok(visitor.json(options)),
        not => Err(not_asked(&not)),
    }
}

pub(in crate::http) async fn add(form: Result<Guarded<Made>, Failure>) -> Result<Response, Problem> {
    let (mut visitor, Made { kind, credential }) = form?.fresh()?;
    let cookie = visitor.login().ok_or(OVER)?;
    let browser = visitor.browser();
    let unnamed = unnamed_passkey(visitor.lang, kind_of(&kind) == PasskeyKind::SecurityKey);
    let address = Some(browser.address);
    let answer = PasskeyAnswer { credential: &credential, unnamed: &unnamed, address };
    match visitor.app.set_up_passkey(&visitor.at, &cookie, &browser, answer).await? {
        HasSetUp::SignedIn(new) => {
            hand_over(&mut visitor, &new);
            Ok(visitor.json(next("/")))
        }
        HasSetUp::Not(why) => Err(not_added(&why)),
        HasSetUp::No(no) => Err(no_set_up(no)),
    }
}

fn no_set_up(no: NoSetUp) -> Problem {
    match no {
        NoSetUp::SignInAgain | NoSetUp::NotHere => OVER,
        NoSetUp::NotAccepted => {
            Problem::new(StatusCode::FORBIDDEN, "not_offered", "The organisation does not accept passkeys")
        }
    }
}

const OVER: Problem =
    Problem::new(StatusCode::UNAUTHORIZED, "signed_out", "This sign-in is over: sign in again");

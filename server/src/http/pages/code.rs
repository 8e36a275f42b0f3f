//! `GET /login/code`: the Code screen, as the login stands now. `POST /login/code`: a code is typed.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{after, seconds};
use crate::app::{AskAgain, Attempt, Browser, CodeScreen, EmailStatus, OfferedWay, OtherWays, Proved};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::reach::Reach;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{
    CodePage, CodePurpose, CodeState, EmailWay, ErrorKind, Page, SendAgain, Way, WayKind, WayProblem,
    masked_email,
};

pub(in crate::http) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let still = query.is_some_and(|query| query.split('&').any(|part| part == "still"));
    page(visitor, StatusCode::OK, Said { still, ..Said::default() }).await
}

/// What the page says beside how the login stands.
#[derive(Clone, Copy, Default)]
pub(super) struct Said {
    /// Of which way there is something to say, and what.
    pub(super) problem: Option<(Factor, WayProblem)>,
    /// Whether the browser is to be remembered, as it was ticked.
    pub(super) remember: bool,
    /// Whether the page must not renew itself.
    still: bool,
}

/// What is typed on the Code screen.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    way: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    remember: Option<String>,
}

pub(in crate::http) async fn submit(form: Guarded<Typed>) -> Result<Response, Failure> {
    let (mut visitor, Typed { way, code, remember }) = form.fresh()?;
    let Some(factor) = Factor::parse(&way) else { return Err(Failure(ErrorKind::FormExpired)) };
    let attempt = match factor {
        Factor::EmailCode => Attempt::EmailCode(code),
        Factor::Totp => Attempt::Totp(code),
        Factor::RecoveryCode => Attempt::RecoveryCode(code),
        Factor::Passkey => Attempt::Passkey(code),
        Factor::Push => return Err(Failure(ErrorKind::FormExpired)),
    };
    let remember = remember.is_some();
    let Some(cookie) = visitor.login() else { return Ok(visitor.redirect("/login/code")) };
    let browser = Browser { remember, ..visitor.browser() };
    match visitor.app.prove(&visitor.at, &cookie, &browser, attempt).await? {
        Proved::Wrong => wrong(visitor, factor, WayProblem::Wrong, remember).await,
        Proved::ClockOff(clock) => {
            let problem = WayProblem::ClockOff { minutes: clock.0.unsigned_abs(), ahead: clock.0 > 0 };
            wrong(visitor, factor, problem, remember).await
        }
        Proved::Suspended(_) => page(visitor, StatusCode::TOO_MANY_REQUESTS, Said::default()).await,
        Proved::NotOffered => page(visitor, StatusCode::FORBIDDEN, Said::default()).await,
        proved => {
            let to = after(&mut visitor, proved);
            Ok(visitor.redirect_to(&to))
        }
    }
}

async fn wrong(
    visitor: Visitor,
    factor: Factor,
    problem: WayProblem,
    remember: bool,
) -> Result<Response, Failure> {
    let said = Said { problem: Some((factor, problem)), remember, ..Said::default() };
    page(visitor, StatusCode::UNPROCESSABLE_ENTITY, said).await
}

/// The Code screen of this browser's login.
pub(super) async fn page(visitor: Visitor, status: StatusCode, said: Said) -> Result<Response, Failure> {
    let screen = match visitor.login() {
        Some(cookie) => visitor.app.code_screen(&visitor.at, &cookie).await?,
        None => None,
    };
    let sets_up =
        |screen: &CodeScreen| screen.purpose == Purpose::SetUp && screen.standing == LoginState::Pending;
    if screen.as_ref().is_some_and(sets_up) {
        return Ok(visitor.redirect("/login/setup"));
    }
    let frame = visitor.frame();
    let html = match screen {
        Some(screen) => of_login(&screen, frame.page(), said).render()?,
        None => {
            let signed_in = visitor.signed_in().await?.is_some();
            let state = if signed_in { CodeState::Completed } else { CodeState::NoLogin };
            empty(state, frame.page()).render()?
        }
    };
    Ok(visitor.html(status, html))
}

/// The word for a login's standing, in page and event stream.
pub(super) fn code_state(standing: LoginState, reach: Reach) -> CodeState {
    match standing {
        LoginState::Pending => CodeState::Waiting(reach),
        LoginState::Approved => CodeState::Approved,
        LoginState::Completed => CodeState::Completed,
        LoginState::Denied => CodeState::Denied,
        LoginState::Reported => CodeState::Reported,
        LoginState::WrongNumber => CodeState::WrongNumber,
        LoginState::Expired => CodeState::Expired,
        LoginState::NotCompleted => CodeState::NotCompleted,
        LoginState::Replaced => CodeState::NoLogin,
    }
}

fn of_login<'a>(screen: &'a CodeScreen, page: Page<'a>, said: Said) -> CodePage<'a> {
    let state = code_state(screen.standing, screen.reach);
    let confirm = matches!(screen.purpose, Purpose::Confirm(_));
    CodePage {
        devices: screen.devices.iter().map(|device| device.name.clone()).collect(),
        number: screen.number.as_deref().filter(|_| state.is_waiting()),
        state,
        seconds_left: seconds(screen.left),
        seconds_total: seconds(screen.total),
        seconds_since_asked: seconds(screen.since_asked),
        ask_again_in: match screen.ask_again {
            AskAgain::Now => Some(0),
            AskAgain::After(wait) => Some(seconds(wait) + 1),
            AskAgain::Not => None,
        },
        purpose: if confirm { CodePurpose::Confirm } else { CodePurpose::SignIn },
        ways: screen.other_ways.ways.iter().filter_map(|way| shown(way, &screen.other_ways, said)).collect(),
        remember_days: screen.remember_days,
        remember: said.remember,
        recoverable: screen.other_ways.recoverable,
        still: said.still,
        ..empty(state, page)
    }
}

/// A way as the page shows it.
fn shown(way: &OfferedWay, ways: &OtherWays, said: Said) -> Option<Way> {
    let kind = match way.factor {
        Factor::Push => return None,
        Factor::Passkey => WayKind::Passkey,
        Factor::Totp => WayKind::Authenticator,
        Factor::RecoveryCode => WayKind::RecoveryCode,
        Factor::EmailCode => WayKind::Email(email_way(ways.email.as_ref()?)),
    };
    let problem = said.problem.filter(|(factor, _)| *factor == way.factor).map(|(_, problem)| problem);
    Some(Way { problem, suspended: way.suspended.map(seconds), ..Way::new(kind) })
}

fn email_way(email: &EmailStatus) -> EmailWay {
    EmailWay {
        to: masked_email(&email.to),
        code_left: email.valid_for.map(seconds),
        sent: email.sent,
        send: email.next_after.map_or(SendAgain::Now, |wait| SendAgain::TooMany(seconds(wait) + 1)),
    }
}

fn empty(state: CodeState, page: Page<'_>) -> CodePage<'_> {
    CodePage {
        page,
        purpose: CodePurpose::SignIn,
        devices: Vec::new(),
        number: None,
        state,
        seconds_left: 0,
        seconds_total: 0,
        seconds_since_asked: 0,
        ask_again_in: None,
        ways: Vec::new(),
        remember_days: 0,
        remember: false,
        recoverable: false,
        still: false,
    }
}

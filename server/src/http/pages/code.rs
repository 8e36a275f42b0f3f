//! `GET /login/code`: the Code screen, as the login stands now.

use axum::http::StatusCode;
use axum::response::Response;

use crate::app::{AskAgain, CodeScreen};
use crate::domain::login::LoginState;
use crate::domain::reach::Reach;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{CodePage, CodeState};

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let screen = match visitor.login() {
        Some(cookie) => visitor.app.code_screen(&visitor.at, &cookie).await?,
        None => None,
    };
    let frame = visitor.frame();
    let html = match screen {
        Some(screen) => of_login(&screen, frame.page()).render()?,
        None => {
            let signed_in = visitor.signed_in().await?.is_some();
            let state = if signed_in { CodeState::Completed } else { CodeState::NoLogin };
            empty(state, frame.page()).render()?
        }
    };
    Ok(visitor.html(StatusCode::OK, html))
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

fn of_login<'a>(screen: &'a CodeScreen, page: crate::web::Page<'a>) -> CodePage<'a> {
    let state = code_state(screen.standing, screen.reach);
    let seconds = |duration: std::time::Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
    CodePage {
        page,
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
    }
}

fn empty(state: CodeState, page: crate::web::Page<'_>) -> CodePage<'_> {
    CodePage {
        page,
        devices: Vec::new(),
        number: None,
        state,
        seconds_left: 0,
        seconds_total: 0,
        seconds_since_asked: 0,
        ask_again_in: None,
    }
}

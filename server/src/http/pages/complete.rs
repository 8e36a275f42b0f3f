//! `POST /login/complete`: the browser that started an approved login gets its session.

use axum::response::Response;
use serde::Deserialize;

use super::fresh::back;
use super::hand_over;
use crate::app::{Browser, Completed};
use crate::domain::login::LoginState;
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::Guarded;

#[derive(Deserialize)]
pub(in crate::http) struct Choice {
    #[serde(default)]
    remember: Option<String>,
}

pub(in crate::http) async fn submit(form: Guarded<Choice>) -> Result<Response, Failure> {
    let (mut visitor, Choice { remember }) = form.fresh()?;
    let Some(cookie) = visitor.login() else {
        // Another tab was faster and took the cookie with it.
        let to = if visitor.signed_in().await?.is_some() { "/" } else { "/login/code" };
        return Ok(visitor.redirect(to));
    };
    let browser = Browser { remember: remember.is_some(), ..visitor.browser() };
    match visitor.app.complete_login(&visitor.at, &cookie, &browser).await? {
        Completed::SignedIn(new) => {
            hand_over(&mut visitor, &new);
            Ok(visitor.redirect("/"))
        }
        Completed::Confirmed => {
            visitor.clear(Name::Login);
            let to = back(&mut visitor);
            Ok(visitor.redirect_to(&to))
        }
        Completed::SetUpFirst => Ok(visitor.redirect("/login/setup")),
        Completed::Not(LoginState::Completed) => Ok(visitor.redirect("/")),
        Completed::Not(_) | Completed::NoLogin => Ok(visitor.redirect("/login/code")),
    }
}

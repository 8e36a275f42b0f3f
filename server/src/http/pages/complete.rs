//! `POST /login/complete`: the browser that started an approved login gets its session.

use axum::response::Response;

use super::hand_over;
use crate::app::Completed;
use crate::domain::login::LoginState;
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};

pub(in crate::http) async fn submit(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (mut visitor, Nothing {}) = form.fresh()?;
    let Some(cookie) = visitor.login() else {
        // Another tab was faster and took the cookie with it.
        let to = if visitor.signed_in().await?.is_some() { "/" } else { "/login/code" };
        return Ok(visitor.redirect(to));
    };
    match visitor.app.complete_login(&visitor.at, &cookie, &visitor.browser()).await? {
        Completed::SignedIn(new) => {
            hand_over(&mut visitor, &new);
            Ok(visitor.redirect("/"))
        }
        Completed::Confirmed => {
            visitor.clear(Name::Login);
            Ok(visitor.redirect("/account/security"))
        }
        Completed::Not(LoginState::Completed) => Ok(visitor.redirect("/")),
        Completed::Not(_) | Completed::NoLogin => Ok(visitor.redirect("/login/code")),
    }
}

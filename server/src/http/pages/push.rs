//! `POST /login/push`: "Ask my phone again". Too soon or too late, it does nothing; the Code screen says
//! how things stand.

use axum::response::Response;

use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};

pub(in crate::http) async fn submit(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    if let Some(cookie) = visitor.login() {
        visitor.app.ask_again(&visitor.at, &cookie, visitor.browser().address).await?;
    }
    Ok(visitor.redirect("/login/code"))
}

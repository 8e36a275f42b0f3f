//! `POST /login/email`: "Send New Code". The Code screen says what came of it.

use axum::response::Response;

use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};

pub(in crate::http) async fn submit(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    if let Some(cookie) = visitor.login() {
        visitor.app.send_email_code(&visitor.at, &cookie, &visitor.browser()).await?;
    }
    Ok(visitor.redirect("/login/code"))
}

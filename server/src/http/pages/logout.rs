//! `POST /logout`: ends the session. The browser stays trusted.

use axum::response::Response;

use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};

pub(in crate::http) async fn submit(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (mut visitor, Nothing {}) = form.fresh()?;
    if let Some(token) = visitor.session() {
        visitor.app.sign_out(&visitor.at, &token, visitor.browser().address).await?;
    }
    visitor.clear(Name::Session);
    visitor.clear(Name::Pairing);
    Ok(visitor.redirect("/login?signed-out"))
}

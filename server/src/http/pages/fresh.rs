//! A fresh proof, before anything about the ways in is changed; and back to where one wanted to go.

use axum::response::Response;

use crate::app::{Freshness, SignedIn};
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;

/// Where the person proves again to be there.
const CONFIRM: &str = "/account/confirm";

/// The pages that a fresh proof leads back to: a cookie names one of them, and no other address.
const PLACES: [&str; 4] =
    ["/pair", "/account/passkeys", "/account/security/authenticator", "/admin/settings"];

/// Who asks for a change, if the proof is fresh; else the answer that leads to a fresh one, and from there to
/// `then`. No phone rings before a button says so.
pub(in crate::http) async fn freshly(
    mut visitor: Visitor,
    then: &'static str,
) -> Result<Result<(Visitor, SignedIn), Response>, Failure> {
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(Err(visitor.redirect(to))),
    };
    if visitor.app.freshness(&visitor.at, &signed_in).await? == Freshness::Fresh {
        return Ok(Ok((visitor, signed_in)));
    }
    visitor.set(Name::Then, then, None);
    Ok(Err(visitor.redirect(CONFIRM)))
}

/// Where whoever proved again to be there wanted to go.
pub(super) fn back(visitor: &mut Visitor) -> &'static str {
    let then = visitor.then();
    visitor.clear(Name::Then);
    let known = PLACES.into_iter().find(|place| then.as_deref() == Some(place));
    known.unwrap_or(super::security::CONFIRMED)
}

//! A fresh proof, before anything about the ways in is changed; and back to where one wanted to go.

use std::borrow::Cow;

use axum::response::Response;
use countersign_protocol::ids::UserId;

use crate::app::{Freshness, SignedIn};
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;

/// Where the person proves again to be there.
const CONFIRM: &str = "/account/confirm";

/// What was selected among users is shown again, with what is to be done; the fields of the form follow.
pub(in crate::http) const SELECTION: &str = "/admin/users/act?";

/// The pages that a fresh proof leads back to: a cookie names one of them, a selection or a user, and no other address.
/// None of them changes anything.
const PLACES: [&str; 9] = [
    "/pair",
    "/account/passkeys",
    "/account/security/authenticator",
    "/admin/settings",
    "/admin/settings/brand",
    "/admin/users?done=confirmed",
    "/admin/users/add",
    "/admin/users/import",
    "/admin/jobs",
];

/// Who asks for a change, if the proof is fresh; else the answer that leads to a fresh one, and from there to
/// `then`. No phone rings before a button says so.
pub(in crate::http) async fn freshly(
    mut visitor: Visitor,
    then: &str,
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

/// A user's page, where one proved to be there and chooses again what to do.
pub(in crate::http) fn confirmed_user(user: UserId) -> String {
    format!("/admin/users/{user}?done=confirmed")
}

/// Where whoever proved again to be there wanted to go.
pub(super) fn back(visitor: &mut Visitor) -> Cow<'static, str> {
    let then = visitor.then();
    visitor.clear(Name::Then);
    then.filter(|then| is_known(then)).map_or(Cow::Borrowed(super::security::CONFIRMED), Cow::Owned)
}

fn is_known(then: &str) -> bool {
    let of_user =
        || then.strip_prefix("/admin/users/")?.strip_suffix("?done=confirmed")?.parse::<UserId>().ok();
    // A selection is a form's fields as this server wrote them.
    let written = |b: u8| b.is_ascii_alphanumeric() || b"*-._+%&=".contains(&b);
    PLACES.contains(&then)
        || then.strip_prefix(SELECTION).is_some_and(|fields| fields.bytes().all(written))
        || of_user().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_leads_nowhere_else() {
        let id = "0198a6f4-0000-7000-8000-000000000000";
        let (user, selection) =
            (format!("/admin/users/{id}?done=confirmed"), format!("{SELECTION}whom=all&q=%40a"));
        for known in ["/pair", "/admin/settings", &user, &selection] {
            assert!(is_known(known), "{known}");
        }
        for other in [
            "",
            "//evil.test",
            "https://evil.test/pair",
            "/logout",
            "/admin/users/act?x=<b>",
            "/admin/users/act?a=b\r\nx: y",
            "/admin/users/../../logout?done=confirmed",
        ] {
            assert!(!is_known(other), "{other}");
        }
    }
}

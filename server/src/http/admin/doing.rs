//! What administrators do by a form. It takes a fresh proof; what was selected is not lost on the way to one.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};

use super::Administrator;
use super::user::id_of;
use crate::http::HttpState;
use crate::http::form::{GuardedPairs, Pairs};
use crate::http::pages::fresh::{SELECTION, confirmed_user};
use crate::http::visitor::Visitor;

/// Where many users are acted on.
pub(super) const ACT: &str = "/admin/users/act";
/// Where a user is added.
pub(super) const ADD: &str = "/admin/users/add";
/// Where users are taken in from a table.
pub(super) const IMPORT: &str = "/admin/users/import";
/// Work on many users.
const JOBS: &str = "/admin/jobs";
/// The list, to choose again.
const LIST: &str = "/admin/users?done=confirmed";
/// The longest selection that the way to a proof and back carries, in bytes: a cookie has room for 4,096. All that a
/// page shows can be selected within.
const LONGEST: usize = 3_500;

/// A form of an administrator who proved lately to be there. Who did not is led to a proof.
pub(super) struct Doing {
    pub(super) visitor: Visitor,
    pub(super) administrator: Administrator,
    pub(super) pairs: Pairs,
}

impl FromRequest<Arc<HttpState>> for Doing {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        let form = GuardedPairs::from_request(request, state).await;
        let GuardedPairs { visitor, pairs } = form.map_err(|failure| failure.into_response())?;
        let then = then(&path, &pairs);
        let fresh = Administrator::fresh(visitor, &then).await;
        let (visitor, administrator) = fresh.map_err(|failure| failure.into_response())??;
        Ok(Self { visitor, administrator, pairs })
    }
}

/// The page that a proof leads to: none of them does anything.
fn then(path: &str, pairs: &Pairs) -> String {
    if path == ACT {
        let selection = format!("{SELECTION}{}", pairs.to_query(|name| name != "sure"));
        return if selection.len() > LONGEST { LIST.to_owned() } else { selection };
    }
    if path.starts_with(IMPORT) {
        return IMPORT.to_owned();
    }
    if path.starts_with(JOBS) {
        return JOBS.to_owned();
    }
    let id = path.strip_prefix("/admin/users/").and_then(|rest| rest.split('/').next());
    match id {
        Some("add") => ADD.to_owned(),
        id => id.and_then(|id| id_of(id).ok()).map_or_else(|| LIST.to_owned(), confirmed_user),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_carried_and_what_is_done_with_it_is_not() {
        let pairs = |query: &str| Pairs::of_query(query);
        let sent = "action=turn-on&whom=all&q=%40sales%3B&sure=yes";
        assert_eq!(then(ACT, &pairs(sent)), "/admin/users/act?action=turn-on&whom=all&q=%40sales%3B");
        let id = "0198a6f4-0000-7000-8000-000000000000";
        let page = format!("action=disable{}", format!("&id={id}").repeat(50));
        assert_eq!(then(ACT, &pairs(&page)), format!("/admin/users/act?{page}"), "a page's users");
        assert_eq!(then(ACT, &pairs(&page.repeat(2))), LIST, "more than a cookie holds");
    }

    #[test]
    fn what_was_done_to_one_user_leads_back_to_that_user() {
        let none = Pairs::default();
        let id = "0198a6f4-0000-7000-8000-000000000000";
        for form in ["act", "reset", "change", "password"] {
            let back = format!("/admin/users/{id}?done=confirmed");
            assert_eq!(then(&format!("/admin/users/{id}/{form}"), &none), back);
        }
        assert_eq!(then("/admin/users/add", &none), ADD);
        assert_eq!(then("/admin/users/import/do", &none), IMPORT);
        assert_eq!(then("/admin/users/x/act", &none), LIST);
        assert_eq!(then("/admin/jobs/1/stop", &none), JOBS);
    }
}

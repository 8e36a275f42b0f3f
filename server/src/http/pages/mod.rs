//! The browser's pages, one file an endpoint.

pub(super) mod assets;
pub(super) mod authenticator;
pub(super) mod brand;
pub(super) mod code;
pub(super) mod complete;
pub(super) mod confirm;
pub(super) mod email;
pub(super) mod events;
pub(super) mod fresh;
pub(super) mod login;
pub(super) mod logout;
mod own;
pub(super) mod pair;
pub(super) mod passkey;
pub(super) mod passkeys;
pub(super) mod password;
pub(super) mod push;
pub(super) mod recover;
pub(super) mod recovery_codes;
pub(super) mod security;
pub(super) mod security_changes;
pub(super) mod setup;
pub(super) mod setup_ways;
pub(super) mod start;
pub(super) mod well_known;

use super::cookies::Name;
use super::failure::Failure;
use super::visitor::Visitor;
use crate::app::{NewSession, Proved};
use crate::web::ErrorKind;

/// Anything that is not an address of the service.
pub(super) async fn not_found() -> Failure {
    Failure(ErrorKind::NotFound)
}

/// A year: a browser that signs in less often is new again.
const BROWSER_LASTS: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 60 * 60);

/// Where a browser goes whose login was proved, or is over. It gets what came of it.
fn after(visitor: &mut Visitor, proved: Proved) -> &'static str {
    match proved {
        Proved::SignedIn(new) => {
            hand_over(visitor, &new);
            "/"
        }
        Proved::Confirmed => {
            visitor.clear(Name::Login);
            fresh::back(visitor)
        }
        Proved::SetUpFirst => "/login/setup",
        _ => "/login/code",
    }
}

/// A time as pages count it down.
fn seconds(duration: std::time::Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

/// Gives the browser its new session, and takes the login that it came from.
fn hand_over(visitor: &mut Visitor, new: &NewSession) {
    visitor.set(Name::Session, &new.session.reveal(), None);
    if let Some(browser) = &new.browser {
        visitor.set(Name::Browser, &browser.reveal(), Some(BROWSER_LASTS));
    }
    visitor.clear(Name::Login);
}

//! `POST /account/security/…`: phones, trusted browsers and sessions are taken away; a recovery is stopped.
//! All but the last need a fresh proof: without one, the person confirms first and then chooses again.

use axum::response::Response;
use countersign_protocol::ids::DeviceId;
use serde::Deserialize;
use uuid::Uuid;

use super::fresh::freshly;
use super::security;
use crate::app::OwnRemoval;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::visitor::Visitor;
use crate::web::ErrorKind;

const GONE: &str = "/account/security?done=gone";
const LAST_ONE: &str = "/account/security?done=last-one";
/// What is not accepted is not added.
pub(super) const NOT_OFFERED: &str = "/account/security?done=not-offered";

#[derive(Deserialize)]
pub(in crate::http) struct Which {
    #[serde(default)]
    id: String,
}

impl Which {
    fn id(&self) -> Result<Uuid, Failure> {
        Uuid::parse_str(&self.id).map_err(|_| Failure(ErrorKind::NotFound))
    }
}

pub(in crate::http) async fn remove_phone(form: Guarded<Which>) -> Result<Response, Failure> {
    let (visitor, which) = form.fresh()?;
    let id = DeviceId(which.id()?);
    let (visitor, signed_in) = match freshly(visitor, security::HERE).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let address = visitor.browser().address;
    let removed = visitor.app.remove_phone(&visitor.at, &signed_in, id, address).await?;
    Ok(visitor.redirect(after(removed, "/account/security?done=phone-removed")))
}

/// Where it leads that something of one's own was removed.
pub(super) const fn after(removed: OwnRemoval, done: &'static str) -> &'static str {
    match removed {
        OwnRemoval::Done => done,
        OwnRemoval::NotThere => GONE,
        OwnRemoval::LastOne => LAST_ONE,
    }
}

/// The second step is turned off: all that is set up goes, and the person stays signed in.
pub(in crate::http) async fn turn_off(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    let (visitor, signed_in) = match freshly(visitor, security::HERE).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let address = visitor.browser().address;
    let off = visitor.app.turn_off_own(&visitor.at, signed_in.user.id, address).await?;
    Ok(visitor.redirect(after(off, "/account/security?done=turned-off")))
}

pub(in crate::http) async fn forget_browser(form: Guarded<Which>) -> Result<Response, Failure> {
    let (visitor, which) = form.fresh()?;
    forget(visitor, Some(which.id()?), "/account/security?done=browser-forgotten").await
}

pub(in crate::http) async fn forget_browsers(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    forget(visitor, None, "/account/security?done=browsers-forgotten").await
}

async fn forget(visitor: Visitor, which: Option<Uuid>, done: &'static str) -> Result<Response, Failure> {
    let (visitor, signed_in) = match freshly(visitor, security::HERE).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let address = visitor.browser().address;
    let forgotten = visitor.app.forget_browsers(&visitor.at, signed_in.user.id, which, address).await?;
    Ok(visitor.redirect(if forgotten > 0 { done } else { GONE }))
}

pub(in crate::http) async fn end_session(form: Guarded<Which>) -> Result<Response, Failure> {
    let (visitor, which) = form.fresh()?;
    end(visitor, Some(which.id()?), "/account/security?done=session-ended").await
}

pub(in crate::http) async fn end_other_sessions(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    end(visitor, None, "/account/security?done=sessions-ended").await
}

async fn end(visitor: Visitor, which: Option<Uuid>, done: &'static str) -> Result<Response, Failure> {
    let (visitor, signed_in) = match freshly(visitor, security::HERE).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let address = visitor.browser().address;
    let ended = visitor.app.end_sessions(&visitor.at, &signed_in, which, address).await?;
    Ok(visitor.redirect(if ended > 0 { done } else { GONE }))
}

/// At one press, since it only ever makes things safer.
pub(in crate::http) async fn stop_recovery(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let address = Some(visitor.browser().address);
    let stopped = visitor.app.stop_recovery(&visitor.at, signed_in.user.id, address).await?;
    Ok(visitor.redirect(if stopped { "/account/security?done=recovery-stopped" } else { GONE }))
}

//! `GET /`: the start page: who you are, how and when you proved it, your devices, sign out.

use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::pairing::KeyProtection;

use super::own::Own;
use crate::app::{Device, Session, SignedIn};
use crate::domain::factor::Factor;
use crate::domain::session;
use crate::domain::user::Role;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{DeviceRow, Lang, Proof, StartPage, for_people};

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let policy = visitor.app.own_policy(&visitor.at, &signed_in.user).await?;
    let own = Own::new(policy, &visitor);
    let frame = visitor.frame();
    let html = StartPage {
        page: frame.page(),
        email: &signed_in.user.email,
        name: &signed_in.user.name,
        proof: proof_of(&signed_in.session, &signed_in.devices),
        signed_in_at: &for_people(signed_in.session.created_at, visitor.lang),
        devices: signed_in
            .devices
            .iter()
            .map(|device| device_row(device, &signed_in, visitor.lang))
            .collect(),
        due: own.due(),
        add_phone: visitor.app.may_add(&visitor.at, &signed_in.user, Factor::Push),
        manages: signed_in.user.role > Role::Member,
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

/// How a session was proved, in words for people.
pub(super) fn proof_of(session: &Session, devices: &[Device]) -> Proof {
    match session.proof {
        session::Proof::PasswordAlone => Proof::PasswordAlone,
        session::Proof::Remembered => Proof::Remembered,
        session::Proof::Other(factor) => Proof::Other(factor),
        session::Proof::Device { device, number } => match devices.iter().find(|known| known.id == device) {
            Some(known) => Proof::Phone { device: known.name.clone(), number },
            None => Proof::Other(Factor::Push),
        },
    }
}

/// A phone as it is listed.
pub(super) fn device_row(device: &Device, signed_in: &SignedIn, lang: Lang) -> DeviceRow {
    let by_this = |proof| matches!(proof, session::Proof::Device { device: by, .. } if by == device.id);
    DeviceRow {
        id: device.id.to_string(),
        name: device.name.clone(),
        platform: device.platform.clone(),
        added: for_people(device.created_at, lang),
        last_used: device.last_used_at.map(|at| for_people(at, lang)),
        this_login: by_this(signed_in.session.proof),
        software: device.protection == KeyProtection::Software,
        push_lost: device.push_lost_at.is_some(),
    }
}

//! `GET /`: the start page: who you are, how and when you proved it, your devices, sign out.

use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::pairing::KeyProtection;

use crate::app::{Device, SignedIn};
use crate::domain::session;
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{DeviceRow, Lang, Proof, StartPage, for_people};

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let frame = visitor.frame();
    let html = StartPage {
        page: frame.page(),
        email: &signed_in.user.email,
        name: &signed_in.user.name,
        proof: proof(&signed_in),
        signed_in_at: &for_people(signed_in.session.created_at, visitor.lang),
        devices: signed_in.devices.iter().map(|device| row(device, &signed_in, visitor.lang)).collect(),
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

fn proof(signed_in: &SignedIn) -> Proof {
    match signed_in.session.proof {
        session::Proof::PasswordAlone | session::Proof::Remembered | session::Proof::Other(_) => {
            Proof::PasswordAlone
        }
        session::Proof::Device { device, number } => {
            let known = signed_in.devices.iter().find(|known| known.id == device);
            Proof::Phone { device: known.map(|known| known.name.clone()).unwrap_or_default(), number }
        }
    }
}

fn row(device: &Device, signed_in: &SignedIn, lang: Lang) -> DeviceRow {
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

//! `/admin/settings/brand`: name, colour and picture of the tenant, for super administrators. It takes a fresh proof,
//! since everybody sees it.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use crate::app::{BrandChange, LONGEST_TENANT_NAME};
use crate::domain::brand::{Colour, Logo, LogoError};
use crate::domain::user::Role;
use crate::http::failure::Failure;
use crate::http::pages::fresh::freshly;
use crate::http::upload::{Fields, Upload};
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, BrandNotice, BrandPage, ErrorKind};

const HERE: &str = "/admin/settings/brand";
const DONE: &str = "/admin/settings/brand?done";

pub(in crate::http) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let (visitor, administrator) = match admitted(visitor).await? {
        Ok(admitted) => admitted,
        Err(first) => return Ok(first),
    };
    let notice = query.is_some_and(|query| query == "done").then_some(BrandNotice::Saved);
    page(visitor, &administrator, notice)
}

pub(in crate::http) async fn submit(form: Upload) -> Result<Response, Failure> {
    let (visitor, mut fields) = form.fresh()?;
    let (visitor, administrator) = match admitted(visitor).await? {
        Ok(admitted) => admitted,
        Err(first) => return Ok(first),
    };
    let change = match read(&mut fields) {
        Ok(change) => change,
        Err(problem) => return page(visitor, &administrator, Some(problem)),
    };
    if !visitor.app.change_brand(&administrator.by, visitor.at.tenant.id, change).await? {
        return page(visitor, &administrator, Some(BrandNotice::Name));
    }
    Ok(visitor.redirect(DONE))
}

/// A super administrator who proved lately to be there. To others, there is nothing here.
async fn admitted(visitor: Visitor) -> Result<Result<(Visitor, Administrator), Response>, Failure> {
    match Administrator::visits(&visitor).await? {
        Ok(administrator) if administrator.by.reaches(Role::SuperAdministrator) => {}
        Ok(_) => return Err(Failure(ErrorKind::NotFound)),
        Err(to) => return Ok(Err(visitor.redirect(to))),
    }
    let (visitor, signed_in) = match freshly(visitor, HERE).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(Err(first)),
    };
    let administrator = Administrator::of(&visitor, signed_in)?;
    Ok(Ok((visitor, administrator)))
}

fn read(fields: &mut Fields) -> Result<BrandChange, BrandNotice> {
    let colour = match (fields.text("own-colour"), fields.text("colour")) {
        ("on", text) => Some(Colour::parse(text).ok_or(BrandNotice::Colour)?),
        _ => None,
    };
    let no_logo = fields.text("no-logo") == "on";
    let logo = match (no_logo, fields.file("logo")) {
        (true, _) => Some(None),
        (_, None) => None,
        (_, Some(bytes)) => Some(Some(Logo::read(bytes).map_err(|error| match error {
            LogoError::TooLarge => BrandNotice::LogoTooLarge,
            LogoError::OtherKind => BrandNotice::LogoKind,
        })?)),
    };
    let change = BrandChange { name: Some(fields.text("name").to_owned()), colour: Some(colour), logo };
    if change.has_good_name() { Ok(change) } else { Err(BrandNotice::Name) }
}

fn page(
    visitor: Visitor,
    administrator: &Administrator,
    notice: Option<BrandNotice>,
) -> Result<Response, Failure> {
    let status = match notice {
        None | Some(BrandNotice::Saved) => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let colour = visitor.at.brand.colour.map(|colour| colour.to_string());
    let frame = visitor.frame();
    let html = BrandPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Settings),
        notice,
        colour: colour.as_deref(),
        longest_name: LONGEST_TENANT_NAME,
    }
    .render()?;
    Ok(visitor.html(status, html))
}

//! `GET /assets/tenant.css` and `GET /assets/logo`: a tenant's colour and picture. Their addresses change with their
//! content.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawQuery};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::app::{App, TenantHandle};
use crate::http::HttpState;
use crate::http::failure::Failure;
use crate::http::visitor::tenant_of;
use crate::web::{ErrorKind, brand};

/// Whoever loads something of a tenant's, without cookies.
pub(in crate::http) struct Loader {
    app: Arc<App>,
    at: Arc<TenantHandle>,
}

impl FromRequestParts<Arc<HttpState>> for Loader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<HttpState>) -> Result<Self, Failure> {
        Ok(Self { app: Arc::clone(&state.app), at: tenant_of(parts, state).await? })
    }
}

pub(in crate::http) async fn stylesheet(
    loader: Loader,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let colour = loader.at.brand.colour.ok_or(Failure(ErrorKind::NotFound))?;
    let kept = is_version(query.as_deref(), &colour.version());
    Ok((headers("text/css; charset=utf-8", kept), brand::stylesheet(colour)).into_response())
}

pub(in crate::http) async fn logo(loader: Loader, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let logo = loader.app.logo(&loader.at).await?.ok_or(Failure(ErrorKind::NotFound))?;
    let kept = loader.at.brand.logo.as_ref().is_some_and(|hash| is_version(query.as_deref(), hash));
    Ok((headers(logo.kind.media_type(), kept), logo.bytes).into_response())
}

fn is_version(query: Option<&str>, version: &str) -> bool {
    query.and_then(|query| query.strip_prefix("v=")) == Some(version)
}

/// What is asked for by its version can be kept; what is not may be another by then.
fn headers(content_type: &'static str, kept: bool) -> [(header::HeaderName, &'static str); 2] {
    let cache = if kept { "public, max-age=31536000, immutable" } else { "no-store" };
    [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, cache)]
}

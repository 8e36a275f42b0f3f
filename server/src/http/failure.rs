//! What went wrong with a page: said to the person in a page of its own, and to the log in full.
//!
//! Handlers answer with a [`Failure`]; one layer around them makes the page, since only it knows the
//! language and the tenant whatever happened. A panic in one request ends that request alone.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures_util::FutureExt as _;

use super::HttpState;
use super::body::{self, BodyRefused};
use super::visitor::{host_of, language_of};
use crate::app::AppError;
use crate::web::{ErrorKind, ErrorPage, Page, PageBrand};

/// What the person is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure(pub(super) ErrorKind);

impl Failure {
    pub(super) fn status(self) -> StatusCode {
        match self.0 {
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            ErrorKind::Forbidden | ErrorKind::FormExpired | ErrorKind::NotFromHere => StatusCode::FORBIDDEN,
            ErrorKind::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Incomplete => StatusCode::REQUEST_TIMEOUT,
            ErrorKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::AuditBroken => StatusCode::CONFLICT,
            ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<BodyRefused> for Failure {
    fn from(refused: BodyRefused) -> Self {
        Self(match refused {
            BodyRefused::TooLong => ErrorKind::TooLong,
            BodyRefused::Incomplete => ErrorKind::Incomplete,
        })
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        tracing::error!(%error, "a page could not be made");
        Self(if error.passes() { ErrorKind::Unavailable } else { ErrorKind::Internal })
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self(ErrorKind::Internal)
    }
}

/// Makes the page of a [`Failure`].
pub(super) async fn render_pages(
    State(state): State<Arc<HttpState>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let lang = language_of(&parts);
    let host = host_of(&parts).unwrap_or_default().to_owned();
    let path = parts.uri.path().to_owned();
    let request = Request::from_parts(parts, body);
    let answer = async {
        match body::read_whole(request).await {
            Ok(request) => next.run(request).await,
            Err(refused) => Failure::from(refused).into_response(),
        }
    };
    let response = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Failure(ErrorKind::Internal).into_response(),
    };
    let Some(&Failure(kind)) = response.extensions().get::<Failure>() else { return response };
    let tenant = state.app.tenant(&host).await.ok().flatten();
    let tenant_name = tenant.as_ref().map_or("Countersign", |at| at.tenant.name.as_str());
    let stylesheet = tenant.as_ref().and_then(|at| at.brand.stylesheet());
    let logo = tenant.as_ref().and_then(|at| at.brand.logo_path());
    let brand = PageBrand { stylesheet: stylesheet.as_deref(), logo: logo.as_deref() };
    let page = ErrorPage { page: Page { lang, tenant_name, csrf: "", brand, path: &path }, kind };
    match page.render() {
        Ok(html) => (response.status(), Html(html)).into_response(),
        Err(_) => response,
    }
}

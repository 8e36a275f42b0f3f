//! Answers to a page's own script: JSON, and problem documents (RFC 9457) whose `code` is stable. What a
//! person reads of a problem stands in the page already.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::failure::Failure;
use crate::app::AppError;
use crate::web::ErrorKind;

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
}

impl Problem {
    pub(super) const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let (code, title) = match failure.0 {
            ErrorKind::NotFound | ErrorKind::UnknownHost => ("not_found", "There is nothing at this address"),
            ErrorKind::Forbidden => ("forbidden", "The request came from another site"),
            ErrorKind::NotFromHere => ("not_from_here", "Nobody signs in from this network"),
            ErrorKind::FormExpired => ("form_expired", "The page is too old: load it again"),
            ErrorKind::TooLong => ("too_long", "The request is too long"),
            ErrorKind::Incomplete => ("incomplete", "The request did not arrive whole"),
            ErrorKind::TooManyRequests => ("too_many_requests", "Too many requests: wait a few minutes"),
            ErrorKind::Unavailable => ("unavailable", "The service cannot answer now: try again in a moment"),
            ErrorKind::AuditBroken => ("audit_broken", "The audit log is not as it was written: verify it"),
            ErrorKind::Internal => ("internal", "Something went wrong on the server: try again"),
        };
        Self::new(failure.status(), code, title)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Failure::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, title } = self;
        let body = json!({ "title": title, "status": status.as_u16(), "code": code });
        let mut response = (status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

/// Where the page goes now, as its script is told.
pub(super) fn next(path: &str) -> String {
    json!({ "next": path }).to_string()
}

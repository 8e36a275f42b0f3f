//! The phone's interface, one file an endpoint. Every call but the claim of a pairing is authenticated
//! by a statement of the device key; every error is a problem document (RFC 9457).

pub(super) mod decision;
pub(super) mod events;
pub(super) mod leave;
pub(super) mod name;
pub(super) mod pairings;
mod problem;
pub(super) mod push;
pub(super) mod requests;
pub(super) mod state;

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use countersign_protocol::api::{ErrorCode, path};
use countersign_protocol::app::{APP_HEADER, AppVersion};
use futures_util::FutureExt as _;

use super::HttpState;
use super::body::{self, BodyRefused};
use super::visitor::{address_of, host_of};
use crate::app::{App, CallError, IncomingCall, TenantHandle, VerifiedCall};
use problem::Refusal;

/// One request of a phone, whole.
pub(super) struct PhoneRequest {
    app: Arc<App>,
    at: Arc<TenantHandle>,
    method: String,
    path: String,
    authorization: Option<String>,
    address: IpAddr,
    body: Bytes,
    is_of_old_app: bool,
}

impl FromRequest<Arc<HttpState>> for PhoneRequest {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let host = host_of(&parts).ok_or(Refusal::of(ErrorCode::NotFound))?;
        let at = state.app.tenant(host).await?.ok_or(Refusal::of(ErrorCode::NotFound))?;
        let is_of_old_app = is_of_old_app(&parts, state);
        if is_of_old_app && !belongs_to_a_no(&parts) {
            return Err(Refusal::of(ErrorCode::AppTooOld));
        }
        let address = address_of(&parts, state).map_err(|_| Refusal::of(ErrorCode::BadRequest))?;
        let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
        let authorization = authorization.map(str::to_owned);
        let body = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|refused| Refusal::of(ErrorCode::BadRequest).with_status(refused.status()))?;
        Ok(Self {
            app: Arc::clone(&state.app),
            at,
            method,
            path,
            authorization,
            address,
            body,
            is_of_old_app,
        })
    }
}

fn is_of_old_app(parts: &Parts, state: &HttpState) -> bool {
    let said = parts.headers.get(APP_HEADER).and_then(|value| value.to_str().ok());
    let app = said.and_then(|said| said.parse::<AppVersion>().ok());
    app.is_some_and(|app| state.minimum_versions.refuse(&app))
}

/// Who says no must not have to update first: so any app may see what waits, answer it (though not approve), and
/// go.
fn belongs_to_a_no(parts: &Parts) -> bool {
    let path = parts.uri.path();
    match parts.method {
        Method::GET => {
            path == path::REQUESTS
                || path.strip_prefix(path::REQUESTS).is_some_and(|rest| rest.starts_with('/'))
        }
        Method::POST => path.ends_with("/decision"),
        Method::DELETE => path == path::DEVICE,
        _ => false,
    }
}

impl PhoneRequest {
    fn incoming(&self) -> IncomingCall<'_> {
        IncomingCall {
            method: &self.method,
            path: &self.path,
            body: &self.body,
            authorization: self.authorization.as_deref(),
            address: self.address,
        }
    }

    /// The active device that calls.
    async fn call(&self) -> Result<VerifiedCall, Refusal> {
        self.checked(self.app.verify_active_call(&self.at, self.incoming()).await)
    }

    /// The device that calls, confirmed or not.
    async fn call_of_any(&self) -> Result<VerifiedCall, Refusal> {
        self.checked(self.app.verify_call(&self.at, self.incoming()).await)
    }

    fn checked(&self, call: Result<VerifiedCall, CallError>) -> Result<VerifiedCall, Refusal> {
        call.map_err(|error| Refusal::from(error).at(self.app.now()))
    }

    fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|_| Refusal::of(ErrorCode::BadRequest))
    }
}

/// Nothing is at this address.
pub(super) async fn not_found() -> Refusal {
    Refusal::of(ErrorCode::NotFound)
}

/// Something is, but not for this method.
pub(super) async fn wrong_method() -> Refusal {
    Refusal::of(ErrorCode::NotFound).with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Reads the body before anything else.
pub(super) async fn read_body(request: Request, next: Next) -> Response {
    let status = match body::read_whole(request).await {
        Ok(request) => return next.run(request).await,
        Err(BodyRefused::TooLong) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(BodyRefused::Incomplete) => StatusCode::REQUEST_TIMEOUT,
    };
    Refusal::of(ErrorCode::BadRequest).with_status(status).into_response()
}

/// A panic in one request ends that request alone.
pub(super) async fn catch_panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Refusal::of(ErrorCode::Internal).into_response(),
    }
}

//! What a phone is told when something is refused: a stable code, and sentences for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::api::{ErrorCode, Problem};
use countersign_protocol::time::{NumericDate, Timestamp};

use crate::app::{AppError, CallError, ClaimError, DecideError, RenameError, RequestError, SetPushError};

/// A refusal.
#[derive(Debug)]
pub(in crate::http) struct Refusal {
    code: ErrorCode,
    status: StatusCode,
    title: &'static str,
    detail: Option<String>,
    now: Option<NumericDate>,
}

impl Refusal {
    pub(super) fn of(code: ErrorCode) -> Self {
        let (status, title) = status_and_title(code);
        Self { code, status, title, detail: None, now: None }
    }

    /// With a status that says more than the code does.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    fn because(code: ErrorCode, why: &impl ToString) -> Self {
        Self { detail: Some(why.to_string()), ..Self::of(code) }
    }

    /// Which check failed is said to the log alone: who forges statements need not know.
    fn unsaid(code: ErrorCode, why: &impl std::fmt::Display) -> Self {
        tracing::info!(%why, ?code, "a statement is refused");
        Self::of(code)
    }

    /// Tells the server's time where the phone's clock is off.
    pub(super) fn at(self, now: Timestamp) -> Self {
        let now = (self.code == ErrorCode::ClockSkew).then(|| now.into());
        Self { now, ..self }
    }
}

fn status_and_title(code: ErrorCode) -> (StatusCode, &'static str) {
    match code {
        ErrorCode::BadRequest => (StatusCode::BAD_REQUEST, "The request is not what this address takes"),
        ErrorCode::BadCall => (StatusCode::UNAUTHORIZED, "The call is not signed as it has to be"),
        ErrorCode::ClockSkew => (StatusCode::UNAUTHORIZED, "The phone's clock is too far off"),
        ErrorCode::Replayed => (StatusCode::UNAUTHORIZED, "The call was made before"),
        ErrorCode::UnknownDevice => (StatusCode::UNAUTHORIZED, "This phone is not paired any more"),
        ErrorCode::DeviceUnconfirmed => (StatusCode::FORBIDDEN, "The code was not typed in the browser yet"),
        ErrorCode::PairingOver => (StatusCode::GONE, "This pairing is over; begin again in the browser"),
        ErrorCode::HardwareKeysRequired => {
            (StatusCode::FORBIDDEN, "Only phones that keep their keys in hardware can be paired here")
        }
        ErrorCode::AttestationRequired => {
            (StatusCode::FORBIDDEN, "Only phones that prove where they keep their keys can be paired here")
        }
        ErrorCode::DevicePasscodeNotAllowed => {
            (StatusCode::FORBIDDEN, "A phone's passcode does not approve here: a face or a fingerprint does")
        }
        ErrorCode::AppTooOld => (StatusCode::FORBIDDEN, "This version of the app is too old; update it"),
        ErrorCode::BadDecision => (StatusCode::BAD_REQUEST, "The decision is not for this request"),
        ErrorCode::UnknownRequest => (StatusCode::NOT_FOUND, "There is no such request for this phone"),
        ErrorCode::AlreadyDecided => (StatusCode::CONFLICT, "This sign-in was answered already"),
        ErrorCode::Expired => (StatusCode::GONE, "This sign-in has expired"),
        ErrorCode::NotFound => (StatusCode::NOT_FOUND, "There is nothing at this address"),
        ErrorCode::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Too much at once; try again in a moment"),
        ErrorCode::Internal | ErrorCode::Other => {
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server; try again")
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem {
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            now: self.now,
        };
        let mut response = (self.status, Json(problem)).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        tracing::error!(%error, "a phone could not be answered");
        Self::of(if error.passes() { ErrorCode::Busy } else { ErrorCode::Internal })
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Bad | CallError::Statement(_) => Self::unsaid(ErrorCode::BadCall, &error),
            CallError::ClockSkew => Self::of(ErrorCode::ClockSkew),
            CallError::Replayed => Self::of(ErrorCode::Replayed),
            CallError::UnknownDevice => Self::of(ErrorCode::UnknownDevice),
            CallError::Unconfirmed => Self::of(ErrorCode::DeviceUnconfirmed),
            CallError::App(error) => error.into(),
        }
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Call(error) => error.into(),
            RequestError::Unknown => Self::of(ErrorCode::UnknownRequest),
            RequestError::AlreadyDecided => Self::of(ErrorCode::AlreadyDecided),
            RequestError::Expired => Self::of(ErrorCode::Expired),
        }
    }
}

impl From<DecideError> for Refusal {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Request(error) => error.into(),
            DecideError::AppTooOld => Self::of(ErrorCode::AppTooOld),
            DecideError::DevicePasscodeNotAllowed => Self::of(ErrorCode::DevicePasscodeNotAllowed),
            DecideError::Statement(_) | DecideError::Mismatch(_) => {
                Self::unsaid(ErrorCode::BadDecision, &error)
            }
        }
    }
}

impl From<SetPushError> for Refusal {
    fn from(error: SetPushError) -> Self {
        match error {
            SetPushError::Call(error) => error.into(),
            SetPushError::Endpoint(_) => Self::because(ErrorCode::BadRequest, &error),
        }
    }
}

impl From<RenameError> for Refusal {
    fn from(error: RenameError) -> Self {
        match error {
            RenameError::Call(error) => error.into(),
            RenameError::Empty => Self::because(ErrorCode::BadRequest, &error),
        }
    }
}

impl From<ClaimError> for Refusal {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Statement(_) | ClaimError::Mismatch | ClaimError::OtherAttestation => {
                Self::unsaid(ErrorCode::BadRequest, &error)
            }
            ClaimError::PushEndpoint(_) => Self::because(ErrorCode::BadRequest, &error),
            ClaimError::ClockSkew => Self::of(ErrorCode::ClockSkew),
            ClaimError::Over => Self::of(ErrorCode::PairingOver),
            ClaimError::HardwareKeysRequired => Self::of(ErrorCode::HardwareKeysRequired),
            ClaimError::AttestationRequired => Self::of(ErrorCode::AttestationRequired),
            ClaimError::DevicePasscodeNotAllowed => Self::of(ErrorCode::DevicePasscodeNotAllowed),
            ClaimError::App(error) => error.into(),
        }
    }
}

//! Sends wakes by Firebase Cloud Messaging (FCM), HTTP v1.
//!
//! A data message of high priority: the app is woken, fetches, and shows what it fetched. What Google
//! answers ("FCM error codes", `google.firebase.fcm.v1.FcmError`) is read as follows:
//!
//! | answer | outcome |
//! |---|---|
//! | 200 | accepted |
//! | `UNREGISTERED`, `SENDER_ID_MISMATCH`, `INVALID_ARGUMENT` about the token | gone |
//! | other `INVALID_ARGUMENT` | refused |
//! | 401 | a new access token, once, and again; then misconfigured |
//! | `THIRD_PARTY_AUTH_ERROR`: this phone is an iPhone that Firebase has no key for | refused |
//! | other 403 and 404 | misconfigured |
//! | `QUOTA_EXCEEDED` (429) | retry, after a minute unless Google names a time |
//! | 5xx, no answer | retry |
//! | any other | refused |

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::time::Clock;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use url::Url;

use super::google_token::{Bearer, GoogleToken};
use super::sender::{Answer, SendOutcome, Wake, WakeKind, WakeSender};
use super::service_account::ServiceAccount;
use super::wire::{self, Wire};

/// How long Google wants to be left alone after `QUOTA_EXCEEDED` where it names no time.
const QUOTA_PAUSE: Duration = Duration::from_mins(1);
/// In what words Google says that a token is none, where it does not name the field.
const NO_TOKEN: &str = "The registration token is not a valid FCM registration token";

/// Sends wakes by FCM.
pub struct Fcm {
    client: Client,
    token: GoogleToken,
    send_to: Url,
    wire: Wire,
    clock: Arc<dyn Clock>,
}

impl Fcm {
    /// A sender with a connection pool of its own, for the project of `account`; `base` is Google's
    /// address or that of a relay. Needs rustls' default provider to be installed.
    ///
    /// # Errors
    /// If the TLS roots cannot be read.
    pub fn new(
        account: ServiceAccount,
        base: Url,
        wire: Wire,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let client = wire
            .client()
            .https_only(true)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_mins(5))
            .pool_max_idle_per_host(8)
            .build()?;
        let mut send_to = base;
        if let Ok(mut path) = send_to.path_segments_mut() {
            path.pop_if_empty().extend(["v1", "projects", account.project(), "messages:send"]);
        }
        // Half of the time for the token leaves the other half for the wake.
        let token = GoogleToken::new(account, client.clone(), wire.timeout / 2, Arc::clone(&clock));
        Ok(Self { client, token, send_to, wire, clock })
    }

    /// Everything that goes over the wire; none if the endpoint is not one of FCM.
    fn request(&self, wake: &Wake, bearer: &Bearer) -> Option<RequestBuilder> {
        let body = message(wake)?.to_string();
        Some(
            self.client
                .post(self.send_to.clone())
                .header(AUTHORIZATION, bearer.header.clone())
                .header(CONTENT_TYPE, "application/json")
                .body(body),
        )
    }

    async fn try_with(&self, wake: &Wake, bearer: &Bearer) -> Result<Said, Answer> {
        let Some(request) = self.request(wake, bearer) else {
            return Err(SendOutcome::Refused.said("not an endpoint of FCM"));
        };
        let answer = request.send().await.map_err(wire::failure)?;
        let (status, after) = (answer.status(), wire::retry_after(answer.headers(), self.clock.now()));
        let body: Body = serde_json::from_slice(&wire::read(answer).await).unwrap_or_default();
        Ok(Said { status, problem: body.error, after })
    }

    async fn send_once_more_if_unauthenticated(&self, wake: &Wake) -> Result<Said, Answer> {
        let bearer = self.token.current().await?;
        let said = self.try_with(wake, &bearer).await?;
        if said.status != StatusCode::UNAUTHORIZED || said.code() == "THIRD_PARTY_AUTH_ERROR" {
            return Ok(said);
        }
        match self.token.instead_of(&bearer).await? {
            Some(bearer) => self.try_with(wake, &bearer).await,
            None => Ok(said),
        }
    }
}

#[async_trait]
impl WakeSender for Fcm {
    async fn send(&self, wake: &Wake) -> Answer {
        let sending = async {
            match self.send_once_more_if_unauthenticated(wake).await {
                Ok(said) => said.judge(),
                Err(answer) => answer,
            }
        };
        self.wire.in_time(sending).await
    }
}

/// What Google is handed.
fn message(wake: &Wake) -> Option<serde_json::Value> {
    let PushEndpoint::Fcm { token } = &wake.endpoint else { return None };
    let ttl = format!("{}s", wake.ttl.as_secs());
    let android = match wake.kind {
        WakeKind::Ask => serde_json::json!({ "priority": "high", "ttl": ttl, "collapse_key": wake.collapse }),
        // A withdrawal must not take the place of a question that is still under way.
        WakeKind::Withdraw => serde_json::json!({ "priority": "normal", "ttl": ttl }),
    };
    let data = serde_json::json!({ "wake": to_base64url(wake.id) });
    Some(serde_json::json!({ "message": { "token": token, "data": data, "android": android } }))
}

/// The body of an answer that is not 200 (`google.rpc.Status`).
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Problem,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    status: String,
    message: String,
    details: Vec<Detail>,
}

/// A detail of one of several types, of which these members are looked at.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    error_code: String,
    field_violations: Vec<Violation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Violation {
    field: String,
}

struct Said {
    status: StatusCode,
    problem: Problem,
    after: Option<Duration>,
}

impl Said {
    /// FCM's own code, or Google's general one.
    fn code(&self) -> &str {
        let own = self.problem.details.iter().map(|detail| detail.error_code.as_str());
        own.into_iter().find(|code| !code.is_empty()).unwrap_or(&self.problem.status)
    }

    fn is_about_the_token(&self) -> bool {
        let mut fields = self.problem.details.iter().flat_map(|detail| &detail.field_violations);
        fields.any(|violation| violation.field == "message.token") || self.problem.message == NO_TOKEN
    }

    fn judge(&self) -> Answer {
        let after = self.after;
        let outcome = match (self.status.as_u16(), self.code()) {
            (200..=299, _) => SendOutcome::Accepted,
            (_, "UNREGISTERED" | "SENDER_ID_MISMATCH") => SendOutcome::Gone,
            (400, "INVALID_ARGUMENT") if self.is_about_the_token() => SendOutcome::Gone,
            (429, _) => SendOutcome::Retry { after: after.or(Some(QUOTA_PAUSE)) },
            (408 | 500.., _) => SendOutcome::Retry { after },
            (_, "THIRD_PARTY_AUTH_ERROR") => SendOutcome::Refused,
            (401 | 403 | 404, _) => SendOutcome::Misconfigured,
            _ => SendOutcome::Refused,
        };
        outcome.said(wire::status_and_word(self.status, self.code()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn judged(status: u16, error: Value) -> Answer {
        let body: Body = serde_json::from_value(json!({ "error": error })).unwrap_or_default();
        let status = StatusCode::from_u16(status).unwrap();
        Said { status, problem: body.error, after: Some(Duration::from_secs(7)) }.judge()
    }

    fn fcm(status: &str, code: &str) -> Value {
        let kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
        json!({ "status": status, "details": [{ "@type": kind, "errorCode": code }] })
    }

    #[test]
    fn each_documented_code_has_its_outcome() {
        let retry = SendOutcome::Retry { after: Some(Duration::from_secs(7)) };
        use SendOutcome::{Accepted, Gone, Misconfigured, Refused};
        for (status, error, expected) in [
            (200, json!(null), Accepted),
            (404, fcm("NOT_FOUND", "UNREGISTERED"), Gone),
            (403, fcm("PERMISSION_DENIED", "SENDER_ID_MISMATCH"), Gone),
            (400, fcm("INVALID_ARGUMENT", "INVALID_ARGUMENT"), Refused),
            (401, fcm("UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), Refused),
            (401, json!({ "status": "UNAUTHENTICATED" }), Misconfigured),
            (403, json!({ "status": "PERMISSION_DENIED" }), Misconfigured),
            (404, json!({ "status": "NOT_FOUND" }), Misconfigured),
            (404, json!("<html>"), Misconfigured),
            (429, fcm("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), retry),
            (500, fcm("INTERNAL", "INTERNAL"), retry),
            (503, fcm("UNAVAILABLE", "UNAVAILABLE"), retry),
            (502, json!("<html>"), retry),
            (301, json!(null), Refused),
            (418, json!(null), Refused),
        ] {
            assert_eq!(judged(status, error.clone()).outcome, expected, "{status} {error}");
        }
    }

    #[test]
    fn a_bad_argument_costs_the_endpoint_only_if_it_is_the_token() {
        let violation = |field: &str| {
            json!({ "status": "INVALID_ARGUMENT", "details": [
                { "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{ "field": field }] },
                { "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "INVALID_ARGUMENT" },
            ] })
        };
        let gone = SendOutcome::Gone.said("400 INVALID_ARGUMENT");
        assert_eq!(judged(400, violation("message.token")), gone);
        assert_eq!(judged(400, violation("message.android.ttl")).outcome, SendOutcome::Refused);
        // As it is answered in practice, without the field's name.
        let mut by_words = fcm("INVALID_ARGUMENT", "INVALID_ARGUMENT");
        by_words["message"] = NO_TOKEN.into();
        assert_eq!(judged(400, by_words), gone);
    }

    #[test]
    fn without_a_time_a_full_quota_is_left_alone_for_a_minute() {
        let problem = Problem { status: "RESOURCE_EXHAUSTED".into(), ..Problem::default() };
        let said = Said { status: StatusCode::TOO_MANY_REQUESTS, problem, after: None };
        let expected = SendOutcome::Retry { after: Some(QUOTA_PAUSE) };
        assert_eq!(said.judge(), expected.said("429 RESOURCE_EXHAUSTED"));
    }
}

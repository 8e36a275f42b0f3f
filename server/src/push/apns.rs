//! Sends wakes by Apple's push notification service (APNs).
//!
//! One HTTP/2 connection to each of Apple's two services carries all sends at once. What Apple answers
//! ("Handling notification responses from APNs") is read as follows:
//!
//! | answer | outcome |
//! |---|---|
//! | 200 | accepted |
//! | 410 (`Unregistered`, `ExpiredToken`), 400 `BadDeviceToken`, `DeviceTokenNotForTopic` | gone |
//! | 403 `ExpiredProviderToken` | a new token, once, and again; then misconfigured |
//! | other 403, `BadTopic`, `MissingTopic`, `TopicDisallowed`, 404, 405 | misconfigured |
//! | 429 `TooManyProviderTokenUpdates` | retry after 20 minutes |
//! | 429, 5xx, 400 `IdleTimeout`, no answer | retry |
//! | any other | refused |

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};
use countersign_protocol::statement::Signer;
use countersign_protocol::time::Clock;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::provider_token::{ProviderToken, Token};
use super::sender::{Answer, SendOutcome, Wake, WakeKind, WakeSender};
use super::wire::{self, Wire};

/// Apple wants connections kept open.
const KEEP: Duration = Duration::from_hours(1);
/// How often a silent connection is asked whether it lives, and how long it has to answer: a wake must
/// not find out.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_ANSWERED_IN: Duration = Duration::from_secs(5);
/// How long Apple wants no further provider token.
const TOKEN_PAUSE: Duration = Duration::from_mins(20);

/// Who sends, and to where.
pub struct ApnsAccount {
    /// The id of the signing key, 10 characters.
    pub key_id: String,
    /// The id of the developer team, 10 characters.
    pub team_id: String,
    /// Signs with the key that Apple gave out.
    pub signer: Arc<dyn Signer + Send + Sync>,
    /// Where apps from the App Store and TestFlight are reached.
    pub production: Url,
    /// Where apps that Xcode put on a phone are reached.
    pub sandbox: Url,
}

/// Sends wakes by APNs.
pub struct Apns {
    client: Client,
    token: ProviderToken,
    production: Url,
    sandbox: Url,
    wire: Wire,
    clock: Arc<dyn Clock>,
}

impl Apns {
    /// A sender with a connection pool of its own. Needs rustls' default provider to be installed.
    ///
    /// # Errors
    /// If the TLS roots cannot be read.
    pub fn new(account: ApnsAccount, wire: Wire, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let ApnsAccount { key_id, team_id, signer, production, sandbox } = account;
        let client = wire
            .client()
            .https_only(true)
            .http2_prior_knowledge()
            .http2_keep_alive_interval(PING_EVERY)
            .http2_keep_alive_timeout(PING_ANSWERED_IN)
            .http2_keep_alive_while_idle(true)
            .pool_idle_timeout(KEEP)
            .build()?;
        let token = ProviderToken::new(key_id, team_id, signer, Arc::clone(&clock));
        Ok(Self { client, token, production, sandbox, wire, clock })
    }

    /// Everything that goes over the wire; none if the endpoint is not one of APNs.
    fn request(&self, wake: &Wake, token: &Token) -> Option<RequestBuilder> {
        let PushEndpoint::Apns { token: device, topic, environment } = &wake.endpoint else { return None };
        if device.is_empty() || !device.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut url = match environment {
            ApnsEnvironment::Production => self.production.clone(),
            ApnsEnvironment::Sandbox => self.sandbox.clone(),
        };
        url.path_segments_mut().ok()?.pop_if_empty().extend(["3", "device", device.as_str()]);
        let expires = self.clock.now() + wake.ttl;
        let (kind, priority) = match wake.kind {
            WakeKind::Ask => ("alert", "10"),
            WakeKind::Withdraw => ("background", "5"),
        };
        let request = self
            .client
            .post(url)
            .header(AUTHORIZATION, token.header.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("apns-topic", topic)
            .header("apns-push-type", kind)
            .header("apns-priority", priority)
            .header("apns-expiration", expires.seconds())
            .header("apns-id", Uuid::from_bytes(wake.id).to_string());
        // A withdrawal must not take the place of a popup that is still under way.
        let request = match wake.kind {
            WakeKind::Ask => request.header("apns-collapse-id", &wake.collapse),
            WakeKind::Withdraw => request,
        };
        Some(request.body(payload(wake)))
    }

    async fn try_with(&self, wake: &Wake, token: &Token) -> Result<Said, Answer> {
        let Some(request) = self.request(wake, token) else {
            return Err(SendOutcome::Refused.said("not an endpoint of APNs"));
        };
        let answer = request.send().await.map_err(wire::failure)?;
        let (status, after) = (answer.status(), wire::retry_after(answer.headers(), self.clock.now()));
        let body: Problem = serde_json::from_slice(&wire::read(answer).await).unwrap_or_default();
        Ok(Said { status, reason: body.reason, after })
    }

    async fn send_once_more_if_expired(&self, wake: &Wake) -> Result<Said, Answer> {
        let unusable = || SendOutcome::Misconfigured.said("apns.key_id or apns.team_id cannot be sent");
        let token = self.token.current().ok_or_else(unusable)?;
        let said = self.try_with(wake, &token).await?;
        if !said.is("ExpiredProviderToken") {
            return Ok(said);
        }
        match self.token.instead_of(&token) {
            Some(token) => self.try_with(wake, &token).await,
            None => Ok(said),
        }
    }
}

#[async_trait]
impl WakeSender for Apns {
    async fn send(&self, wake: &Wake) -> Answer {
        let sending = async {
            match self.send_once_more_if_expired(wake).await {
                Ok(said) => said.judge(),
                Err(answer) => answer,
            }
        };
        self.wire.in_time(sending).await
    }
}

/// What Apple is handed: texts by their key in the app, and the wake's id. Base64url has nothing that
/// JSON would escape.
fn payload(wake: &Wake) -> String {
    let aps = match wake.kind {
        WakeKind::Ask => {
            r#"{"alert":{"title-loc-key":"countersign_popup_title","loc-key":"countersign_popup_body"},"sound":"default","interruption-level":"time-sensitive","mutable-content":1}"#
        }
        WakeKind::Withdraw => r#"{"content-available":1}"#,
    };
    format!(r#"{{"aps":{aps},"wake":"{}"}}"#, to_base64url(wake.id))
}

/// The body of an answer that is not 200.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    reason: String,
}

struct Said {
    status: StatusCode,
    reason: String,
    after: Option<Duration>,
}

impl Said {
    fn is(&self, reason: &str) -> bool {
        self.reason == reason
    }

    fn judge(self) -> Answer {
        let after = self.after;
        let outcome = match (self.status.as_u16(), self.reason.as_str()) {
            (200, _) => SendOutcome::Accepted,
            (410, _) | (400, "BadDeviceToken" | "DeviceTokenNotForTopic") => SendOutcome::Gone,
            (400, "IdleTimeout") => SendOutcome::Retry { after },
            (403..=405, _) | (400, "BadTopic" | "MissingTopic" | "TopicDisallowed") => {
                SendOutcome::Misconfigured
            }
            (429, "TooManyProviderTokenUpdates") => {
                SendOutcome::Retry { after: after.max(Some(TOKEN_PAUSE)) }
            }
            (429 | 500.., _) => SendOutcome::Retry { after },
            _ => SendOutcome::Refused,
        };
        outcome.said(wire::status_and_word(self.status, &self.reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, reason: &str) -> SendOutcome {
        let after = Some(Duration::from_secs(7));
        Said { status: StatusCode::from_u16(status).unwrap(), reason: reason.into(), after }.judge().outcome
    }

    #[test]
    fn each_documented_reason_has_its_outcome() {
        let retry = SendOutcome::Retry { after: Some(Duration::from_secs(7)) };
        use SendOutcome::{Accepted, Gone, Misconfigured, Refused};
        for (status, reason, expected) in [
            (200, "", Accepted),
            (400, "BadCollapseId", Refused),
            (400, "BadDeviceToken", Gone),
            (400, "BadExpirationDate", Refused),
            (400, "BadMessageId", Refused),
            (400, "BadPriority", Refused),
            (400, "BadTopic", Misconfigured),
            (400, "DeviceTokenNotForTopic", Gone),
            (400, "DuplicateHeaders", Refused),
            (400, "IdleTimeout", retry),
            (400, "InvalidPushType", Refused),
            (400, "MissingDeviceToken", Refused),
            (400, "MissingTopic", Misconfigured),
            (400, "PayloadEmpty", Refused),
            (400, "TopicDisallowed", Misconfigured),
            (403, "BadCertificate", Misconfigured),
            (403, "BadCertificateEnvironment", Misconfigured),
            (403, "BadEnvironmentKeyIdInToken", Misconfigured),
            (403, "ExpiredProviderToken", Misconfigured),
            (403, "Forbidden", Misconfigured),
            (403, "InvalidProviderToken", Misconfigured),
            (403, "MissingProviderToken", Misconfigured),
            (403, "UnrelatedKeyIdInToken", Misconfigured),
            (404, "BadPath", Misconfigured),
            (405, "MethodNotAllowed", Misconfigured),
            (410, "ExpiredToken", Gone),
            (410, "Unregistered", Gone),
            (410, "", Gone),
            (413, "PayloadTooLarge", Refused),
            (429, "TooManyRequests", retry),
            (429, "TooManyProviderTokenUpdates", SendOutcome::Retry { after: Some(TOKEN_PAUSE) }),
            (500, "InternalServerError", retry),
            (503, "ServiceUnavailable", retry),
            (503, "Shutdown", retry),
            (502, "", retry),
            (301, "", Refused),
            (400, "SomethingNew", Refused),
        ] {
            assert_eq!(judged(status, reason), expected, "{status} {reason}");
        }
    }

    #[test]
    fn an_unknown_reason_is_kept_but_cleaned() {
        let said = Said { status: StatusCode::BAD_REQUEST, reason: "Some\nNew Thing".into(), after: None };
        assert_eq!(said.judge(), SendOutcome::Refused.said("400 SomeNewThing"));
    }
}

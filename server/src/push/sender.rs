//! What every sender of wakes has in common: the wake itself, and what can become of it.

use std::time::Duration;

use async_trait::async_trait;
use countersign_protocol::bytes::{sha256, to_base64url};
use countersign_protocol::ids::DeviceId;
use countersign_protocol::pairing::PushEndpoint;

/// A message without content that tells a phone to fetch what is waiting for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wake {
    /// Where it goes.
    pub endpoint: PushEndpoint,
    /// Whether a popup is to come, or to go.
    pub kind: WakeKind,
    /// A random id, by which a phone tells one wake from another. It names nothing on the server.
    pub id: [u8; 16],
    /// A newer wake takes the place of an older one with the same: see [`collapse_id`].
    pub collapse: String,
    /// For how long the push service may keep trying.
    pub ttl: Duration,
}

/// What a wake is for. Its bytes say so only where a push service cannot do without: Apple shows a
/// popup itself, so it has to know whether to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WakeKind {
    /// Something waits for an answer.
    Ask,
    /// It was answered elsewhere, or has ended: popups are put away.
    Withdraw,
}

impl Wake {
    /// All that a phone is sent. Nothing of the person, the login or the place may ever stand here: the
    /// push service learns that something happened, not what.
    #[must_use]
    pub fn payload(&self) -> String {
        // Base64url has nothing that JSON would escape.
        format!(r#"{{"wake":"{}"}}"#, to_base64url(self.id))
    }
}

/// By what a push service tells that two wakes are of one pairing: 22 characters, at most 32 are allowed
/// (RFC 8030, section 5.4). Not the user, so that nobody sees which phones are one person's.
#[must_use]
pub fn collapse_id(device: DeviceId) -> String {
    let digest = sha256(format!("countersign wake {device}"));
    to_base64url(&digest.0[..16])
}

/// What became of a wake, and the push service's words, for the log: never a token or an endpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What to do next.
    pub outcome: SendOutcome,
    /// Such as "201" or "410 Unregistered".
    pub said: String,
}

/// What became of a wake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SendOutcome {
    /// The push service has it.
    Accepted,
    /// The endpoint is no more, or was never one for this server: forget it.
    Gone,
    /// Not now: try again, not earlier than `after` where the push service named a time.
    Retry {
        /// How long the push service asks to be left alone.
        after: Option<Duration>,
    },
    /// Not this one: trying again would not help.
    Refused,
    /// The push service does not take this server's credentials or settings: an operator has to look.
    Misconfigured,
}

impl SendOutcome {
    /// With what the push service said.
    pub fn said(self, said: impl Into<String>) -> Answer {
        Answer { outcome: self, said: said.into() }
    }
}

/// Sends wakes by one kind of push service.
#[async_trait]
pub trait WakeSender: Send + Sync {
    /// Sends one wake, once.
    async fn send(&self, wake: &Wake) -> Answer;
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_protocol::bytes::Bytes;

    #[test]
    fn a_payload_is_its_id_and_nothing_else() {
        let endpoint = PushEndpoint::WebPush {
            endpoint: "https://push.example/secret".into(),
            p256dh: Bytes([4; 65]),
            auth: Bytes([7; 16]),
        };
        let collapse = collapse_id(DeviceId(uuid::Uuid::nil()));
        assert_eq!(collapse.len(), 22);
        let ttl = Duration::from_secs(60);
        let wake = Wake { endpoint, kind: WakeKind::Ask, id: [0xff; 16], collapse, ttl };
        assert_eq!(wake.payload(), r#"{"wake":"_____________________w"}"#);
        assert!(!format!("{wake:?}").contains("secret"), "an endpoint is a capability");
    }
}

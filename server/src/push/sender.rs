//! What every sender of wakes has in common: the wake itself, and what can become of it.

use std::time::Duration;

use async_trait::async_trait;
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::pairing::PushEndpoint;

/// A message without content that tells a phone to fetch what is waiting for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wake {
    /// Where it goes.
    pub endpoint: PushEndpoint,
    /// A random id, by which a phone tells one wake from another. It names nothing on the server.
    pub id: [u8; 16],
    /// For how long the push service may keep trying.
    pub ttl: Duration,
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

/// What became of a wake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SendOutcome {
    /// The push service has it.
    Accepted,
    /// The endpoint is no more: forget it.
    Gone,
    /// Not now: try again, not earlier than `after` where the push service named a time.
    Retry {
        /// How long the push service asks to be left alone.
        after: Option<Duration>,
        /// For the log.
        why: String,
    },
    /// Not this way: trying again would not help.
    Refused {
        /// For the log.
        why: String,
    },
}

/// Sends wakes by one kind of push service.
#[async_trait]
pub trait WakeSender: Send + Sync {
    /// Sends one wake, once.
    async fn send(&self, wake: &Wake) -> SendOutcome;
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
        let wake = Wake { endpoint, id: [0xff; 16], ttl: Duration::from_secs(60) };
        assert_eq!(wake.payload(), r#"{"wake":"_____________________w"}"#);
        assert!(!format!("{wake:?}").contains("secret"), "an endpoint is a capability");
    }
}

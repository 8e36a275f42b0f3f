//! All push services that this server has a way to, and which of them an endpoint belongs to.

use std::sync::Arc;

use countersign_protocol::pairing::PushEndpoint;

use super::guard::Guard;
use super::sender::WakeSender;

/// A kind of push service.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Provider {
    /// Any Web Push service (RFC 8030).
    WebPush,
    /// Apple's.
    Apns,
    /// Google's.
    Fcm,
}

impl Provider {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::WebPush, Self::Apns, Self::Fcm];

    /// The one that an endpoint belongs to.
    #[must_use]
    pub fn of(endpoint: &PushEndpoint) -> Self {
        match endpoint {
            PushEndpoint::WebPush { .. } => Self::WebPush,
            PushEndpoint::Apns { .. } => Self::Apns,
            PushEndpoint::Fcm { .. } => Self::Fcm,
        }
    }
}

/// The senders that the settings give.
pub struct Senders {
    /// Which Web Push endpoints may be spoken to.
    pub guard: Guard,
    /// Web Push needs no account anywhere, so it is always there.
    pub webpush: Arc<dyn WakeSender>,
    /// Apple's, with the bundle ids of the apps that it may be used for.
    pub apns: Option<(Arc<dyn WakeSender>, Vec<String>)>,
    /// Google's.
    pub fcm: Option<Arc<dyn WakeSender>>,
}

/// Why a phone's endpoint is not taken. Never shows it: it is a capability.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct EndpointMalformed(String);

impl Senders {
    /// The sender for an endpoint; none if this server has no way to its push service.
    #[must_use]
    pub fn of(&self, endpoint: &PushEndpoint) -> Option<&Arc<dyn WakeSender>> {
        match endpoint {
            PushEndpoint::WebPush { .. } => Some(&self.webpush),
            PushEndpoint::Apns { topic, .. } => {
                let (sender, topics) = self.apns.as_ref()?;
                topics.contains(topic).then_some(sender)
            }
            PushEndpoint::Fcm { .. } => self.fcm.as_ref(),
        }
    }

    /// Checks an endpoint that a phone names, as far as that goes without speaking to anybody.
    ///
    /// # Errors
    /// [`EndpointMalformed`], in words for the app's developer.
    pub fn check(&self, endpoint: &PushEndpoint) -> Result<(), EndpointMalformed> {
        let good = |text: &str, most: usize, also: &[u8]| {
            let known = |b: u8| b.is_ascii_alphanumeric() || also.contains(&b);
            (1..=most).contains(&text.len()) && text.bytes().all(known)
        };
        let malformed = |words: &str| Err(EndpointMalformed(words.to_owned()));
        match endpoint {
            PushEndpoint::WebPush { endpoint, .. } => {
                self.guard.check_url(endpoint).map_err(|refused| EndpointMalformed(refused.to_string()))?;
            }
            PushEndpoint::Apns { token, topic, .. } => {
                if token.is_empty() || token.len() > 200 || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return malformed("the device token is not hexadecimal");
                }
                if !good(topic, 255, b".-") {
                    return malformed("the topic is not a bundle id");
                }
            }
            PushEndpoint::Fcm { token } => {
                if !good(token, 4096, b":_-") {
                    return malformed("the registration token is not one of Firebase");
                }
            }
        }
        Ok(())
    }
}

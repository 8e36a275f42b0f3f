//! The endpoint as it is stored: the JSON that servers get, read member by member. What reads a tagged enum would be
//! the largest thing that an app links of this.

use countersign_protocol::bytes::Bytes;
use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct StoredEndpoint {
    kind: String,
    endpoint: Option<String>,
    p256dh: Option<String>,
    auth: Option<String>,
    token: Option<String>,
    topic: Option<String>,
    environment: Option<ApnsEnvironment>,
}

impl StoredEndpoint {
    /// None for what this version does not know.
    pub(super) fn read(self) -> Option<PushEndpoint> {
        Some(match self.kind.as_str() {
            "web_push" => PushEndpoint::WebPush {
                endpoint: self.endpoint?,
                p256dh: Bytes::parse(&self.p256dh?)?,
                auth: Bytes::parse(&self.auth?)?,
            },
            "apns" => {
                PushEndpoint::Apns { token: self.token?, topic: self.topic?, environment: self.environment? }
            }
            "fcm" => PushEndpoint::Fcm { token: self.token? },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_as_it_was_written() {
        let (token, topic) = (String::from("t"), String::from("com.example"));
        for endpoint in [
            PushEndpoint::WebPush {
                endpoint: "https://p".into(),
                p256dh: Bytes([4; 65]),
                auth: Bytes([1; 16]),
            },
            PushEndpoint::Apns { token: token.clone(), topic, environment: ApnsEnvironment::Sandbox },
            PushEndpoint::Fcm { token },
        ] {
            let json = serde_json::to_string(&endpoint).unwrap();
            let stored: StoredEndpoint = serde_json::from_str(&json).unwrap();
            assert_eq!(stored.read(), Some(endpoint));
        }
    }

    #[test]
    fn what_is_not_known_is_none() {
        for json in [r#"{"kind":"sms"}"#, r#"{"kind":"fcm"}"#, r#"{"kind":"web_push","endpoint":"e"}"#] {
            assert_eq!(serde_json::from_str::<StoredEndpoint>(json).unwrap().read(), None, "{json}");
        }
    }
}

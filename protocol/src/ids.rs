//! Typed ids. Each is a UUID version 7 (RFC 9562, section 5.7): sortable by time, and no secret.
//!
//! An id has one spelling: 36 characters, lower-case hexadecimal with hyphens.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::random::{self, Random};
use crate::time::Timestamp;

/// The text is not an id in its one spelling.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is not an id: a UUID in lower case, with hyphens")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, made at `now`.
            pub fn new(now: Timestamp, random: &dyn Random) -> Self {
                Self(uuid_v7(now, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                parse(&text).map(Self).map_err(de::Error::custom)
            }
        }
    };
}

id!(
    /// One customer organisation.
    TenantId
);
id!(
    /// A person in one tenant.
    UserId
);
id!(
    /// A paired phone.
    DeviceId
);
id!(
    /// A sign-in that waits for its second factor.
    LoginId
);
id!(
    /// The binding of a phone to a user, while it is made.
    PairingId
);

fn uuid_v7(now: Timestamp, random: &dyn Random) -> Uuid {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random::bytes(random)).into_uuid()
}

/// Stricter than the uuid crate, which also reads upper case, braces, URNs and no hyphens.
fn parse(text: &str) -> Result<Uuid, NotAnId> {
    let uuid = text.parse::<Hyphenated>().map_err(|_| NotAnId)?;
    if uuid.to_string() == text { Ok(uuid.into_uuid()) } else { Err(NotAnId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPELLING: &str = "019a0000-0000-7000-8000-0000000000ab";

    #[test]
    fn an_id_has_one_spelling() {
        assert_eq!(SPELLING.parse::<LoginId>().unwrap().to_string(), SPELLING);
        for other in [
            "",
            "019A0000-0000-7000-8000-0000000000AB",
            "019a000000007000800000000000 00ab",
            "019a00000000700080000000000000ab",
            "{019a0000-0000-7000-8000-0000000000ab}",
            "urn:uuid:019a0000-0000-7000-8000-0000000000ab",
            " 019a0000-0000-7000-8000-0000000000ab",
            "019a0000-0000-7000-8000-0000000000ag",
        ] {
            assert_eq!(other.parse::<LoginId>(), Err(NotAnId), "{other}");
            assert!(serde_json::from_value::<LoginId>(other.into()).is_err(), "{other}");
        }
    }

    #[test]
    fn an_id_is_a_string_in_json() {
        let id: DeviceId = serde_json::from_str(&format!("\"{SPELLING}\"")).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{SPELLING}\""));
    }

    #[test]
    fn new_ids_sort_by_time_and_differ_within_it() {
        let random = random::SystemRandom::new();
        let at = |seconds| LoginId::new(Timestamp::from_seconds(seconds), &random);
        assert!(at(1_800_000_000) < at(1_800_000_001));
        assert_ne!(at(1_800_000_000), at(1_800_000_000));
        assert_eq!(at(1_800_000_000).0.get_version_num(), 7);
    }
}

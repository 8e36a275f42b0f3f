//! Passkeys and security keys (WebAuthn level 2): the relying party of one tenant, its ceremonies, and
//! which models it permits.
//!
//! A ceremony has two halves. The first gives options for the browser and a state that stays on the
//! server; the second takes the browser's answer and that very state. Whoever keeps states must hand each
//! out once. Everything goes in and out as JSON text: no one else names the library's types.
//!
//! # Which kind of credential
//!
//! The library has a `Passkey`, which always asks for biometrics or a PIN, and a `SecurityKey`, which
//! asks where the authenticator can. A passkey here is a second factor after a password, so a key that is
//! only touched is enough, and keys without a PIN, U2F keys among them, must not be locked out: all
//! credentials are of the kind `SecurityKey`. What verified its user when it was added has to do so each
//! time; the library holds that.

mod answer;
mod models;
mod permitted;
mod relying_party;

pub use models::Aaguid;
pub use permitted::{BadAuthorities, Permitted};
pub use relying_party::{
    Begun, Check, CheckRefused, Kind, NewCredential, NoPasskeysHere, Person, RegistrationRefused,
    RelyingParty, Unreadable,
};

use std::time::Duration;

/// How long a ceremony may take.
pub const CEREMONY: Duration = Duration::from_mins(5);

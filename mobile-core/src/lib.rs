//! The part of Countersign that an app on a phone links.
//!
//! It pairs the phone with servers, fetches approval requests, checks that they are what they claim to
//! be, and signs the person's answer. It has no HTTP client, no runtime and no keys of its own: the
//! app hands in [`Ports`], and every await in here is a call to one of them.
//!
//! * [`Core`] is all that an app calls;
//! * [`ports`] is all that an app implements;
//! * [`Error`] says what the app should do next, its [`Reason`] says why, and [`texts`] says it to people.
//!
//! ```text
//! pair(link) ──► shows the code ──► refresh_account() until Active
//! wake, or the app is opened ──► pending() ──► approve() | deny() | report()
//! ```

mod account;
mod app;
mod decide;
mod error;
mod link;
mod pairing;
pub mod ports;
mod request;
mod shown;
mod signing;
pub mod texts;
mod transport;

#[cfg(test)]
mod tests;

pub use account::{Account, AccountState};
pub use app::Core;
pub use error::{Error, Mistrust, Reason};
pub use pairing::PairingStarted;
pub use ports::{PhoneInfo, Ports};
pub use request::{Pending, PendingRequest, Unreached};
pub use texts::Lang;

pub use countersign_protocol::api::Outcome;
pub use countersign_protocol::approval::{Mode, Place};
pub use countersign_protocol::ids::LoginId;
pub use countersign_protocol::pairing::{KeyProtection, PushEndpoint};
pub use countersign_protocol::time::Timestamp;

//! The part of Countersign that an app on a phone links.
//!
//! It pairs the phone with servers, fetches approval requests, checks that they are what they claim to
//! be, and signs the person's answer. It has no HTTP client, no runtime and no keys of its own: the
//! app hands in [`Ports`], and every await in here is a call to one of them.
//!
//! * [`Core`] is all that an app calls;
//! * [`ports`] is all that an app implements;
//! * [`contract`] holds a key store to what it must do;
//! * [`Error`] says what the app should do next, its [`Reason`] says why, and [`texts`] says it to people.
//!
//! ```text
//! pair(link) ──► shows the code ──► refresh_account() until Active
//! the platform hands out a push token ──► set_push()
//! wake, or the app is opened ──► pending() ──► approve() | deny() | report()
//!                                    └───────► popup_changes()
//! while the app is open ──► watch() ──► pending() each time it tells of a change
//! ```

mod account;
mod app;
mod biometrics;
pub mod contract;
mod decide;
mod error;
mod events;
mod link;
mod making;
mod pair;
mod pairing;
mod popups;
pub mod ports;
mod push;
mod request;
mod shown;
mod signing;
mod skew;
mod sse;
mod standing;
pub mod texts;
mod together;
mod totp;
mod transport;
mod under_way;

#[cfg(test)]
mod tests;

pub use account::{Account, AccountState};
pub use app::Core;
pub use error::{Error, Mistrust, Reason};
pub use events::{Events, Happening};
pub use pairing::PairingStarted;
pub use popups::{Over, Popup, PopupChanges, Withdrawn, popup_changes};
pub use ports::{PhoneInfo, Ports};
pub use request::{Pending, PendingRequest, Unreached};
pub use skew::ClockSkew;
pub use texts::Lang;
pub use totp::{TotpAccount, TotpCode};

pub use countersign_protocol::api::{Outcome, PushState};
pub use countersign_protocol::approval::{Mode, Place, Purpose};
pub use countersign_protocol::ids::LoginId;
pub use countersign_protocol::pairing::{ApnsEnvironment, KeyProtection, PushEndpoint};
pub use countersign_protocol::time::Timestamp;

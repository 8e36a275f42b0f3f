//! The mobile core as Swift, Kotlin and Python see it: [`Countersign`] is all that an app calls, the traits
//! in [`Ports`] are all that it implements.
//!
//! This crate is a thin layer. What happens is in `countersign-mobile-core`; here are the types that cross
//! over to another language, and the guard at the border: whatever a callback of the app's does (throws
//! something unexpected, never answers, answers nonsense), the worst that follows is an error in the call
//! that needed it.
//!
//! Doc comments in here are what people read in Swift and Kotlin.
//!
//! # Where an account stands
//!
//! ```text
//!              pair(link)                    the code is typed into the browser
//!   (nothing) ───────────► UNCONFIRMED ─────────────────────────────────────────► ACTIVE
//!       ▲                       │           seen by refresh_account() or pending()  │ │
//!       │                       │                                                   │ │
//!       │                       │ five minutes, or a second claim                   │ │
//!       │                       ▼                                                   │ │
//!       │                 PairAgain(unknown_device) ◄──── removed on the server ────┘ │
//!       │                       │                                                     │
//!       └─ unpair(), remove() ◄─┴──────── PairAgain(biometrics_changed, keys_lost) ◄──┘
//! ```
//!
//! `unpair()` and `remove()` end an account wherever it stands. Pairing again makes a *new* account, which begins as
//! UNCONFIRMED; the old one stays in `accounts()`, with its fault, until it is removed: offer that once the new one is
//! ACTIVE.
//!
//! # Where an approval request stands
//!
//! ```text
//!                                  ┌── approve(number) ──► Approved, or WrongNumber: over either way
//!   asked ── wake, or app opened ──┼── deny() ───────────► Denied
//!            pending(), fetch()    ├── report() ─────────► Reported
//!                                  ├── AskAgain(cancelled): it still waits, and can be answered
//!                                  └── time, or another phone ──► expired, already_decided: put it away
//! ```
//!
//! Each arrow is safe to interrupt: an app that is ended anywhere starts again, calls `accounts()` and
//! `pending()`, and is where the server is. A pairing's link that is opened again gives its code again; where the
//! app was ended before the code was stored, it says to begin again in the browser: `PairAgain(pairing_over)`.

mod accounts;
mod advice;
mod border;
mod contract;
mod countersign;
mod error;
mod http;
mod keys;
mod popups;
mod ports;
mod requests;
mod totp;
mod watch;

pub use accounts::*;
pub use advice::*;
pub use contract::{KeyStoreFinding, PromptCounter, check_key_store};
pub use countersign::Countersign;
pub use error::CountersignError;
pub use http::*;
pub use keys::*;
pub use popups::*;
pub use ports::*;
pub use requests::*;
pub use totp::{TotpAccount, TotpCode};
pub use watch::{Happening, Watch};

uniffi::setup_scaffolding!();

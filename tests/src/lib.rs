//! What the tests from end to end share: a [`World`] with a real server on a port of its own, the real
//! mobile core as its phones, and a browser without a screen. Time moves when a test moves it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is tests through and through: what fails here fails the test that asked for it"
)]

pub mod attestation;
pub mod authenticator;
pub mod authenticator_app;
pub mod database;
pub mod forge;
pub mod jobs;
pub mod logs;
mod look;
pub mod mail;
mod passcode;
pub mod passkeys;
pub mod phone;
pub mod providers;
pub mod push;
pub mod random;
mod real_phones;
pub mod settings;
pub mod setup;
mod stories;
pub mod tap;
pub mod time;
pub mod wait;
pub mod ways;
pub mod world;

/// A throw-away PostgreSQL cluster.
pub use countersign_test_postgres as postgres;
/// Stand-ins for Apple's and Google's push services.
pub use countersign_test_providers as stand_ins;

pub use authenticator::Authenticator;
pub use authenticator_app::AuthenticatorApp;
pub use database::On;
pub use phone::Phone;
pub use setup::Setup;
pub use wait::{until, within};
pub use world::{EMAIL, PASSWORD, World};

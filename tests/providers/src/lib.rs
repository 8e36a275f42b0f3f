//! Stand-ins for the push services of Apple and Google. They are spoken to over real sockets and real
//! TLS, check what the real ones check (method, path, headers, tokens and their age, sizes, JSON), and
//! answer in the real ones' words. A test can have them answer something else, or nothing.
//!
//! Web Push has one of its own: `countersign_demo::push_service`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this crate is for tests through and through: what fails here fails whoever asked for it"
)]

pub mod apns;
mod authority;
mod desk;
pub mod fcm;
mod jwt;

pub use authority::Authority;
pub use desk::Record;

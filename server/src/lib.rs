//! Countersign's server: it holds the pending login, wakes the phone, and tells the waiting browser.
//!
//! ```text
//! domain ← store, push, mail, passkeys, attestation, events ← app ← http ← main
//! ```
//!
//! Imports point to the left and nowhere else; a test holds it.

pub mod app;
pub mod attestation;
pub mod clock;
pub mod config;
pub mod domain;
pub mod events;
pub mod http;
pub mod init;
pub mod logging;
pub mod mail;
pub mod passkeys;
pub mod passwords;
pub mod push;
pub mod service;
pub mod signing_key;
pub mod store;
pub mod web;

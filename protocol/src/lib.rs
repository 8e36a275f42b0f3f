//! What a Countersign phone and a Countersign server say to each other.
//!
//! Both sides compile this crate, so a field cannot mean one thing here and another there. It does no
//! I/O and reads neither clock nor random source: times and randomness are handed in.
//!
//! * [`statement`]: the envelope, a strict compact JWS (RFC 7515) with ES256 (RFC 7518, section 3.4);
//! * [`pairing`], [`approval`], [`call`]: the statements themselves, field by field;
//! * [`attestation`]: what a phone's maker says of its keys;
//! * [`app`]: which app speaks;
//! * [`api`]: paths, bodies and error codes of the phone's HTTP interface.

pub mod api;
pub mod app;
pub mod approval;
pub mod attestation;
pub mod bytes;
pub mod call;
pub mod ids;
pub mod key;
pub mod pairing;
pub mod random;
pub mod statement;
pub mod time;

mod crypto;
mod strict_json;

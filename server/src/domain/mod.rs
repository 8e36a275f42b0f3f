//! The rules, pure: no I/O, no clock, no random source. What they need is handed in.

pub mod activity;
pub mod actor;
pub mod backoff;
pub mod client;
pub mod directory;
pub mod factor;
pub mod failures;
pub mod job;
pub mod key_ring;
pub mod login;
pub mod mail;
pub mod network;
pub mod pairing;
pub mod policy;
pub mod push_limits;
pub mod reach;
pub mod recovery;
pub mod recovery_code;
pub mod requirement;
pub mod seal;
pub mod session;
pub mod tenant;
pub mod totp;
pub mod typed;
pub mod user;
pub mod ways;

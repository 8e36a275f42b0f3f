//! Wakes: the content-free push messages that tell a phone to fetch.

pub mod apns;
mod encrypt;
pub mod fcm;
mod google_token;
pub mod guard;
mod provider_token;
pub mod sender;
pub mod senders;
pub mod service_account;
pub mod vapid;
pub mod webpush;
pub mod wire;

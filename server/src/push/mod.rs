//! Wakes: the content-free push messages that tell a phone to fetch.

mod encrypt;
pub mod guard;
pub mod sender;
pub mod senders;
pub mod vapid;
pub mod webpush;

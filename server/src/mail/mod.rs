//! Mail to people: what is written, and the way to the mail server.
//!
//! [`message`] holds what each mail has to say and turns it into words; [`smtp`] hands it to the mail
//! server. When it is sent, and how often it is tried, is decided by the use cases.

pub mod address;
pub mod message;
mod reply;
pub mod smtp;

use async_trait::async_trait;
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

pub use crate::web::RenderedMail;
pub use address::{Security, SenderAddress, ServerAddress};
pub use message::{FactorChange, Letter, Mail, Removed, Seen};

/// A mail, ready to be sent to one person.
pub struct Outgoing {
    /// Becomes its `Message-ID`: the same for each try, so that a mail that was taken twice is shown once.
    pub id: Uuid,
    /// To whom: an e-mail address.
    pub recipient: String,
    /// Its `Date`.
    pub date: Timestamp,
    /// Its subject and text.
    pub content: RenderedMail,
}

/// What became of a mail, and why: words for the log, with neither the recipient nor the text in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What to do next.
    pub outcome: SendOutcome,
    /// Such as "250", or what an operator has to do.
    pub said: String,
}

/// What became of a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SendOutcome {
    /// The mail server has it.
    Accepted,
    /// Not now: try again later.
    Retry,
    /// Not to this person, or not this mail: trying again would not help.
    Refused,
    /// The mail server does not take this server's settings: an operator has to look. The mail can be
    /// sent afterwards.
    Misconfigured,
}

impl SendOutcome {
    pub(crate) fn said(self, said: impl Into<String>) -> Answer {
        Answer { outcome: self, said: said.into() }
    }
}

/// Takes mail to people.
#[async_trait]
pub trait MailSender: Send + Sync {
    /// Sends one mail, once. Takes no longer than 20 seconds.
    async fn send(&self, mail: &Outgoing) -> Answer;

    /// Nothing more is to be sent for now: lets go of connections.
    async fn rest(&self) {}
}

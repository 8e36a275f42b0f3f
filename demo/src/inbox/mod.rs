//! The person's mailbox: a mail server for this computer alone, and a page that shows what came.

mod page;
mod smtp;

use std::sync::Arc;

use axum::Router;
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::random::{self, Random};
use mail_parser::MessageParser;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A mail, as a reader sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// To whom it was sent.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub plain: String,
    /// Its HTML.
    pub html: String,
}

impl Mail {
    fn read(recipient: &str, raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        Some(Self {
            recipient: recipient.to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            plain: message.body_text(0)?.into_owned(),
            html: message.body_html(0)?.into_owned(),
        })
    }
}

/// A mailbox that takes whatever this computer's programs send.
#[derive(Clone)]
pub struct Inbox {
    address: String,
    path: String,
    mails: Arc<watch::Sender<Vec<Mail>>>,
}

impl Inbox {
    /// Opens a mailbox on a free port of the loopback interface. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// No port is free.
    pub async fn open(random: &dyn Random) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let inbox = Self {
            address: listener.local_addr()?.to_string(),
            path: format!("/{}/", to_base64url(random::bytes::<16>(random))),
            mails: Arc::new(watch::Sender::new(Vec::new())),
        };
        tokio::spawn(smtp::serve(listener, Arc::clone(&inbox.mails)));
        Ok(inbox)
    }

    /// Where mail is taken: host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The page's path, with the secret in it: `/…/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The page and the mails it shows.
    pub fn router(&self) -> Router {
        page::router(&self.path, Arc::clone(&self.mails))
    }

    /// Follows what comes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Vec<Mail>> {
        self.mails.subscribe()
    }
}

#[cfg(test)]
mod tests;

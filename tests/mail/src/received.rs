//! A mail as it came, and as a reader sees it.

use mail_parser::{Message, MessageParser, MimeHeaders};

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The sender in the envelope.
    pub sender: String,
    /// The recipient in the envelope.
    pub recipient: String,
    /// All of it, as it came.
    pub raw: Vec<u8>,
}

impl Received {
    fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a message")
    }

    /// The subject, decoded.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn subject(&self) -> String {
        self.parsed().subject().expect("a subject").to_owned()
    }

    /// The plain text, decoded.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn plain(&self) -> String {
        self.part("plain")
    }

    /// The HTML text, decoded.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn html(&self) -> String {
        self.part("html")
    }

    /// A header as it came, without its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.parsed().header_raw(name).map(|value| value.trim().to_owned())
    }

    /// The text of the one part of this kind. Not what a parser would make of the other kind.
    fn part(&self, subtype: &str) -> String {
        let message = self.parsed();
        let wanted = |part: &&mail_parser::MessagePart<'_>| {
            part.content_type().is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some(subtype))
        };
        let part = message.parts.iter().find(wanted).unwrap_or_else(|| panic!("a part text/{subtype}"));
        part.text_contents().expect("text").to_owned()
    }
}

//! Mail as people read it: subject, plain text and HTML, from the same sentences. One file a family.

mod account;
mod letter;
mod reported;
mod words;

use std::net::IpAddr;

use askama::Template;
use countersign_protocol::approval::Place;
use countersign_protocol::time::Timestamp;

use self::words::Words;
use super::Lang;

/// Why a mail cannot be rendered.
pub type MailError = askama::Error;

/// What a mail says.
pub enum MailText<'a> {
    /// To the user: a sign-in was reported on the user's phone.
    ReportedToUser {
        /// Who tried to sign in.
        seen: SeenSignIn<'a>,
    },
    /// To an administrator: the same.
    ReportedToAdministrators {
        /// Whose sign-in it was to be.
        email: &'a str,
        /// What that person is called; may be empty.
        name: &'a str,
        /// Who tried to sign in.
        seen: SeenSignIn<'a>,
    },
    /// To the user: the account has a new password.
    PasswordChanged {
        /// Where it was typed.
        address: Option<IpAddr>,
        /// When.
        at: Timestamp,
    },
    /// To the user: a phone was paired.
    DeviceAdded {
        /// The phone's name.
        device: &'a str,
        /// Where it was confirmed.
        address: Option<IpAddr>,
        /// When.
        at: Timestamp,
    },
}

/// A sign-in as the server saw it.
pub struct SeenSignIn<'a> {
    /// The browser, by name.
    pub browser: &'a str,
    /// The system that it runs on.
    pub system: &'a str,
    /// The network address.
    pub address: IpAddr,
    /// Where that is.
    pub place: &'a Place,
    /// When it began.
    pub at: Timestamp,
}

/// A mail in words.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject: one line.
    pub subject: String,
    /// For those who read no HTML.
    pub plain: String,
    /// A whole document, with its styles in it.
    pub html: String,
}

/// The mail in `lang`, from the tenant `tenant_name` that is reached at `origin`.
///
/// # Errors
/// If the template fails.
pub fn render_mail(
    lang: Lang,
    tenant_name: &str,
    origin: &str,
    mail: &MailText<'_>,
) -> Result<RenderedMail, MailError> {
    let words = Words::new(lang, tenant_name, origin);
    let person;
    let letter = match mail {
        MailText::ReportedToUser { seen } => reported::to_user(&words, seen),
        MailText::ReportedToAdministrators { email, name, seen } => {
            person = words::person(lang, name, email);
            reported::to_administrators(&words.with("person", &person), seen)
        }
        MailText::PasswordChanged { address, at } => account::password_changed(&words, *address, *at),
        MailText::DeviceAdded { device, address, at } => {
            account::device_added(&words.with("device", device), device, *address, *at)
        }
    };
    let plain = letter.plain();
    let html = letter.render()?;
    Ok(RenderedMail { subject: letter.subject, plain, html })
}

#[cfg(test)]
mod tests;

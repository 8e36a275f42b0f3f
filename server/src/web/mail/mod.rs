//! Mail as people read it: subject, plain text and HTML, from the same sentences. One file a family.

mod account;
mod asked;
mod letter;
mod recovery;
mod reported;
mod sign_in;
mod words;

use askama::Template as _;

use self::letter::{LetterPage, USUAL_SHADES};
use self::words::Words;
use super::Lang;
use crate::domain::brand::{Colour, Shades};
use crate::domain::mail::Mail;

/// Why a mail cannot be rendered.
pub type MailError = askama::Error;

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
    mail: &Mail,
) -> Result<RenderedMail, MailError> {
    render_letter(lang, tenant_name, origin, None, mail)
}

/// As [`render_mail`], in the tenant's colour.
///
/// # Errors
/// If the template fails.
pub fn render_letter(
    lang: Lang,
    tenant_name: &str,
    origin: &str,
    colour: Option<Colour>,
    mail: &Mail,
) -> Result<RenderedMail, MailError> {
    let mut letter = write(Words::new(lang, tenant_name, origin), mail);
    letter.shades = colour.map_or(USUAL_SHADES, Shades::of);
    let plain = letter.plain();
    let html = letter.render()?;
    Ok(RenderedMail { subject: letter.subject, plain, html })
}

/// Chooses the words, with the values that its sentences name.
fn write<'a>(words: Words<'a>, mail: &Mail) -> LetterPage<'a> {
    match mail {
        Mail::SignInCode { code, minutes, seen } => {
            sign_in::code(&words.with("minutes", u32::from(*minutes)), code, seen)
        }
        Mail::WrongCodes { seen } => sign_in::wrong_codes(&words, seen),
        Mail::RecoveryCodeUsed { left, seen } => {
            sign_in::recovery_code_used(&words.with("left", *left), *left, seen)
        }
        Mail::BrowserCopied { address, at } => sign_in::browser_copied(&words, *address, *at),
        Mail::ReportedToUser { seen } => reported::to_user(&words, seen),
        Mail::ReportedToAdministrators { email, name, seen } => {
            reported::to_administrators(&words.with_person(name, email), seen)
        }
        Mail::PasswordChanged { address, at } => account::password_changed(&words, *address, *at),
        Mail::EmailChanged { old, new, at } => account::email_changed(&words, old, new, *at),
        Mail::DeviceAdded { device, address, at } => {
            account::device_added(&words.with("device", device.as_str()), device, *address, *at)
        }
        Mail::FactorChanged { change, name, address, at } => {
            account::factor_changed(&words, *change, name.as_deref(), *address, *at)
        }
        Mail::FactorsReset { at } => account::factors_reset(&words, *at),
        Mail::TurnedOn { until, ready, at } => asked::turned_on(words, *until, *ready, *at),
        Mail::TurnedOff { removed, at } => asked::turned_off(&words, *removed, *at),
        Mail::TurnedOffByOwner { removed, address, at } => {
            recovery::turned_off(&words, removed, *address, *at)
        }
        Mail::SetUpDue { until } => asked::set_up_due(words, *until),
        Mail::ResetAsked { until, at } => asked::reset_asked(words, *until, *at),
        Mail::ResetAskedToAdministrators { email, name, by, until, at } => {
            asked::reset_asked_to_administrators(words.with_person(name, email), by, *until, *at)
        }
        Mail::RecoveryInstructions { link, minutes, seen } => {
            recovery::instructions(&words.with("minutes", u32::from(*minutes)), link, seen)
        }
        Mail::RecoveryWaiting { stop, until, seen } => {
            let time = words.time(*until);
            recovery::waiting(&words.with("until", time), stop, *until, seen)
        }
        Mail::RecoveryWaitingToAdministrators { email, name, stop, until, seen } => {
            let time = words.time(*until);
            let words = words.with_person(name, email).with("until", time);
            recovery::waiting_to_administrators(&words, stop, *until, seen)
        }
        Mail::RecoveryDone { removed, address, at } => recovery::done(&words, removed, *address, *at),
        Mail::RecoveryStopped { address, at } => recovery::stopped(&words, *address, *at),
    }
}

#[cfg(test)]
mod tests;

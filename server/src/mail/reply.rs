//! What an answer of the mail server means (RFC 5321, section 4.2; RFC 3463), by the step that it came at.
//!
//! Only codes go into the words for the log: the texts of mail servers repeat the recipient's address.

use std::error::Error as StdError;
use std::io;

use lettre::transport::smtp::Error;

use super::{Answer, SendOutcome};

/// How far a mail had come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Connecting, with TLS where that comes first, up to the answer to EHLO.
    Connect,
    /// The change from plain to TLS.
    StartTls,
    /// User name and password.
    SignIn,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA and the text itself.
    Text,
}

/// What to do after `error` at `step`.
pub(super) fn judge(step: Step, error: &Error) -> Answer {
    if let Some(fault) = tls_fault(error) {
        return SendOutcome::Misconfigured.said(fault);
    }
    if error.is_transient() {
        return SendOutcome::Retry.said(codes(error));
    }
    if error.is_permanent() {
        let codes = codes(error);
        return match advice(step, &codes) {
            Some(advice) => SendOutcome::Misconfigured.said(format!("{codes}: {advice}")),
            None => SendOutcome::Refused.said(codes),
        };
    }
    if error.is_client() {
        return client_fault(step);
    }
    if error.is_response() {
        return SendOutcome::Retry
            .said("an answer that is not one of SMTP: is mail.security right for this port?");
    }
    SendOutcome::Retry.said(no_connection(error))
}

/// What an operator has to do about a permanent refusal; nothing if it is about this mail alone.
fn advice(step: Step, codes: &str) -> Option<&'static str> {
    const SIGN_IN: &str = "the mail server wants a user name and a password: set mail.user and mail.password";
    let unproven = codes.starts_with("530");
    match step {
        Step::Connect => Some("the mail server does not speak to this server: is mail.server the right one?"),
        Step::StartTls => Some("the mail server refuses TLS: set mail.security to \"tls\", with its port"),
        Step::SignIn => Some(
            "the mail server refused the user name or the password: set mail.user and mail.password right",
        ),
        Step::Sender | Step::Recipient | Step::Text if unproven => Some(SIGN_IN),
        Step::Sender => {
            Some("the mail server takes no mail from mail.from: name an address that it lets you use")
        }
        // RFC 3463, section 3.8: who is not authorised is not told so because of the recipient.
        Step::Recipient if codes.ends_with(" 5.7.1") || codes.ends_with(" 5.7.0") => Some(
            "the mail server does not deliver for this server: set mail.user and mail.password, \
             or let this server's address relay",
        ),
        Step::Recipient | Step::Text => None,
    }
}

/// What lettre itself finds wrong, by the step.
fn client_fault(step: Step) -> Answer {
    match step {
        Step::StartTls => SendOutcome::Misconfigured
            .said("the mail server offers no STARTTLS: set mail.security to \"tls\", with the port for it"),
        Step::SignIn => SendOutcome::Misconfigured
            .said("the mail server offers no way to sign in that is known here (PLAIN, LOGIN)"),
        _ => SendOutcome::Retry.said("an answer that cannot be understood"),
    }
}

/// The reply code, and the enhanced one if there is one: "550 5.1.1".
fn codes(error: &Error) -> String {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    match words.split_whitespace().next().filter(|word| is_enhanced(word)) {
        Some(enhanced) => format!("{code} {enhanced}"),
        None => code,
    }
}

/// `class.subject.detail` (RFC 3463, section 2).
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(number)
}

/// Each cause of an error; what a `std::io::Error` carries is one, too.
fn causes<'e>(error: &'e Error) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    let first: &'e (dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |cause| beneath(*cause))
}

fn beneath<'e>(cause: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(carried) => Some(carried),
        None => cause.source(),
    }
}

/// What is wrong with TLS, if that is it.
fn tls_fault(error: &Error) -> Option<String> {
    let fault = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>())?;
    Some(match fault {
        rustls::Error::InvalidCertificate(why) => format!(
            "the mail server's certificate is not trusted ({why:?}): is mail.server the name in it? \
             A certificate authority of your own goes into mail.extra_roots"
        ),
        rustls::Error::InvalidMessage(_) => {
            "the mail server speaks no TLS here: set mail.security to \"starttls\", or name another port"
                .to_owned()
        }
        other => format!("TLS failed ({other}): is mail.security right for this port?"),
    })
}

fn no_connection(error: &Error) -> String {
    let kind = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    match kind {
        Some(kind) => format!("no connection to the mail server: {kind}"),
        None => "no connection to the mail server".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_code_is_three_numbers() {
        for good in ["5.1.1", "4.7.12", "5.7.509"] {
            assert!(is_enhanced(good), "{good}");
        }
        for other in ["5.1", "5.1.1.1", "ada@example.com", "5..1", "5.1.x", "<5.1.1>", "5.1.1000"] {
            assert!(!is_enhanced(other), "{other}");
        }
    }

    #[test]
    fn what_only_an_operator_can_mend_is_told_from_what_concerns_one_mail() {
        for (step, codes, mended) in [
            (Step::Connect, "554", true),
            (Step::SignIn, "535 5.7.8", true),
            (Step::Sender, "553 5.7.1", true),
            (Step::Sender, "530 5.7.0", true),
            (Step::Recipient, "530", true),
            (Step::Recipient, "554 5.7.1", true),
            (Step::Recipient, "550 5.1.1", false),
            (Step::Recipient, "550", false),
            (Step::Text, "554 5.6.0", false),
        ] {
            assert_eq!(advice(step, codes).is_some(), mended, "{step:?} {codes}");
        }
    }
}

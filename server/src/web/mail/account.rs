//! Mails of what was changed in an account.

use std::net::IpAddr;

use countersign_protocol::time::Timestamp;

use super::letter::LetterPage;
use super::words::{Top, Words};

pub(super) fn password_changed<'a>(
    words: &Words<'a>,
    address: Option<IpAddr>,
    at: Timestamp,
) -> LetterPage<'a> {
    let top =
        Top { subject: "mail-password-subject", title: "mail-password-title", lead: "mail-password-lead" };
    LetterPage {
        facts: words.when_and_where(address, at),
        sections: vec![
            words.section("mail-device-you-title", &["mail-device-you"]),
            words.section("mail-device-not-you-title", &["mail-password-not-you"]),
        ],
        ..words.letter(&top, "mail-link-sign-in")
    }
}

pub(super) fn device_added<'a>(
    words: &Words<'a>,
    device: &str,
    address: Option<IpAddr>,
    at: Timestamp,
) -> LetterPage<'a> {
    let top = Top { subject: "mail-device-subject", title: "mail-device-title", lead: "mail-device-lead" };
    let mut facts = vec![words.fact("mail-fact-phone", device)];
    facts.extend(words.when_and_where(address, at));
    LetterPage {
        facts,
        sections: vec![
            words.section("mail-device-you-title", &["mail-device-you"]),
            words.section("mail-device-not-you-title", &["mail-device-not-you"]),
        ],
        ..words.letter(&top, "mail-link-phones")
    }
}

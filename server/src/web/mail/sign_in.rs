//! Mails that belong to a sign-in: its code, and what was unusual about it.

use std::net::IpAddr;

use countersign_protocol::time::NumericDate;

use super::letter::LetterPage;
use super::words::{Top, Words};
use crate::domain::mail::Seen;

/// The subject carries no code, as it does not with Google, Apple, Microsoft and GitHub: subjects are shown
/// on locked screens, and are what mail servers write into their logs. The code stands first in the text,
/// where mail programs find it to fill it in.
pub(super) fn code<'a>(words: &Words<'a>, code: &str, seen: &Seen) -> LetterPage<'a> {
    let top = Top { subject: "mail-code-subject", title: "mail-code-title", lead: "mail-code-lead" };
    LetterPage {
        code: Some(code.to_owned()),
        sections: vec![words.section("mail-not-you-title", &["mail-code-not-you"])],
        // No link: a page that asks for codes is not to be reached from a mail.
        ..words.letter(&top, words.seen(seen))
    }
}

pub(super) fn wrong_codes<'a>(words: &Words<'a>, seen: &Seen) -> LetterPage<'a> {
    let top = Top { subject: "mail-wrong-subject", title: "mail-wrong-title", lead: "mail-wrong-lead" };
    LetterPage { sections: words.was_it_you("mail-wrong-not-you"), ..words.letter(&top, words.seen(seen)) }
}

pub(super) fn recovery_code_used<'a>(words: &Words<'a>, left: u32, seen: &Seen) -> LetterPage<'a> {
    let top = Top { subject: "mail-used-subject", title: "mail-used-title", lead: "mail-used-lead" };
    let mut facts = vec![words.fact("mail-fact-codes-left", left.to_string())];
    facts.extend(words.seen(seen));
    LetterPage {
        sections: vec![
            words.section("mail-you-title", &["mail-used-you"]),
            words.section("mail-not-you-title", &["mail-used-not-you"]),
        ],
        action: words.to_security(),
        ..words.letter(&top, facts)
    }
}

pub(super) fn browser_copied<'a>(words: &Words<'a>, address: IpAddr, at: NumericDate) -> LetterPage<'a> {
    let top = Top { subject: "mail-copied-subject", title: "mail-copied-title", lead: "mail-copied-lead" };
    LetterPage {
        sections: vec![
            words.section("mail-done", &["mail-copied-done"]),
            words.section("mail-copied-restored-title", &["mail-you"]),
            words.section("mail-copied-else-title", &["mail-copied-next"]),
        ],
        ..words.letter(&top, words.when_and_where(Some(address), at))
    }
}

//! Mails of a sign-in that was reported: "this wasn't me".

use super::letter::LetterPage;
use super::words::{Top, Words};
use crate::domain::mail::Seen;

pub(super) fn to_user<'a>(words: &Words<'a>, seen: &Seen) -> LetterPage<'a> {
    let top =
        Top { subject: "mail-reported-subject", title: "mail-reported-title", lead: "mail-reported-lead" };
    let done =
        ["mail-reported-stopped", "mail-reported-sessions", "mail-reported-popups", "mail-reported-password"];
    LetterPage {
        sections: vec![
            words.section("mail-done", &done),
            words.section("mail-next", &["mail-reported-next"]),
            words.section("mail-reported-mistake-title", &["mail-reported-mistake"]),
        ],
        action: words.to_start("mail-link-sign-in"),
        ..words.letter(&top, words.seen(seen))
    }
}

pub(super) fn to_administrators<'a>(words: &Words<'a>, seen: &Seen) -> LetterPage<'a> {
    let top = Top {
        subject: "mail-reported-admin-subject",
        title: "mail-reported-admin-title",
        lead: "mail-reported-admin-lead",
    };
    let done = [
        "mail-reported-admin-stopped",
        "mail-reported-admin-sessions",
        "mail-reported-admin-popups",
        "mail-reported-admin-password",
    ];
    LetterPage {
        sections: vec![
            words.section("mail-done", &done),
            words.section("mail-next", &["mail-reported-admin-next"]),
        ],
        why: words.t("mail-why-admin"),
        action: words.to_start("mail-link-sign-in"),
        ..words.letter(&top, words.seen(seen))
    }
}

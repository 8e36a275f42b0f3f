//! Mails of what is asked of people from now on, or no more; and of resets that wait for a second administrator.

use countersign_protocol::time::NumericDate;

use super::letter::LetterPage;
use super::words::{Top, Words};

pub(super) fn turned_on<'a>(
    words: Words<'a>,
    until: Option<NumericDate>,
    ready: bool,
    at: NumericDate,
) -> LetterPage<'a> {
    let top = Top { subject: "mail-on-subject", title: "mail-on-title", lead: "mail-on-lead" };
    let next = match (ready, until) {
        (true, _) => "mail-on-ready",
        (false, None) => "mail-on-next",
        (false, Some(_)) => "mail-on-until",
    };
    let time = until.map(|until| words.time(until)).unwrap_or_default();
    let words = words.with("until", time);
    LetterPage {
        sections: vec![
            words.section("mail-next", &[next]),
            words.section("mail-stays", &["mail-on-sessions"]),
        ],
        action: if ready { None } else { words.to_security() },
        ..words.letter(&top, vec![words.fact("mail-fact-when", words.time(at))])
    }
}

pub(super) fn turned_off<'a>(words: &Words<'a>, removed: bool, at: NumericDate) -> LetterPage<'a> {
    let top = Top { subject: "mail-off-subject", title: "mail-off-title", lead: "mail-off-lead" };
    let what = if removed { "mail-off-removed" } else { "mail-off-kept" };
    LetterPage {
        sections: vec![
            words.section("mail-off-what", &[what]),
            words.section("mail-not-expected-title", &["mail-off-not-expected"]),
        ],
        ..words.letter(&top, vec![words.fact("mail-fact-when", words.time(at))])
    }
}

pub(super) fn set_up_due(words: Words<'_>, until: NumericDate) -> LetterPage<'_> {
    let top = Top { subject: "mail-due-subject", title: "mail-due-title", lead: "mail-due-lead" };
    let time = words.time(until);
    let words = words.with("until", time.clone());
    LetterPage {
        sections: vec![words.section("mail-next", &["mail-due-next"])],
        action: words.to_security(),
        ..words.letter(&top, vec![words.fact("mail-fact-due", time)])
    }
}

pub(super) fn reset_asked(words: Words<'_>, until: NumericDate, at: NumericDate) -> LetterPage<'_> {
    let top = Top {
        subject: "mail-reset-asked-subject",
        title: "mail-reset-asked-title",
        lead: "mail-reset-asked-lead",
    };
    let time = words.time(until);
    let words = words.with("until", time);
    LetterPage {
        sections: vec![
            words.section("mail-expected-title", &["mail-reset-asked-you"]),
            words.section("mail-not-expected-title", &["mail-reset-asked-not-you"]),
        ],
        ..words.letter(&top, vec![words.fact("mail-fact-when", words.time(at))])
    }
}

pub(super) fn reset_asked_to_administrators<'a>(
    words: Words<'a>,
    by: &str,
    until: NumericDate,
    at: NumericDate,
) -> LetterPage<'a> {
    let top = Top {
        subject: "mail-reset-waits-subject",
        title: "mail-reset-waits-title",
        lead: "mail-reset-waits-lead",
    };
    let time = words.time(until);
    let words = words.with("by", by).with("until", time);
    LetterPage {
        sections: vec![words.section("mail-next", &["mail-reset-waits-next"])],
        action: words.to_users("mail-reset-waits-open"),
        why: words.t("mail-why-admin"),
        ..words.letter(&top, vec![words.fact("mail-fact-when", words.time(at))])
    }
}

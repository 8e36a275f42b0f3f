//! Mails of a lost phone.

use std::net::IpAddr;

use countersign_protocol::time::NumericDate;

use super::letter::LetterPage;
use super::words::{Top, Words};
use crate::domain::mail::{Removed, Seen};

pub(super) fn instructions<'a>(words: &Words<'a>, link: &str, seen: &Seen) -> LetterPage<'a> {
    let top = Top { subject: "mail-recover-subject", title: "mail-recover-title", lead: "mail-recover-lead" };
    LetterPage {
        sections: vec![words.section("mail-not-you-title", &["mail-recover-not-you"])],
        action: words.to_link("mail-recover-open", link),
        ..words.letter(&top, words.seen(seen))
    }
}

pub(super) fn waiting<'a>(words: &Words<'a>, stop: &str, until: NumericDate, seen: &Seen) -> LetterPage<'a> {
    let top = Top { subject: "mail-waiting-subject", title: "mail-waiting-title", lead: "mail-waiting-lead" };
    LetterPage {
        sections: vec![
            words.section("mail-not-you-title", &["mail-waiting-not-you"]),
            words.section("mail-you-title", &["mail-waiting-you"]),
        ],
        action: words.to_link("mail-waiting-stop", stop),
        ..words.letter(&top, waiting_facts(words, until, seen))
    }
}

pub(super) fn waiting_to_administrators<'a>(
    words: &Words<'a>,
    stop: &str,
    until: NumericDate,
    seen: &Seen,
) -> LetterPage<'a> {
    let top = Top {
        subject: "mail-waiting-admin-subject",
        title: "mail-waiting-admin-title",
        lead: "mail-waiting-admin-lead",
    };
    LetterPage {
        sections: vec![words.section("mail-next", &["mail-waiting-admin-next"])],
        action: words.to_link("mail-waiting-stop", stop),
        why: words.t("mail-why-admin"),
        ..words.letter(&top, waiting_facts(words, until, seen))
    }
}

fn waiting_facts(words: &Words<'_>, until: NumericDate, seen: &Seen) -> Vec<(String, String)> {
    let mut facts = vec![words.fact("mail-fact-until", words.time(until))];
    facts.extend(words.seen(seen));
    facts
}

pub(super) fn done<'a>(
    words: &Words<'a>,
    removed: &[Removed],
    address: IpAddr,
    at: NumericDate,
) -> LetterPage<'a> {
    let top =
        Top { subject: "mail-recovered-subject", title: "mail-recovered-title", lead: "mail-recovered-lead" };
    let facts = what_went(words, removed, address, at);
    LetterPage {
        sections: vec![
            words.section("mail-you-title", &["mail-recovered-you"]),
            words.section("mail-not-you-title", &["mail-recovered-not-you"]),
        ],
        action: words.to_start("mail-link-sign-in"),
        ..words.letter(&top, facts)
    }
}

/// The second step is turned off by its owner.
pub(super) fn turned_off<'a>(
    words: &Words<'a>,
    removed: &[Removed],
    address: IpAddr,
    at: NumericDate,
) -> LetterPage<'a> {
    let top = Top { subject: "mail-off-subject", title: "mail-off-title", lead: "mail-off-own-lead" };
    LetterPage {
        sections: vec![
            words.section("mail-you-title", &["mail-off-own-you"]),
            words.section("mail-not-you-title", &["mail-factor-removed-not-you"]),
        ],
        action: words.to_security(),
        ..words.letter(&top, what_went(words, removed, address, at))
    }
}

fn what_went(
    words: &Words<'_>,
    removed: &[Removed],
    address: IpAddr,
    at: NumericDate,
) -> Vec<(String, String)> {
    let gone = removed.iter().map(|one| words.fact("mail-fact-removed", name(words, one)));
    gone.chain(words.when_and_where(Some(address), at)).collect()
}

fn name(words: &Words<'_>, removed: &Removed) -> String {
    match removed {
        Removed::Phone(name) | Removed::Passkey(name) => name.clone(),
        Removed::Authenticator => words.t("way-totp"),
        Removed::RecoveryCodes => words.t("mail-recovery-codes"),
    }
}

pub(super) fn stopped<'a>(words: &Words<'a>, address: Option<IpAddr>, at: NumericDate) -> LetterPage<'a> {
    let top = Top { subject: "mail-stopped-subject", title: "mail-stopped-title", lead: "mail-stopped-lead" };
    LetterPage {
        sections: vec![words.section("mail-next", &["mail-stopped-next"])],
        action: words.to_start("mail-link-sign-in"),
        ..words.letter(&top, words.when_and_where(address, at))
    }
}

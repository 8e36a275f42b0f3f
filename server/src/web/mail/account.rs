//! Mails of what was changed in an account.

use std::net::IpAddr;

use countersign_protocol::time::NumericDate;

use super::letter::LetterPage;
use super::words::{Top, Words};
use crate::domain::mail::FactorChange;

pub(super) fn password_changed<'a>(
    words: &Words<'a>,
    address: Option<IpAddr>,
    at: NumericDate,
) -> LetterPage<'a> {
    let top =
        Top { subject: "mail-password-subject", title: "mail-password-title", lead: "mail-password-lead" };
    LetterPage {
        sections: words.was_it_you("mail-password-not-you"),
        action: words.to_start("mail-link-sign-in"),
        ..words.letter(&top, words.when_and_where(address, at))
    }
}

pub(super) fn email_changed<'a>(words: &Words<'a>, old: &str, new: &str, at: NumericDate) -> LetterPage<'a> {
    let top = Top { subject: "mail-email-subject", title: "mail-email-title", lead: "mail-email-lead" };
    let facts = vec![
        words.fact("mail-fact-old-email", old),
        words.fact("mail-fact-new-email", new),
        words.fact("mail-fact-when", words.time(at)),
    ];
    LetterPage {
        sections: vec![
            words.section("mail-expected-title", &["mail-you"]),
            words.section("mail-not-expected-title", &["mail-email-not-you"]),
        ],
        ..words.letter(&top, facts)
    }
}

pub(super) fn device_added<'a>(
    words: &Words<'a>,
    device: &str,
    address: Option<IpAddr>,
    at: NumericDate,
) -> LetterPage<'a> {
    let top = Top { subject: "mail-device-subject", title: "mail-device-title", lead: "mail-device-lead" };
    let mut facts = vec![words.fact("mail-fact-phone", device)];
    facts.extend(words.when_and_where(address, at));
    LetterPage {
        sections: words.was_it_you("mail-device-not-you"),
        action: words.to_start("mail-link-phones"),
        ..words.letter(&top, facts)
    }
}

pub(super) fn factor_changed<'a>(
    words: &Words<'a>,
    change: FactorChange,
    name: Option<&str>,
    address: Option<IpAddr>,
    at: NumericDate,
) -> LetterPage<'a> {
    let (top, if_not) = said_of(change);
    let fact = match change {
        FactorChange::PhoneRemoved => Some("mail-fact-phone"),
        FactorChange::PasskeyAdded | FactorChange::PasskeyRemoved => Some("mail-fact-passkey"),
        _ => None,
    };
    let mut facts: Vec<_> = fact.zip(name).map(|(key, name)| words.fact(key, name)).into_iter().collect();
    facts.extend(words.when_and_where(address, at));
    LetterPage {
        sections: words.was_it_you(if_not),
        action: words.to_security(),
        ..words.letter(&top, facts)
    }
}

/// What is said of a change, and what to do for whoever did not make it.
const fn said_of(change: FactorChange) -> (Top, &'static str) {
    const ADDED: &str = "mail-factor-added-not-you";
    const REMOVED: &str = "mail-factor-removed-not-you";
    let (subject, title, lead, if_not) = match change {
        FactorChange::PhoneRemoved => {
            ("mail-phone-removed-subject", "mail-phone-removed-title", "mail-phone-removed-lead", REMOVED)
        }
        FactorChange::AuthenticatorAdded => {
            ("mail-totp-added-subject", "mail-totp-added-title", "mail-totp-added-lead", ADDED)
        }
        FactorChange::AuthenticatorRemoved => {
            ("mail-totp-removed-subject", "mail-totp-removed-title", "mail-totp-removed-lead", REMOVED)
        }
        FactorChange::PasskeyAdded => {
            ("mail-passkey-added-subject", "mail-passkey-added-title", "mail-passkey-added-lead", ADDED)
        }
        FactorChange::PasskeyRemoved => (
            "mail-passkey-removed-subject",
            "mail-passkey-removed-title",
            "mail-passkey-removed-lead",
            REMOVED,
        ),
        FactorChange::RecoveryCodesMade => {
            ("mail-codes-made-subject", "mail-codes-made-title", "mail-codes-made-lead", ADDED)
        }
    };
    (Top { subject, title, lead }, if_not)
}

pub(super) fn factors_reset<'a>(words: &Words<'a>, at: NumericDate) -> LetterPage<'a> {
    let top = Top { subject: "mail-reset-subject", title: "mail-reset-title", lead: "mail-reset-lead" };
    LetterPage {
        sections: vec![
            words.section("mail-done", &["mail-reset-removed", "mail-reset-sessions"]),
            words.section("mail-next", &["mail-reset-next"]),
            words.section("mail-not-expected-title", &["mail-reset-not-you"]),
        ],
        action: words.to_start("mail-link-sign-in"),
        ..words.letter(&top, vec![words.fact("mail-fact-when", words.time(at))])
    }
}

//! What each mail has to say: facts, no words. Kept as a row until it is sent, and put into words only then.

use std::fmt;
use std::net::IpAddr;

use countersign_protocol::approval::Place;
use countersign_protocol::time::NumericDate;
use serde::{Deserialize, Serialize};

/// What a mail is about. Its name is the row's `kind`.
///
/// Codes and links stand in some of them, so `Debug` shows the kind alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    /// To the user: a code to be typed into the Code screen.
    SignInCode {
        /// The code: six digits.
        code: String,
        /// For how many minutes it is valid.
        minutes: u16,
        /// Who asked for it.
        seen: Seen,
    },
    /// To the user: a right password, then wrong codes.
    WrongCodes {
        /// Who tried to sign in.
        seen: Seen,
    },
    /// To the user: a sign-in was reported on the user's phone ("this wasn't me").
    ReportedToUser {
        /// Who tried to sign in.
        seen: Seen,
    },
    /// To each administrator: the same.
    ReportedToAdministrators {
        /// Whose password somebody else knows.
        email: String,
        /// What the person is called; may be empty.
        name: String,
        /// Who tried to sign in.
        seen: Seen,
    },
    /// To the user: the account has a new password.
    PasswordChanged {
        /// Where it was typed; none where that was a command line.
        address: Option<IpAddr>,
        /// When.
        at: NumericDate,
    },
    /// To the old and to the new address of the user: the account has another e-mail address.
    EmailChanged {
        /// The old address.
        old: String,
        /// The new one.
        new: String,
        /// When.
        at: NumericDate,
    },
    /// To the user: a phone was paired.
    DeviceAdded {
        /// What the phone calls itself.
        device: String,
        /// Where the code was typed that confirmed it; none where that was a command line.
        address: Option<IpAddr>,
        /// When.
        at: NumericDate,
    },
    /// To the user: a way to confirm sign-ins was added, made anew or removed.
    FactorChanged {
        /// Which, and what became of it.
        change: FactorChange,
        /// What the phone or passkey is called, if it has a name.
        name: Option<String>,
        /// Where that was done; none where that was a command line.
        address: Option<IpAddr>,
        /// When.
        at: NumericDate,
    },
    /// To the user: a recovery code proved a sign-in.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
        /// Who used it.
        seen: Seen,
    },
    /// To the user: an administrator removed all ways to confirm sign-ins.
    FactorsReset {
        /// When.
        at: NumericDate,
    },
    /// To the user: a second factor is asked from now on.
    TurnedOn {
        /// Until when one has to be set up; none if at the next sign-in.
        until: Option<NumericDate>,
        /// Whether the user has one already, or needs none but e-mail.
        ready: bool,
        /// When.
        at: NumericDate,
    },
    /// To the user: one is asked no more.
    TurnedOff {
        /// Whether what was set up is removed.
        removed: bool,
        /// When.
        at: NumericDate,
    },
    /// To the user, who turned it off: the password alone signs in.
    TurnedOffByOwner {
        /// What was set up.
        removed: Vec<Removed>,
        /// Where that was done.
        address: IpAddr,
        /// When.
        at: NumericDate,
    },
    /// To the user: a second factor has to be set up, and there is none yet.
    SetUpDue {
        /// Until when.
        until: NumericDate,
    },
    /// To the user: an administrator asked that all ways to confirm sign-ins be removed; another one decides.
    ResetAsked {
        /// Until when that may be done.
        until: NumericDate,
        /// When it was asked.
        at: NumericDate,
    },
    /// To each other administrator: the same.
    ResetAskedToAdministrators {
        /// Whose factors.
        email: String,
        /// What the person is called; may be empty.
        name: String,
        /// Who asked: a name or an e-mail address.
        by: String,
        /// Until when that may be done.
        until: NumericDate,
        /// When it was asked.
        at: NumericDate,
    },
    /// To the user: a trusted browser's cookie was shown that had been replaced; the browser is forgotten.
    BrowserCopied {
        /// Where it was shown.
        address: IpAddr,
        /// When.
        at: NumericDate,
    },
    /// To the user: the link of somebody who asked to get in without the phone.
    RecoveryInstructions {
        /// The link: it works in the browser that asked.
        link: String,
        /// For how many minutes it is valid.
        minutes: u16,
        /// Who asked for it.
        seen: Seen,
    },
    /// To the user: factors will be removed after a waiting time, unless that is stopped.
    RecoveryWaiting {
        /// The link that stops it.
        stop: String,
        /// When the waiting ends.
        until: NumericDate,
        /// Who asked for it.
        seen: Seen,
    },
    /// To each administrator: the same.
    RecoveryWaitingToAdministrators {
        /// Whose factors.
        email: String,
        /// What the person is called; may be empty.
        name: String,
        /// The link that stops it.
        stop: String,
        /// When the waiting ends.
        until: NumericDate,
        /// Who asked for it.
        seen: Seen,
    },
    /// To the user: factors were removed by a recovery.
    RecoveryDone {
        /// Which.
        removed: Vec<Removed>,
        /// Where that was done.
        address: IpAddr,
        /// When.
        at: NumericDate,
    },
    /// To the user: a recovery was stopped; nothing was removed.
    RecoveryStopped {
        /// Where that was done; none where that was a command line.
        address: Option<IpAddr>,
        /// When.
        at: NumericDate,
    },
}

/// Which mails go first, when more are due than can be sent at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Somebody waits for it in front of a page, and it is of use for minutes.
    Awaited = 0,
    /// News for one person.
    News = 1,
    /// What all users of a tenant may be told at once.
    Many = 2,
}

impl Mail {
    /// Whether it goes before others or after them.
    #[must_use]
    pub const fn rank(&self) -> Rank {
        match self {
            Self::SignInCode { .. } | Self::RecoveryInstructions { .. } => Rank::Awaited,
            Self::TurnedOn { .. } | Self::TurnedOff { .. } | Self::SetUpDue { .. } => Rank::Many,
            _ => Rank::News,
        }
    }
}

/// What became of a way to confirm sign-ins. A phone that was added is [`Mail::DeviceAdded`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// A phone was removed.
    PhoneRemoved,
    /// An authenticator app was set up.
    AuthenticatorAdded,
    /// It was removed.
    AuthenticatorRemoved,
    /// A passkey or security key was added.
    PasskeyAdded,
    /// It was removed.
    PasskeyRemoved,
    /// Recovery codes were made; earlier ones work no more.
    RecoveryCodesMade,
}

impl FactorChange {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::PhoneRemoved,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::RecoveryCodesMade,
    ];
}

/// A way to confirm sign-ins that is no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removed {
    /// A phone, with its name.
    Phone(String),
    /// A passkey or security key, with its name.
    Passkey(String),
    /// The authenticator app.
    Authenticator,
    /// The recovery codes.
    RecoveryCodes,
}

/// A sign-in as the server saw it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// The browser, by name.
    pub browser: String,
    /// The system that it runs on.
    pub system: String,
    /// The network address.
    pub address: IpAddr,
    /// Where that is.
    pub place: Place,
    /// When the sign-in began.
    pub at: NumericDate,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = serde_json::to_value(self).unwrap_or_default();
        f.debug_struct("Mail").field("kind", &value["kind"].as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_codes_nor_links_are_shown() {
        let seen = Seen {
            browser: "Firefox".into(),
            system: "Windows".into(),
            address: "203.0.113.7".parse().unwrap(),
            place: Place::Unknown,
            at: NumericDate(0),
        };
        let (code, link) = ("471902".to_owned(), "https://a.example/recover/x#s3cret".to_owned());
        let mails = [
            Mail::SignInCode { code, minutes: 3, seen: seen.clone() },
            Mail::RecoveryInstructions { link: link.clone(), minutes: 30, seen: seen.clone() },
            Mail::RecoveryWaiting { stop: link, until: NumericDate(0), seen },
        ];
        assert_eq!(mails.each_ref().map(Mail::rank), [Rank::Awaited, Rank::Awaited, Rank::News]);
        let shown = format!("{mails:?}");
        assert!(shown.contains("sign_in_code"), "{shown}");
        assert!(!shown.contains("471902") && !shown.contains("s3cret"), "{shown}");
    }
}

//! What people read, in each language.

mod notices;
mod popups;
mod reasons;
mod skew;
mod spoken;

use countersign_protocol::approval::{Place, Purpose};

pub use notices::{Explanation, answered_elsewhere, biometrics_why, outcome, push_lost};
pub use popups::{POPUP_BODY_KEY, POPUP_TITLE_KEY, popup_body, popup_title, waiting};
pub use reasons::reason;
pub use skew::clock_skew;
pub use spoken::{spoken_digits, spoken_number, spoken_request, spoken_time_left};

/// English and Japanese.
type Pair = (&'static str, &'static str);

/// A language that the core speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Lang {
    /// The language of a tag such as `ja`, `ja-JP` or `ja_JP.UTF-8`; English where it is none of ours.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_', '.']).next() {
            Some(language) if language.eq_ignore_ascii_case("ja") => Self::Japanese,
            _ => Self::English,
        }
    }

    fn pick<T>(self, english: T, japanese: T) -> T {
        match self {
            Self::English => english,
            Self::Japanese => japanese,
        }
    }
}

/// Where a network address is.
#[must_use]
pub fn place(place: &Place, lang: Lang) -> String {
    let (english, japanese) = match place {
        Place::Named(name) => return name.clone(),
        Place::ThisComputer => ("The server’s own computer", "サーバーと同じコンピューター"),
        Place::PrivateNetwork => ("A private network", "プライベートネットワーク"),
        Place::Unknown => ("An unknown place", "場所不明"),
    };
    lang.pick(english, japanese).to_owned()
}

/// The headline of a request: what people have to ask themselves.
#[must_use]
pub fn question(purpose: Purpose, lang: Lang) -> String {
    let (english, japanese) = match purpose {
        Purpose::SignIn => ("Is this you signing in?", "ご本人のサインインですか？"),
        Purpose::Confirm => ("Is this you making a change?", "ご本人による設定の変更ですか？"),
    };
    lang.pick(english, japanese).to_owned()
}

/// What the key store shows beside its prompt for an approval.
pub(crate) fn approval_reason(purpose: Purpose, application: &str, account: &str, lang: Lang) -> String {
    match (purpose, lang) {
        (Purpose::SignIn, Lang::English) => format!("Sign in to {application} as {account}"),
        (Purpose::SignIn, Lang::Japanese) => format!("{account} として {application} にサインイン"),
        (Purpose::Confirm, Lang::English) => format!("Confirm a change at {application} as {account}"),
        (Purpose::Confirm, Lang::Japanese) => format!("{account} として {application} の設定の変更を承認"),
    }
}

/// What the key store shows beside its prompt for a pairing.
pub(crate) fn pairing_reason(origin: &str, lang: Lang) -> String {
    let server = origin.split_once("://").map_or(origin, |(_, host)| host);
    match lang {
        Lang::English => format!("Use this phone to sign in to {server}"),
        Lang::Japanese => format!("{server} へのサインインに、このスマートフォンを使う"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_tags() {
        for tag in ["ja", "ja-JP", "ja_JP.UTF-8", "JA"] {
            assert_eq!(Lang::from_tag(tag), Lang::Japanese, "{tag}");
        }
        for tag in ["", "C", "en_US.UTF-8", "jam"] {
            assert_eq!(Lang::from_tag(tag), Lang::English, "{tag}");
        }
    }
}

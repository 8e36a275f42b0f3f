//! The passkeys of an account: added, renamed, removed.

use askama::Template;

use super::{Lang, Page, texts};

/// The passkeys of whoever is signed in.
#[derive(Template)]
#[template(path = "passkeys.html")]
pub struct PasskeysPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// Those that are there, oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Whether passkeys can be had at this address.
    pub can_add: bool,
    /// Whether the organisation accepts them, and asks for them.
    pub offered: bool,
    /// The most characters of a name.
    pub longest_name: usize,
}

/// One passkey in the list.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub added: String,
    /// When it was last used.
    pub last_used: Option<String>,
}

/// What a new passkey is called if nobody knows a better name; `key` is for one that is plugged in.
#[must_use]
pub fn unnamed_passkey(lang: Lang, key: bool) -> String {
    texts::text(lang, if key { "passkeys-unnamed-key" } else { "passkeys-unnamed" })
}

impl PasskeysPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

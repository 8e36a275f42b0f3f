//! What belongs to a user's account, as administrators see it: phones, passkeys, browsers, sessions.

use super::attested;
use crate::domain::attestation::Finding;
use crate::web::Page;

/// A list of what belongs to the account.
#[derive(Clone, Debug)]
pub struct Things {
    pub(super) title: &'static str,
    pub(super) things: Vec<Thing>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Thing {
    /// What it is called.
    pub name: String,
    /// What is known of it.
    pub facts: Vec<Fact>,
}

/// Something that is known of a thing. Times are ready to be read.
#[derive(Clone, Debug)]
pub enum Fact {
    /// As it stands.
    Text(String),
    /// When it was added.
    Added(String),
    /// When it was last used.
    Used(String),
    /// Since when it is there.
    Since(String),
    /// How many are left.
    Left(u32),
    /// What a phone proved of its keys.
    Keys(Finding),
}

impl Things {
    /// Phones.
    #[must_use]
    pub const fn phones(things: Vec<Thing>) -> Self {
        Self { title: "user-phones", things }
    }

    /// Passkeys and security keys.
    #[must_use]
    pub const fn passkeys(things: Vec<Thing>) -> Self {
        Self { title: "security-passkeys", things }
    }

    /// The authenticator app, and recovery codes.
    #[must_use]
    pub fn codes(page: &Page<'_>, app: Option<Vec<Fact>>, codes: Option<Vec<Fact>>) -> Self {
        let thing = |key, facts: Option<Vec<Fact>>| facts.map(|facts| Thing { name: page.t(key), facts });
        let things = [thing("way-totp", app), thing("security-codes", codes)];
        Self { title: "user-codes", things: things.into_iter().flatten().collect() }
    }

    /// Trusted browsers.
    #[must_use]
    pub const fn browsers(things: Vec<Thing>) -> Self {
        Self { title: "user-browsers", things }
    }

    /// Sessions.
    #[must_use]
    pub const fn sessions(things: Vec<Thing>) -> Self {
        Self { title: "user-sessions", things }
    }
}

impl Thing {
    pub(super) fn facts(&self, page: &Page<'_>) -> String {
        let facts: Vec<_> = self.facts.iter().map(|fact| fact.text(page)).collect();
        facts.join(" · ")
    }
}

impl Fact {
    fn text(&self, page: &Page<'_>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Added(when) => page.t_with("user-added-on", "when", when),
            Self::Used(when) => page.t_with("user-used-on", "when", when),
            Self::Since(when) => page.t_with("user-since", "when", when),
            Self::Keys(finding) => page.t(attested::found(finding)),
            Self::Left(left) => page.t_with("user-codes-left", "left", *left),
        }
    }
}

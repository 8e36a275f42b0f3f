//! A user: a person in one tenant.

use countersign_protocol::ids::UserId;
use countersign_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A user, without anything secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The sign-in name, as the person writes it.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The language of the last sign-in: `en` or `ja`.
    pub language: Option<String>,
    /// Whether a new password has to be chosen before anything else: a sign-in with this one was
    /// reported.
    pub needs_new_password: bool,
    /// Whether nobody may sign in by this name any more.
    pub disabled: bool,
    /// The type, one of those that the tenant's policy names.
    pub user_type: Option<String>,
    /// Since when an administrator has chosen the user for a second factor, if so.
    pub chosen_since: Option<Timestamp>,
    /// Since when the user is there.
    pub created_at: Timestamp,
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sign in.
    #[default]
    Member,
    /// Manage users.
    Administrator,
    /// Manage administrators and what is required.
    SuperAdministrator,
}

impl Role {
    /// Each of them, from the least on.
    pub const ALL: [Self; 3] = [Self::Member, Self::Administrator, Self::SuperAdministrator];

    /// As the database and the command line spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Administrator => "administrator",
            Self::SuperAdministrator => "super-administrator",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl User {
    /// What the person is called: the name, or the e-mail address where there is none.
    #[must_use]
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

/// The languages that people are written to in, by their codes (ISO 639-1).
pub const LANGUAGES: [&str; 2] = ["en", "ja"];

/// The language with this code, whatever its case.
#[must_use]
pub fn language(code: &str) -> Option<&'static str> {
    LANGUAGES.into_iter().find(|known| known.eq_ignore_ascii_case(code.trim()))
}

/// The form in which sign-in names are compared: without surrounding space, in lower case.
/// None if it cannot be an e-mail address (RFC 5321 gives 254 as the longest).
#[must_use]
pub fn email_key(email: &str) -> Option<String> {
    let email = email.trim();
    let (local, domain) = email.rsplit_once('@')?;
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if local.is_empty() || domain.is_empty() || email.len() > 254 || email.contains(odd) {
        return None;
    }
    Some(email.to_lowercase())
}

/// The longest name of a person, in characters.
pub const LONGEST_PERSON: usize = 200;

/// A person's name as it is kept: without surrounding space, on one line. None if it is too long. It may be empty.
#[must_use]
pub fn display_name(name: &str) -> Option<String> {
    let name = name.trim();
    let good = name.chars().count() <= LONGEST_PERSON && !name.contains(char::is_control);
    good.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_or_surrounding_space() {
        assert_eq!(email_key(" Ada@Example.COM ").as_deref(), Some("ada@example.com"));
        for bad in ["", "ada", "@example.com", "ada@", "a b@example.com", "ada@exam\u{0}ple.com"] {
            assert_eq!(email_key(bad), None, "{bad:?}");
        }
    }
}

//! Choosing a new password after a report.

use askama::Template;

use super::Page;

/// The page that asks for a new password.
#[derive(Template)]
#[template(path = "password.html")]
pub struct PasswordPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// Whose password it is: password managers want to know.
    pub email: &'a str,
    /// Why the last one was not taken.
    pub problem: Option<PasswordProblem>,
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Too short or far too long.
    Length,
    /// The two fields differ.
    Differs,
    /// It is the old one.
    Same,
    /// The sign-in proved nothing but the old password.
    NotProved,
    /// Too many passwords are being worked on.
    Busy,
}

impl PasswordProblem {
    /// Each of them.
    pub const ALL: [Self; 5] = [Self::Length, Self::Differs, Self::Same, Self::NotProved, Self::Busy];

    const fn key(self) -> &'static str {
        match self {
            Self::Length => "password-problem-length",
            Self::Differs => "password-problem-differs",
            Self::Same => "password-problem-same",
            Self::NotProved => "password-problem-not-proved",
            Self::Busy => "login-message-busy",
        }
    }
}

impl PasswordPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

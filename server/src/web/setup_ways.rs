//! Setting up a second step in a sign-in: by a phone, or by a passkey. The authenticator app is in [`super::setup`].

use std::fmt;

use askama::Template;

use super::{Page, PairProblem};
use crate::domain::factor::Factor;

/// The page on which a phone is added in a sign-in.
#[derive(Template)]
#[template(path = "setup_phone.html")]
pub struct SetUpPhonePage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// The pairing link; it carries the one-time secret.
    pub link: &'a str,
    /// Seconds until the offer expires: a new one follows.
    pub seconds_left: u32,
    /// What was wrong with the last code.
    pub problem: Option<SetUpPhoneProblem>,
    /// What may be set up instead.
    pub others: Vec<Factor>,
}

/// What was wrong with a code that a phone shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpPhoneProblem {
    /// As when a phone is added in the account.
    Code(PairProblem),
    /// The offer was over: the one that is shown is a new one.
    Anew,
}

/// The page on which a passkey is made in a sign-in.
#[derive(Template)]
#[template(path = "setup_passkey.html")]
pub struct SetUpPasskeyPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What may be set up instead.
    pub others: Vec<Factor>,
}

// By hand, because the link is a secret.
impl fmt::Debug for SetUpPhonePage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetUpPhonePage")
    }
}

/// A way to set up a second step, as links spell it.
pub(super) fn address_of(factor: &Factor) -> String {
    format!("/login/setup?way={}", factor.as_str())
}

/// A way to set up a second step, in words.
pub(super) fn words_of(factor: &Factor, page: &Page<'_>) -> String {
    page.t(match factor {
        Factor::Push => "set-way-push",
        Factor::Passkey => "set-way-passkey",
        _ => "set-way-totp",
    })
}

impl SetUpPhonePage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// If the template fails.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn problem_text(&self, problem: &SetUpPhoneProblem) -> String {
        match problem {
            SetUpPhoneProblem::Code(problem) => problem.text(&self.page),
            SetUpPhoneProblem::Anew => self.page.t("set-phone-anew"),
        }
    }
}

impl SetUpPasskeyPage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// If the template fails.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

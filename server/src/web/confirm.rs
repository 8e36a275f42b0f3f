//! Before the ways in are changed: who is it? A factor is asked for on the Code screen; the password, of those
//! who have set up nothing else, here.

use askama::Template;

use super::Page;

/// The page that asks again who it is.
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// Whose account it is: password managers want to know.
    pub email: &'a str,
    /// What is asked for.
    pub state: ConfirmState,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmState {
    /// A factor: a button leads to the Code screen.
    Factor,
    /// The password, and why the last one was not taken.
    Password(Option<ConfirmProblem>),
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmProblem {
    /// It is wrong.
    Wrong,
    /// Too many were wrong.
    Suspended {
        /// For so many minutes none is checked.
        minutes: u32,
    },
    /// Too many passwords are being checked at once.
    Busy,
}

impl ConfirmPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn problem(&self) -> Option<String> {
        let ConfirmState::Password(Some(problem)) = self.state else { return None };
        Some(match problem {
            ConfirmProblem::Wrong => self.page.t("confirm-wrong"),
            ConfirmProblem::Suspended { minutes } => {
                self.page.t_with("confirm-suspended", "minutes", minutes)
            }
            ConfirmProblem::Busy => self.page.t("login-message-busy"),
        })
    }
}

//! Setting up an authenticator app: the QR code, the key for typing, and one code that confirms it.

use std::fmt;

use askama::Template;

use super::{Page, qr};
use crate::domain::factor::Factor;

/// The page on which an authenticator app is set up.
#[derive(Template)]
#[template(path = "setup.html")]
pub struct SetUpPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// Whether it has to be done before anybody is signed in, or is wished for in the account.
    pub place: SetUpPlace,
    /// What may be set up instead.
    pub others: Vec<Factor>,
    /// How far it has come.
    pub state: SetUpState<'a>,
}

/// Where an authenticator app is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpPlace {
    /// While signing in, since a second step is asked of everybody: `/login/setup`.
    SignIn,
    /// In the account: `/account/security/authenticator`.
    Account,
}

/// How far the setting up has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SetUpState<'a> {
    /// A secret is offered, and a code awaited.
    Offer {
        /// The `otpauth://` address, which carries the secret.
        uri: &'a str,
        /// The secret in base32, in groups for typing.
        secret: &'a str,
        /// Whose account the app will show.
        account: &'a str,
        /// What was wrong with the last code.
        problem: Option<SetUpProblem>,
    },
    /// The offer ran out, or took too many wrong codes.
    Over,
    /// The tenant asks for more than an authenticator app.
    Stronger,
}

/// What was wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpProblem {
    /// It is not the app's code.
    Wrong,
    /// It fits another time.
    ClockOff {
        /// By about so many minutes.
        minutes: u32,
        /// Whether the phone's clock is ahead.
        ahead: bool,
    },
}

// By hand, because the address and the secret are secrets.
impl fmt::Debug for SetUpState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer { .. } => "Offer",
            Self::Over => "Over",
            Self::Stronger => "Stronger",
        })
    }
}

impl SetUpPlace {
    /// Where the code is sent to, and what is offered is shown.
    const fn action(self) -> &'static str {
        match self {
            Self::SignIn => "/login/setup",
            Self::Account => "/account/security/authenticator",
        }
    }

    /// Where it begins anew.
    const fn again(self) -> &'static str {
        match self {
            Self::SignIn => "/login",
            Self::Account => "/account/security/authenticator",
        }
    }

    const fn way_out(self) -> &'static str {
        match self {
            Self::SignIn => "/login",
            Self::Account => "/account/security",
        }
    }
}

impl SetUpPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn title(&self) -> String {
        self.page.t(match (self.state, self.place) {
            (SetUpState::Over, _) => "setup-over-title",
            (SetUpState::Stronger, _) => "setup-stronger-title",
            (_, SetUpPlace::SignIn) => "setup-required-title",
            (_, SetUpPlace::Account) => "setup-title",
        })
    }

    fn lead(&self) -> String {
        match (self.state, self.place) {
            (SetUpState::Over, _) => self.page.t("setup-over-text"),
            (SetUpState::Stronger, _) => {
                self.page.t_with("setup-stronger-text", "tenant", self.page.tenant_name)
            }
            (_, SetUpPlace::SignIn) => {
                self.page.t_with("setup-required-lead", "tenant", self.page.tenant_name)
            }
            (_, SetUpPlace::Account) => self.page.t("setup-lead"),
        }
    }

    fn problem_text(&self, problem: &SetUpProblem) -> String {
        match *problem {
            SetUpProblem::Wrong => self.page.t("setup-wrong"),
            SetUpProblem::ClockOff { minutes, ahead: true } => {
                self.page.t_with("way-clock-ahead", "minutes", minutes)
            }
            SetUpProblem::ClockOff { minutes, ahead: false } => {
                self.page.t_with("way-clock-behind", "minutes", minutes)
            }
        }
    }

    /// The secret as apps take it.
    fn plain(&self, secret: &str) -> String {
        secret.split_whitespace().collect::<String>().to_uppercase()
    }

    fn qr_svg(&self, uri: &str) -> String {
        // An address too long for a QR code leaves the key, which is on the page as well.
        qr::svg(uri, &self.page.t("setup-qr-title")).unwrap_or_default()
    }
}

//! Adding a phone: the QR code, the six digits, and how it ended.

use askama::Template;

use super::{Page, page::clock_face, qr};

/// The page on which a signed-in user adds a phone.
#[derive(Template)]
#[template(path = "pair.html")]
pub struct PairPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// How far the pairing has come.
    pub state: PairState<'a>,
}

/// How far a pairing has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PairState<'a> {
    /// Nothing is offered yet: a button begins.
    Begin,
    /// The QR code is shown and the code from the phone is awaited.
    Offer {
        /// The pairing link; it carries the one-time secret.
        link: &'a str,
        /// Seconds until the offer expires.
        seconds_left: u32,
        /// What was wrong with the last try.
        problem: Option<PairProblem>,
    },
    /// The phone is active.
    Done {
        /// The phone's name.
        device: &'a str,
    },
    /// Expired, claimed twice, or too many wrong codes.
    Over,
}

// By hand, because the link is a secret.
impl std::fmt::Debug for PairState<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Begin => "Begin",
            Self::Offer { .. } => "Offer",
            Self::Done { .. } => "Done",
            Self::Over => "Over",
        })
    }
}

/// What was wrong with a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairProblem {
    /// It is not the code that the phone shows.
    WrongCode {
        /// How often another may be typed.
        tries_left: u32,
    },
    /// No phone has claimed the pairing yet.
    NotClaimedYet,
}

impl PairState<'_> {
    const fn title_key(&self) -> &'static str {
        match self {
            Self::Begin | Self::Offer { .. } => "pair-title",
            Self::Done { .. } => "pair-done-title",
            Self::Over => "pair-over-title",
        }
    }
}

impl PairPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    const fn is_offer(&self) -> bool {
        matches!(self.state, PairState::Offer { .. })
    }

    fn problem_text(&self, problem: &PairProblem) -> String {
        problem.text(&self.page)
    }
}

impl PairProblem {
    pub(super) fn text(self, page: &Page<'_>) -> String {
        match self {
            Self::WrongCode { tries_left } => page.t_with("pair-problem-wrong", "tries", tries_left),
            Self::NotClaimedYet => page.t("pair-problem-unclaimed"),
        }
    }
}

/// The pairing link as a QR code. If it is too long for one, the link itself is on the page as well.
pub(super) fn qr_svg(page: &Page<'_>, link: &str) -> String {
    qr::svg(link, &page.t("pair-qr-title")).unwrap_or_default()
}

/// For how long the link is good.
pub(super) fn time_left(seconds: &u32) -> String {
    clock_face(*seconds)
}

/// What a phone's camera shows when it opened the pairing link in a browser.
#[derive(Template)]
#[template(path = "pair_landing.html")]
pub struct PairLandingPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
}

impl PairLandingPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

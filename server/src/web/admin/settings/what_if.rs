//! What would happen if somebody signed in from somewhere.

use askama::Template;
use countersign_protocol::approval::Mode;

use super::super::super::{Page, for_people};
use super::super::AdminFrame;
use super::words;
use crate::domain::requirement::{Alone, Answer, ModeReason, Requirement};

/// The page on which that is asked and answered.
#[derive(Template)]
#[template(path = "admin/what_if.html")]
pub struct WhatIfPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What all pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// Who, as it was typed.
    pub email: &'a str,
    /// From where, as it was typed.
    pub address: &'a str,
    /// Whether in the browser that was used last.
    pub known_browser: bool,
    /// The answer, if something was asked.
    pub answer: Option<WhatIfAnswer>,
}

/// What would happen.
#[derive(Clone, Debug)]
pub enum WhatIfAnswer {
    /// There is no such user.
    Nobody,
    /// That is not an address.
    NotAnAddress,
    /// This.
    So(Box<WhatIfSo>),
}

/// What would happen to somebody.
#[derive(Clone, Debug)]
pub struct WhatIfFound {
    /// The user's id.
    pub id: String,
    /// What the person is called, or the e-mail address.
    pub who: String,
    /// Whether the user is disabled.
    pub disabled: bool,
    /// What would be asked, and by which rule.
    pub answer: Answer,
    /// Whether something better has to be set up after the proof.
    pub then_set_up: bool,
    /// Whether a known browser was asked about, and there is none.
    pub no_browser: bool,
}

/// The same, in words.
#[derive(Clone, Debug)]
pub struct WhatIfSo {
    pub(super) id: String,
    pub(super) who: String,
    pub(super) disabled: bool,
    pub(super) then_set_up: bool,
    pub(super) no_browser: bool,
    pub(super) outcome: String,
    pub(super) why: String,
    pub(super) number: Option<String>,
    pub(super) rule: String,
}

impl WhatIfPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

impl WhatIfSo {
    /// What a page says of somebody.
    #[must_use]
    pub fn new(page: &Page<'_>, found: WhatIfFound) -> Self {
        let words = Words { page };
        let answer = &found.answer;
        Self {
            outcome: words.outcome(answer),
            why: words.why(answer),
            number: words.number(answer),
            rule: words.rule(answer),
            id: found.id,
            who: found.who,
            disabled: found.disabled,
            then_set_up: found.then_set_up,
            no_browser: found.no_browser,
        }
    }
}

struct Words<'a> {
    page: &'a Page<'a>,
}

impl Words<'_> {
    /// What is asked, in a few words.
    fn outcome(&self, answer: &Answer) -> String {
        self.page.t(match answer.requirement {
            Requirement::NotFromHere => "what-if-not-from-here",
            Requirement::PasswordAlone(_) | Requirement::Remembered => "what-if-password",
            Requirement::Prove { .. } => "what-if-prove",
            Requirement::Elsewhere => "what-if-elsewhere",
            Requirement::SetUp => "what-if-set-up",
        })
    }

    /// Why so.
    fn why(&self, answer: &Answer) -> String {
        match &answer.requirement {
            Requirement::NotFromHere => self.page.t("what-if-why-network"),
            Requirement::PasswordAlone(Alone::TurnedOff) => self.page.t("what-if-why-off"),
            Requirement::PasswordAlone(Alone::NothingSetUp) => self.page.t("what-if-why-nothing"),
            Requirement::PasswordAlone(Alone::TrustedNetwork) => self.page.t("what-if-why-trusted"),
            Requirement::PasswordAlone(Alone::Grace(until)) => {
                self.page.t_with("what-if-why-grace", "until", &for_people(*until, self.page.lang))
            }
            Requirement::Remembered => self.page.t("what-if-why-remembered"),
            Requirement::Prove { ways, .. } => {
                let ways = ways.iter().map(|way| self.page.t(words::factor(*way)));
                self.page.t_with("what-if-why-prove", "ways", &words::list(self.page.lang, ways))
            }
            Requirement::Elsewhere => self.page.t("what-if-why-elsewhere"),
            Requirement::SetUp => self.page.t("what-if-why-set-up"),
        }
    }

    /// Whether a phone would ask for the number, and why.
    fn number(&self, answer: &Answer) -> Option<String> {
        let Requirement::Prove { ways, mode, reason } = &answer.requirement else { return None };
        if !ways.contains(&crate::domain::factor::Factor::Push) {
            return None;
        }
        let key = match reason {
            ModeReason::TenantRule if *mode == Mode::Tap => "what-if-tap-always",
            ModeReason::TenantRule => "what-if-number-always",
            ModeReason::Usual => "what-if-tap-usual",
            ModeReason::NewBrowser => "what-if-number-browser",
            ModeReason::NewNetwork => "what-if-number-network",
            ModeReason::DeniedLately => "what-if-number-denied",
            ModeReason::ReportedAddress => "what-if-number-reported",
            ModeReason::Administrator | ModeReason::FactorsChange => "what-if-number-administrator",
        };
        Some(self.page.t(key))
    }

    /// Which rule it is.
    fn rule(&self, answer: &Answer) -> String {
        let rule = match &answer.asked.rule {
            Some(name) => words::rule_label(self.page, name),
            None => self.page.t("settings-rule-base"),
        };
        format!("{rule}: {}", self.page.t(words::ask(answer.asked.second_factor)))
    }
}

//! What the policy asks of whoever looks at the page, and what it leaves to them.

use crate::web::Page;

/// What the policy asks, and what it leaves to the person.
#[derive(Clone, Copy, Debug)]
pub struct OwnRules<'a> {
    /// What is asked.
    pub asked: OwnAsked,
    /// The rule that says so, by its name; none if it is so for everybody.
    pub rule: Option<&'a str>,
    /// Whether that is the rule of those whom an administrator chose one by one.
    pub chosen: bool,
    /// When something must be set up, if it must.
    pub due: Option<Due<'a>>,
    /// Whether there is a button that turns it off.
    pub turn_off: bool,
    /// Phones.
    pub phone: FactorRule,
    /// Passkeys.
    pub passkey: FactorRule,
    /// The authenticator app.
    pub authenticator: FactorRule,
    /// Whether recovery codes can be made.
    pub codes: bool,
}

/// What is asked of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnAsked {
    /// Nothing.
    Off,
    /// Nothing, though something is set up.
    OffKept,
    /// Nothing is set up, and may be.
    Optional,
    /// Something is set up, and may be given up.
    OptionalOn,
    /// Something is set up, and only an administrator may give it up.
    OptionalKept,
    /// A second step.
    Required,
}

/// When something must be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due<'a> {
    /// Until then, ready to be read.
    By(&'a str),
    /// At the next sign-in.
    NextSignIn,
}

/// What may be done with one kind of factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorRule {
    /// Whether one may be added.
    pub add: bool,
    /// Whether it is accepted.
    pub accepted: bool,
    /// Whether one may be removed: the last that is accepted may not, where others decide.
    pub remove: bool,
}

impl Due<'_> {
    /// In words.
    pub(crate) fn text(&self, page: &Page<'_>) -> String {
        match self {
            Self::By(until) => page.t_with("own-due", "until", *until),
            Self::NextSignIn => page.t("own-due-next"),
        }
    }
}

impl OwnRules<'_> {
    pub(super) fn sentence(&self, page: &Page<'_>) -> String {
        page.t(match self.asked {
            OwnAsked::Off => "own-off",
            OwnAsked::OffKept => "own-off-kept",
            OwnAsked::Optional => "own-optional",
            OwnAsked::OptionalOn => "own-optional-on",
            OwnAsked::OptionalKept => "own-optional-kept",
            OwnAsked::Required => "own-required",
        })
    }

    pub(super) fn reason(&self, page: &Page<'_>) -> Option<String> {
        if self.chosen {
            return Some(page.t("own-rule-chosen"));
        }
        self.rule.map(|rule| page.t_with("own-rule", "rule", rule))
    }
}

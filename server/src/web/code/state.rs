//! How far a login has come, and which words say so.

use super::CodePurpose;
use crate::domain::push_limits::Held;
use crate::domain::reach::{Push, Reach};

/// A popup that is not there after so many seconds may have got lost.
const HINT_AFTER: u32 = 20;

/// How far a login has come, as the Code screen tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// The phone's answer, or a proof of another way, is awaited.
    Waiting(Reach),
    /// The phone approved; this page completes the login.
    Approved,
    /// The phone denied.
    Denied,
    /// The phone said "this wasn't me".
    Reported,
    /// Another number was typed on the phone.
    WrongNumber,
    /// No answer in time.
    Expired,
    /// Approved, but this page did not complete the login in time.
    NotCompleted,
    /// Completed in another tab of this browser.
    Completed,
    /// No login waits in this browser.
    NoLogin,
    /// The login was started in another browser.
    NotThisBrowser,
}

impl CodeState {
    /// Every state.
    pub const ALL: [Self; 22] = [
        Self::Waiting(Reach::Push(Push::None)),
        Self::Waiting(Reach::Push(Push::Sending)),
        Self::Waiting(Reach::Push(Push::Sent)),
        Self::Waiting(Reach::Push(Push::Trouble)),
        Self::Waiting(Reach::Push(Push::Lost)),
        Self::Waiting(Reach::Push(Push::Held(Held::Another))),
        Self::Waiting(Reach::Push(Push::Held(Held::TooMany))),
        Self::Waiting(Reach::Push(Push::Held(Held::Denied))),
        Self::Waiting(Reach::Push(Push::Held(Held::Reported))),
        Self::Waiting(Reach::Delivered),
        Self::Waiting(Reach::Seen),
        Self::Waiting(Reach::NoPhone),
        Self::Waiting(Reach::TimedOut),
        Self::Approved,
        Self::Denied,
        Self::Reported,
        Self::WrongNumber,
        Self::Expired,
        Self::NotCompleted,
        Self::Completed,
        Self::NoLogin,
        Self::NotThisBrowser,
    ];

    /// The word for it in the page and in the event stream.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting(reach) => waiting_code(reach),
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::WrongNumber => "wrong_number",
            Self::Expired => "expired",
            Self::NotCompleted => "not_completed",
            Self::Completed => "completed",
            Self::NoLogin => "no_login",
            Self::NotThisBrowser => "not_this_browser",
        }
    }

    /// Whether the login still waits for a proof.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Waiting(_))
    }

    /// Whether a phone may still answer.
    pub const fn awaits_phone(self) -> bool {
        matches!(self, Self::Waiting(Reach::Push(_) | Reach::Delivered | Reach::Seen))
    }

    /// Whether the login can still be completed from this page.
    pub(super) const fn is_live(self) -> bool {
        matches!(self, Self::Waiting(_) | Self::Approved)
    }

    /// Whether the phone rings, or has it: otherwise its owner has to open the app.
    const fn is_rung(self) -> bool {
        match self {
            Self::Waiting(Reach::Push(push)) => matches!(push, Push::Sending | Push::Sent),
            _ => true,
        }
    }

    /// After how many seconds the hint is shown: one that says why the phone does not ring comes at once.
    pub const fn hint_after(self) -> u32 {
        if self.is_rung() { HINT_AFTER } else { 0 }
    }

    /// What helps if nothing seems to happen. A request that somebody looks at needs no hint.
    pub(super) const fn hint_key(self) -> Option<&'static str> {
        match self {
            Self::Waiting(Reach::Push(push)) => Some(match push {
                Push::None => "code-hint-no-push",
                Push::Sending | Push::Sent => "code-hint",
                Push::Trouble => "code-hint-trouble",
                Push::Lost => "code-hint-lost",
                Push::Held(Held::Another) => "code-hint-held-another",
                Push::Held(Held::TooMany) => "code-hint-held-too-many",
                Push::Held(Held::Denied) => "code-hint-held-denied",
                Push::Held(Held::Reported) => "code-hint-held-reported",
            }),
            Self::Waiting(Reach::Delivered) => Some("code-hint"),
            _ => None,
        }
    }

    pub(super) const fn tone(self) -> &'static str {
        match self {
            Self::Waiting(Reach::Seen) => "active",
            Self::Waiting(Reach::NoPhone | Reach::TimedOut) => "still",
            Self::Waiting(_) => "plain",
            Self::Approved | Self::Completed => "good",
            Self::Denied | Self::Reported | Self::WrongNumber => "bad",
            Self::Expired | Self::NotCompleted | Self::NoLogin | Self::NotThisBrowser => "still",
        }
    }

    pub(super) const fn title_key(self, purpose: CodePurpose) -> &'static str {
        match (self, purpose) {
            (Self::Waiting(_) | Self::Approved, CodePurpose::Confirm) => "code-confirm-title",
            (Self::Waiting(Reach::NoPhone), _) => "code-title-code",
            (Self::Waiting(Reach::TimedOut), _) => "code-title-other",
            (Self::Waiting(_), _) if !self.is_rung() => "code-title-open",
            (Self::Waiting(_) | Self::Approved, _) => "code-title",
            (Self::Denied, CodePurpose::SignIn) => "code-denied-title",
            (Self::Denied, CodePurpose::Confirm) => "code-confirm-denied-title",
            (Self::Reported, _) => "code-reported-title",
            (Self::WrongNumber, _) => "code-wrong-number-title",
            (Self::Expired, _) => "code-expired-title",
            (Self::NotCompleted, _) => "code-not-completed-title",
            (Self::Completed, CodePurpose::SignIn) => "code-completed-title",
            (Self::Completed, CodePurpose::Confirm) => "code-confirm-completed-title",
            (Self::NoLogin, _) => "code-no-login-title",
            (Self::NotThisBrowser, _) => "code-other-browser-title",
        }
    }

    /// None where the title says it all.
    pub(super) const fn status_key(self, purpose: CodePurpose) -> Option<&'static str> {
        Some(match (self, purpose) {
            (Self::Waiting(reach), _) => return waiting_status_key(reach),
            (Self::Approved, CodePurpose::SignIn) => "code-status-approved",
            (Self::Approved, CodePurpose::Confirm) => "code-confirm-approved",
            (Self::Denied, CodePurpose::SignIn) => "code-status-denied",
            (Self::Denied, CodePurpose::Confirm) => "code-confirm-denied",
            (Self::Reported, _) => "code-status-reported",
            (Self::WrongNumber, CodePurpose::SignIn) => "code-status-wrong-number",
            (Self::WrongNumber, CodePurpose::Confirm) => "code-confirm-wrong-number",
            (Self::Expired, _) => "code-status-expired",
            (Self::NotCompleted, _) => "code-status-not-completed",
            (Self::Completed, CodePurpose::SignIn) => "code-status-completed",
            (Self::Completed, CodePurpose::Confirm) => "code-confirm-completed",
            (Self::NoLogin, _) => "code-status-no-login",
            (Self::NotThisBrowser, _) => "code-status-other-browser",
        })
    }
}

/// How far the asking came, as the event stream spells it.
const fn waiting_code(reach: Reach) -> &'static str {
    match reach {
        Reach::Push(Push::None) => "no_push",
        Reach::Push(Push::Sending) => "sending",
        Reach::Push(Push::Sent) => "asked",
        Reach::Push(Push::Trouble) => "trouble",
        Reach::Push(Push::Lost) => "lost",
        Reach::Push(Push::Held(Held::Another)) => "held_another",
        Reach::Push(Push::Held(Held::TooMany)) => "held_too_many",
        Reach::Push(Push::Held(Held::Denied)) => "held_denied",
        Reach::Push(Push::Held(Held::Reported)) => "held_reported",
        Reach::Delivered => "delivered",
        Reach::Seen => "seen",
        Reach::NoPhone => "no_phone",
        Reach::TimedOut => "timed_out",
    }
}

const fn waiting_status_key(reach: Reach) -> Option<&'static str> {
    Some(match reach {
        Reach::Push(Push::None) => "code-status-no-push",
        Reach::Push(Push::Sending) => "code-status-sending",
        Reach::Push(Push::Sent) => "code-status-asked",
        Reach::Push(Push::Trouble) => "code-status-trouble",
        Reach::Push(Push::Lost) => "code-status-lost",
        Reach::Push(Push::Held(_)) => "code-status-held",
        Reach::Delivered => "code-status-delivered",
        Reach::Seen => "code-status-seen",
        Reach::TimedOut => "code-status-timed-out",
        Reach::NoPhone => return None,
    })
}

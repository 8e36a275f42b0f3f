//! The other ways: what the Code screen takes instead of the phone's answer.

use crate::domain::factor::Factor;
use crate::web::Page;
use crate::web::page::clock_face;

/// One of the other ways.
#[derive(Clone, PartialEq, Eq)]
pub struct Way {
    /// Which, and what its form needs.
    pub kind: WayKind,
    /// What was wrong with the last try: this way is then the open one.
    pub problem: Option<WayProblem>,
    /// For how many more seconds nothing is checked, after too many wrong codes.
    pub suspended: Option<u32>,
}

/// Which way, and what its form needs.
#[derive(Clone, PartialEq, Eq)]
pub enum WayKind {
    /// A code of an authenticator app.
    Authenticator,
    /// A code by e-mail.
    Email(EmailWay),
    /// A passkey or security key.
    Passkey,
    /// A recovery code.
    RecoveryCode,
}

/// How things stand with e-mailed codes.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailWay {
    /// The address in part, as [`masked_email`] writes it.
    pub to: String,
    /// For how many more seconds the latest code is valid; none if none was sent or it has run out.
    pub code_left: Option<u32>,
    /// Whether a code was sent in this login, valid still or not.
    pub sent: bool,
    /// Whether and when another may be sent.
    pub send: SendAgain,
}

/// Whether and when a code may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendAgain {
    /// Now.
    Now,
    /// In so many seconds: one was sent a moment ago.
    After(u32),
    /// In so many seconds: as many were sent as may be in a while.
    TooMany(u32),
}

/// Why the last try of a way came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayProblem {
    /// Wrong, late, used already, or of another login: the person is told the same.
    Wrong,
    /// The code fits another time: the phone's clock is off.
    ClockOff {
        /// By about so many minutes.
        minutes: u32,
        /// Whether it is ahead.
        ahead: bool,
    },
    /// No mail can be sent.
    NoMail,
}

impl WayKind {
    /// The factor that it proves.
    #[must_use]
    pub const fn factor(&self) -> Factor {
        match self {
            Self::Authenticator => Factor::Totp,
            Self::Email(_) => Factor::EmailCode,
            Self::Passkey => Factor::Passkey,
            Self::RecoveryCode => Factor::RecoveryCode,
        }
    }
}

impl Way {
    /// A way about which nothing is to be said.
    #[must_use]
    pub const fn new(kind: WayKind) -> Self {
        Self { kind, problem: None, suspended: None }
    }

    /// As forms and the page spell it.
    pub(in crate::web) const fn code(&self) -> &'static str {
        self.kind.factor().as_str()
    }

    pub(in crate::web) const fn is_passkey(&self) -> bool {
        matches!(self.kind, WayKind::Passkey)
    }

    pub(in crate::web) const fn name_key(&self) -> &'static str {
        match self.kind {
            WayKind::Authenticator => "way-totp",
            WayKind::Email(_) => "way-email",
            WayKind::Passkey => "way-passkey",
            WayKind::RecoveryCode => "way-recovery",
        }
    }

    /// Whether there is something to be typed into now.
    pub(in crate::web) fn takes_code(&self) -> bool {
        self.suspended.is_none()
            && match &self.kind {
                WayKind::Authenticator | WayKind::RecoveryCode => true,
                WayKind::Email(email) => email.code_left.is_some(),
                WayKind::Passkey => false,
            }
    }

    /// Changes only when this way has another form to show; while it does not, what is being typed stays.
    /// A problem is no part of it: it is the answer to one try, and stands until the next.
    pub(in crate::web) fn key(&self) -> String {
        let email = match &self.kind {
            WayKind::Email(EmailWay { code_left, sent, send, .. }) => {
                let too_many = matches!(send, SendAgain::TooMany(_));
                format!("{} {sent} {too_many}", code_left.is_some())
            }
            _ => String::new(),
        };
        format!("{} {} {email}", self.code(), self.suspended.is_some())
    }

    pub(in crate::web) fn problem_text(&self, page: &Page<'_>) -> Option<String> {
        let problem = self.problem?;
        Some(match problem {
            WayProblem::Wrong if self.is_passkey() => page.t("passkey-wrong"),
            WayProblem::ClockOff { minutes, .. } => page.t_with(problem.key(), "minutes", minutes),
            _ => page.t(problem.key()),
        })
    }

    pub(in crate::web) fn suspended_text(&self, page: &Page<'_>) -> Option<String> {
        let minutes = self.suspended?.div_ceil(60);
        let hours = minutes.div_ceil(60);
        Some(match (minutes < 60, self.is_passkey()) {
            (true, false) => page.t_with("way-suspended-minutes", "minutes", minutes),
            (false, false) => page.t_with("way-suspended-hours", "hours", hours),
            (true, true) => page.t_with("passkey-suspended-minutes", "minutes", minutes),
            (false, true) => page.t_with("passkey-suspended-hours", "hours", hours),
        })
    }
}

impl WayProblem {
    const fn key(self) -> &'static str {
        match self {
            Self::Wrong => "way-wrong",
            Self::ClockOff { ahead: true, .. } => "way-clock-ahead",
            Self::ClockOff { ahead: false, .. } => "way-clock-behind",
            Self::NoMail => "way-no-mail",
        }
    }
}

impl EmailWay {
    /// Seconds until another may be sent; 0 is now.
    pub(in crate::web) const fn wait(&self) -> u32 {
        match self.send {
            SendAgain::Now => 0,
            SendAgain::After(seconds) | SendAgain::TooMany(seconds) => seconds,
        }
    }

    pub(in crate::web) fn wait_face(&self) -> String {
        clock_face(self.wait())
    }

    pub(in crate::web) const fn wait_key(&self) -> &'static str {
        match self.send {
            SendAgain::TooMany(_) => "way-email-too-many",
            SendAgain::Now | SendAgain::After(_) => "way-email-again-in",
        }
    }

    pub(in crate::web) fn left_face(&self) -> String {
        clock_face(self.code_left.unwrap_or(0))
    }
}

/// An e-mail address as it may be shown to whoever has no more than the password: `a•••@example.com`.
#[must_use]
pub fn masked_email(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((name, host)) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}•••@{host}")
        }
        None => "•••".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Lang;
    use crate::web::PageBrand;

    #[test]
    fn an_address_is_masked_whatever_its_length() {
        assert_eq!(masked_email("aiko@acme.example"), "a•••@acme.example");
        assert_eq!(masked_email("a@acme.example"), "a•••@acme.example");
        assert_eq!(masked_email("@acme.example"), "•••@acme.example");
        assert_eq!(masked_email("\"a@b\"@acme.example"), "\"•••@acme.example");
        assert_eq!(masked_email("愛子@例え.jp"), "愛•••@例え.jp");
        assert_eq!(masked_email("no address"), "•••");
    }

    #[test]
    fn time_alone_changes_nothing_that_is_being_typed_into() {
        let way = |code_left, send| {
            Way::new(WayKind::Email(EmailWay { to: String::new(), code_left, sent: true, send })).key()
        };
        assert_eq!(way(Some(180), SendAgain::After(30)), way(Some(9), SendAgain::Now));
        assert_ne!(way(Some(1), SendAgain::Now), way(None, SendAgain::Now));
    }

    #[test]
    fn a_long_suspension_is_told_in_hours() {
        let page = Page { lang: Lang::En, tenant_name: "", csrf: "", brand: PageBrand::default(), path: "" };
        let text = |suspended| {
            Way { suspended: Some(suspended), ..Way::new(WayKind::Authenticator) }.suspended_text(&page)
        };
        assert!(text(1).unwrap().contains("in a minute"), "{:?}", text(1));
        assert!(text(61).unwrap().contains("2 minutes"), "{:?}", text(61));
        assert!(text(3600).unwrap().contains("in an hour"), "{:?}", text(3600));
        assert!(text(86_400).unwrap().contains("24 hours"), "{:?}", text(86_400));
    }
}

//! A lost phone: from the question on the Code screen to the removal of what is lost.
//!
//! 1. [`RecoverState::Ask`], then [`RecoverState::Sent`]: a link goes to the mailbox.
//! 2. The link leads to [`RecoverState::Prove`]: another factor proves who it is, or a waiting time begins.
//! 3. [`RecoverState::Waiting`], for those who have nothing but e-mail; it can be stopped.
//! 4. [`RecoverState::Remove`]: what is lost is chosen and removed. Then [`RecoverState::Done`].

use std::fmt;

use askama::Template;

use super::page::clock_face;
use super::texts::text_with;
use super::{Page, Way, WayKind};

/// The page of a lost phone.
#[derive(Template)]
#[template(path = "recover.html")]
pub struct RecoverPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// How far it has come.
    pub state: &'a RecoverState<'a>,
}

/// How far it has come.
pub enum RecoverState<'a> {
    /// Asked from the Code screen: a button sends the link.
    Ask {
        /// The address in part.
        to: &'a str,
        /// How many hours those wait who have nothing but e-mail.
        hours: u32,
        /// In how many seconds another link may be sent; none is now.
        wait: Option<u32>,
    },
    /// The link is on its way.
    Sent {
        /// The address in part.
        to: &'a str,
        /// For how many minutes the link is valid.
        minutes: u32,
    },
    /// The link was opened: who is it?
    Prove {
        /// The other factors that will do: authenticator app, passkey, recovery code.
        ways: Vec<Way>,
        /// How many hours those wait who have none of them.
        hours: u32,
    },
    /// The waiting time runs.
    Waiting {
        /// Until when, ready to be read.
        until: &'a str,
    },
    /// What is lost is chosen and removed.
    Remove {
        /// What there is.
        things: Vec<LostThing>,
        /// Whether nothing was chosen the last time.
        problem: bool,
    },
    /// It was removed.
    Done,
    /// The link of a mail that stops a recovery: a button does it, since mail scanners open links.
    Stop {
        /// Whose account, where an administrator looks.
        person: Option<&'a str>,
    },
    /// It was stopped.
    Stopped,
    /// The link was opened in another browser than the one that asked.
    OtherBrowser,
    /// The link was used, or ran out, or was stopped.
    Over,
    /// Another one waits already, or one was stopped a short while ago: no waiting time begins.
    NotNow,
    /// There is no login in this browser from which to ask.
    NoLogin,
}

/// Something that may be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostThing {
    /// As the form sends it back.
    pub id: String,
    /// What it is.
    pub kind: LostKind,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// When it was last used, ready to be read.
    pub last_used: Option<String>,
    /// Whether it is chosen from the beginning.
    pub chosen: bool,
}

/// What may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostKind {
    /// A phone.
    Phone,
    /// A passkey or security key.
    Passkey,
    /// The authenticator app.
    Authenticator,
    /// The recovery codes.
    RecoveryCodes,
}

impl fmt::Debug for RecoverState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl RecoverState<'_> {
    const fn name(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
            Self::Sent { .. } => "sent",
            Self::Prove { .. } => "prove",
            Self::Waiting { .. } => "waiting",
            Self::Remove { .. } => "remove",
            Self::Done => "done",
            Self::Stop { .. } => "stop",
            Self::Stopped => "stopped",
            Self::OtherBrowser => "other_browser",
            Self::Over => "over",
            Self::NotNow => "not_now",
            Self::NoLogin => "no_login",
        }
    }

    const fn title_key(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "recover-ask-title",
            Self::Sent { .. } => "recover-sent-title",
            Self::Prove { .. } => "recover-prove-title",
            Self::Waiting { .. } => "recover-waiting-title",
            Self::Remove { .. } => "recover-remove-title",
            Self::Done => "recover-done-title",
            Self::Stop { .. } => "recover-stop-title",
            Self::Stopped => "recover-stopped-title",
            Self::OtherBrowser => "recover-other-title",
            Self::Over => "recover-over-title",
            Self::NotNow => "recover-not-now-title",
            Self::NoLogin => "recover-no-login-title",
        }
    }
}

impl RecoverPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn lead(&self) -> String {
        let with =
            |key, name, value: super::texts::Value<'_>| text_with(self.page.lang, key, &[(name, value)]);
        match self.state {
            RecoverState::Ask { to, .. } => with("recover-ask-text", "to", (*to).into()),
            RecoverState::Sent { to, minutes } => text_with(
                self.page.lang,
                "recover-sent-text",
                &[("to", (*to).into()), ("minutes", (*minutes).into())],
            ),
            RecoverState::Prove { ways, .. } if ways.is_empty() => self.page.t("recover-prove-none"),
            RecoverState::Prove { .. } => self.page.t("recover-prove-text"),
            RecoverState::Waiting { until } => with("recover-waiting-text", "until", (*until).into()),
            RecoverState::Remove { .. } => self.page.t("recover-remove-text"),
            RecoverState::Done => self.page.t("recover-done-text"),
            RecoverState::Stop { person: Some(person) } => {
                with("recover-stop-admin-text", "person", (*person).into())
            }
            RecoverState::Stop { person: None } => self.page.t("recover-stop-text"),
            RecoverState::Stopped => self.page.t("recover-stopped-text"),
            RecoverState::OtherBrowser => self.page.t("recover-other-text"),
            RecoverState::Over => self.page.t("recover-over-text"),
            RecoverState::NotNow => self.page.t("recover-not-now-text"),
            RecoverState::NoLogin => self.page.t("recover-no-login-text"),
        }
    }

    fn hours(&self, key: &'static str, hours: &u32) -> String {
        self.page.t_with(key, "hours", *hours)
    }

    /// Which way is open: the one that something was wrong with, or the only one.
    fn is_open(&self, ways: &[Way], way: &Way) -> bool {
        way.problem.is_some() || (ways.len() == 1 && !way.is_passkey())
    }

    fn is_code(&self, way: &Way) -> bool {
        !matches!(way.kind, WayKind::RecoveryCode)
    }

    fn time(&self, seconds: &u32) -> String {
        clock_face(*seconds)
    }

    /// What a thing is called: its name, else its kind.
    fn name_of(&self, thing: &LostThing) -> String {
        thing.name.clone().unwrap_or_else(|| self.page.t(thing.kind.key()))
    }
}

impl LostKind {
    const fn key(self) -> &'static str {
        match self {
            Self::Phone => "mail-fact-phone",
            Self::Passkey => "way-passkey",
            Self::Authenticator => "way-totp",
            Self::RecoveryCodes => "security-codes",
        }
    }
}

//! The page of an account's security: what confirms sign-ins, where somebody is signed in, what happened.

mod activity;
mod own;

use askama::Template;

pub use activity::ActivityRow;
pub(super) use activity::activity_key;
pub use own::{Due, FactorRule, OwnAsked, OwnRules};

use super::{DeviceRow, Page, PasskeyRow, Proof};
use crate::web::texts::text_with;

/// The page of an account's security. Times are ready to be read.
#[derive(Template)]
#[template(path = "security.html")]
pub struct SecurityPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What the user is called.
    pub name: &'a str,
    /// The user's e-mail address.
    pub email: &'a str,
    /// What was just done, or why it was not.
    pub notice: Option<SecurityNotice>,
    /// From when on a recovery that waits can remove everything, if one waits.
    pub recovery_until: Option<&'a str>,
    /// What the policy asks, and what it leaves to the person.
    pub own: OwnRules<'a>,
    /// The phones.
    pub devices: Vec<DeviceRow>,
    /// The passkeys and security keys.
    pub passkeys: Vec<PasskeyRow>,
    /// The authenticator app.
    pub authenticator: Option<AuthenticatorRow>,
    /// The recovery codes.
    pub recovery_codes: Option<RecoveryCodesRow>,
    /// The trusted browsers.
    pub browsers: Vec<BrowserRow>,
    /// The sessions.
    pub sessions: Vec<SessionRow>,
    /// What happened lately, the latest first.
    pub activity: Vec<ActivityRow>,
}

/// The authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorRow {
    /// When it was set up.
    pub added: String,
    /// When it was last used, if ever.
    pub last_used: Option<String>,
}

/// The recovery codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCodesRow {
    /// How many are left.
    pub left: u32,
    /// When they were made.
    pub made: String,
}

/// A trusted browser in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserRow {
    /// Its id, as forms send it back.
    pub id: String,
    /// The browser, by name.
    pub browser: String,
    /// The system that it runs on.
    pub system: String,
    /// Where it last was.
    pub address: String,
    /// When it was last used.
    pub last_used: String,
    /// Until when nothing is asked in it, if the user chose so.
    pub remembered_until: Option<String>,
    /// Whether the page is looked at in it.
    pub this: bool,
}

/// A session in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id, as forms send it back.
    pub id: String,
    /// The browser, by name.
    pub browser: String,
    /// The system that it runs on.
    pub system: String,
    /// Where it began, if that is known.
    pub address: Option<String>,
    /// Since when.
    pub since: String,
    /// How it was proved.
    pub proof: Proof,
    /// Whether the page is looked at in it.
    pub this: bool,
}

/// What was just done, or why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityNotice {
    /// A phone was removed.
    PhoneRemoved,
    /// An authenticator app was set up.
    AuthenticatorAdded,
    /// It was removed.
    AuthenticatorRemoved,
    /// A trusted browser was forgotten.
    BrowserForgotten,
    /// All trusted browsers were forgotten.
    BrowsersForgotten,
    /// A session was ended.
    SessionEnded,
    /// All other sessions were ended.
    SessionsEnded,
    /// A recovery was stopped.
    RecoveryStopped,
    /// The person proved to be there, and can go on with what was begun.
    Confirmed,
    /// The second step was turned off.
    TurnedOff,
    /// What was to be changed is not there any more.
    Gone,
    /// It is the last factor that is accepted, and stays.
    LastOne,
    /// What was to be added is not accepted, or never asked for.
    NotOffered,
}

impl SecurityNotice {
    /// Each of them.
    pub const ALL: [Self; 13] = [
        Self::PhoneRemoved,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::BrowserForgotten,
        Self::BrowsersForgotten,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::RecoveryStopped,
        Self::Confirmed,
        Self::TurnedOff,
        Self::Gone,
        Self::LastOne,
        Self::NotOffered,
    ];

    /// As the address of the page spells it, behind `?done=`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PhoneRemoved => "phone-removed",
            Self::AuthenticatorAdded => "authenticator-added",
            Self::AuthenticatorRemoved => "authenticator-removed",
            Self::BrowserForgotten => "browser-forgotten",
            Self::BrowsersForgotten => "browsers-forgotten",
            Self::SessionEnded => "session-ended",
            Self::SessionsEnded => "sessions-ended",
            Self::RecoveryStopped => "recovery-stopped",
            Self::Confirmed => "confirmed",
            Self::TurnedOff => "turned-off",
            Self::Gone => "gone",
            Self::LastOne => "last-one",
            Self::NotOffered => "not-offered",
        }
    }

    /// From the spelling of [`Self::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.code() == code)
    }

    const fn key(self) -> &'static str {
        match self {
            Self::PhoneRemoved => "security-done-phone-removed",
            Self::AuthenticatorAdded => "security-done-authenticator-added",
            Self::AuthenticatorRemoved => "security-done-authenticator-removed",
            Self::BrowserForgotten => "security-done-browser-forgotten",
            Self::BrowsersForgotten => "security-done-browsers-forgotten",
            Self::SessionEnded => "security-done-session-ended",
            Self::SessionsEnded => "security-done-sessions-ended",
            Self::RecoveryStopped => "security-done-recovery-stopped",
            Self::Confirmed => "security-done-confirmed",
            Self::TurnedOff => "security-done-turned-off",
            Self::Gone => "security-not-gone",
            Self::LastOne => "own-last-one-refused",
            Self::NotOffered => "own-not-offered",
        }
    }

    const fn is_problem(self) -> bool {
        matches!(self, Self::Gone | Self::LastOne | Self::NotOffered)
    }
}

impl SecurityPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn browser_on(&self, browser: &str, system: &str) -> String {
        if browser.is_empty() {
            // Noted before browsers were.
            return self.page.t("security-some-browser");
        }
        text_with(self.page.lang, "mail-browser", &[("browser", browser.into()), ("system", system.into())])
    }

    fn has_other_sessions(&self) -> bool {
        self.sessions.iter().any(|session| !session.this)
    }
}

//! One user as administrators see them.

use askama::Template;

use super::users::Select;
use super::{AdminFrame, actions, attested};
use crate::domain::attestation::Finding;
use crate::domain::directory::Action;
use crate::domain::factor::Factor;
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::User;
use crate::web::{ActivityRow, Page};

/// One user. Times are ready to be read.
#[derive(Template)]
#[template(path = "admin/user.html")]
pub struct UserPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// What was just done, or why it was not.
    pub notice: Option<UserNotice>,
    /// The user.
    pub user: &'a User,
    /// The id, as it stands in addresses.
    pub id: String,
    /// When the user was added.
    pub added: String,
    /// When the user last signed in.
    pub last_sign_in: Option<String>,
    /// What the policy asks.
    pub asked: SecondFactor,
    /// Which rule says so; none if it is so for everybody.
    pub rule: Option<&'a str>,
    /// Until when setting up may be put off.
    pub grace: Option<String>,
    /// What is set up.
    pub held: Vec<Factor>,
    /// Whether the user could prove a second factor as things are.
    pub ready: bool,
    /// What can be done.
    pub actions: Vec<(&'static str, Action)>,
    /// Whether a reset has to be asked for.
    pub reset_needs_two: bool,
    /// A reset that waits.
    pub reset: Option<ResetState>,
    /// Whether whoever looks may act on the user at all.
    pub may_act: bool,
    /// The types, if the tenant has any.
    pub types: Option<Select>,
    /// The roles, if whoever looks may give them.
    pub roles: Option<Select>,
    /// Phones, passkeys and the like, browsers, sessions.
    pub lists: Vec<Things>,
    /// What happened lately, the latest first.
    pub activity: Vec<ActivityRow>,
}

/// A reset that waits.
#[derive(Clone, Debug)]
pub struct ResetState {
    /// Its id: what is decided is this one.
    pub request: String,
    /// Who asked.
    pub by: String,
    /// Until when it waits.
    pub until: String,
    /// Whether whoever looks may decide it.
    pub may_decide: bool,
}

/// A list of what belongs to the account.
#[derive(Clone, Debug)]
pub struct Things {
    title: &'static str,
    things: Vec<Thing>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Thing {
    /// What it is called.
    pub name: String,
    /// What is known of it.
    pub facts: Vec<Fact>,
}

/// Something that is known of a thing. Times are ready to be read.
#[derive(Clone, Debug)]
pub enum Fact {
    /// As it stands.
    Text(String),
    /// When it was added.
    Added(String),
    /// When it was last used.
    Used(String),
    /// Since when it is there.
    Since(String),
    /// How many are left.
    Left(u32),
    /// What a phone proved of its keys.
    Keys(Finding),
}

impl Things {
    /// Phones.
    #[must_use]
    pub const fn phones(things: Vec<Thing>) -> Self {
        Self { title: "user-phones", things }
    }

    /// Passkeys and security keys.
    #[must_use]
    pub const fn passkeys(things: Vec<Thing>) -> Self {
        Self { title: "security-passkeys", things }
    }

    /// The authenticator app, and recovery codes.
    #[must_use]
    pub fn codes(page: &Page<'_>, app: Option<Vec<Fact>>, codes: Option<Vec<Fact>>) -> Self {
        let thing = |key, facts: Option<Vec<Fact>>| facts.map(|facts| Thing { name: page.t(key), facts });
        let things = [thing("way-totp", app), thing("security-codes", codes)];
        Self { title: "user-codes", things: things.into_iter().flatten().collect() }
    }

    /// Trusted browsers.
    #[must_use]
    pub const fn browsers(things: Vec<Thing>) -> Self {
        Self { title: "user-browsers", things }
    }

    /// Sessions.
    #[must_use]
    pub const fn sessions(things: Vec<Thing>) -> Self {
        Self { title: "user-sessions", things }
    }
}

impl Thing {
    fn facts(&self, page: &Page<'_>) -> String {
        let facts: Vec<_> = self.facts.iter().map(|fact| fact.text(page)).collect();
        facts.join(" · ")
    }
}

impl Fact {
    fn text(&self, page: &Page<'_>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Added(when) => page.t_with("user-added-on", "when", when),
            Self::Used(when) => page.t_with("user-used-on", "when", when),
            Self::Since(when) => page.t_with("user-since", "when", when),
            Self::Keys(finding) => page.t(attested::found(finding)),
            Self::Left(left) => page.t_with("user-codes-left", "left", *left),
        }
    }
}

/// What was just done, or why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserNotice {
    /// It was done.
    Done,
    /// It was so already.
    Same,
    /// It may not be done by whoever asked.
    NotAllowed,
    /// It is the last super administrator.
    LastSuperAdministrator,
    /// The policy has no rule or type for it.
    NotInPolicy,
    /// A reset takes a second administrator.
    NeedsTwo,
    /// It was asked for.
    ResetAsked,
    /// One waits already.
    ResetWaits,
    /// It was refused.
    ResetRefused,
    /// Whoever asked for it may not do so any more.
    ResetLapsed,
    /// It does not wait any more.
    ResetOver,
    /// Another user has the address.
    EmailTaken,
    /// Not an e-mail address.
    NotAnEmail,
    /// The name is too long.
    Name,
    /// The password is too short or too long.
    Password,
    /// The user was added.
    Added,
    /// The proof is fresh again.
    Confirmed,
}

impl UserNotice {
    /// Each of them.
    pub const ALL: [Self; 17] = [
        Self::Done,
        Self::Same,
        Self::NotAllowed,
        Self::LastSuperAdministrator,
        Self::NotInPolicy,
        Self::NeedsTwo,
        Self::ResetAsked,
        Self::ResetWaits,
        Self::ResetRefused,
        Self::ResetLapsed,
        Self::ResetOver,
        Self::EmailTaken,
        Self::NotAnEmail,
        Self::Name,
        Self::Password,
        Self::Added,
        Self::Confirmed,
    ];

    /// As addresses spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Same => "same",
            Self::NotAllowed => "not-allowed",
            Self::LastSuperAdministrator => "last",
            Self::NotInPolicy => "not-in-policy",
            Self::NeedsTwo => "needs-two",
            Self::ResetAsked => "reset-asked",
            Self::ResetWaits => "reset-waits",
            Self::ResetRefused => "reset-refused",
            Self::ResetLapsed => "reset-lapsed",
            Self::ResetOver => "reset-over",
            Self::EmailTaken => "email-taken",
            Self::NotAnEmail => "not-an-email",
            Self::Name => "name",
            Self::Password => "password",
            Self::Added => "added",
            Self::Confirmed => "confirmed",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Done => "user-done",
            Self::Same => "user-same",
            Self::NotAllowed => "user-not-allowed",
            Self::LastSuperAdministrator => "user-last",
            Self::NotInPolicy => "user-not-in-policy",
            Self::NeedsTwo => "user-needs-two",
            Self::ResetAsked => "user-reset-asked",
            Self::ResetWaits => "user-reset-waits",
            Self::ResetRefused => "user-reset-refused",
            Self::ResetLapsed => "user-reset-lapsed",
            Self::ResetOver => "user-reset-over",
            Self::EmailTaken => "user-email-taken",
            Self::NotAnEmail => "user-not-an-email",
            Self::Name => "user-name-long",
            Self::Password => "user-password-length",
            Self::Added => "user-added-done",
            Self::Confirmed => "users-confirmed",
        }
    }

    const fn is_good(self) -> bool {
        matches!(
            self,
            Self::Done | Self::ResetAsked | Self::ResetRefused | Self::Added | Self::Same | Self::Confirmed
        )
    }
}

impl UserPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn held(&self) -> String {
        let names: Vec<_> = self.held.iter().map(|factor| self.page.t(actions::held(factor))).collect();
        names.join(&self.page.t("list-and"))
    }

    /// What follows from an action on one user.
    fn why(&self, action: &Action) -> String {
        self.page.t(match action {
            Action::TurnOn => "user-turn-on-why",
            Action::TurnOff => "user-turn-off-why",
            Action::Disable => "user-disable-why",
            Action::Enable => "user-enable-why",
            Action::Unlock => "user-unlock-why",
            Action::EndSessions => "user-end-sessions-why",
            _ if self.reset_needs_two => "user-reset-ask-why",
            _ => "user-reset-why",
        })
    }

    fn label(&self, action: &Action) -> String {
        if *action == Action::Reset && self.reset_needs_two {
            return self.page.t("user-reset-ask");
        }
        actions::label(&self.page, action)
    }
}

/// The page on which a user is added.
#[derive(Template)]
#[template(path = "admin/user_add.html")]
pub struct UserAddPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// Why the last try was not taken.
    pub problem: Option<UserNotice>,
    /// What was typed: the e-mail address.
    pub email: &'a str,
    /// The name.
    pub name: &'a str,
    /// The types, if the tenant has any.
    pub types: Option<Select>,
    /// The roles, if whoever looks may give them.
    pub roles: Option<Select>,
}

impl UserAddPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

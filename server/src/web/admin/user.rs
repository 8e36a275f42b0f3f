//! One user as administrators see them.

use askama::Template;

use super::select::Select;
use super::user_notice::UserNotice;
use super::user_things::Things;
use super::{AdminFrame, actions};
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

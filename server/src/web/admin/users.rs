//! The list of users.

use askama::Template;

use super::counts::{clamped, number};
use super::select::Select;
use super::{AdminFrame, actions};
use crate::domain::directory::Action;
use crate::domain::factor::Factor;
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::Role;
use crate::web::{Page, texts};

/// The list of users. Times are ready to be read.
#[derive(Template)]
#[template(path = "admin/users.html")]
pub struct UsersPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// What was just done, or why it was not.
    pub notice: Option<UsersNotice>,
    /// What is searched.
    pub search: &'a str,
    /// What else can be asked for.
    pub selects: Vec<Select>,
    /// Whether anything is asked for.
    pub filtered: bool,
    /// The filter as fields of a form.
    pub filter: Vec<(&'static str, String)>,
    /// The filter as it stands in an address, with a question mark, or nothing.
    pub query: &'a str,
    /// The users.
    pub rows: Vec<UserRow>,
    /// How many match.
    pub count: u64,
    /// Whether there are more than that.
    pub more: bool,
    /// The address of the page before this one.
    pub before: Option<String>,
    /// The address of the page after this one.
    pub after: Option<String>,
    /// What can be done, as forms spell it.
    pub actions: Vec<(String, Action)>,
    /// Resets that wait for a second administrator.
    pub resets: Vec<ResetRow>,
}

/// What was just done, or why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsersNotice {
    /// Nobody was selected.
    NobodySelected,
    /// The proof is fresh again.
    Confirmed,
}

impl UsersNotice {
    /// From the end of an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "nobody" => Some(Self::NobodySelected),
            "confirmed" => Some(Self::Confirmed),
            _ => None,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::NobodySelected => "users-nobody-selected",
            Self::Confirmed => "users-confirmed",
        }
    }
}

/// A user in the list.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// The id, as forms send it back.
    pub id: String,
    /// What the person is called; may be empty.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The type.
    pub user_type: Option<String>,
    /// Whether nobody signs in by this name.
    pub disabled: bool,
    /// What the policy asks.
    pub asked: SecondFactor,
    /// What is set up.
    pub held: Vec<Factor>,
    /// When the person last signed in.
    pub last_sign_in: Option<String>,
    /// Whether whoever looks may act on the person.
    pub selectable: bool,
}

impl UserRow {
    fn title(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }

    fn held(&self, page: &Page<'_>) -> String {
        let names: Vec<_> = self.held.iter().map(|factor| page.t(actions::held(factor))).collect();
        names.join(&page.t("list-and"))
    }

    fn is_open(&self) -> bool {
        self.asked == SecondFactor::Required && self.held.is_empty() && !self.disabled
    }
}

/// A reset that waits for a second administrator.
#[derive(Clone, Debug)]
pub struct ResetRow {
    /// Whose: the id.
    pub id: String,
    /// Whose: a name or an e-mail address.
    pub who: String,
    /// Who asked.
    pub by: String,
    /// Until when it waits.
    pub until: String,
}

impl UsersPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn all_that_match(&self) -> String {
        self.page.t_with("bulk-all", "number", &self.counted())
    }

    fn counted(&self) -> String {
        let number = number(&self.count);
        if self.more {
            return self.page.t_with("users-count-more", "number", &number);
        }
        let values = [("count", clamped(self.count).into()), ("number", (&number).into())];
        texts::text_with(self.page.lang, "users-count", &values)
    }
}

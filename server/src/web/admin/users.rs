//! The list of users, and the page that says what an action on many of them does.

use askama::Template;

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

/// A choice among several values.
#[derive(Clone, Debug)]
pub struct Select {
    /// The name of the field.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What can be chosen.
    pub choices: Vec<Choice>,
}

/// One of the values.
#[derive(Clone, Debug)]
pub struct Choice {
    /// As forms send it.
    pub value: String,
    /// What people read: a key of the catalogue, or a text of the tenant's.
    pub text: ChoiceText,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What people read of a choice.
#[derive(Clone, Debug)]
pub enum ChoiceText {
    /// A key of the catalogue.
    Key(&'static str),
    /// A text of the tenant's.
    Own(String),
}

impl Choice {
    pub(super) fn text(&self, page: &Page<'_>) -> String {
        match &self.text {
            ChoiceText::Key(key) => page.t(key),
            ChoiceText::Own(text) => text.clone(),
        }
    }
}

impl Select {
    /// The roles.
    #[must_use]
    pub fn roles(chosen: Option<Role>, any: bool) -> Self {
        let all = Role::ALL.map(|role| (role.as_str(), actions::role(&role), chosen == Some(role)));
        Self::of("role", "users-role", any.then_some(chosen.is_none()), all)
    }

    /// The states of accounts.
    #[must_use]
    pub fn states(disabled: Option<bool>) -> Self {
        let all = [
            ("active", "users-active", disabled == Some(false)),
            ("disabled", "users-disabled", disabled == Some(true)),
        ];
        Self::of("state", "users-state", Some(disabled.is_none()), all)
    }

    /// Whether users are chosen for a second factor.
    #[must_use]
    pub fn chosen(chosen: Option<bool>) -> Self {
        let all = [
            ("on", "users-chosen-on", chosen == Some(true)),
            ("off", "users-chosen-off", chosen == Some(false)),
        ];
        Self::of("chosen", "users-chosen", Some(chosen.is_none()), all)
    }

    /// What users have set up: as forms spell it, which of them is chosen.
    #[must_use]
    pub fn holds(chosen: Option<&str>) -> Self {
        let all = [
            ("nothing", "held-nothing"),
            ("something", "held-something"),
            ("push", actions::held(&Factor::Push)),
            ("passkey", actions::held(&Factor::Passkey)),
            ("totp", actions::held(&Factor::Totp)),
        ];
        let all = all.map(|(value, text)| (value, text, chosen == Some(value)));
        Self::of("holds", "users-holds", Some(chosen.is_none()), all)
    }

    /// The tenant's types, to look for users, or to give one to a user.
    #[must_use]
    pub fn types<'t>(types: impl Iterator<Item = &'t String>, chosen: Option<&str>, any: bool) -> Self {
        let none = if any { "users-any" } else { "users-no-type" };
        let mut choices =
            vec![Choice { value: String::new(), text: ChoiceText::Key(none), chosen: chosen.is_none() }];
        choices.extend(types.map(|name| Choice {
            value: name.clone(),
            text: ChoiceText::Own(name.clone()),
            chosen: chosen == Some(name),
        }));
        Self { name: "type", label: "users-type", choices }
    }

    fn of<const N: usize>(
        name: &'static str,
        label: &'static str,
        any: Option<bool>,
        all: [(&str, &'static str, bool); N],
    ) -> Self {
        let any = any.map(|chosen| ("", "users-any", chosen));
        let choice = |(value, key, chosen): (&str, &'static str, bool)| Choice {
            value: value.to_owned(),
            text: ChoiceText::Key(key),
            chosen,
        };
        Self { name, label, choices: any.into_iter().chain(all).map(choice).collect() }
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

/// The page that says what an action on many users does, and asks once.
#[derive(Template)]
#[template(path = "admin/bulk.html")]
pub struct BulkPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// What is to be done.
    pub action: &'a Action,
    /// To how many.
    pub count: u64,
    /// How many of these have set something up.
    pub holding: u64,
    /// Some of them, by name, the first of the list.
    pub some: Vec<String>,
    /// What the form sends back, so that it is done.
    pub fields: Vec<(&'static str, String)>,
    /// Where one comes from.
    pub back: &'a str,
}

impl BulkPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn title(&self) -> String {
        let number = number(&self.count);
        let values = [("count", clamped(self.count).into()), ("number", (&number).into())];
        texts::text_with(self.page.lang, actions::words(self.action)[1], &values)
    }

    fn why(&self) -> String {
        let number = number(&self.holding);
        let kind = match self.action {
            Action::SetType(Some(name)) => name.as_str(),
            _ => "",
        };
        let values =
            [("holding", clamped(self.holding).into()), ("number", (&number).into()), ("type", kind.into())];
        texts::text_with(self.page.lang, actions::words(self.action)[2], &values)
    }

    /// That there are more than those that are named.
    fn left_out(&self) -> Option<String> {
        let left = self.count.saturating_sub(u64::try_from(self.some.len()).unwrap_or(u64::MAX));
        (left > 0).then(|| self.page.t_with("bulk-more", "number", &number(&left)))
    }
}

/// A count for plural forms.
pub(super) fn clamped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A count as people read it: 12,345.
pub(super) fn number(count: &u64) -> String {
    let digits = count.to_string();
    let mut parts: Vec<&str> =
        digits.as_bytes().rchunks(3).filter_map(|part| str::from_utf8(part).ok()).collect();
    parts.reverse();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(|count| number(&count)),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}

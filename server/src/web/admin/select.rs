//! Choices among several values: to look for users, and to say what one is.

use super::actions;
use crate::domain::factor::Factor;
use crate::domain::user::Role;
use crate::web::Page;

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

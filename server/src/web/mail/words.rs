//! The sentences of one mail, and the facts that it lists.

use std::net::IpAddr;

use countersign_protocol::approval::Place;
use countersign_protocol::time::NumericDate;

use super::letter::{Action, LetterPage, Section, USUAL_SHADES};
use crate::domain::mail::Seen;
use crate::web::texts::{Value, text_with};
use crate::web::{Lang, when};

/// The language, the tenant, and the values that the sentences of one mail name.
pub(super) struct Words<'a> {
    lang: Lang,
    tenant: &'a str,
    origin: &'a str,
    values: Vec<(&'static str, Named)>,
}

/// A value that sentences name.
pub(super) enum Named {
    Text(String),
    Count(u32),
}

impl Named {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Count(count) => Value::Count(*count),
        }
    }
}

impl From<&str> for Named {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Named {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Named {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

/// The keys of what stands at the top of a mail.
pub(super) struct Top {
    pub(super) subject: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
}

impl<'a> Words<'a> {
    pub(super) fn new(lang: Lang, tenant: &'a str, origin: &'a str) -> Self {
        Self { lang, tenant, origin, values: vec![("tenant", tenant.into())] }
    }

    /// Each sentence may name it from now on.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Named>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// Each sentence may name a `person` from now on.
    pub(super) fn with_person(self, name: &str, email: &str) -> Self {
        let person = if name.trim().is_empty() {
            email.to_owned()
        } else {
            text_with(self.lang, "mail-person", &[("name", name.into()), ("email", email.into())])
        };
        self.with("person", person)
    }

    /// A sentence.
    pub(super) fn t(&self, key: &'static str) -> String {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (*name, value.value())).collect();
        text_with(self.lang, key, &values)
    }

    pub(super) fn section(&self, heading: &'static str, lines: &[&'static str]) -> Section {
        Section { heading: self.t(heading), lines: lines.iter().map(|key| self.t(key)).collect() }
    }

    /// A mail to a user, with the facts that it lists.
    pub(super) fn letter(&self, top: &Top, facts: Vec<(String, String)>) -> LetterPage<'a> {
        LetterPage {
            lang: self.lang,
            tenant_name: self.tenant,
            subject: self.t(top.subject),
            title: self.t(top.title),
            lead: self.t(top.lead),
            shades: USUAL_SHADES,
            code: None,
            facts,
            sections: Vec::new(),
            action: None,
            why: self.t("mail-why-user"),
        }
    }

    /// A button that leads to the tenant's start page.
    pub(super) fn to_start(&self, words: &'static str) -> Option<Action> {
        Some(Action { words: self.t(words), address: format!("{}/", self.origin) })
    }

    /// A button that leads to the page of the account's security.
    pub(super) fn to_security(&self) -> Option<Action> {
        let address = format!("{}/account/security", self.origin);
        Some(Action { words: self.t("mail-link-account"), address })
    }

    /// A button that leads to the list of users, for administrators.
    pub(super) fn to_users(&self, words: &'static str) -> Option<Action> {
        Some(Action { words: self.t(words), address: format!("{}/admin/users", self.origin) })
    }

    /// A button that leads to a link of its own.
    pub(super) fn to_link(&self, words: &'static str, link: &str) -> Option<Action> {
        Some(Action { words: self.t(words), address: link.to_owned() })
    }

    /// What whoever did it, and whoever did not, has to do.
    pub(super) fn was_it_you(&self, if_not: &'static str) -> Vec<Section> {
        vec![self.section("mail-you-title", &["mail-you"]), self.section("mail-not-you-title", &[if_not])]
    }

    pub(super) fn time(&self, at: NumericDate) -> String {
        when::for_people(at.into(), self.lang)
    }

    pub(super) fn fact(&self, name: &'static str, value: impl Into<String>) -> (String, String) {
        (self.t(name), value.into())
    }

    pub(super) fn when_and_where(&self, address: Option<IpAddr>, at: NumericDate) -> Vec<(String, String)> {
        let mut facts = vec![self.fact("mail-fact-when", self.time(at))];
        facts.extend(address.map(|address| self.fact("mail-fact-address", address.to_string())));
        facts
    }

    pub(super) fn seen(&self, seen: &Seen) -> Vec<(String, String)> {
        let values = [("browser", (&seen.browser).into()), ("system", (&seen.system).into())];
        let mut facts = vec![
            self.fact("mail-fact-when", self.time(seen.at)),
            self.fact("mail-fact-browser", text_with(self.lang, "mail-browser", &values)),
            self.fact("mail-fact-address", seen.address.to_string()),
        ];
        let place = match &seen.place {
            Place::Named(name) => Some(name.clone()),
            Place::ThisComputer => Some(self.t("mail-place-server")),
            Place::PrivateNetwork => Some(self.t("mail-place-private")),
            Place::Unknown => None,
        };
        facts.extend(place.map(|place| self.fact("mail-fact-place", place)));
        facts
    }
}

//! The sentences of one mail, and the facts that it lists.

use std::net::IpAddr;

use countersign_protocol::approval::Place;
use countersign_protocol::time::Timestamp;

use super::SeenSignIn;
use super::letter::{LetterPage, Section};
use crate::web::texts::{Value, text_with};
use crate::web::{Lang, when};

/// The language, the tenant, and the values that the sentences of one mail name.
pub(super) struct Words<'a> {
    lang: Lang,
    tenant: &'a str,
    origin: &'a str,
    values: Vec<(&'static str, Value<'a>)>,
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
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value<'a>>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// A sentence.
    pub(super) fn t(&self, key: &'static str) -> String {
        text_with(self.lang, key, &self.values)
    }

    pub(super) fn section(&self, heading: &'static str, lines: &[&'static str]) -> Section {
        Section { heading: self.t(heading), lines: lines.iter().map(|key| self.t(key)).collect() }
    }

    /// A mail to a user that leads to the tenant's pages by a button that says `link`.
    pub(super) fn letter(&self, top: &Top, link: &'static str) -> LetterPage<'a> {
        LetterPage {
            lang: self.lang,
            tenant_name: self.tenant,
            subject: self.t(top.subject),
            title: self.t(top.title),
            lead: self.t(top.lead),
            facts: Vec::new(),
            sections: Vec::new(),
            link_words: self.t(link),
            origin: self.origin,
            why: self.t("mail-why-user"),
        }
    }

    pub(super) fn fact(&self, name: &'static str, value: impl Into<String>) -> (String, String) {
        (self.t(name), value.into())
    }

    pub(super) fn when_and_where(&self, address: Option<IpAddr>, at: Timestamp) -> Vec<(String, String)> {
        let mut facts = vec![self.fact("mail-fact-when", when::for_people(at, self.lang))];
        facts.extend(address.map(|address| self.fact("mail-fact-address", address.to_string())));
        facts
    }

    pub(super) fn seen(&self, seen: &SeenSignIn<'_>) -> Vec<(String, String)> {
        let values = [("browser", seen.browser.into()), ("system", seen.system.into())];
        let mut facts = vec![
            self.fact("mail-fact-when", when::for_people(seen.at, self.lang)),
            self.fact("mail-fact-browser", text_with(self.lang, "mail-browser", &values)),
            self.fact("mail-fact-address", seen.address.to_string()),
        ];
        let place = match seen.place {
            Place::Named(name) => Some(name.clone()),
            Place::ThisComputer => Some(self.t("mail-place-server")),
            Place::PrivateNetwork => Some(self.t("mail-place-private")),
            Place::Unknown => None,
        };
        facts.extend(place.map(|place| self.fact("mail-fact-place", place)));
        facts
    }
}

/// How a person is named to others.
pub(super) fn person(lang: Lang, name: &str, email: &str) -> String {
    if name.trim().is_empty() {
        return email.to_owned();
    }
    text_with(lang, "mail-person", &[("name", name.into()), ("email", email.into())])
}

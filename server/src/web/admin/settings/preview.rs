//! A change of the settings, looked at before it is saved.

use askama::Template;

use super::super::super::texts::{Value, text_with};
use super::super::super::{Page, for_people};
use super::super::AdminFrame;
use super::what_if::WhatIfSo;
use super::words;
use crate::domain::policy::Policy;
use crate::domain::policy::network_change::{Allowed, NetworkChange};
use crate::domain::policy::preview::{Difference, Effect, Standing};

/// The page of a change.
#[derive(Template)]
#[template(path = "admin/settings_preview.html")]
pub struct PreviewPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What all pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// The policy as it is.
    pub before: &'a Policy,
    /// The policy as it would be.
    pub after: &'a Policy,
    /// The latter as JSON, as forms send it on.
    pub wanted: &'a str,
    /// Which policy it would follow.
    pub revision: i64,
    /// The preset that it comes from; empty if from none.
    pub preset: &'a str,
    /// Why it was not saved.
    pub notice: Option<PreviewNotice>,
    /// How many users there are.
    pub users: u32,
    /// Of how many a second factor is asked.
    pub asked_before: u32,
    /// Of how many it would be.
    pub asked_after: u32,
    /// What it means to how many.
    pub effects: Vec<EffectRow>,
    /// What it means to sign-ins from some networks.
    pub networks: Vec<NetworkRow>,
    /// How many are told by mail; none if no mail can be sent.
    pub told: Option<u32>,
    /// Who was looked for, as it was typed.
    pub sought: &'a str,
    /// Who was found.
    pub found: Option<FoundRow>,
    /// From where that user would sign in, as it was typed.
    pub from: &'a str,
    /// What would happen there, if that was asked.
    pub there: Option<ThereRow>,
}

/// Why a change was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewNotice {
    /// The person has to prove again to be there.
    ProveFirst,
    /// Somebody else changed the policy meanwhile.
    Overtaken,
}

/// What a change means to some users.
#[derive(Clone, Debug)]
pub struct EffectRow {
    /// As forms spell it.
    pub code: &'static str,
    /// None, and browsers that were remembered are.
    pub effect: Option<Effect>,
    /// To how many.
    pub users: u32,
    /// Some of them, if they were asked for.
    pub shown: Option<Vec<ConcernedRow>>,
    /// Whether these are not the first.
    pub later: bool,
    /// After whom the list goes on, if it does.
    pub next: Option<String>,
}

/// What a change of networks means to sign-ins from some of them.
#[derive(Clone, Debug)]
pub struct NetworkRow {
    code: &'static str,
    networks: String,
    users: u32,
}

impl NetworkRow {
    /// The lines of a change, for so many users, of so many of whom a second factor is asked.
    #[must_use]
    pub fn of(change: &NetworkChange, users: u32, asked: u32) -> Vec<Self> {
        let (nowhere, trusted, untrusted) = (Vec::new(), &change.trusted, &change.untrusted);
        let allowed = match &change.allowed {
            Allowed::Same => vec![],
            Allowed::Only(networks) => vec![("only", networks)],
            Allowed::Anywhere => vec![("anywhere", &nowhere)],
            Allowed::Others { opened, closed } => vec![("opened", opened), ("closed", closed)],
        };
        let allowed = allowed.into_iter().map(|(code, networks)| (code, networks, users));
        let lines = [("trusted", trusted, asked), ("untrusted", untrusted, asked)].into_iter().chain(allowed);
        // Somewhere is in each line, but for the one that is about everywhere.
        let told = lines.filter(|(code, networks, _)| *code == "anywhere" || !networks.is_empty());
        let row = |(code, networks, users): (&'static str, &Vec<_>, u32)| {
            let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
            Self { code, networks: networks.join(", "), users }
        };
        told.map(row).collect()
    }
}

/// What would happen to somebody at an address.
#[derive(Clone, Debug)]
pub enum ThereRow {
    /// That is not an address.
    NotAnAddress,
    /// This.
    So(Box<WhatIfSo>),
}

/// A user whom a change concerns.
#[derive(Clone, Debug)]
pub struct ConcernedRow {
    /// The user's id.
    pub id: String,
    /// What the person is called; may be empty.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// What is so before and after.
    pub difference: Difference,
}

/// Who was found.
#[derive(Clone, Debug)]
pub enum FoundRow {
    /// Nobody.
    Nobody,
    /// This user.
    Found(Box<ConcernedRow>),
    /// This user, who is disabled.
    Disabled(Box<ConcernedRow>),
    /// One of these, and whether there are more.
    Several(Vec<SeveralRow>, bool),
}

/// One of several users who were found.
#[derive(Clone, Debug)]
pub struct SeveralRow {
    /// What the person is called; may be empty.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

struct ChangedLine {
    label: String,
    before: String,
    after: String,
}

impl PreviewPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    /// What is no longer as it was, line by line.
    fn changes(&self) -> Vec<ChangedLine> {
        let nothing = || self.page.t("preview-nothing");
        let text = |text: Option<&(String, String)>| {
            text.filter(|(_, text)| !text.is_empty()).map_or_else(nothing, |(_, text)| text.clone())
        };
        let (before, after) = (words::lines(&self.page, self.before), words::lines(&self.page, self.after));
        let gone = before.iter().filter(|(label, _)| after.iter().all(|(other, _)| other != label));
        let line = |(label, _): &(String, String)| {
            let of = |lines: &[(String, String)]| text(lines.iter().find(|(other, _)| other == label));
            ChangedLine { label: label.clone(), before: of(&before), after: of(&after) }
        };
        let lines = after.iter().chain(gone).map(line);
        lines.filter(|line| line.before != line.after).collect()
    }

    fn effect(&self, row: &EffectRow) -> String {
        let key = match row.effect {
            Some(Effect::SetUp) => "preview-set-up",
            Some(Effect::SetUpLater) => "preview-set-up-later",
            Some(Effect::Asked) => "preview-asked",
            Some(Effect::Loses) => "preview-loses",
            Some(Effect::Removed) => "preview-removed",
            Some(Effect::NotAsked) => "preview-not-asked",
            None => "preview-browsers",
        };
        let days = u32::from(self.after.grace_days);
        text_with(self.page.lang, key, &[("users", row.users.into()), ("days", Value::Count(days))])
    }

    /// That not all are shown, if so.
    fn first(&self, row: &EffectRow) -> Option<String> {
        let shown = u32::try_from(row.shown.as_ref()?.len()).unwrap_or(u32::MAX);
        let key = if row.later { "preview-later" } else { "preview-first" };
        (shown < row.users).then(|| self.page.t_with(key, "count", shown))
    }

    fn network(&self, row: &NetworkRow) -> String {
        let key = match row.code {
            "trusted" => "preview-network-trusted",
            "untrusted" => "preview-network-untrusted",
            "only" => "preview-network-only",
            "anywhere" => "preview-network-anywhere",
            "opened" => "preview-network-opened",
            _ => "preview-network-closed",
        };
        let values = [("networks", row.networks.as_str().into()), ("users", Value::Count(row.users))];
        text_with(self.page.lang, key, &values)
    }

    /// What else a change means, whomever it concerns.
    fn notes(&self) -> Vec<String> {
        let (before, after) = (self.before, self.after);
        let trusts = |policy: &Policy| !policy.networks.trusted.is_empty();
        let passcode = |policy: &Policy| policy.factors.device_passcode;
        let notes = [
            (trusts(before) || trusts(after), "preview-elsewhere"),
            (passcode(before) && !passcode(after), "preview-passcode"),
            (before.sessions != after.sessions, "preview-session-lengths"),
        ];
        notes.into_iter().filter(|(is, _)| *is).map(|(_, key)| self.page.t(key)).collect()
    }

    fn told(&self) -> String {
        match self.told {
            Some(users) => self.page.t_with("preview-told", "users", users),
            None => self.page.t("preview-no-mail"),
        }
    }

    fn standing(&self, standing: &Standing) -> String {
        match standing {
            Standing::NotAsked => self.page.t("preview-stands-not-asked"),
            Standing::Asked => self.page.t("preview-stands-asked"),
            Standing::SetUp => self.page.t("preview-stands-set-up"),
            Standing::SetUpBy(until) => {
                self.page.t_with("preview-stands-set-up-by", "until", &for_people(*until, self.page.lang))
            }
        }
    }

    /// Which rule it is then.
    fn rule(&self, row: &ConcernedRow) -> String {
        match &row.difference.asked_after.rule {
            Some(name) => words::rule_label(&self.page, name),
            None => self.page.t("settings-rule-base"),
        }
    }
}

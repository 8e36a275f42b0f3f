//! The page of the audit log: what is looked for, and what was found.

mod words;

use askama::Template;

use super::AdminFrame;
use crate::domain::audit::event::{AuditResult, EVENTS, families, family_of};
use crate::web::Page;

/// The page of the audit log. Times are ready to be read.
#[derive(Template)]
#[template(path = "admin/audit.html")]
pub struct AuditPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What all pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// What is looked for, as it was typed.
    pub form: AuditForm,
    /// What is wrong with it.
    pub problem: Option<AuditProblem>,
    /// What is wrong with the log.
    pub trouble: Option<AuditNotice>,
    /// What was found, the latest first.
    pub lines: Vec<AuditLineRow>,
    /// The query of the page of older lines, if there are some.
    pub older: Option<String>,
    /// Whether this is not the first page.
    pub is_later: bool,
}

/// What is looked for, as it was typed; empty where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditForm {
    /// An event or a family of them.
    pub what: String,
    /// A result.
    pub result: String,
    /// An e-mail address.
    pub person: String,
    /// `person`, `command-line` or `server`.
    pub by: String,
    /// A network address.
    pub address: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// All of it, as a query.
    pub query: String,
}

impl AuditForm {
    fn is_empty(&self) -> bool {
        self.query.is_empty()
    }
}

/// What is wrong with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditProblem {
    /// There is no such user.
    Person,
    /// Not a network address.
    Address,
    /// Not a day.
    Day,
    /// Whose doings are meant was not said.
    Who,
}

impl AuditProblem {
    const fn key(self) -> &'static str {
        match self {
            Self::Person => "audit-problem-person",
            Self::Address => "audit-problem-address",
            Self::Day => "audit-problem-day",
            Self::Who => "audit-problem-who",
        }
    }
}

/// What is wrong with the log, as far as the page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditNotice {
    /// Its end is not as it was sealed.
    End,
    /// A line, of this number, is not as it was written.
    Changed(i64),
    /// The line of this number is not there.
    Missing(i64),
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditActor {
    /// The one whom it is about, or nobody in particular.
    Themselves,
    /// Another user; without a name if there is no such user any more.
    User(Option<String>),
    /// Whoever runs the server.
    CommandLine,
    /// The server by itself.
    Server,
}

/// A line in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLineRow {
    /// When, as `2026-11-22 21:05:07` in UTC: lines are compared to the second.
    pub at: String,
    /// What, by its name.
    pub event: String,
    /// What came of it.
    pub result: AuditResult,
    /// To whom: name and e-mail address. Of a user who is not there any more, neither.
    pub user: Option<Option<(String, String)>>,
    /// Who did it.
    pub actor: AuditActor,
    /// From where.
    pub address: Option<String>,
    /// Why, as the line spells it.
    pub reason: Option<String>,
    /// Which rule of the policy it was.
    pub rule: Option<String>,
    /// All particulars, by name.
    pub particulars: Vec<(String, String)>,
    /// The login that a phone decided on, whose receipt there is.
    pub receipt: Option<String>,
    /// Its number in the chain.
    pub seq: Option<i64>,
}

/// A choice of the form, with its words.
struct Choice {
    value: &'static str,
    words: String,
    chosen: bool,
}

/// A family of events, and each of its events.
struct Family {
    words: String,
    choices: Vec<Choice>,
}

impl AuditPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn families(&self) -> Vec<Family> {
        let of = |family: &'static str| {
            let words = self.page.t(words::family_key(family));
            let all = self.page.t_with("audit-all-of", "family", &words);
            let whole = Choice { value: family, words: all, chosen: self.form.what == family };
            let events = EVENTS.iter().map(|(event, _)| *event).filter(|event| family_of(event) == family);
            let one = |event| Choice {
                value: event,
                words: self.event_words(event),
                chosen: self.form.what == event,
            };
            Family { words, choices: std::iter::once(whole).chain(events.map(one)).collect() }
        };
        families().into_iter().map(of).collect()
    }

    fn results(&self) -> impl Iterator<Item = Choice> {
        AuditResult::ALL.into_iter().map(|result| Choice {
            value: result.as_str(),
            words: self.result_words(result),
            chosen: self.form.result == result.as_str(),
        })
    }

    fn actors(&self) -> impl Iterator<Item = Choice> {
        let actors = [
            ("person", "audit-by-person"),
            ("command-line", "audit-by-command-line"),
            ("server", "audit-by-server"),
        ];
        actors.into_iter().map(|(value, key)| Choice {
            value,
            words: self.page.t(key),
            chosen: self.form.by == value,
        })
    }

    fn event_words(&self, event: &str) -> String {
        words::event_key(event).map_or_else(|| event.to_owned(), |key| self.page.t(key))
    }

    fn chained_words(&self, seq: &i64) -> String {
        self.page.t_with("audit-chained", "seq", &seq.to_string())
    }

    fn trouble_words(&self, trouble: &AuditNotice) -> String {
        let with = |key, seq: i64| self.page.t_with(key, "seq", &seq.to_string());
        match *trouble {
            AuditNotice::End => self.page.t("audit-broken-end"),
            AuditNotice::Changed(seq) => with("audit-broken-line", seq),
            AuditNotice::Missing(seq) => with("audit-broken-gap", seq),
        }
    }

    fn result_words(&self, result: AuditResult) -> String {
        self.page.t(words::result_key(result))
    }

    fn reason_words(&self, reason: &str) -> String {
        words::reason_key(reason).map_or_else(|| reason.to_owned(), |key| self.page.t(key))
    }

    /// Who did it, where that is not whom it is about.
    fn done_by(&self, line: &AuditLineRow) -> Option<String> {
        Some(match &line.actor {
            AuditActor::Themselves => return None,
            AuditActor::User(Some(name)) => self.page.t_with("audit-done-by", "who", name),
            AuditActor::User(None) => self.page.t("audit-done-gone"),
            AuditActor::CommandLine => self.page.t("audit-done-command-line"),
            AuditActor::Server => self.page.t("audit-done-server"),
        })
    }
}

impl AuditLineRow {
    /// As RFC 3339 has it.
    fn machine_time(&self) -> String {
        self.at.replace(' ', "T") + "Z"
    }

    const fn chip(&self) -> &'static str {
        match self.result {
            AuditResult::Succeeded => "chip-good",
            AuditResult::Refused | AuditResult::Failed => "chip-bad",
            AuditResult::Asked | AuditResult::Noted => "",
        }
    }
}

//! Work on many users, and how far it is; and users from a table.

use askama::Template;

use super::counts::{clamped, number};
use super::{AdminFrame, actions, counts};
use crate::domain::directory::Action;
use crate::domain::job::JobState;
use crate::web::{Page, texts};

/// A job as it is shown. Times are ready to be read.
#[derive(Clone, Debug)]
pub struct JobRow {
    /// The id, as it stands in addresses.
    pub id: String,
    /// What is done.
    pub action: Action,
    /// How far it is.
    pub state: JobState,
    /// How many users are meant.
    pub total: u64,
    /// How many were looked at.
    pub seen: u64,
    /// To how many something was done.
    pub changed: u64,
    /// When it was begun.
    pub begun: String,
    /// When it is begun, if that is later.
    pub later: Option<String>,
}

impl JobRow {
    fn is_waiting(&self) -> bool {
        self.state == JobState::Waiting
    }

    fn label(&self, page: &Page<'_>) -> String {
        actions::label(page, &self.action)
    }

    fn stands(&self, page: &Page<'_>) -> String {
        match (self.state, &self.later) {
            (JobState::Done, _) => page.t("job-done"),
            (JobState::Stopped, _) => page.t("job-stopped"),
            (JobState::Waiting, Some(later)) => page.t_with("job-later", "when", later),
            (JobState::Waiting, None) => page.t("job-waiting"),
        }
    }

    fn figures(&self, page: &Page<'_>) -> [(String, String); 3] {
        [("job-total", self.total), ("job-seen", self.seen), ("job-changed", self.changed)]
            .map(|(key, count)| (page.t(key), number(&count)))
    }
}

/// One job.
#[derive(Template)]
#[template(path = "admin/job.html")]
pub struct JobPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// The job.
    pub job: JobRow,
    /// Whether whoever looks may stop it.
    pub may_stop: bool,
    /// Whether they are asked if it is to be: the page stays as it is meanwhile.
    pub asks: bool,
}

impl JobPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    /// The most that there is to see: users may have gone since they were counted.
    fn most(&self) -> u64 {
        self.job.total.max(self.job.seen).max(1)
    }
}

/// The latest jobs.
#[derive(Template)]
#[template(path = "admin/jobs.html")]
pub struct JobsPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// The jobs, the latest first.
    pub jobs: Vec<JobRow>,
}

impl JobsPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}

/// The page for users from a table: to begin with, after a look at it, or when it was taken in.
#[derive(Template)]
#[template(path = "admin/import.html")]
pub struct ImportPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// The table as it was given.
    pub table: &'a str,
    /// How it stands.
    pub state: ImportState,
}

/// How an import stands.
#[derive(Clone, Debug)]
pub enum ImportState {
    /// Nothing was given yet.
    Begin,
    /// It cannot be read.
    Problem(ImportProblem),
    /// It was looked at.
    LookedAt {
        /// New users, users to be changed, those that are so already.
        counts: [u64; 3],
        /// Lines that are not taken in.
        wrong: Vec<WrongLine>,
        /// How many more of these there are.
        more_wrong: u64,
    },
    /// It was taken in: new users, users who were changed, those that were so already, lines that were left out.
    Done([u64; 4]),
}

/// Why a table cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportProblem {
    /// The first line names no column for e-mail addresses.
    NoEmailColumn,
    /// A column that nothing is known of.
    UnknownColumn(String),
    /// A column twice.
    ColumnTwice(String),
    /// More than a page takes.
    TooLong,
    /// More lines than a page takes.
    TooManyLines,
    /// More passwords than a page takes.
    TooManyPasswords,
    /// Nothing in it.
    Empty,
}

/// A line that is not taken in.
#[derive(Clone, Debug)]
pub struct WrongLine {
    /// Its number.
    pub line: u64,
    /// The e-mail address as it stands there.
    pub email: String,
    /// Why: a key of the catalogue.
    pub why: WrongWhy,
}

/// Why a line is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongWhy {
    /// More or fewer cells than columns.
    Cells,
    /// The e-mail address.
    Email,
    /// The same address stands further up.
    Twice,
    /// The name.
    Name,
    /// The type.
    Type,
    /// The role.
    Role,
    /// The language.
    Language,
    /// This role may not be given.
    RoleNotGiven,
    /// This user may not be changed.
    NotAllowed,
    /// The password.
    Password,
}

impl WrongLine {
    fn why(&self, page: &Page<'_>) -> String {
        page.t(match self.why {
            WrongWhy::Cells => "import-wrong-cells",
            WrongWhy::Email => "user-not-an-email",
            WrongWhy::Twice => "import-wrong-twice",
            WrongWhy::Name => "user-name-long",
            WrongWhy::Type => "import-wrong-type",
            WrongWhy::Role => "import-wrong-role",
            WrongWhy::RoleNotGiven => "import-wrong-role-given",
            WrongWhy::NotAllowed => "user-not-allowed",
            WrongWhy::Language => "import-wrong-language",
            WrongWhy::Password => "user-password-length",
        })
    }
}

impl ImportPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn problem(&self) -> Option<String> {
        let ImportState::Problem(problem) = &self.state else { return None };
        Some(match problem {
            ImportProblem::NoEmailColumn => self.page.t("import-no-email"),
            ImportProblem::UnknownColumn(name) => self.page.t_with("import-unknown-column", "column", name),
            ImportProblem::ColumnTwice(name) => self.page.t_with("import-column-twice", "column", name),
            ImportProblem::TooLong => self.page.t("import-too-long"),
            ImportProblem::TooManyLines => self.page.t("import-too-many-lines"),
            ImportProblem::TooManyPasswords => self.page.t("import-too-many-passwords"),
            ImportProblem::Empty => self.page.t("import-empty"),
        })
    }

    fn counted(&self) -> Vec<(String, String)> {
        const KEYS: [&str; 4] = ["import-new", "import-changed", "import-same", "import-wrong"];
        let counts = match &self.state {
            ImportState::LookedAt { counts: [new, changed, same], wrong, more_wrong } => {
                let wrong = u64::try_from(wrong.len()).unwrap_or(u64::MAX);
                [*new, *changed, *same, wrong.saturating_add(*more_wrong)]
            }
            ImportState::Done(counts) => *counts,
            _ => return Vec::new(),
        };
        KEYS.into_iter().zip(counts).map(|(key, count)| (self.page.t(key), number(&count))).collect()
    }

    /// That there are more wrong lines than those that are listed.
    fn left_out(&self) -> Option<String> {
        match &self.state {
            ImportState::LookedAt { more_wrong: more @ 1.., .. } => {
                Some(self.page.t_with("bulk-more", "number", &number(more)))
            }
            _ => None,
        }
    }

    fn has_new(&self) -> bool {
        matches!(&self.state, ImportState::LookedAt { counts: [new, ..], .. } if *new > 0)
    }

    fn to_do(&self) -> u64 {
        match &self.state {
            ImportState::LookedAt { counts: [new, changed, _], .. } => new + changed,
            _ => 0,
        }
    }

    fn button(&self) -> String {
        let (count, shown) = (clamped(self.to_do()), number(&self.to_do()));
        let values = [("count", count.into()), ("number", (&shown).into())];
        texts::text_with(self.page.lang, "import-do", &values)
    }
}

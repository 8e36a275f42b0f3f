//! What is wrong with the settings, in words that an operator can act on.

use std::fmt;
use std::path::PathBuf;

use super::catalogue::{entries, find};
use super::environment::variable_of;

/// Why the settings were not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such file.
    #[error(
        "there is no settings file {}: make one with `countersign init FOLDER`, or name the right one",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file exists, but cannot be read.
    #[error("the settings file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the settings file {} is not valid TOML: {what}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and fault; never the line itself, which may hold a password.
        what: String,
    },
    /// Settings are wrong.
    #[error("{}", list(.0))]
    Wrong(Vec<Problem>),
}

fn list(problems: &[Problem]) -> String {
    let head = match problems.len() {
        1 => "a setting is wrong:".to_owned(),
        n => format!("{n} settings are wrong:"),
    };
    problems.iter().fold(head, |text, problem| format!("{text}\n  {problem}"))
}

/// One setting that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its dotted name.
    pub setting: String,
    /// Where it stands: the file, or the environment variable.
    pub origin: Origin,
    /// What was found there; of a secret, only that it is there.
    pub found: String,
    /// What to do.
    pub fix: String,
}

/// Where a setting was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In this file.
    File(PathBuf),
    /// In this environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}; {}", self.setting, self.origin, self.found, self.fix)
    }
}

impl Problem {
    pub(super) fn new(setting: impl Into<String>, origin: Origin, found: String, fix: String) -> Self {
        Self { setting: setting.into(), origin, found, fix }
    }

    /// No setting has this name. The value is not shown: it may be a secret under a misspelt name.
    pub(super) fn unknown(setting: String, origin: Origin) -> Self {
        let fix = match (nearest(&setting), &origin) {
            (Some(name), Origin::File(_)) => format!("did you mean {name}?"),
            (Some(name), Origin::Variable(_)) => format!("did you mean {}?", variable_of(name)),
            (None, _) => "remove it".to_owned(),
        };
        Self { setting, origin, found: "there is no such setting".into(), fix }
    }
}

/// The known setting that `name` most likely stands for.
fn nearest(name: &str) -> Option<&'static str> {
    if let Some(entry) = find(name) {
        return Some(entry.name);
    }
    let key = name.rsplit('.').next().unwrap_or(name);
    // The right key in the wrong section, or in none, is nearer than any misspelling.
    if let Some(entry) = entries().find(|entry| entry.key == key) {
        return Some(entry.name);
    }
    let (distance, nearest) = entries().map(|entry| (distance(name, entry.name), entry.name)).min()?;
    (distance <= name.chars().count().div_ceil(3)).then_some(nearest)
}

/// How many characters must be put in, taken out or replaced (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        row[0] = left;
        for (cell, b) in row.iter_mut().skip(1).zip(&to) {
            left = (diagonal + usize::from(a != *b)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, left);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_textbook() {
        for (a, b, n) in
            [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("a", "b", 1)]
        {
            assert_eq!(distance(a, b), n, "{a} → {b}");
            assert_eq!(distance(b, a), n, "{b} → {a}");
        }
    }

    #[test]
    fn the_nearest_setting_is_found_by_key_and_by_spelling() {
        assert_eq!(nearest("http.lisen"), Some("http.listen"));
        assert_eq!(nearest("listen"), Some("http.listen"));
        assert_eq!(nearest("server.listen"), Some("http.listen"));
        assert_eq!(nearest("login.answer_second"), Some("login.answer_seconds"));
        assert_eq!(nearest("telemetry.wanted"), None);
    }
}

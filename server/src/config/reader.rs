//! Puts the sources on top of one another and reads each setting from the result.

use std::path::{Path, PathBuf};

use ::config::{Config, ConfigError, File, FileFormat, Source, Value, ValueKind};

use super::catalogue::{CATALOGUE, find};
use super::document::defaults;
use super::environment::{Variable, classify};
use super::error::{Origin, Problem, SettingsError};
use super::values::{FromSetting, describe, number};

/// The merged settings, and what was found wrong with them so far.
pub(super) struct Reader {
    path: PathBuf,
    merged: Value,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(
        text: &str,
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let syntax = |error: &ConfigError| SettingsError::Syntax {
            path: path.to_owned(),
            what: without_source_lines(&error.to_string()),
        };
        let mut problems = Vec::new();
        let mut builder = Config::builder()
            .add_source(File::from_str(&defaults(), FileFormat::Toml))
            .add_source(File::from_str(text, FileFormat::Toml));
        for (variable, value) in environment {
            match classify(&variable) {
                Variable::Foreign => {}
                Variable::Wrong(problem) => problems.push(problem),
                // `NAME: ${UNSET:-}` leaves an empty variable behind, which means "not set".
                Variable::Setting(_) if value.is_empty() => {}
                Variable::Setting(name) => {
                    let value = Value::new(Some(&variable), value);
                    builder = builder.set_override(name, value).map_err(|error| syntax(&error))?;
                }
            }
        }
        let merged = builder.build().and_then(|config| config.collect()).map_err(|error| syntax(&error))?;
        let mut reader = Self { path: path.to_owned(), merged: Value::new(None, merged), problems };
        reader.refuse_unknown();
        Ok(reader)
    }

    /// Reads one setting. If it is wrong, that is noted and there is nothing.
    pub(super) fn read<T: FromSetting>(&mut self, name: &'static str) -> Option<T> {
        // Nothing there means that its whole section is not one, which `refuse_unknown` has noted.
        let value = self.get(name)?;
        let entry = find(name)?;
        let in_range = entry.range.is_none_or(|(least, most)| {
            number(&value.kind).is_some_and(|found| (least..=most).contains(&found))
        });
        let read = if in_range { T::from_setting(&value.kind) } else { None };
        if read.is_none() {
            let found =
                if entry.secret { "a value that is not shown".to_owned() } else { describe(&value.kind) };
            let wanted = match entry.range {
                Some((least, most)) => format!("a whole number from {least} to {most}"),
                None => T::WANTED.to_owned(),
            };
            let problem =
                Problem::new(name, self.origin(value), format!("found {found}"), format!("write {wanted}"));
            self.problems.push(problem);
        }
        read
    }

    /// Notes that a setting is empty which another one asks for.
    pub(super) fn missing(&mut self, name: &'static str, fix: &str) {
        let origin = self.get(name).map_or_else(|| self.file(), |value| self.origin(value));
        self.problems.push(Problem::new(name, origin, "it is empty".into(), fix.to_owned()));
    }

    /// The settings, if nothing was wrong.
    pub(super) fn finish<T>(self, settings: Option<T>) -> Result<T, SettingsError> {
        match settings {
            Some(settings) if self.problems.is_empty() => Ok(settings),
            _ => Err(SettingsError::Wrong(self.problems)),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        name.split('.').try_fold(&self.merged, |value, key| match &value.kind {
            ValueKind::Table(table) => table.get(key),
            _ => None,
        })
    }

    fn origin(&self, value: &Value) -> Origin {
        match value.origin() {
            Some(variable) => Origin::Variable(variable.to_owned()),
            None => Origin::File(self.path.clone()),
        }
    }

    fn refuse_unknown(&mut self) {
        let ValueKind::Table(sections) = &self.merged.kind else { return };
        let mut found = Vec::new();
        for (section, value) in sections {
            let known = CATALOGUE.iter().any(|known| known.name == section);
            match &value.kind {
                ValueKind::Table(table) => {
                    let names = table.keys().map(|key| format!("{section}.{key}"));
                    let unknown = names.filter(|name| find(name).is_none());
                    found.extend(unknown.map(|name| Problem::unknown(name, self.file())));
                    if !known && table.is_empty() {
                        found.push(Problem::unknown(section.clone(), self.file()));
                    }
                }
                _ if known => found.push(Problem::new(
                    section.clone(),
                    self.file(),
                    "found a value".into(),
                    format!("write a section, [{section}], and its settings below it"),
                )),
                _ => found.push(Problem::unknown(section.clone(), self.file())),
            }
        }
        // Tables have no order of their own, and an operator reads the same list each time.
        found.sort_by(|a, b| a.setting.cmp(&b.setting));
        self.problems.extend(found);
    }

    fn file(&self) -> Origin {
        Origin::File(self.path.clone())
    }
}

/// A TOML error quotes the line it is about (`3 | url = "…"`), which may hold a password. What stays is
/// the position and the fault.
fn without_source_lines(message: &str) -> String {
    let keep = |line: &&str| {
        let margin = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        !margin.starts_with('|') && !margin.is_empty()
    };
    message.lines().filter(keep).map(str::trim).collect::<Vec<_>>().join(": ")
}

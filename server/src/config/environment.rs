//! Settings from environment variables.

use super::catalogue::entries;
use super::error::{Origin, Problem};

const PREFIX: &str = "COUNTERSIGN_";

/// The process's environment variables, those that are not Unicode left out: none of ours is among them.
pub fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The environment variable of a setting.
pub(super) fn variable_of(setting: &str) -> String {
    format!("{PREFIX}{}", setting.replace('.', "__").to_uppercase())
}

/// What a variable is to us.
#[derive(Debug)]
pub(super) enum Variable {
    /// Somebody else's, or not about a setting.
    Foreign,
    /// The setting with this name.
    Setting(&'static str),
    /// It reads like a setting, and is none.
    Wrong(Problem),
}

/// Reads a variable's name.
///
/// Without two underscores in a row it is left alone, because orchestrators set such variables for a
/// service that is called countersign (`COUNTERSIGN_PORT`), unless a setting was so misspelt.
pub(super) fn classify(variable: &str) -> Variable {
    let Some(rest) = variable.strip_prefix(PREFIX) else { return Variable::Foreign };
    if rest.contains("__") {
        let name = rest.replace("__", ".").to_lowercase();
        return match entries().find(|entry| entry.name == name) {
            Some(entry) => Variable::Setting(entry.name),
            None => Variable::Wrong(Problem::unknown(name, Origin::Variable(variable.to_owned()))),
        };
    }
    let flat = rest.to_lowercase();
    match entries().find(|entry| entry.name.replace('.', "_") == flat) {
        Some(entry) => Variable::Wrong(Problem::new(
            entry.name,
            Origin::Variable(variable.to_owned()),
            "one underscore stands between section and name".into(),
            format!("call the variable {}", variable_of(entry.name)),
        )),
        None => Variable::Foreign,
    }
}

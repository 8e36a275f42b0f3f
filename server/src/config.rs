//! The settings of a server: a file, and environment variables on top of it.
//!
//! [`catalogue`] names every setting once, with its words, default and range; the types, the
//! documented file and the checks all come from there. A setting that is wrong or unknown stops the
//! server with a sentence that says where it stands and what to write instead, and secrets are shown
//! by neither that sentence nor `Debug`.

use std::path::{Path, PathBuf};

mod catalogue;
mod document;
mod environment;
mod error;
pub mod key_file;
mod mail;
mod reader;
mod values;

pub use catalogue::{Database, Http, Keys, Log, Login, Mail, Push, Session, Settings};
pub use document::documented_file;
pub use environment::variables;
pub use error::{Problem, SettingsError};
pub use mail::MailSettingsError;
pub use values::{LogFilter, LogFormat, VapidSubject};

use reader::Reader;

impl Settings {
    /// Reads the file at `path` and then `environment`, whose variables win: `COUNTERSIGN_HTTP__LISTEN`
    /// is `listen` of `[http]`. Variables that do not begin with `COUNTERSIGN_` are passed over.
    ///
    /// # Errors
    /// The file cannot be read or is not TOML, or some settings are wrong: then all of them are named.
    pub fn load(
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let absolute = std::path::absolute(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        let text = std::fs::read_to_string(&absolute).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => SettingsError::Missing { path: absolute.clone() },
            _ => SettingsError::Unreadable { path: absolute.clone(), source },
        })?;
        let mut settings = Self::from_text(&text, &absolute, environment)?;
        settings.resolve(absolute.parent().unwrap_or(Path::new("/")));
        Ok(settings)
    }

    fn from_text(
        text: &str,
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(text, path, environment)?;
        let settings = Self::read(&mut reader);
        reader.finish(settings)
    }

    /// Relative paths are relative to the folder of the settings file, wherever the server is started.
    fn resolve(&mut self, folder: &Path) {
        self.keys.file = folder.join(&self.keys.file);
        self.mail.extra_roots = self.mail.extra_roots.take().map(|file| folder.join(file));
        self.database.url = values::resolve_database(&self.database.url, folder);
    }
}

/// The settings file in the folder `dir`.
#[must_use]
pub fn file_in(dir: &Path) -> PathBuf {
    dir.join("countersign.toml")
}

#[cfg(test)]
mod tests;

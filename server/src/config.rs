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

pub use catalogue::{
    Apns, Attestation, Database, Fcm, Http, Keys, Log, Login, Mail, Push, Session, Settings,
};
pub use document::documented_file;
pub use environment::variables;
pub use error::{Problem, SettingsError};
pub use mail::MailSettingsError;
pub use values::{AppleId, BundleIds, HttpsUrl, LogFilter, LogFormat, MinimumVersions, VapidSubject};

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
        if let Some(settings) = &settings {
            settings.apns.refuse_halves(&mut reader);
        }
        reader.finish(settings)
    }

    /// Relative paths are relative to the folder of the settings file, wherever the server is started.
    fn resolve(&mut self, folder: &Path) {
        self.keys.file = folder.join(&self.keys.file);
        self.database.url = values::resolve_database(&self.database.url, folder);
        let optional = [
            &mut self.push.extra_roots,
            &mut self.apns.key_file,
            &mut self.fcm.service_account_file,
            &mut self.attestation.revocation_file,
            &mut self.attestation.extra_roots,
            &mut self.mail.extra_roots,
        ];
        for file in optional.into_iter().flatten() {
            *file = folder.join(&*file);
        }
    }
}

impl Apns {
    /// Half an account is none: whoever filled in a part is told of the rest.
    fn refuse_halves(&self, reader: &mut Reader) {
        let parts = [
            ("apns.key_file", self.key_file.is_some(), "name the file that Apple gave out, AuthKey_….p8"),
            ("apns.key_id", self.key_id.is_some(), "write the key's id, which is in the name of its file"),
            (
                "apns.team_id",
                self.team_id.is_some(),
                "write the id of your team at Apple, as its membership page shows it",
            ),
            ("apns.topics", !self.topics.as_slice().is_empty(), "write the bundle ids of your apps"),
        ];
        if parts.iter().all(|(_, filled, _)| *filled) || parts.iter().all(|(_, filled, _)| !*filled) {
            return;
        }
        for (name, _, fix) in parts.into_iter().filter(|(_, filled, _)| !filled) {
            reader.missing(name, &format!("{fix}, or empty the other settings of [apns]"));
        }
    }
}

/// The settings file in the folder `dir`.
#[must_use]
pub fn file_in(dir: &Path) -> PathBuf {
    dir.join("countersign.toml")
}

#[cfg(test)]
mod tests;

//! The settings of mail as a whole: some of them need others.

use std::io;
use std::path::PathBuf;

use super::Mail;
use crate::mail::Security;
use crate::mail::smtp::SmtpSettings;

/// Settings of `[mail]` that do not go together.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    /// No sender.
    #[error("mail.from is empty: write from whom mail comes, such as \"ACME <no-reply@example.com>\"")]
    NoSender,
    /// A sender or a user name, and no server.
    #[error("mail.server is empty, but {0} is set: name the mail server, or empty {0} as well")]
    NoServer(&'static str),
    /// One of user name and password.
    #[error("{0} is empty, but {1} is set: set both, or neither if the mail server asks for none")]
    HalfCredentials(&'static str, &'static str),
    /// Plain, to another computer.
    #[error(
        "mail.security is \"none\", but mail.server is not this computer: passwords and mail would travel in \
         the open; write \"starttls\" or \"tls\""
    )]
    PlainToElsewhere,
    /// The file of certificate authorities.
    #[error("mail.extra_roots: {} cannot be read: {source}", path.display())]
    ExtraRoots {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl Mail {
    /// What a sender of mail is made of; none if mail is off.
    ///
    /// # Errors
    /// [`MailSettingsError`], whose text names the setting and says what to write.
    pub fn smtp(&self) -> Result<Option<SmtpSettings>, MailSettingsError> {
        let Some(server) = self.server.clone() else { return self.off() };
        let from = self.from.clone().ok_or(MailSettingsError::NoSender)?;
        let credentials = match (&self.user, &self.password) {
            (Some(user), Some(password)) => Some((user.clone(), password.clone())),
            (None, None) => None,
            (Some(_), None) => return Err(MailSettingsError::HalfCredentials("mail.password", "mail.user")),
            (None, Some(_)) => return Err(MailSettingsError::HalfCredentials("mail.user", "mail.password")),
        };
        if self.security == Security::None && !server.is_loopback() {
            return Err(MailSettingsError::PlainToElsewhere);
        }
        let extra_roots = match &self.extra_roots {
            Some(path) => Some(
                std::fs::read(path)
                    .map_err(|source| MailSettingsError::ExtraRoots { path: path.clone(), source })?,
            ),
            None => None,
        };
        Ok(Some(SmtpSettings { server, security: self.security, credentials, from, extra_roots }))
    }

    /// Without a server, nothing else may be set: it would look as if mail were on.
    fn off(&self) -> Result<Option<SmtpSettings>, MailSettingsError> {
        let set = [
            ("mail.from", self.from.is_some()),
            ("mail.user", self.user.is_some()),
            ("mail.password", self.password.is_some()),
        ];
        match set.into_iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(MailSettingsError::NoServer(name)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Settings;
    use super::*;

    fn smtp(text: &str) -> Result<Option<SmtpSettings>, MailSettingsError> {
        let text = format!("[mail]\n{text}");
        Settings::from_text(&text, Path::new("/etc/countersign/countersign.toml"), []).unwrap().mail.smtp()
    }

    fn refused(text: &str) -> String {
        smtp(text).map(|_| ()).unwrap_err().to_string()
    }

    const SERVER: &str = "server = \"smtp.example.com:587\"\n";
    const FROM: &str = "from = \"ACME <no-reply@example.com>\"\n";

    #[test]
    fn mail_is_off_until_it_has_a_server() {
        assert!(smtp("").unwrap().is_none());
        let on = smtp(&format!("{SERVER}{FROM}user = \"u\"\npassword = \"p\"")).unwrap().unwrap();
        assert_eq!(
            (on.server.host.as_str(), on.server.port, on.security),
            ("smtp.example.com", 587, Security::StartTls)
        );
        assert!(on.credentials.is_some());
    }

    #[test]
    fn what_is_half_filled_is_named_with_what_to_write() {
        assert!(refused(SERVER).starts_with("mail.from is empty"));
        assert!(refused(FROM).starts_with("mail.server is empty, but mail.from is set"));
        assert!(refused("password = \"p\"").starts_with("mail.server is empty, but mail.password is set"));
        assert!(refused(&format!("{SERVER}{FROM}user = \"u\"")).starts_with("mail.password is empty"));
        assert!(refused(&format!("{SERVER}{FROM}password = \"p\"")).starts_with("mail.user is empty"));
        let missing = refused(&format!("{SERVER}{FROM}extra_roots = \"/nowhere/ca.pem\""));
        assert!(missing.starts_with("mail.extra_roots: /nowhere/ca.pem cannot be read"), "{missing}");
    }

    #[test]
    fn nothing_plain_leaves_this_computer() {
        let plain = format!("{FROM}security = \"none\"\n");
        assert!(refused(&format!("{plain}{SERVER}")).starts_with("mail.security is \"none\""));
        for here in ["localhost:25", "127.0.0.1:25", "[::1]:25"] {
            assert!(smtp(&format!("{plain}server = \"{here}\"")).unwrap().is_some(), "{here}");
        }
    }
}

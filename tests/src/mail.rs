//! The mail server of a world, and the settings that lead there.

use std::path::Path;

use countersign_test_mail::{MailServer, Mode, PASSWORD, USER};

use crate::world::World;

/// From whom mail comes.
pub const SENDER: &str = "no-reply@example.com";

pub(crate) async fn start(mode: Option<Mode>) -> Option<MailServer> {
    match mode {
        Some(mode) => Some(MailServer::start(mode).await),
        None => None,
    }
}

/// The environment that a server needs to send its mail there.
pub(crate) fn settings(
    server: Option<&MailServer>,
    mode: Option<Mode>,
    home: &Path,
) -> Vec<(String, String)> {
    let Some(server) = server else { return Vec::new() };
    let roots = home.join("mail-roots.pem");
    std::fs::write(&roots, server.root_pem()).unwrap();
    let security = match mode {
        Some(Mode::Tls) => "tls",
        Some(Mode::Plain) => "none",
        _ => "starttls",
    };
    let values = [
        ("SERVER", server.address()),
        ("SECURITY", security.to_owned()),
        ("USER", USER.to_owned()),
        ("PASSWORD", PASSWORD.to_owned()),
        ("FROM", format!("ACME <{SENDER}>")),
        ("EXTRA_ROOTS", roots.display().to_string()),
    ];
    values.into_iter().map(|(key, value)| (format!("COUNTERSIGN_MAIL__{key}"), value)).collect()
}

impl World {
    /// The mail server.
    ///
    /// # Panics
    /// When the setup wants none.
    #[must_use]
    pub fn mail_server(&self) -> &MailServer {
        self.mail.as_ref().expect("a world with mail")
    }
}

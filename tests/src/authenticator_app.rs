//! An authenticator app on somebody's phone: OATH Toolkit's `oathtool`, which knows nothing of this server.

use std::process::Command;

use countersign_protocol::time::Timestamp;
use url::Url;

/// An authenticator app.
#[derive(Clone)]
pub struct AuthenticatorApp {
    secret: String,
    algorithm: String,
}

impl AuthenticatorApp {
    /// What an app makes of the QR code or the link.
    ///
    /// # Panics
    /// When the address is not one that an app takes.
    #[must_use]
    pub fn scan(uri: &str) -> Self {
        let uri = Url::parse(uri).unwrap();
        assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
        let of =
            |name: &str| uri.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        for (name, usual) in [("digits", "6"), ("period", "30")] {
            assert_eq!(of(name).as_deref().unwrap_or(usual), usual, "{name}");
        }
        let algorithm = of("algorithm").unwrap_or_else(|| "SHA1".to_owned());
        Self { secret: of("secret").expect("a secret"), algorithm }
    }

    /// What an app of the usual kind makes of a secret that is typed.
    #[must_use]
    pub fn typed(secret: &str) -> Self {
        Self { secret: secret.to_owned(), algorithm: "SHA1".to_owned() }
    }

    /// What it was set up with.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The code that it shows at `at`.
    ///
    /// # Panics
    /// When `oathtool` is not installed.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> String {
        let output = Command::new("oathtool")
            .args(["--base32", &format!("--totp={}", self.algorithm)])
            .args(["--now", &format!("@{}", at.seconds()), &self.secret])
            .output()
            .expect("oathtool runs: ./test installs it");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

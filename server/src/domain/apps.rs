//! The apps that may pair phones, as the settings name them.

use countersign_protocol::bytes::{Digest, sha256};

/// Android apps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AndroidApps(Vec<AndroidApp>);

/// An Android app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndroidApp {
    /// Its package: "com.example.login".
    pub package: String,
    /// The SHA-256 of the certificate that it is signed with.
    pub signer: Digest,
}

impl AndroidApp {
    /// From `package/digest`: the digest in hexadecimal, with or without colons.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (package, digest) = text.trim().split_once('/')?;
        let digits: String = digest.chars().filter(|c| *c != ':').collect();
        if !is_plain(package) || digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(byte).collect();
        Some(Self { package: package.to_owned(), signer: Digest::from_slice(&bytes?)? })
    }
}

impl AndroidApps {
    /// These.
    #[must_use]
    pub fn new(apps: Vec<AndroidApp>) -> Self {
        Self(apps)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &AndroidApp> {
        self.0.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The package that is meant by what Android attests: which packages share the key's user id, and who signed
    /// them. All signers have to be known for the package.
    pub(crate) fn known<'a>(&self, packages: &[&'a str], signers: &[&[u8]]) -> Option<&'a str> {
        let signed_by = |package: &str, signer: &[u8]| {
            self.0.iter().any(|app| app.package == package && app.signer.0 == signer)
        };
        let known =
            |package: &&&str| !signers.is_empty() && signers.iter().all(|signer| signed_by(package, signer));
        packages.iter().find(known).copied()
    }
}

/// Apple apps, each as team and bundle id: "ABCDE12345.com.example.login".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppleApps(Vec<String>);

impl AppleApps {
    /// These.
    #[must_use]
    pub fn new(apps: Vec<String>) -> Self {
        Self(apps)
    }

    /// An app from `team.bundle`, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<String> {
        let text = text.trim();
        let (team, bundle) = text.split_once('.')?;
        let plain_team =
            team.len() == 10 && team.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        (plain_team && is_plain(bundle)).then(|| text.to_owned())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The app with this hash.
    pub(crate) fn known(&self, hash: &[u8]) -> Option<&str> {
        self.0.iter().find(|app| sha256(app).0 == hash).map(String::as_str)
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=155).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_android_app_is_a_package_and_a_digest() {
        let with_colons = vec!["AB"; 32].join(":");
        let app = AndroidApp::parse(&format!(" com.example.login/{with_colons}")).unwrap();
        assert_eq!((app.package.as_str(), app.signer.0), ("com.example.login", [0xab; 32]));
        assert_eq!(AndroidApp::parse(&format!("com.example.login/{}", "ab".repeat(32))), Some(app));
        for wrong in
            ["com.example.login", "com.example/abcd", "/", &format!("com example/{}", "ab".repeat(32))]
        {
            assert_eq!(AndroidApp::parse(wrong), None, "{wrong}");
        }
        assert_eq!(AndroidApp::parse(&format!("com.example/{}", "xy".repeat(32))), None);
        assert_eq!(AndroidApp::parse(&format!("com.example/{}", "é".repeat(32))), None);
    }

    #[test]
    fn every_signer_of_a_package_has_to_be_known() {
        let app = |package: &str, byte| AndroidApp {
            package: package.into(),
            signer: countersign_protocol::bytes::Bytes([byte; 32]),
        };
        let apps = AndroidApps::new(vec![app("a.b", 1), app("a.b", 2), app("c.d", 3)]);
        let (one, two, three) = ([1; 32].as_slice(), [2; 32].as_slice(), [3; 32].as_slice());
        assert_eq!(apps.known(&["x.y", "a.b"], &[one]), Some("a.b"));
        assert_eq!(apps.known(&["a.b"], &[one, two]), Some("a.b"));
        assert_eq!(apps.known(&["a.b"], &[one, three]), None);
        assert_eq!(apps.known(&["c.d"], &[one]), None);
        assert_eq!(apps.known(&["a.b"], &[]), None);
    }

    #[test]
    fn an_apple_app_is_a_team_and_a_bundle_id() {
        assert_eq!(
            AppleApps::parse(" ABCDE12345.com.example.login "),
            Some("ABCDE12345.com.example.login".into())
        );
        for wrong in ["com.example.login", "ABCDE12345", "ABCDE12345.", "abcde12345.com.example"] {
            assert_eq!(AppleApps::parse(wrong), None, "{wrong}");
        }
    }
}

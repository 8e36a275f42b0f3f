//! The apps that may pair phones where attestation is looked at.

use ::config::ValueKind;

use super::{FromSetting, text};
use crate::domain::apps::{AndroidApp, AndroidApps, AppleApps};

impl FromSetting for AndroidApps {
    const WANTED: &'static str = "package names, each with \"/\" and the SHA-256 of its signing certificate in \
         hexadecimal, such as [\"com.example.login/9F:86:…\"]";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        list(kind, AndroidApp::parse).map(Self::new)
    }
}

impl FromSetting for AppleApps {
    const WANTED: &'static str =
        "team and bundle ids with \".\" between them, such as [\"ABCDE12345.com.example.login\"]";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        list(kind, Self::parse).map(Self::new)
    }
}

/// A list, which a variable separates by commas.
fn list<T>(kind: &ValueKind, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    match kind {
        ValueKind::Array(items) => items.iter().map(|item| parse(text(&item.kind)?)).collect(),
        ValueKind::String(list) => list.split(',').map(parse).collect(),
        _ => None,
    }
}

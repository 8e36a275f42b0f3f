//! How each type of setting is read from what a file or a variable holds.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ::config::ValueKind;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::mail::{Security, SenderAddress, ServerAddress};

mod accounts;
mod attested_apps;
mod versions;

pub use accounts::{AppleId, BundleIds, HttpsUrl};
pub use versions::MinimumVersions;

/// A type that a setting can have.
///
/// Stricter than the usual conversions of settings, in which `true` is 1 and 1.6 is 2.
pub(super) trait FromSetting: Sized {
    /// What to write, for the sentence "write …".
    const WANTED: &'static str;
    /// The value, if it is one. Variables hold nothing but text, so numbers are read from text too.
    fn from_setting(kind: &ValueKind) -> Option<Self>;
}

/// A value in an operator's words.
pub(super) fn describe(kind: &ValueKind) -> String {
    match kind {
        ValueKind::Nil => "nothing".to_owned(),
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Table(_) => "a section".to_owned(),
        ValueKind::Array(items) => {
            format!("[{}]", items.iter().map(|v| describe(&v.kind)).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A whole number that is not negative.
pub(super) fn number(kind: &ValueKind) -> Option<u64> {
    match kind {
        ValueKind::I64(n) => (*n).try_into().ok(),
        ValueKind::U64(n) => Some(*n),
        ValueKind::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

fn text(kind: &ValueKind) -> Option<&str> {
    match kind {
        ValueKind::String(text) => Some(text),
        _ => None,
    }
}

impl FromSetting for u32 {
    const WANTED: &'static str = "a whole number";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        number(kind)?.try_into().ok()
    }
}

impl FromSetting for usize {
    const WANTED: &'static str = "a whole number";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        number(kind)?.try_into().ok()
    }
}

impl FromSetting for bool {
    const WANTED: &'static str = "true or false";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        match kind {
            ValueKind::Boolean(value) => Some(*value),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromSetting for SocketAddr {
    const WANTED: &'static str = "an address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        text(kind)?.parse().ok()
    }
}

impl FromSetting for Vec<IpNet> {
    const WANTED: &'static str =
        "addresses or networks, such as [\"10.0.0.0/8\", \"::1\"], but not the whole internet (/0)";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        match kind {
            ValueKind::Array(items) => items.iter().map(|item| network(text(&item.kind)?)).collect(),
            ValueKind::String(list) => list.split(',').map(network).collect(),
            _ => None,
        }
    }
}

/// A network, or one address as a network of one. Who trusts everyone believes any address that a
/// client makes up, so /0 is none.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
    (network.prefix_len() > 0).then(|| network.trunc())
}

impl FromSetting for PathBuf {
    const WANTED: &'static str = "a path to a file";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        text(kind).filter(|text| !text.is_empty()).map(Self::from)
    }
}

/// A file that may be left out.
impl FromSetting for Option<PathBuf> {
    const WANTED: &'static str = "a path to a file, or \"\" for none";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        text(kind).map(|text| (!text.is_empty()).then(|| text.into()))
    }
}

impl FromSetting for Option<String> {
    const WANTED: &'static str = "a text, or \"\" for none";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        text(kind).map(|text| (!text.is_empty()).then(|| text.to_owned()))
    }
}

impl FromSetting for Option<SecretString> {
    const WANTED: &'static str = "a text, or \"\" for none";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        text(kind).map(|text| (!text.is_empty()).then(|| text.to_owned().into()))
    }
}

impl FromSetting for Option<ServerAddress> {
    const WANTED: &'static str = "a host and a port, such as \"smtp.example.com:587\", or \"\" for no mail";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        match text(kind)? {
            "" => Some(None),
            text => ServerAddress::parse(text).map(Some),
        }
    }
}

impl FromSetting for Option<SenderAddress> {
    const WANTED: &'static str = "an e-mail address, with or without a name: \"ACME <no-reply@example.com>\"";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        match text(kind)? {
            "" => Some(None),
            text => SenderAddress::parse(text).map(Some),
        }
    }
}

impl FromSetting for Security {
    const WANTED: &'static str = "\"starttls\", \"tls\" or \"none\"";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        match text(kind)? {
            "starttls" => Some(Self::StartTls),
            "tls" => Some(Self::Tls),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// The one setting of this type is the database's address.
impl FromSetting for SecretString {
    const WANTED: &'static str =
        "an address that begins with sqlite: (and a file) or postgres:// (and a host)";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let url = text(kind)?;
        let known = match url.split_once(':')? {
            ("sqlite", rest) => !rest.trim_start_matches("//").is_empty(),
            ("postgres" | "postgresql", rest) => rest.starts_with("//"),
            _ => false,
        };
        known.then(|| url.to_owned().into())
    }
}

/// A relative SQLite file is one in `folder`. Anything else stays as it is.
pub(super) fn resolve_database(url: &SecretString, folder: &Path) -> SecretString {
    let Some(rest) = url.expose_secret().strip_prefix("sqlite:") else { return url.clone() };
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    if rest.starts_with(['/', ':']) || rest.starts_with("file:") {
        return url.clone();
    }
    // The driver takes the file's name as percent-encoded, up to a question mark.
    let folder = folder.display().to_string().replace('%', "%25").replace('?', "%3F");
    format!("sqlite://{}/{rest}", folder.trim_end_matches('/')).into()
}

/// Whom push services may contact: a mailto: or https: address (RFC 8292, section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VapidSubject(String);

impl VapidSubject {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromSetting for Option<VapidSubject> {
    const WANTED: &'static str = "\"mailto:you@example.com\", an https URL, or \"\" for none";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let text = text(kind)?;
        if text.is_empty() {
            return Some(None);
        }
        let url = Url::parse(text).ok()?;
        let usable = match url.scheme() {
            "mailto" => {
                url.path().split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
            }
            "https" => url.has_host(),
            _ => false,
        };
        // Some push services take nothing but the plain form: no "Name <address>", no spaces.
        (usable && !text.contains(|c: char| c.is_whitespace() || "<>".contains(c)))
            .then(|| Some(VapidSubject(text.to_owned())))
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Which log lines are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromSetting for LogFilter {
    const WANTED: &'static str =
        "error, warn, info, debug, trace or off, or a list such as \"info,sqlx=warn\"";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let text = text(kind)?;
        // A bare word that is no level would be taken for the name of a part: `level = "inof"` would
        // write nothing but what the part `inof` says.
        let level = |word: &str| LEVELS.contains(&word.to_ascii_lowercase().as_str());
        let each = |part: &str| level(part) || part.rsplit_once('=').is_some_and(|(_, last)| level(last));
        let usable = text.split(',').all(|part| each(part.trim()));
        (usable && EnvFilter::builder().parse(text).is_ok()).then(|| Self(text.to_owned()))
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromSetting for LogFormat {
    const WANTED: &'static str = "\"text\" or \"json\"";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        match text(kind)? {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

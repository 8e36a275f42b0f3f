//! What an account at Apple or Google is described by.

use ::config::ValueKind;
use url::Url;

use super::{FromSetting, text};

/// The id of a key or a team at Apple: 10 capital letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppleId(String);

impl AppleId {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromSetting for Option<AppleId> {
    const WANTED: &'static str = "10 capital letters and digits, such as \"ABC1234567\", or \"\" for none";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let text = text(kind)?;
        let usual = text.len() == 10 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        match text {
            "" => Some(None),
            _ => usual.then(|| Some(AppleId(text.to_owned()))),
        }
    }
}

/// The bundle ids of apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleIds(Vec<String>);

impl BundleIds {
    /// As they are written.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl FromSetting for BundleIds {
    const WANTED: &'static str =
        "bundle ids of letters, digits, \"-\" and \".\", such as [\"com.example.login\"]";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let ids: Option<Vec<String>> = match kind {
            ValueKind::Array(items) => items.iter().map(|item| bundle_id(text(&item.kind)?)).collect(),
            ValueKind::String(list) => list.split(',').map(bundle_id).collect(),
            _ => None,
        };
        ids.map(Self)
    }
}

fn bundle_id(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    ((1..=155).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}

/// An https address without user, query and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsUrl(Url);

impl HttpsUrl {
    /// The address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromSetting for HttpsUrl {
    const WANTED: &'static str = "an https address, such as \"https://push.example.com\"";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let url = Url::parse(text(kind)?).ok()?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        (url.scheme() == "https" && url.has_host() && bare).then_some(Self(url))
    }
}

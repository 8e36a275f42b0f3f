//! The least versions of apps.

use ::config::ValueKind;
use countersign_protocol::app::{AppVersion, Version};

use super::{FromSetting, text};

/// The least version of a platform's apps, as many platforms as are named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MinimumVersions(Vec<(String, Version)>);

impl MinimumVersions {
    /// Whether an app is older than its platform's least version.
    #[must_use]
    pub fn refuse(&self, app: &AppVersion) -> bool {
        self.0.iter().any(|(platform, least)| *platform == app.platform && app.version < *least)
    }
}

impl FromSetting for MinimumVersions {
    const WANTED: &'static str = "platforms and versions, such as [\"ios 2.4\", \"android 2.4.1\"]";
    fn from_setting(kind: &ValueKind) -> Option<Self> {
        let each: Option<Vec<_>> = match kind {
            ValueKind::Array(items) => items.iter().map(|item| one(text(&item.kind)?)).collect(),
            ValueKind::String(list) if list.trim().is_empty() => Some(Vec::new()),
            ValueKind::String(list) => list.split(',').map(one).collect(),
            _ => None,
        };
        each.map(Self)
    }
}

fn one(text: &str) -> Option<(String, Version)> {
    let (platform, version) = text.trim().split_once(' ')?;
    let plain = platform.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (plain && !platform.is_empty()).then_some((platform.to_owned(), version.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_held_to_its_platforms_version() {
        let least = MinimumVersions::from_setting(&ValueKind::String("ios 2.4, android 3".into())).unwrap();
        let refused = |app: &str| least.refuse(&app.parse().unwrap());
        assert!(refused("ios a.b/2.3.9") && refused("android a.b/2.99"));
        assert!(!refused("ios a.b/2.4") && !refused("ios a.b/2.10") && !refused("desk a.b/0.1"));
        for wrong in ["ios", "ios x", "iOS 2", "2.4", "ios 2,"] {
            assert_eq!(MinimumVersions::from_setting(&ValueKind::String(wrong.into())), None, "{wrong}");
        }
    }
}

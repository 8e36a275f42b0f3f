//! Which app speaks: a header of each of a phone's requests. Nothing rests on it but a friendly word to people
//! whose app is too old: it is not signed.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The header's name.
pub const APP_HEADER: &str = "countersign-app";

/// The longest value that is read, in bytes.
const LONGEST: usize = 200;

/// `ios com.example.signin/2.4.1`: platform, app, version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppVersion {
    /// The system: `ios`, `android`, `desk`.
    pub platform: String,
    /// The app, as its platform names it.
    pub app: String,
    /// Its version.
    pub version: Version,
}

impl fmt::Display for AppVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.platform, self.app, self.version)
    }
}

/// The text is no such header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this names no app and version")]
pub struct NotAnApp;

impl FromStr for AppVersion {
    type Err = NotAnApp;

    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let (platform, rest) = text.split_once(' ').ok_or(NotAnApp)?;
        let (app, version) = rest.rsplit_once('/').ok_or(NotAnApp)?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() > LONGEST || !plain(platform) || !plain(app) {
            return Err(NotAnApp);
        }
        Ok(Self { platform: platform.to_owned(), app: app.to_owned(), version: version.parse()? })
    }
}

/// A version: numbers between dots, compared one by one; what is missing is 0. What follows the numbers
/// (`-beta.1`, `+7`) counts for nothing.
#[derive(Clone, Debug)]
pub struct Version(Vec<u32>);

impl FromStr for Version {
    type Err = NotAnApp;

    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let numbers = text.split(['-', '+', ' ']).next().unwrap_or_default();
        let parts: Result<Vec<u32>, _> = numbers.split('.').map(str::parse).collect();
        parts.map(Self).map_err(|_| NotAnApp)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let part = |version: &Self, place: usize| version.0.get(place).copied().unwrap_or(0);
        let places = 0..self.0.len().max(other.0.len());
        places
            .map(|place| part(self, place).cmp(&part(other, place)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_compared_number_by_number() {
        assert!(version("2.10") > version("2.9.9"));
        assert!(version("3") > version("2.99"));
        assert_eq!(version("2.4"), version("2.4.0-beta.1"));
        assert_eq!(version("1.2+77"), version("1.2"));
        for wrong in ["", "v2", "2..1", "2.x", "99999999999"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_header_is_read_as_it_is_written() {
        let text = "ios com.example.signin/2.4.1";
        assert_eq!(text.parse::<AppVersion>().unwrap().to_string(), text);
        for wrong in ["", "ios", "ios x", "ios /1", " x/1", "ios x/", "ios a b/c"] {
            assert!(wrong.parse::<AppVersion>().is_err(), "{wrong}");
        }
    }
}

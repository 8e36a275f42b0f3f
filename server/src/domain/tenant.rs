//! A tenant: one customer organisation and its rules.

use std::fmt;

use countersign_protocol::ids::TenantId;

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::policy::asked::Facts;
use super::push_limits::PushLimits;

/// A tenant as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, for people: "ACME".
    pub name: String,
    /// Whether phones must keep their keys in hardware.
    pub require_hardware_keys: bool,
    /// How often a user's phones may be pushed.
    pub push_limits: PushLimits,
    /// Its rules of signing in.
    pub policy: Policy,
    /// What whoever runs the server says of it.
    pub facts: Facts,
    /// Counts the changes of both.
    pub revision: i64,
}

/// When the phone asks for the number that the browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberRule {
    /// When something is unusual: see [`crate::domain::requirement`].
    #[default]
    WhenUnusual,
    /// Each time.
    Always,
    /// At no time.
    Never,
}

impl NumberRule {
    /// As the database and the command line spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WhenUnusual => "when-unusual",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::WhenUnusual, Self::Always, Self::Never].into_iter().find(|rule| rule.as_str() == text)
    }
}

/// How many digits a number has: 2, 3 or 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct NumberDigits(u8);

impl NumberDigits {
    /// 2, 3 or 6; anything else is none.
    #[must_use]
    pub fn new(digits: u8) -> Option<Self> {
        matches!(digits, 2 | 3 | 6).then_some(Self(digits))
    }

    /// The count.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for NumberDigits {
    type Error = &'static str;

    fn try_from(digits: u8) -> Result<Self, Self::Error> {
        Self::new(digits).ok_or("a number has 2, 3 or 6 digits")
    }
}

impl From<NumberDigits> for u8 {
    fn from(digits: NumberDigits) -> Self {
        digits.get()
    }
}

impl Default for NumberDigits {
    fn default() -> Self {
        Self(2)
    }
}

/// Where a tenant is reached: scheme and authority (RFC 3986, section 3.2), such as
/// `https://login.example.com`. Plain http is for loopback alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    secure: bool,
    authority: String,
}

/// Why an address cannot be a tenant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not `https://host` or `https://host:port`.
    #[error("write it as https://login.example.com, without a path")]
    Malformed,
    /// Plain http to another machine.
    #[error("plain http is for localhost alone: passwords and cookies would travel in the open; use https")]
    PlainHttp,
}

impl Origin {
    /// Reads `https://host[:port]`, or `http://` where the host is loopback.
    ///
    /// # Errors
    /// [`OriginError`], whose text says how to write it.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let url = url::Url::parse(text).map_err(|_| OriginError::Malformed)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::Malformed);
        }
        let secure = match url.scheme() {
            "https" => true,
            "http" if is_loopback(&url) => false,
            "http" => return Err(OriginError::PlainHttp),
            _ => return Err(OriginError::Malformed),
        };
        let host = url.host_str().ok_or(OriginError::Malformed)?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { secure, authority })
    }

    /// Whether it is https: decides how cookies are marked.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Host and port, as a `Host` header has it.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host alone: what passkeys are bound to.
    #[must_use]
    pub fn host(&self) -> &str {
        let port = self.authority.rfind(':').filter(|at| !self.authority[*at..].contains(']'));
        port.map_or(&self.authority, |at| &self.authority[..at])
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for good in
            ["https://login.example.com", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:9"]
        {
            assert_eq!(Origin::parse(good).unwrap().to_string(), good);
        }
        assert_eq!(Origin::parse("http://login.example.com"), Err(OriginError::PlainHttp));
        assert_eq!(Origin::parse("http://localhost.example.com"), Err(OriginError::PlainHttp));
        for bad in ["login.example.com", "https://a/b", "https://u@a", "ftp://a", "https://a?x", ""] {
            assert_eq!(Origin::parse(bad), Err(OriginError::Malformed), "{bad}");
        }
    }

    #[test]
    fn a_host_has_no_port() {
        let host = |text| Origin::parse(text).unwrap().host().to_owned();
        assert_eq!(host("https://login.example.com:8443"), "login.example.com");
        assert_eq!(host("https://login.example.com"), "login.example.com");
        assert_eq!(host("http://[::1]:9"), "[::1]");
        assert_eq!(host("http://[::1]"), "[::1]");
    }

    #[test]
    fn a_standard_port_is_not_spelt() {
        assert_eq!(Origin::parse("https://Login.Example.com:443/").unwrap().authority(), "login.example.com");
    }
}

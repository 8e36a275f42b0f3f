//! What the settings say about mail, in types that hold nothing else.

use std::fmt;

use lettre::message::Mailbox;

/// Where the mail server is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerAddress {
    /// A name or an address; an IPv6 address without brackets. The certificate has to be for it.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl ServerAddress {
    /// Reads `host:port`; an IPv6 address stands in brackets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = match host.strip_prefix('[') {
            Some(rest) => {
                let inner = rest.strip_suffix(']')?;
                inner.parse::<std::net::Ipv6Addr>().ok()?;
                inner
            }
            None => host,
        };
        let known = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c) || text.starts_with('[');
        let port = port.parse().ok().filter(|port| *port != 0)?;
        (!host.is_empty() && host.chars().all(known)).then(|| Self { host: host.to_owned(), port })
    }

    /// Whether it is this computer, as far as the name says.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_end_matches('.').to_ascii_lowercase();
        host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }
}

/// How the connection to the mail server is kept from others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// Plain at first, then TLS or nothing (RFC 3207): usually port 587.
    StartTls,
    /// TLS from the first byte (RFC 8314, section 3.3): usually port 465.
    Tls,
    /// None: for a mail server on this computer.
    None,
}

/// From whom mail comes: a name, if wanted, and an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderAddress(pub(super) Mailbox);

impl SenderAddress {
    /// Reads `no-reply@example.com` or `Countersign <no-reply@example.com>`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mailbox: Mailbox = text.parse().ok()?;
        let odd = mailbox.name.as_deref().is_some_and(|name| name.contains(char::is_control));
        (!odd).then_some(Self(mailbox))
    }
}

impl fmt::Debug for SenderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port() {
        let parsed = |text| ServerAddress::parse(text).map(|server| (server.host, server.port));
        assert_eq!(parsed("smtp.example.com:587"), Some(("smtp.example.com".into(), 587)));
        assert_eq!(parsed("[::1]:25"), Some(("::1".into(), 25)));
        for bad in
            ["", "smtp.example.com", ":25", "a:0", "a:70000", "::1:25", "smtp://a:25", "a b:25", "[a]:25"]
        {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }

    #[test]
    fn this_computer_is_told_by_its_name() {
        let local = |text| ServerAddress::parse(text).unwrap().is_loopback();
        for here in ["localhost:25", "LOCALHOST.:25", "127.0.0.1:25", "127.8.8.8:1025", "[::1]:25"] {
            assert!(local(here), "{here}");
        }
        for elsewhere in ["localhost.example.com:25", "10.0.0.1:25", "[2001:db8::1]:25", "mail:25"] {
            assert!(!local(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for good in ["no-reply@example.com", "ACME <no-reply@example.com>", "東京支社 <a@example.jp>"] {
            assert!(SenderAddress::parse(good).is_some(), "{good}");
        }
        for bad in ["", "ACME", "ACME <>", "a@", "a@b@c", "A\nBcc: b@example.com <a@example.com>"] {
            assert!(SenderAddress::parse(bad).is_none(), "{bad}");
        }
    }
}

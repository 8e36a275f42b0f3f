//! Which pairing links are followed.
//!
//! An origin is read by the few rules that it has (RFC 6454, section 6.2; hosts as the WHATWG's URL standard writes
//! them) and not by a URL library: those bring the tables of all internationalised names, and a server's name is in
//! ASCII here.

use core::net::{Ipv4Addr, Ipv6Addr};

use countersign_protocol::pairing::PairingLink;

use crate::error::Reason;

/// Reads a link, and refuses servers without TLS unless they are this very computer.
pub(crate) fn parse(text: &str) -> Result<PairingLink, Reason> {
    let link: PairingLink = text.parse().map_err(|_| Reason::NotAPairingLink)?;
    let origin = Origin::parse(&link.origin).ok_or(Reason::NotAPairingLink)?;
    if origin.tls || origin.host.is_loopback() { Ok(link) } else { Err(Reason::InsecureServer) }
}

/// An origin in its one spelling: it is compared as text in every statement.
struct Origin<'a> {
    tls: bool,
    host: Host<'a>,
}

enum Host<'a> {
    Name(&'a str),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl<'a> Origin<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (tls, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://")?),
        };
        // The colons of an IPv6 address stand in brackets.
        let after_host = rest.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match rest[after_host..].find(':') {
            Some(colon) => (&rest[..after_host + colon], Some(&rest[after_host + colon + 1..])),
            None => (rest, None),
        };
        let usual = if tls { "443" } else { "80" };
        if port.is_some_and(|port| port == usual || !is_port(port)) {
            return None;
        }
        Some(Self { tls, host: Host::parse(host)? })
    }
}

impl<'a> Host<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            // Other spellings of one address are other origins to its server, which refuses them.
            return address.parse().ok().map(Self::V6);
        }
        // Whatever ends like an IPv4 address is one to a browser, however odd.
        let last = text.rsplit('.').next()?;
        if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
            return text.parse().ok().map(Self::V4);
        }
        (text.len() <= 253 && text.split('.').all(is_label)).then_some(Self::Name(text))
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
            Self::Name(name) => *name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

/// One part of a name: RFC 1035, section 2.3.1, with digits and underscores wherever they stand.
fn is_label(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    (1..=63).contains(&text.len()) && text.bytes().all(plain)
}

fn is_port(text: &str) -> bool {
    !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "/pair#01890a5d-ac96-774b-bcce-b302099a8057.AAAAAAAAAAAAAAAAAAAAAA.\
                        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn only_tls_or_this_computer() {
        for good in [
            "https://login.example.com",
            "https://login.example.com:8443",
            "https://xn--bcher-kva.example",
            "https://192.168.1.2",
            "https://[2001:db8::1]:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://[::1]",
            "http://localhost:8080",
            "http://acme.localhost:8080",
        ] {
            assert_eq!(parse(&format!("{good}{REST}")).map(|link| link.origin), Ok(good.to_owned()));
        }
        for plain in [
            "http://login.example.com",
            "http://192.168.1.2:8080",
            "http://[2001:db8::1]",
            "http://localhost.example.com",
            "http://notlocalhost",
        ] {
            assert_eq!(parse(&format!("{plain}{REST}")), Err(Reason::InsecureServer), "{plain}");
        }
    }

    #[test]
    fn an_origin_has_one_spelling() {
        for odd in [
            "",
            "https://",
            "https://Login.example.com",
            "https://login.example.com:443",
            "http://localhost:80",
            "https://login.example.com:",
            "https://login.example.com:0",
            "https://login.example.com:08443",
            "https://login.example.com:65536",
            "https://login.example.com:8443:8443",
            "https://login.example.com.",
            "https://login..example.com",
            "https://.example.com",
            "https://ada@example.com",
            "https://bücher.example",
            "https://127.1",
            "https://127.0.0.01",
            "https://0x7f.1",
            "https://1.2.3.4.5",
            "https://[12345::]",
            "https://[localhost]",
            "https://[::1",
            "https://::1",
            "https://[::1]8080",
            "https://[::1]]",
            "https://example.com]",
            "ftp://a.example",
        ] {
            assert_eq!(parse(&format!("{odd}{REST}")), Err(Reason::NotAPairingLink), "{odd}");
        }
        assert_eq!(parse("https://login.example.com/pair"), Err(Reason::NotAPairingLink));
    }
}

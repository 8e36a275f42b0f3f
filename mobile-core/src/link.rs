//! Which pairing links are followed.

use countersign_protocol::pairing::PairingLink;
use url::{Host, Url};

use crate::error::Reason;

/// Reads a link, and refuses servers without TLS unless they are this very computer.
pub(crate) fn parse(text: &str) -> Result<PairingLink, Reason> {
    let link: PairingLink = text.parse().map_err(|_| Reason::NotAPairingLink)?;
    let url = Url::parse(&link.origin).map_err(|_| Reason::NotAPairingLink)?;
    // The origin is compared as text in every statement, so it must be spelt in the one canonical way.
    if url.origin().ascii_serialization() != link.origin {
        return Err(Reason::NotAPairingLink);
    }
    match url.scheme() {
        "https" => Ok(link),
        "http" if is_loopback(&url) => Ok(link),
        _ => Err(Reason::InsecureServer),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
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
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost:8080",
            "http://acme.localhost:8080",
        ] {
            assert_eq!(parse(&format!("{good}{REST}")).map(|link| link.origin), Ok(good.to_owned()));
        }
        for plain in ["http://login.example.com", "http://192.168.1.2:8080", "http://localhost.example.com"] {
            assert_eq!(parse(&format!("{plain}{REST}")), Err(Reason::InsecureServer), "{plain}");
        }
    }

    #[test]
    fn an_origin_has_one_spelling() {
        for odd in ["https://Login.example.com", "https://login.example.com:443", "ftp://a.example", ""] {
            assert_eq!(parse(&format!("{odd}{REST}")), Err(Reason::NotAPairingLink), "{odd}");
        }
        assert_eq!(parse("https://login.example.com/pair"), Err(Reason::NotAPairingLink));
    }
}

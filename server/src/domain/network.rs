//! Network addresses: whose request it is, where that is, and whether two are near each other.
//!
//! `X-Forwarded-For` is written by whoever sends a request and then added to, on its right, by each
//! proxy. So it is believed only as far as proxies that the operator named have written it: read from
//! the right, up to the first address that is not such a proxy. What cannot be read is an error and not
//! a guess, since an address decides on limits and on whether a login looks unusual.

use std::net::{IpAddr, SocketAddr};

use countersign_protocol::approval::Place;
use ipnet::IpNet;

/// `X-Forwarded-For`, as a trusted proxy sent it, has an entry that is not an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the X-Forwarded-For header of a trusted proxy has an entry that is not an address")]
pub struct UnreadableForwardedFor;

/// Whose request it is: the address nearest to the server that is not a trusted proxy.
///
/// `peer` is the other end of the connection, `forwarded_for` the `X-Forwarded-For` header; where there
/// are several, all of them joined by commas in the order received (RFC 9110, section 5.3). It is
/// believed only if `peer` is a trusted proxy. A trusted proxy without the header speaks for itself.
///
/// # Errors
/// [`UnreadableForwardedFor`] if an entry that had to be read is not an address.
pub fn client_address(
    peer: IpAddr,
    forwarded_for: Option<&str>,
    trusted_proxies: &[IpNet],
) -> Result<IpAddr, UnreadableForwardedFor> {
    let trusted = |address: &IpAddr| trusted_proxies.iter().any(|net| net.contains(address));
    let mut client = canonical(peer);
    let Some(forwarded_for) = forwarded_for else { return Ok(client) };
    let mut entries = forwarded_for.rsplit(',');
    while trusted(&client) {
        // All of them are trusted proxies: then the farthest one is the client.
        let Some(entry) = entries.next() else { break };
        client = parse_entry(entry.trim()).ok_or(UnreadableForwardedFor)?;
    }
    Ok(client)
}

/// An address, with or without port: some proxies write `203.0.113.7:51000` or `[2001:db8::7]:51000`.
fn parse_entry(entry: &str) -> Option<IpAddr> {
    let bare = || entry.parse::<IpAddr>().ok();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let in_brackets = || Some(IpAddr::V6(entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?));
    bare().or_else(with_port).or_else(in_brackets).map(canonical)
}

/// The one spelling of an address: an IPv4 address that a dual-stack socket shows as IPv6
/// (`::ffff:192.0.2.1`) is IPv4.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Where an address is, as far as the address itself says.
#[must_use]
pub fn place(address: IpAddr) -> Place {
    let address = canonical(address);
    let private = match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    match address {
        _ if address.is_loopback() => Place::ThisComputer,
        _ if private => Place::PrivateNetwork,
        _ => Place::Unknown,
    }
}

/// Whether two addresses are likely the same place: IPv4 by their first 24 bits, IPv6 by their first
/// 48, which is what one site is given (RFC 6177).
#[must_use]
pub fn same_network(a: IpAddr, b: IpAddr) -> bool {
    match (canonical(a), canonical(b)) {
        (IpAddr::V4(a), IpAddr::V4(b)) => a.octets()[..3] == b.octets()[..3],
        (IpAddr::V6(a), IpAddr::V6(b)) => a.octets()[..6] == b.octets()[..6],
        _ => false,
    }
}

/// What stands for whoever is at an address: of IPv6, one customer has at least the first 64 bits and may
/// use another of their addresses each time.
#[must_use]
pub fn whose(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_customer_of_ipv6_is_one_whatever_the_address() {
        assert_eq!(whose(ip("2001:db8:1:2:aaaa::1")), whose(ip("2001:db8:1:2::7")));
        assert_ne!(whose(ip("2001:db8:1:2::7")), whose(ip("2001:db8:1:3::7")));
        assert_eq!(whose(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        assert_ne!(whose(ip("192.0.2.1")), whose(ip("192.0.2.2")));
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "2001:db8:ffff::/48".parse().unwrap()];
        let cases = [
            // peer, header, client
            ("198.51.100.9", None, Some("198.51.100.9")),
            // A stranger's header is worth nothing, readable or not.
            ("198.51.100.9", Some("203.0.113.1"), Some("198.51.100.9")),
            ("198.51.100.9", Some("garbage"), Some("198.51.100.9")),
            ("10.0.0.1", None, Some("10.0.0.1")),
            ("10.0.0.1", Some("203.0.113.1"), Some("203.0.113.1")),
            ("::ffff:10.0.0.1", Some("203.0.113.1"), Some("203.0.113.1")),
            // What the client wrote itself stands on the left and is not reached.
            ("10.0.0.1", Some("127.0.0.1, 203.0.113.1"), Some("203.0.113.1")),
            ("10.0.0.1", Some("nonsense,203.0.113.1"), Some("203.0.113.1")),
            ("10.0.0.1", Some("1.2.3.4, 203.0.113.1, 10.0.0.7"), Some("203.0.113.1")),
            ("10.0.0.1", Some("1.2.3.4, 10.9.9.9, 203.0.113.1,10.0.0.7"), Some("203.0.113.1")),
            ("10.0.0.1", Some("10.0.0.3, 10.0.0.2"), Some("10.0.0.3")),
            ("10.0.0.1", Some("203.0.113.1:51000"), Some("203.0.113.1")),
            ("10.0.0.1", Some("::ffff:203.0.113.1"), Some("203.0.113.1")),
            ("10.0.0.1", Some("203.0.113.1, ::ffff:10.0.0.7"), Some("203.0.113.1")),
            ("2001:db8:ffff::1", Some("2001:db8::7"), Some("2001:db8::7")),
            ("2001:db8:ffff::1", Some("[2001:db8::7]:443"), Some("2001:db8::7")),
            ("2001:db8:ffff::1", Some("[2001:db8::7]"), Some("2001:db8::7")),
            // A trusted proxy that cannot be read: no answer.
            ("10.0.0.1", Some(""), None),
            ("10.0.0.1", Some("unknown"), None),
            ("10.0.0.1", Some("203.0.113.1,"), None),
            ("10.0.0.1", Some("203.0.113.1, , 10.0.0.7"), None),
            ("10.0.0.1", Some("203.0.113.01"), None),
            ("10.0.0.1", Some("203.0.113.1 10.0.0.7"), None),
            ("10.0.0.1", Some("[203.0.113.1]"), None),
            ("10.0.0.1", Some("app.example.com"), None),
        ];
        for (peer, header, client) in cases {
            let expected = client.map(ip).ok_or(UnreadableForwardedFor);
            assert_eq!(client_address(ip(peer), header, &proxies), expected, "{peer} {header:?}");
        }
    }

    #[test]
    fn without_trusted_proxies_the_peer_is_the_client() {
        assert_eq!(client_address(ip("::ffff:127.0.0.1"), Some("8.8.8.8"), &[]), Ok(ip("127.0.0.1")));
    }

    #[test]
    fn places() {
        use Place::{PrivateNetwork, ThisComputer, Unknown};
        let cases = [
            (ThisComputer, &["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"][..]),
            (PrivateNetwork, &["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.3.4"]),
            (PrivateNetwork, &["fd12:3456::1", "fc00::1", "fe80::1", "::ffff:192.168.0.1"]),
            (Unknown, &["8.8.8.8", "172.32.0.1", "100.64.0.1", "0.0.0.0", "2a00:1450::1", "::"]),
        ];
        for (expected, addresses) in cases {
            for address in addresses {
                assert_eq!(place(ip(address)), expected, "{address}");
            }
        }
    }

    #[test]
    fn networks() {
        let cases = [
            (true, "198.51.100.1", "198.51.100.254"),
            (true, "198.51.100.1", "::ffff:198.51.100.2"),
            (true, "2001:db8:1:1::1", "2001:db8:1:ffff::9"),
            (false, "198.51.100.1", "198.51.101.1"),
            (false, "2001:db8:1::1", "2001:db8:2::1"),
            (false, "198.51.100.1", "2001:db8::1"),
            (false, "0.0.0.0", "::"),
        ];
        for (expected, a, b) in cases {
            assert_eq!(same_network(ip(a), ip(b)), expected, "{a} {b}");
            assert_eq!(same_network(ip(b), ip(a)), expected, "{b} {a}");
        }
    }
}

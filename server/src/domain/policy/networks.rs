//! The networks that a policy knows: those where the password is enough, and those outside of which nobody
//! signs in.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use crate::domain::network::canonical;

/// The networks of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Networks {
    /// Where the password is enough.
    #[serde(deserialize_with = "read")]
    pub trusted: Vec<IpNet>,
    /// Where one may sign in; anywhere, if there is none.
    #[serde(deserialize_with = "read")]
    pub allowed: Vec<IpNet>,
}

impl Networks {
    /// Whether the second step is skipped there.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        holds(&self.trusted, address)
    }

    /// Whether one may sign in from there.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allowed.is_empty() || holds(&self.allowed, address)
    }

    pub(super) fn count(&self) -> usize {
        self.trusted.len() + self.allowed.len()
    }
}

fn holds(networks: &[IpNet], address: IpAddr) -> bool {
    let address = canonical(address);
    networks.iter().any(|network| network.contains(&address))
}

/// Reads a network, or an address that is one: `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.7`. None if it is neither,
/// or has bits behind its prefix: `192.0.2.7/24` may be meant as either.
#[must_use]
pub fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    let network = as_ipv4(network);
    (network == network.trunc()).then_some(network)
}

/// An IPv4 network that is written as IPv6 (`::ffff:192.0.2.0/120`) is IPv4: so addresses are looked up.
fn as_ipv4(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let mapped: Option<Ipv4Addr> = v6.addr().to_ipv4_mapped();
    let inside = v6.prefix_len().checked_sub(96);
    mapped
        .zip(inside)
        .and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok())
        .map_or(network, IpNet::V4)
}

fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let one = |text: String| {
        parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("“{text}” is not a network: write 192.0.2.0/24")))
    };
    texts.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_one_spelling_and_a_slip_of_the_pen_is_no_network() {
        for (text, network) in [
            ("192.0.2.0/24", Some("192.0.2.0/24")),
            (" 192.0.2.7 ", Some("192.0.2.7/32")),
            ("::ffff:192.0.2.0/120", Some("192.0.2.0/24")),
            ("::ffff:192.0.2.7", Some("192.0.2.7/32")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("192.0.2.7/24", None),
            ("192.0.2.0/33", None),
            ("192.0.2", None),
            ("office", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(|found| found.to_string()).as_deref(), network, "{text}");
        }
    }

    #[test]
    fn an_address_is_found_however_it_is_written_and_nothing_is_trusted_by_itself() {
        let office = vec![parse("192.0.2.0/24").unwrap(), parse("2001:db8::/32").unwrap()];
        let networks = Networks { trusted: office.clone(), allowed: office };
        for inside in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1"] {
            let address: IpAddr = inside.parse().unwrap();
            assert!(networks.trusts(address) && networks.allows(address), "{inside}");
        }
        for outside in ["192.0.3.7", "::ffff:192.0.3.7", "2001:db9::1", "::192.0.2.7", "0.0.0.0"] {
            let address: IpAddr = outside.parse().unwrap();
            assert!(!networks.trusts(address) && !networks.allows(address), "{outside}");
        }
        let nothing = Networks::default();
        assert!(!nothing.trusts([127, 0, 0, 1].into()) && nothing.allows([127, 0, 0, 1].into()));
    }
}

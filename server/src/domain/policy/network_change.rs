//! What a change of a policy's networks means to those who sign in from there.

use ipnet::IpNet;

use super::networks::Networks;

/// From where a sign-in is another one than before. What other networks of the policy hold is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkChange {
    /// Where the password is enough, and was not before.
    pub trusted: Vec<IpNet>,
    /// Where it is enough no longer.
    pub untrusted: Vec<IpNet>,
    /// From where one may sign in.
    pub allowed: Allowed,
}

/// From where one may sign in, after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Allowed {
    /// From where one might before.
    #[default]
    Same,
    /// From these networks alone; it was from anywhere.
    Only(Vec<IpNet>),
    /// From anywhere; it was from some networks alone.
    Anywhere,
    /// From other networks than before.
    Others {
        /// From where one may now.
        opened: Vec<IpNet>,
        /// From where one may not any more.
        closed: Vec<IpNet>,
    },
}

impl NetworkChange {
    /// What it means that other networks follow.
    #[must_use]
    pub fn new(before: &Networks, after: &Networks) -> Self {
        let allowed = match (before.allowed.is_empty(), after.allowed.is_empty()) {
            (true, true) => Allowed::Same,
            (true, false) => Allowed::Only(after.allowed.clone()),
            (false, true) => Allowed::Anywhere,
            (false, false) => {
                let opened = beyond(&after.allowed, &before.allowed);
                let closed = beyond(&before.allowed, &after.allowed);
                let same = opened.is_empty() && closed.is_empty();
                if same { Allowed::Same } else { Allowed::Others { opened, closed } }
            }
        };
        Self {
            trusted: beyond(&after.trusted, &before.trusted),
            untrusted: beyond(&before.trusted, &after.trusted),
            allowed,
        }
    }

    /// Whether nobody's sign-in is another one, from wherever.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Those of the networks with an address that others do not hold.
fn beyond(networks: &[IpNet], others: &[IpNet]) -> Vec<IpNet> {
    // Two halves of a network hold it.
    let others = IpNet::aggregate(&others.to_vec());
    let held = |network: &IpNet| others.iter().any(|other| other.contains(network));
    networks.iter().filter(|network| !held(network)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(list: &[&str]) -> Vec<IpNet> {
        list.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn change(before: [&[&str]; 2], after: [&[&str]; 2]) -> NetworkChange {
        let networks =
            |[trusted, allowed]: [&[&str]; 2]| Networks { trusted: nets(trusted), allowed: nets(allowed) };
        NetworkChange::new(&networks(before), &networks(after))
    }

    #[test]
    fn what_is_trusted_or_is_no_longer_is_named() {
        let all = change([&[], &[]], [&["0.0.0.0/0"], &[]]);
        assert_eq!(all.trusted, nets(&["0.0.0.0/0"]));
        assert!(!all.is_none() && all.untrusted.is_empty());
        let back = change([&["0.0.0.0/0"], &[]], [&["192.0.2.0/24"], &[]]);
        assert_eq!((back.trusted, back.untrusted), (nets(&[]), nets(&["0.0.0.0/0"])));
    }

    #[test]
    fn the_same_addresses_written_otherwise_are_no_change() {
        let halves: &[&str] = &["192.0.2.0/25", "192.0.2.128/25"];
        assert!(change([&["192.0.2.0/24"], halves], [halves, &["192.0.2.0/24"]]).is_none());
        assert!(change([&[], &["192.0.2.0/24"]], [&[], &["192.0.2.0/24", "192.0.2.7/32"]]).is_none());
    }

    #[test]
    fn from_where_one_may_sign_in_is_told() {
        let office: &[&str] = &["192.0.2.0/24"];
        assert_eq!(change([&[], &[]], [&[], office]).allowed, Allowed::Only(nets(office)));
        assert_eq!(change([&[], office], [&[], &[]]).allowed, Allowed::Anywhere);
        let moved = change([&[], office], [&[], &["2001:db8::/32"]]);
        let others = Allowed::Others { opened: nets(&["2001:db8::/32"]), closed: nets(office) };
        assert_eq!(moved.allowed, others);
    }
}

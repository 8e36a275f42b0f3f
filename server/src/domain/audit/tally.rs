//! What anybody can cause without end, such as wrong passwords, must not fill the disk with audit lines: so many in a
//! minute are told one by one, the others are counted. Whether the name that was typed is somebody's plays no part.

use std::collections::HashMap;
use std::net::IpAddr;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;

use crate::domain::network;

/// How many lines an event has in a minute, of what comes from one address.
pub const OF_AN_ADDRESS: u32 = 30;
/// How many it has in a minute in one tenant, from wherever it comes.
pub const OF_A_TENANT: u32 = 300;

type What = (TenantId, &'static str);

/// The lines of the present minute, and what was only counted.
#[derive(Debug, Default)]
pub struct Tally {
    minute: i64,
    of_tenants: HashMap<What, u32>,
    // No more than there are lines: an address has a place only by a line.
    of_addresses: HashMap<(What, IpAddr), u32>,
    held_back: HashMap<(What, Option<IpAddr>), u64>,
}

/// What was counted instead of told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// In which tenant.
    pub tenant: TenantId,
    /// The event.
    pub event: &'static str,
    /// From where, as [`network::whose`] has it; none if it came from very many addresses.
    pub address: Option<IpAddr>,
    /// How often.
    pub count: u64,
}

impl Tally {
    /// Whether a line is to be written of what happened now; if not, it is counted.
    pub fn admits(&mut self, tenant: TenantId, event: &'static str, from: IpAddr, now: Timestamp) -> bool {
        let minute = now.seconds().div_euclid(60);
        if minute != self.minute {
            self.minute = minute;
            self.of_tenants.clear();
            self.of_addresses.clear();
        }
        let (what, from) = ((tenant, event), network::whose(from));
        let of_tenant = self.of_tenants.get(&what).copied().unwrap_or(0);
        let of_address = self.of_addresses.get(&(what, from)).copied().unwrap_or(0);
        if of_address >= OF_AN_ADDRESS || of_tenant >= OF_A_TENANT {
            let address = (of_address >= OF_AN_ADDRESS).then_some(from);
            *self.held_back.entry((what, address)).or_default() += 1;
            return false;
        }
        self.of_tenants.insert(what, of_tenant + 1);
        self.of_addresses.insert((what, from), of_address + 1);
        true
    }

    /// What was counted since this was asked last.
    #[must_use]
    pub fn take_held_back(&mut self) -> Vec<HeldBack> {
        let taken = std::mem::take(&mut self.held_back).into_iter();
        taken.map(|(((tenant, event), address), count)| HeldBack { tenant, event, address, count }).collect()
    }

    /// Takes back what could not be told: it is told the next time.
    pub fn put_back(&mut self, untold: Vec<HeldBack>) {
        for HeldBack { tenant, event, address, count } in untold {
            *self.held_back.entry(((tenant, event), address)).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const EVENT: &str = "login.refused";
    const HERE: TenantId = TenantId(Uuid::from_u128(1));

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn an_address_has_so_many_lines_a_minute_and_the_others_are_counted() {
        let (mut tally, from) = (Tally::default(), [192, 0, 2, 1].into());
        let admitted = (0..100).filter(|_| tally.admits(HERE, EVENT, from, at(60))).count();
        assert_eq!(admitted, OF_AN_ADDRESS as usize);
        assert!(tally.admits(HERE, EVENT, [192, 0, 2, 2].into(), at(61)), "another address");
        assert!(tally.admits(TenantId(Uuid::from_u128(2)), EVENT, from, at(61)), "another tenant");
        assert!(tally.admits(HERE, "pairing.refused", from, at(61)), "another event");
        assert!(!tally.admits(HERE, EVENT, from, at(119)), "the same minute");
        assert!(tally.admits(HERE, EVENT, from, at(120)), "the next one");
        let held = HeldBack { tenant: HERE, event: EVENT, address: Some(from), count: 71 };
        assert_eq!(tally.take_held_back(), std::slice::from_ref(&held));
        assert_eq!(tally.take_held_back(), []);
        tally.put_back(vec![held.clone()]);
        assert_eq!(tally.take_held_back(), [held]);
    }

    #[test]
    fn from_however_many_addresses_a_tenant_has_so_many_lines_a_minute() {
        let mut tally = Tally::default();
        let from = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, n, 0, 0, 0, n]);
        let admitted = (0..1000).filter(|n| tally.admits(HERE, EVENT, from(*n), at(0))).count();
        assert_eq!(admitted, OF_A_TENANT as usize);
        let held = HeldBack { tenant: HERE, event: EVENT, address: None, count: 700 };
        assert_eq!(tally.take_held_back(), [held]);
        assert_eq!(tally.of_addresses.len(), OF_A_TENANT as usize, "what is kept has an end");
    }

    #[test]
    fn whoever_has_a_network_of_addresses_is_one() {
        let mut tally = Tally::default();
        let from = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 0, n]);
        let admitted = (0..100).filter(|n| tally.admits(HERE, EVENT, from(*n), at(0))).count();
        assert_eq!(admitted, OF_AN_ADDRESS as usize);
    }
}

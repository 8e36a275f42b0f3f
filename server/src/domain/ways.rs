//! Which ways in a user has, and which of them are offered: never one below what is asked.

use countersign_protocol::time::Timestamp;

use super::factor::{Assurance, Factor};

/// What a user can prove a second step with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// An active phone.
    pub phone: bool,
    /// A passkey.
    pub passkey: bool,
    /// An authenticator app.
    pub authenticator: bool,
    /// Recovery codes that are left.
    pub recovery_codes: bool,
    /// A mailbox, and a mail server that leads to it.
    pub mail: bool,
}

impl Holding {
    /// Whether the user can use this factor.
    #[must_use]
    pub const fn has(self, factor: Factor) -> bool {
        match factor {
            Factor::Push => self.phone,
            Factor::Passkey => self.passkey,
            Factor::Totp => self.authenticator,
            Factor::EmailCode => self.mail,
            Factor::RecoveryCode => self.recovery_codes,
        }
    }

    /// The assurance of the strongest factor that the user has set up; none if there is none. A mailbox is
    /// not set up, and recovery codes stand for something that is.
    #[must_use]
    pub fn strongest(self) -> Option<Assurance> {
        let own = [Factor::Push, Factor::Passkey, Factor::Totp];
        own.into_iter().filter(|factor| self.has(*factor)).map(Factor::assurance).max()
    }

    /// The ways at or above `floor`.
    #[must_use]
    pub fn ways(self, floor: Assurance) -> Vec<Factor> {
        let good = |factor: &Factor| self.has(*factor) && factor.assurance() >= floor;
        Factor::ALL.into_iter().filter(good).collect()
    }

    /// The ways to sign in that a tenant's floor leaves. Whoever has set up nothing that reaches a floor
    /// which was raised proves what there is, and then sets up something better.
    #[must_use]
    pub fn ways_in(self, floor: Assurance) -> Vec<Factor> {
        let good = self.ways(floor);
        match self.strongest() {
            Some(strongest) if strongest < floor => self.ways(strongest),
            _ => good,
        }
    }
}

/// What a proof by `factor` comes to, in a tenant with this floor.
#[must_use]
pub fn enough(holding: Holding, floor: Assurance, factor: Factor) -> Enough {
    if !holding.ways_in(floor).contains(&factor) {
        Enough::No
    } else if factor.assurance() < floor {
        Enough::SetUpFirst
    } else {
        Enough::Yes
    }
}

/// Whether a proof is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enough {
    /// It is.
    Yes,
    /// A factor that reaches the floor has to be set up before anything else.
    SetUpFirst,
    /// It is not one of the ways in.
    No,
}

/// Puts the ways in order: the last that worked comes first, those that never did come as they stand.
pub fn put_in_order(ways: &mut [Factor], worked_at: impl Fn(Factor) -> Option<Timestamp>) {
    ways.sort_by_key(|way| std::cmp::Reverse(worked_at(*way)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Holding> {
        (0_u8..32).map(|bits| Holding {
            phone: bits & 1 > 0,
            passkey: bits & 2 > 0,
            authenticator: bits & 4 > 0,
            recovery_codes: bits & 8 > 0,
            mail: bits & 16 > 0,
        })
    }

    const FLOORS: [Assurance; 3] = [Assurance::Low, Assurance::Medium, Assurance::High];

    #[test]
    fn nobody_gets_in_by_a_way_below_the_floor() {
        for (holding, floor) in all().flat_map(|holding| FLOORS.map(|floor| (holding, floor))) {
            for factor in Factor::ALL {
                if enough(holding, floor, factor) == Enough::Yes {
                    assert!(holding.has(factor) && factor.assurance() >= floor, "{holding:?} {floor:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_held_proves_nothing() {
        for (holding, floor) in all().flat_map(|holding| FLOORS.map(|floor| (holding, floor))) {
            for factor in Factor::ALL.into_iter().filter(|factor| !holding.has(*factor)) {
                assert_eq!(enough(holding, floor, factor), Enough::No, "{holding:?} {floor:?} {factor:?}");
            }
        }
    }

    #[test]
    fn whoever_has_set_something_up_always_has_a_way_and_never_a_weaker_one_than_that() {
        for (holding, floor) in all().flat_map(|holding| FLOORS.map(|floor| (holding, floor))) {
            let Some(strongest) = holding.strongest() else { continue };
            let ways = holding.ways_in(floor);
            assert!(!ways.is_empty(), "{holding:?} {floor:?}");
            assert!(ways.iter().all(|way| way.assurance() >= floor.min(strongest)), "{holding:?} {floor:?}");
        }
    }

    #[test]
    fn a_raised_floor_lets_the_old_factor_prove_and_then_asks_for_a_better_one() {
        let holding = Holding { authenticator: true, recovery_codes: true, mail: true, ..Holding::default() };
        assert_eq!(holding.ways_in(Assurance::High), [Factor::Totp, Factor::RecoveryCode]);
        assert_eq!(enough(holding, Assurance::High, Factor::Totp), Enough::SetUpFirst);
        assert_eq!(enough(holding, Assurance::High, Factor::EmailCode), Enough::No);
        let phone = Holding { phone: true, ..holding };
        assert_eq!(phone.ways_in(Assurance::High), [Factor::Push]);
    }

    #[test]
    fn the_last_that_worked_comes_first() {
        let mut ways = Factor::ALL.to_vec();
        put_in_order(&mut ways, |way| match way {
            Factor::EmailCode => Some(Timestamp::from_seconds(9)),
            Factor::Totp => Some(Timestamp::from_seconds(5)),
            _ => None,
        });
        assert_eq!(
            ways,
            [Factor::EmailCode, Factor::Totp, Factor::Push, Factor::Passkey, Factor::RecoveryCode]
        );
    }
}

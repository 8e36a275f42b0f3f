//! Which ways in a user has, and which of them are offered: never one below what is asked.

use countersign_protocol::time::Timestamp;

use super::factor::{Assurance, Factor, FactorRules};

/// What a user can prove a second step with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// An active phone.
    pub phone: bool,
    /// A passkey that answers at this host.
    pub passkey: bool,
    /// A passkey that answers at another host of the tenant alone: no way in here, and yet set up.
    pub passkey_elsewhere: bool,
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
        let here = Factor::OWN.into_iter().filter(|factor| self.has(*factor));
        let elsewhere = self.passkey_elsewhere.then_some(Factor::Passkey);
        here.chain(elsewhere).map(Factor::assurance).max()
    }

    /// Whether the user has set up something that is accepted.
    #[must_use]
    pub fn satisfies(self, rules: &FactorRules) -> bool {
        let here = Factor::OWN.into_iter().any(|factor| self.has(factor) && rules.accept(factor));
        here || self.accepted_elsewhere(rules)
    }

    fn accepted_elsewhere(self, rules: &FactorRules) -> bool {
        self.passkey_elsewhere && rules.accept(Factor::Passkey)
    }

    /// The ways at or above `least`.
    #[must_use]
    pub fn ways(self, least: Assurance) -> Vec<Factor> {
        self.those(|factor| factor.assurance() >= least)
    }

    /// The ways to sign in that a tenant's rules leave. Whoever has set up nothing that is accepted (any more), and
    /// has no mailbox that is, proves what there is, and then sets up something better. None, though something is
    /// set up, means that it answers at another host alone.
    #[must_use]
    pub fn ways_in(self, rules: &FactorRules) -> Vec<Factor> {
        let good = self.those(|factor| rules.accept(factor));
        match self.strongest() {
            // Recovery codes stand for the passkey of the other host.
            Some(_) if self.accepted_elsewhere(rules) => good,
            Some(strongest) if good.iter().all(|factor| *factor == Factor::RecoveryCode) => {
                self.ways(strongest)
            }
            _ => good,
        }
    }

    fn those(self, good: impl Fn(Factor) -> bool) -> Vec<Factor> {
        Factor::ALL.into_iter().filter(|factor| self.has(*factor) && good(*factor)).collect()
    }
}

/// What a proof by `factor` comes to, in a tenant with these rules.
#[must_use]
pub fn enough(holding: Holding, rules: &FactorRules, factor: Factor) -> Enough {
    let ways = holding.ways_in(rules);
    // A recovery code stands for what is set up: if that is not accepted, neither is the code.
    let stands_alone = |way: &Factor| *way != Factor::RecoveryCode && rules.accept(*way);
    if !ways.contains(&factor) {
        Enough::No
    } else if holding.strongest().is_some()
        && !ways.iter().any(stands_alone)
        && !holding.accepted_elsewhere(rules)
    {
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
    /// A factor that is accepted has to be set up before anything else.
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
        (0_u8..64).map(|bits| Holding {
            passkey_elsewhere: bits & 32 > 0,
            phone: bits & 1 > 0,
            passkey: bits & 2 > 0,
            authenticator: bits & 4 > 0,
            recovery_codes: bits & 8 > 0,
            mail: bits & 16 > 0,
        })
    }

    /// Every set of allowed factors, with every floor.
    fn all_rules() -> impl Iterator<Item = FactorRules> {
        let floors = [Assurance::Low, Assurance::Medium, Assurance::High];
        let sets = (0_u8..32).map(|bits| {
            Factor::ALL
                .into_iter()
                .enumerate()
                .filter(|(n, _)| bits >> n & 1 == 1)
                .map(|(_, one)| one)
                .collect()
        });
        sets.flat_map(move |allowed| floors.map(|floor| FactorRules { allowed, floor, ..FactorRules::USUAL }))
    }

    fn cases() -> impl Iterator<Item = (Holding, FactorRules)> {
        all().flat_map(|holding| all_rules().map(move |rules| (holding, rules)))
    }

    #[test]
    fn nobody_gets_in_by_a_way_that_is_not_accepted() {
        for (holding, rules) in cases() {
            for factor in Factor::ALL {
                if enough(holding, &rules, factor) == Enough::Yes {
                    assert!(holding.has(factor) && rules.accept(factor), "{holding:?} {rules:?} {factor:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_held_proves_nothing() {
        for (holding, rules) in cases() {
            for factor in Factor::ALL.into_iter().filter(|factor| !holding.has(*factor)) {
                assert_eq!(enough(holding, &rules, factor), Enough::No, "{holding:?} {rules:?} {factor:?}");
            }
        }
    }

    #[test]
    fn whoever_has_set_something_up_always_has_a_way_and_never_a_weaker_one_than_that() {
        for (holding, rules) in cases() {
            let Some(strongest) = holding.strongest() else { continue };
            let ways = holding.ways_in(&rules);
            assert!(!ways.is_empty() || holding.passkey_elsewhere, "{holding:?} {rules:?}");
            let least = rules.floor.min(strongest);
            assert!(ways.iter().all(|way| way.assurance() >= least), "{holding:?} {rules:?}");
        }
    }

    #[test]
    fn a_stricter_rule_never_opens_a_way_that_is_enough() {
        for (holding, rules) in cases() {
            for factor in Factor::ALL {
                let yes = |rules: &FactorRules| enough(holding, rules, factor) == Enough::Yes;
                let raised = FactorRules { floor: Assurance::High, ..rules.clone() };
                let fewer = rules.allowed.iter().filter(|one| *one != Factor::Push).collect();
                let fewer = FactorRules { allowed: fewer, ..rules.clone() };
                assert!(yes(&rules) || !yes(&raised), "{holding:?} {rules:?} {factor:?}");
                assert!(yes(&rules) || !yes(&fewer), "{holding:?} {rules:?} {factor:?}");
            }
        }
    }

    #[test]
    fn a_raised_floor_lets_the_old_factor_prove_and_then_asks_for_a_better_one() {
        let holding = Holding { authenticator: true, recovery_codes: true, mail: true, ..Holding::default() };
        let high = FactorRules { floor: Assurance::High, ..FactorRules::USUAL };
        assert_eq!(holding.ways_in(&high), [Factor::Totp, Factor::RecoveryCode]);
        assert_eq!(enough(holding, &high, Factor::Totp), Enough::SetUpFirst);
        assert_eq!(enough(holding, &high, Factor::EmailCode), Enough::No);
        let phone = Holding { phone: true, ..holding };
        assert_eq!(phone.ways_in(&high), [Factor::Push]);
    }

    #[test]
    fn a_factor_that_is_allowed_no_more_still_proves_and_then_another_is_asked_for() {
        let holding = Holding { authenticator: true, recovery_codes: true, ..Holding::default() };
        let allowed = [Factor::Push, Factor::RecoveryCode].into_iter().collect();
        let rules = FactorRules { allowed, ..FactorRules::USUAL };
        assert_eq!(holding.ways_in(&rules), [Factor::Totp, Factor::RecoveryCode]);
        for factor in [Factor::Totp, Factor::RecoveryCode] {
            assert_eq!(enough(holding, &rules, factor), Enough::SetUpFirst);
        }
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

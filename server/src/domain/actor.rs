//! Who does something: to themselves, to others, or as the machine.

use std::fmt;
use std::net::IpAddr;

use countersign_protocol::ids::UserId;
use serde::{Deserialize, Serialize};

use super::job::Task;
use super::policy::Policy;
use super::user::{Role, User};

/// Who did something, as the audit line has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A user of the tenant.
    User(UserId),
    /// Whoever runs the server, by its command line.
    CommandLine,
    /// The server by itself: time was over, or somebody who is not known did something.
    Server,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user:{user}"),
            Self::CommandLine => f.write_str("command-line"),
            Self::Server => f.write_str("server"),
        }
    }
}

impl Actor {
    /// From the spelling of `Display`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "command-line" => Some(Self::CommandLine),
            "server" => Some(Self::Server),
            _ => text.strip_prefix("user:")?.parse().ok().map(Self::User),
        }
    }
}

/// By whom something is done to a tenant or to its users. What may be done is looked up here and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// An administrator, in a session.
    Administrator {
        /// Who.
        user: UserId,
        /// With which role.
        role: Role,
        /// From where.
        address: IpAddr,
    },
    /// Whoever runs the server, by its command line.
    CommandLine,
}

impl By {
    /// As the audit line has it.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        match self {
            Self::Administrator { user, .. } => Actor::User(*user),
            Self::CommandLine => Actor::CommandLine,
        }
    }

    /// From where, if that is known.
    #[must_use]
    pub const fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Administrator { address, .. } => Some(*address),
            Self::CommandLine => None,
        }
    }

    /// Whether this one may do what it takes `least` for.
    #[must_use]
    pub fn reaches(&self, least: Role) -> bool {
        match self {
            Self::Administrator { role, .. } => *role >= least && *role > Role::Member,
            Self::CommandLine => true,
        }
    }

    /// Whether this one may do something to a user: to whoever is no better, but not to themselves, for which there is
    /// the page of one's own account.
    #[must_use]
    pub fn may_act_on(&self, target: &User) -> bool {
        match self {
            Self::Administrator { user, .. } => *user != target.id && self.reaches(target.role),
            Self::CommandLine => true,
        }
    }

    /// Whether this one may give a role to a user, or take one: only from one's own role down, and only a super
    /// administrator makes administrators.
    #[must_use]
    pub fn may_give(&self, target: &User, role: Role) -> bool {
        self.may_act_on(target) && self.reaches(Role::SuperAdministrator) && self.reaches(role)
    }

    /// Whether this one may add users of a role: only a super administrator makes administrators.
    #[must_use]
    pub fn may_add_user(&self, role: Role) -> bool {
        self.reaches(if role == Role::Member { Role::Administrator } else { Role::SuperAdministrator })
    }

    /// Whether this one may stop what somebody else began on many users: not what a better began, nor, without a say
    /// in the policy, what follows from the policy or was begun by whoever runs the server.
    #[must_use]
    pub fn may_stop(&self, task: &Task, policy: &Policy) -> bool {
        match task.by {
            Self::CommandLine => self.reaches(policy.changed_from()),
            Self::Administrator { role, .. } => {
                self.reaches(role) && (!task.action.follows_policy() || self.reaches(policy.changed_from()))
            }
        }
    }
}

/// Whether somebody who asked for something to be done to a user could still do such things to them.
#[must_use]
pub fn may_still(asker: &User, target: &User) -> bool {
    !asker.disabled && asker.role >= Role::Administrator && asker.role >= target.role && asker.id != target.id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::{Action, Filter, Whom};
    use countersign_protocol::time::Timestamp;
    use uuid::Uuid;

    fn user(number: u128, role: Role) -> User {
        User {
            id: UserId(Uuid::from_u128(number)),
            email: "a@example.com".into(),
            name: String::new(),
            role,
            language: None,
            needs_new_password: false,
            disabled: false,
            user_type: None,
            chosen_since: None,
            created_at: Timestamp::default(),
        }
    }

    fn by(role: Role) -> By {
        By::Administrator { user: UserId(Uuid::from_u128(1)), role, address: [192, 0, 2, 1].into() }
    }

    #[test]
    fn every_actor_has_one_spelling() {
        for actor in [Actor::User(UserId(Uuid::from_u128(7))), Actor::CommandLine, Actor::Server] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        assert_eq!(Actor::parse("user:me"), None);
    }

    #[test]
    fn nobody_acts_on_their_betters_nor_on_themselves_and_a_member_on_nobody() {
        for acting in Role::ALL {
            for target in Role::ALL {
                let may = acting > Role::Member && acting >= target;
                assert_eq!(by(acting).may_act_on(&user(2, target)), may, "{acting:?} {target:?}");
                assert!(!by(acting).may_act_on(&user(1, target)), "oneself");
                assert!(By::CommandLine.may_act_on(&user(2, target)));
            }
        }
    }

    #[test]
    fn nobody_stops_what_a_better_began_nor_without_a_say_in_it_what_follows_from_the_policy() {
        use Role::{Administrator, Member, SuperAdministrator};
        let of = |action, by| Task { action, whom: Whom::All(Filter::default()), by };
        let ours = Policy { changed_by: Administrator, ..Policy::default() };
        let theirs = Policy { changed_by: SuperAdministrator, ..Policy::default() };
        let tells = Action::TellTurnedOff { remove: true };
        for (policy, task, least) in [
            (&theirs, of(Action::Disable, by(Administrator)), Administrator),
            (&ours, of(Action::Disable, by(SuperAdministrator)), SuperAdministrator),
            (&ours, of(Action::Disable, By::CommandLine), Administrator),
            (&theirs, of(Action::Disable, By::CommandLine), SuperAdministrator),
            (&ours, of(tells.clone(), by(Administrator)), Administrator),
            (&theirs, of(tells.clone(), by(Administrator)), SuperAdministrator),
            (&ours, of(tells, by(SuperAdministrator)), SuperAdministrator),
        ] {
            assert!(by(least).may_stop(&task, policy), "{task:?}");
            assert!(By::CommandLine.may_stop(&task, policy), "{task:?}");
            let less = if least == Administrator { Member } else { Administrator };
            assert!(!by(less).may_stop(&task, policy), "{task:?}");
        }
    }

    #[test]
    fn whoever_asked_still_may_only_as_an_administrator_who_is_no_less_than_the_user() {
        let target = |role| user(2, role);
        assert!(may_still(&user(1, Role::Administrator), &target(Role::Administrator)));
        assert!(!may_still(&user(1, Role::Administrator), &target(Role::SuperAdministrator)), "promoted");
        assert!(!may_still(&user(1, Role::Member), &target(Role::Member)), "demoted");
        assert!(!may_still(&user(2, Role::Administrator), &target(Role::Member)), "oneself");
        let disabled = User { disabled: true, ..user(1, Role::SuperAdministrator) };
        assert!(!may_still(&disabled, &target(Role::Member)));
    }

    #[test]
    fn only_a_super_administrator_gives_and_takes_roles() {
        for role in Role::ALL {
            for target in Role::ALL {
                assert!(!by(Role::Administrator).may_give(&user(2, target), role), "{target:?} {role:?}");
                assert!(by(Role::SuperAdministrator).may_give(&user(2, target), role), "{target:?} {role:?}");
            }
        }
        for role in Role::ALL {
            let may = by(Role::Administrator).may_add_user(role);
            assert_eq!((may, by(Role::SuperAdministrator).may_add_user(role)), (role == Role::Member, true));
            assert!(!by(Role::Member).may_add_user(role));
        }
        assert!(!by(Role::SuperAdministrator).may_give(&user(1, Role::SuperAdministrator), Role::Member));
    }
}

//! Who works at the demo's company, and by which policy they sign in.

use std::collections::BTreeSet;

use countersign_protocol::time::{Clock as _, NumericDate};
use countersign_server::app::App;
use countersign_server::app::admin::{TenantWish, UserWish};
use countersign_server::domain::actor::By;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::tenant::{NumberRule, Origin};
use countersign_server::domain::user::Role;
use futures_util::future::try_join_all;

use crate::desk::SystemClock;
use crate::house::Failure;

/// The person who has the phone.
pub const EMAIL: &str = "ada@example.com";
/// The super administrator, who has none.
pub const ADMINISTRATOR: &str = "grace@example.com";

/// Everybody: address, name, role and type.
const PEOPLE: [(&str, &str, Role, &str); 5] = [
    (EMAIL, "Ada Lovelace", Role::Member, "staff"),
    (ADMINISTRATOR, "Grace Hopper", Role::SuperAdministrator, "staff"),
    ("edith@example.com", "Edith Clarke", Role::Administrator, "staff"),
    ("alan@example.com", "Alan Turing", Role::Member, "client"),
    ("mary@example.com", "Mary Jackson", Role::Member, "contractor"),
];

/// The plan of the company: one that includes what a preset has for certain plans.
const PLAN: &str = "professional";

/// By which policy people sign in.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// When the phone asks for the number that the browser shows.
    pub number: NumberRule,
    /// The policy to begin with.
    pub preset: Preset,
}

impl Rules {
    /// The policy, and what it goes by.
    fn tenant(self, now: NumericDate) -> (Policy, Facts) {
        let types: BTreeSet<_> = PEOPLE.iter().map(|&(_, _, _, user_type)| user_type.to_owned()).collect();
        let own = Policy { number_rule: self.number, user_types: types, ..Policy::default() };
        let facts = Facts { plan: Some(PLAN.to_owned()), ..Facts::default() };
        (self.preset.applied(&own), self.preset.stated(&facts, now))
    }
}

/// Adds the company, reached at `origin`, and its people, who all have this password.
pub(crate) async fn add_people(app: &App, origin: &str, rules: Rules, password: &str) -> Result<(), Failure> {
    let (policy, facts) = rules.tenant(SystemClock.now().into());
    let wish = TenantWish {
        name: "ACME".into(),
        origin: Origin::parse(origin)?,
        policy,
        facts,
        require_hardware_keys: false,
    };
    let tenant = app.tenant_now(app.add_tenant(wish).await?).await?;
    let added = PEOPLE.map(|(email, name, role, user_type)| {
        let wish = UserWish::new(email, name, role, password.to_owned().into());
        let wish = UserWish { user_type: Some(user_type.to_owned()), ..wish };
        app.add_user(&By::CommandLine, &tenant, wish)
    });
    try_join_all(added).await?;
    Ok(())
}

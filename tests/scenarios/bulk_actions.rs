//! Each thing that is done to many users, in a table: done to those who are meant, to nobody else, and noted of each.

use countersign_server::domain::directory::{Action, Whom};
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::user::Role;
use countersign_tests::jobs::by;
use countersign_tests::{EMAIL, On, World};

stories!(what_is_done_to_many_is_done_to_each_and_to_nobody_else);

/// An action; what is so before it, in three users; how many are still so after it was done to two of them; its event.
struct Row {
    action: Action,
    before: &'static str,
    still_so: &'static str,
    event: &'static str,
}

const MEMBERS: [&str; 3] = [EMAIL, "bob@example.com", "carl@example.com"];

fn table() -> Vec<Row> {
    let row = |action, before, still_so, event| Row { action, before, still_so, event };
    let nothing = "UPDATE users SET name = name";
    vec![
        row(Action::EndSessions, nothing, "SELECT COUNT(*) FROM sessions", "session.ended"),
        row(
            Action::Unlock,
            "INSERT INTO factor_records (user_id, factor, tenant_id, failures, suspended_until) \
             SELECT id, 'totp', tenant_id, 10, 9000000000000000 FROM users WHERE role = 'member'",
            "SELECT COUNT(*) FROM factor_records WHERE failures > 0 OR suspended_until IS NOT NULL",
            "user.unlocked",
        ),
        row(
            Action::SetType(Some("staff".to_owned())),
            nothing,
            "SELECT COUNT(*) FROM users WHERE role = 'member' AND user_type IS NULL",
            "user.type_changed",
        ),
        row(
            Action::TurnOn,
            nothing,
            "SELECT COUNT(*) FROM users WHERE role = 'member' AND chosen_since IS NULL",
            "second_factor.turned_on",
        ),
        row(
            Action::TurnOff,
            "UPDATE users SET chosen_since = 1 WHERE role = 'member'",
            "SELECT COUNT(*) FROM users WHERE chosen_since IS NOT NULL",
            "second_factor.turned_off",
        ),
        row(Action::Reset, nothing, "SELECT COUNT(*) FROM devices WHERE state = 'active'", "factors.reset"),
        row(
            Action::Disable,
            nothing,
            "SELECT COUNT(*) FROM users WHERE role = 'member' AND disabled_at IS NULL",
            "user.disabled",
        ),
        row(
            Action::Enable,
            "UPDATE users SET disabled_at = 1 WHERE role = 'member'",
            "SELECT COUNT(*) FROM users WHERE disabled_at IS NOT NULL",
            "user.enabled",
        ),
    ]
}

async fn what_is_done_to_many_is_done_to_each_and_to_nobody_else(on: On) {
    let world = World::new(on).await;
    world
        .change_policy(|policy| {
            *policy = Preset::ProDb.policy();
            policy.user_types = ["staff".to_owned()].into();
        })
        .await;
    let mut users = vec![world.user];
    for email in &MEMBERS[1..] {
        users.push(world.add_user(email).await);
    }
    let grace = by(world.add_administrator("grace@example.com").await, Role::Administrator);
    world.cheapen_passwords().await;
    let mut phones = Vec::new();
    for (email, user) in MEMBERS.into_iter().zip(&users) {
        world.signed_in_by_password(email).await;
        let phone = world.phone("A phone");
        world.pair(&phone, *user).await;
        phones.push(phone);
    }
    let two = Whom::These(users[..2].to_vec());
    for Row { action, before, still_so, event } in table() {
        world.change(before).await;
        assert_eq!(world.count(still_so).await, 3, "before {action:?}");
        let noted: &'static str = format!("SELECT COUNT(*) FROM audit WHERE event = '{event}'").leak();
        let noted_before = world.count(noted).await;
        let job = world.job_done(action.clone(), two.clone(), grace).await;
        assert_eq!((job.seen, job.changed), (2, 2), "{action:?}");
        assert_eq!(world.count(still_so).await, 1, "after {action:?}");
        assert_eq!(world.count(noted).await - noted_before, 2, "{action:?}");
    }
}

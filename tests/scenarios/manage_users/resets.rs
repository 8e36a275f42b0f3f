//! Resets that take two administrators.

use std::time::Duration;

use countersign_server::app::{Acted, PolicyChange, Refused, ResetAsked};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::policy::change::ChangeError;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::policy::rule::{Rule, Scope, SecondFactor};
use countersign_server::domain::policy::{Policy, TurnedOff};
use countersign_server::domain::user::Role;
use countersign_tests::jobs::{by, everybody};
use countersign_tests::{EMAIL, On, Setup, World};

use super::{GRACE, act, administrator, get, post, signed_in};

stories!(
    a_reset_takes_two,
    a_reset_that_is_refused_or_late_removes_nothing,
    what_comes_to_the_same_as_a_reset_is_not_done_by_one,
    whoever_asked_counts_as_long_as_they_may_act,
    what_is_decided_is_what_the_page_showed,
);

async fn a_reset_takes_two(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.change_policy(|policy| policy.resets_need_two = true).await;
    world.paired_phone("Ada’s phone").await;
    let first = administrator(&world).await;
    world.add_administrator("second@example.com").await;
    let second = signed_in(&world, "second@example.com").await;
    assert!(act(&first, world.user, "reset").await.starts_with("It was asked for."));
    assert_eq!(act(&first, world.user, "reset").await, "A reset waits already.");
    let here = get(&second, &format!("/admin/users/{}", world.user)).await;
    let carry_out = [("action", "carry-out"), ("request", &*here.field("request").unwrap())];
    assert!(
        post(&first, world.user, "reset", &carry_out).await.starts_with("You can’t"),
        "not by the same one"
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    let list = get(&second, "/admin/users").await;
    assert!(list.body.contains("Resets that wait for a second administrator"));
    assert!(!list.body.contains("value=\"reset\""), "and not for many at once");
    assert_eq!(post(&second, world.user, "reset", &carry_out).await, "Done.");
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0);
    assert!(post(&second, world.user, "reset", &carry_out).await.starts_with("This reset doesn’t wait"));
    let mails = world.mail_server().mails(4).await;
    let subjects: Vec<_> = mails.iter().map(|mail| (mail.header("To").unwrap(), mail.subject())).collect();
    for (to, subject) in [
        (EMAIL, "ACME: someone asked to reset how you confirm sign-ins"),
        ("second@example.com", "ACME: a reset for Ada Lovelace (ada@example.com) waits for you"),
        (EMAIL, "ACME: your administrator reset how you confirm sign-ins"),
    ] {
        assert!(subjects.contains(&(to.to_owned(), subject.to_owned())), "{subjects:?}");
    }
}

async fn a_reset_that_is_refused_or_late_removes_nothing(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.resets_need_two = true).await;
    world.paired_phone("Ada’s phone").await;
    let (first, second) =
        (world.add_administrator(GRACE).await, world.add_administrator("second@example.com").await);
    let (at, role) = (world.at().await, Role::Administrator);
    let ask = async || {
        world.app.ask_reset(&at, &by(first, role), world.user).await.unwrap();
        world.app.waiting_reset(world.tenant, world.user).await.unwrap().unwrap().request
    };
    let request = ask().await;
    let decide = async |request, carry_out| {
        world.app.decide_reset(&at, &by(second, role), request, carry_out).await.unwrap()
    };
    assert_eq!(decide(&request, false).await, Acted::Done(Vec::new()));
    assert_eq!(decide(&request, true).await, Acted::Same, "it is over");
    let late = ask().await;
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(decide(&late, true).await, Acted::Same);
    assert!(world.app.waiting_reset(world.tenant, world.user).await.unwrap().is_none());
    ask().await;
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
}

async fn what_comes_to_the_same_as_a_reset_is_not_done_by_one(on: On) {
    const TWO: &str = "This would let somebody in without what this user has set up";
    let world = World::new(on).await;
    world
        .change_policy(|policy| {
            *policy = Preset::ProDb.policy();
            policy.when_turned_off = TurnedOff::Remove;
            policy.user_types = ["staff".to_owned()].into();
            policy.rules.push(Rule::new(
                "staff",
                Scope::Types(["staff".to_owned()].into()),
                SecondFactor::Required,
            ));
            policy.resets_need_two = true;
        })
        .await;
    let browser = administrator(&world).await;
    world.add_super_administrator("boss@example.com").await;
    assert_eq!(act(&browser, world.user, "turn-on").await, "Done.");
    assert_eq!(act(&browser, world.user, "turn-off").await, "Done.", "there is nothing yet");
    assert_eq!(act(&browser, world.user, "turn-on").await, "Done.");
    world.paired_phone("Ada’s phone").await;
    assert!(act(&browser, world.user, "turn-off").await.starts_with(TWO));
    let email = [("email", "mine@example.com")];
    assert!(post(&browser, world.user, "change", &email).await.starts_with(TWO));
    let task = Action::TurnOff;
    let own = world.app.find_user(world.tenant, GRACE).await.unwrap().unwrap().id;
    let job = world.job_done(task, everybody(), by(own, Role::Administrator)).await;
    assert_eq!(job.changed, 0, "nor in bulk");
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE chosen_since IS NOT NULL").await, 1);
    assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE event = 'user.act_refused'").await, 2);

    let staff = [("type", "staff")];
    assert_eq!(post(&browser, world.user, "change", &staff).await, "Done.");
    world.change("UPDATE users SET chosen_since = NULL").await;
    assert!(post(&browser, world.user, "change", &[("type", "")]).await.starts_with(TWO));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);

    let settings = get(&browser, "/admin/settings").await;
    assert!(
        settings.body.contains("Only super administrators can change these settings"),
        "{}",
        settings.body
    );
    let now = world.app.tenant_now(world.tenant).await.unwrap();
    let without = Policy { resets_need_two: false, ..now.policy.clone() };
    let change = async |role| {
        let by = by(own, role);
        world.app.change_policy(&by, world.tenant, now.revision, without.clone()).await.unwrap()
    };
    assert!(matches!(change(Role::Administrator).await, PolicyChange::Refused(ChangeError::NotYours(_))));
    assert!(matches!(change(Role::SuperAdministrator).await, PolicyChange::Changed(_)));
}

async fn whoever_asked_counts_as_long_as_they_may_act(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.resets_need_two = true).await;
    world.paired_phone("Ada’s phone").await;
    let (first, second) =
        (world.add_administrator(GRACE).await, world.add_administrator("second@example.com").await);
    let (at, role) = (world.at().await, Role::Administrator);
    world.app.ask_reset(&at, &by(first, role), world.user).await.unwrap();
    let request = world.app.waiting_reset(world.tenant, world.user).await.unwrap().unwrap().request;
    world.app.act_on(&at, &By::CommandLine, first, Action::Disable).await.unwrap();
    let decided = world.app.decide_reset(&at, &by(second, role), &request, true).await.unwrap();
    assert_eq!(decided, Acted::Refused(Refused::Lapsed));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    let again = world.app.ask_reset(&at, &by(second, role), world.user).await.unwrap();
    assert_eq!(again, ResetAsked::Asked, "it does not stand in the way");
}

async fn what_is_decided_is_what_the_page_showed(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.resets_need_two = true).await;
    world.paired_phone("Ada’s phone").await;
    let second = administrator(&world).await;
    let first = world.add_administrator("first@example.com").await;
    let other = [("action", "carry-out"), ("request", "00000000-0000-0000-0000-000000000001")];
    let at = world.at().await;
    world.app.ask_reset(&at, &by(first, Role::Administrator), world.user).await.unwrap();
    assert!(post(&second, world.user, "reset", &other).await.starts_with("This reset doesn’t wait"));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
}

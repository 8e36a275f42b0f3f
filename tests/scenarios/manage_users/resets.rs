//! Resets that take two administrators.

use std::time::Duration;

use countersign_server::app::Acted;
use countersign_server::domain::user::Role;
use countersign_tests::jobs::by;
use countersign_tests::{EMAIL, On, Setup, World};

use super::{GRACE, act, administrator, get, post, signed_in};

stories!(a_reset_takes_two, a_reset_that_is_refused_or_late_removes_nothing,);

async fn a_reset_takes_two(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.change_policy(|policy| policy.resets_need_two = true).await;
    world.paired_phone("Ada’s phone").await;
    let first = administrator(&world).await;
    world.add_administrator("second@example.com").await;
    let second = signed_in(&world, "second@example.com").await;
    assert!(act(&first, world.user, "reset").await.starts_with("It was asked for."));
    assert_eq!(act(&first, world.user, "reset").await, "A reset waits already.");
    let carry_out = [("action", "carry-out")];
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
    assert!(post(&second, world.user, "reset", &carry_out).await.starts_with("It was so already"));
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

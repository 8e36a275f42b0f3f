//! The last super administrator stays.

use countersign_server::app::{Acted, Refused};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::user::Role;
use countersign_tests::jobs::by;
use countersign_tests::{On, World};

stories!(the_last_super_administrator_stays, of_two_super_administrators_at_once_one_stays,);

async fn the_last_super_administrator_stays(on: On) {
    let world = World::new(on).await;
    let boss = world.add_super_administrator("boss@example.com").await;
    let at = world.at().await;
    let (line, last) = (By::CommandLine, Acted::Refused(Refused::LastSuperAdministrator));
    assert_eq!(world.app.act_on(&at, &line, boss, Action::Disable).await.unwrap(), last);
    assert_eq!(world.app.set_role(&at, &line, boss, Role::Member).await.unwrap(), last);
    let other = world.add_super_administrator("other@example.com").await;
    let done = Acted::Done(Vec::new());
    assert_eq!(world.app.act_on(&at, &line, other, Action::Disable).await.unwrap(), done);
    assert_eq!(
        world.app.set_role(&at, &line, boss, Role::Member).await.unwrap(),
        last,
        "one who is disabled is none"
    );
    assert_eq!(world.app.set_role(&at, &line, other, Role::Member).await.unwrap(), done);
}

async fn of_two_super_administrators_at_once_one_stays(on: On) {
    let world = World::new(on).await;
    let at = world.at().await;
    for round in 0..8 {
        let emails = [0, 1].map(|n| format!("boss{round}-{n}@example.com"));
        let [one, two] = [
            world.add_super_administrator(&emails[0]).await,
            world.add_super_administrator(&emails[1]).await,
        ];
        let (line, both) = (By::CommandLine, by(two, Role::SuperAdministrator));
        let (first, second) = futures_util::future::join(
            world.app.act_on(&at, &both, one, Action::Disable),
            world.app.set_role(&at, &line, two, Role::Administrator),
        )
        .await;
        let done = [first.unwrap(), second.unwrap()];
        assert_eq!(done.iter().filter(|acted| matches!(acted, Acted::Done(_))).count(), 1, "{done:?}");
        let left = "SELECT COUNT(*) FROM users WHERE role = 'super-administrator' AND disabled_at IS NULL";
        assert_eq!(world.count(left).await, 1);
        world.change("UPDATE users SET role = 'member'").await;
    }
}

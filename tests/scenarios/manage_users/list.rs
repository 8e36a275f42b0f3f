//! The list of users: searched, paged, selected, acted on in bulk.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::domain::job::JobState;
use countersign_server::domain::policy::preset::Preset;
use countersign_tests::{EMAIL, On, PASSWORD, World};

use super::{administrator, get, link, listed, names, signed_in};

stories!(
    members_and_strangers_find_nothing,
    the_list_is_searched_and_paged_both_ways,
    a_selection_is_named_in_numbers_and_asked_once,
    all_that_match_are_meant_and_no_others,
    a_selection_is_kept_on_the_way_to_a_fresh_proof,
);

async fn members_and_strangers_find_nothing(on: On) {
    let world = World::new(on).await;
    let (stranger, member) = (world.browser(), signed_in(&world, EMAIL).await);
    let form = stranger.get("/login").await.unwrap();
    let own = get(&member, "/account/security").await;
    let user = format!("/admin/users/{}", world.user);
    for path in [
        "/admin/users",
        "/admin/users/add",
        "/admin/users/import",
        "/admin/jobs",
        "/admin/users/export.csv",
        &user,
    ] {
        assert_eq!(stranger.get(path).await.unwrap().location.as_deref(), Some("/login"), "{path}");
        assert_eq!(member.get(path).await.unwrap().status, 404, "{path}");
    }
    for path in ["/admin/users/act", "/admin/users/add", "/admin/users/import", "/admin/users/import/do"] {
        let fields =
            [("action", "disable"), ("whom", "all"), ("sure", "yes"), ("table", "email\nx@y.example")];
        assert_eq!(stranger.submit(&form, path, &fields).await.unwrap().location.as_deref(), Some("/login"));
        assert_eq!(member.submit(&own, path, &fields).await.unwrap().status, 404, "{path}");
    }
    for form in ["act", "change", "password", "reset"] {
        let path = format!("{user}/{form}");
        let fields = [("action", "disable"), ("role", "super-administrator"), ("password", "a new password")];
        assert_eq!(member.submit(&own, &path, &fields).await.unwrap().status, 404, "{path}");
    }
    assert_eq!(
        world.count("SELECT COUNT(*) FROM users WHERE role = 'member' AND disabled_at IS NULL").await,
        1
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM jobs").await, 0);
}

async fn the_list_is_searched_and_paged_both_ways(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    world.crowd(120).await;
    let first = get(&browser, "/admin/users").await;
    assert_eq!(first.text_of("users-count").as_deref(), Some("122 users"));
    assert!(link(&first, "users-before").is_none());
    let mut all = listed(&first);
    let second = get(&browser, &link(&first, "users-after").unwrap()).await;
    all.extend(listed(&second));
    let third = get(&browser, &link(&second, "users-after").unwrap()).await;
    all.extend(listed(&third));
    assert!(link(&third, "users-after").is_none());
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 122, "each of them once");
    let back = get(&browser, &link(&third, "users-before").unwrap()).await;
    assert_eq!(listed(&back), listed(&second));
    let back = get(&browser, &link(&back, "users-before").unwrap()).await;
    assert_eq!((listed(&back), link(&back, "users-before")), (listed(&first), None));

    let found = get(&browser, "/admin/users?q=USER+11&role=member").await;
    assert_eq!(
        names(&found),
        (110..120)
            .map(|n| format!("User {n}"))
            .chain(["User 11".to_owned()])
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    for none in ["%25", "_", "user!", "'; --"] {
        assert!(names(&get(&browser, &format!("/admin/users?q={none}")).await).is_empty(), "{none}");
    }
    let administrators = get(&browser, "/admin/users?role=administrator").await;
    assert_eq!(listed(&administrators).len(), 1);
    world.paired_phone("Ada’s phone").await;
    let holds = async |what: &str| listed(&get(&browser, &format!("/admin/users?holds={what}")).await).len();
    assert_eq!([holds("push").await, holds("something").await, holds("totp").await], [1, 1, 0]);
    let count = get(&browser, "/admin/users?holds=nothing").await.text_of("users-count");
    assert_eq!(count.as_deref(), Some("121 users"));
}

async fn a_selection_is_named_in_numbers_and_asked_once(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    world.crowd(3).await;
    let page = get(&browser, "/admin/users?q=user0").await;
    let ids = listed(&page);
    let fields = [("whom", "these"), ("action", "disable"), ("id", &*ids[0]), ("id", &*ids[2])];
    let asked = browser.submit(&page, "/admin/users/act", &fields).await.unwrap();
    assert!(asked.body.contains("Disable 2 users?"), "{}", asked.body);
    assert!(asked.body.contains("signed out everywhere at once"));
    assert_eq!(world.count("SELECT COUNT(*) FROM jobs").await, 0, "nothing is done yet");
    let sure = [&fields[..], &[("sure", "yes")]].concat();
    let begun = browser.submit(&asked, "/admin/users/act", &sure).await.unwrap();
    let job = begun.location.unwrap();
    let id = job.strip_prefix("/admin/jobs/").unwrap().parse().unwrap();
    assert_eq!(world.job_over(id).await.changed, 2);
    assert_eq!(get(&browser, &job).await.text_of("job-state").as_deref(), Some("Done"));
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE disabled_at IS NOT NULL").await, 2);
    let nobody = browser.submit(&page, "/admin/users/act", &fields[..2]).await.unwrap();
    assert_eq!(nobody.location.as_deref(), Some("/admin/users?done=nobody"));
}

async fn all_that_match_are_meant_and_no_others(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| *policy = Preset::ProDb.policy()).await;
    let browser = administrator(&world).await;
    world.crowd(130).await;
    let page = get(&browser, "/admin/users?q=user1").await;
    let fields = [("whom", "all"), ("action", "turn-on"), ("q", "user1")];
    let asked = browser.submit(&page, "/admin/users/act", &fields).await.unwrap();
    assert!(asked.body.contains("Turn the second factor on for 30 users?"), "{}", asked.body);
    let sure = [("whom", "all"), ("action", "turn-on"), ("q", &asked.field("q").unwrap()), ("sure", "yes")];
    let job = browser.submit(&asked, "/admin/users/act", &sure).await.unwrap().location.unwrap();
    let job = world.job_over(job.strip_prefix("/admin/jobs/").unwrap().parse().unwrap()).await;
    assert_eq!((job.state, job.total, job.changed), (JobState::Done, 30, 30));
    assert_eq!(
        world
            .count("SELECT COUNT(*) FROM users WHERE chosen_since IS NOT NULL AND email_key LIKE 'user1%'")
            .await,
        30
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE chosen_since IS NOT NULL").await, 30);
}

/// The proof by the password, and the page that it leads to.
async fn proves_again(browser: &Browser) -> Page {
    let asked = get(browser, "/account/confirm").await;
    let proved = browser.submit(&asked, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    browser.get(&proved.location.unwrap()).await.unwrap()
}

async fn a_selection_is_kept_on_the_way_to_a_fresh_proof(on: On) {
    const BOB: &str = "bob@example.com";
    let world = World::new(on).await;
    let bob = world.add_user(BOB).await;
    let browser = administrator(&world).await;
    let (ada, bob) = (world.user.to_string(), bob.to_string());
    let disabled = "SELECT COUNT(*) FROM users WHERE disabled_at IS NOT NULL";
    let these = [("whom", "these"), ("action", "disable"), ("id", &*ada), ("id", &*bob)];
    let all = [("whom", "all"), ("action", "enable"), ("q", "ada@example.com")];
    for (selection, asked, left) in [(&these[..], "Disable 2 users?", 2), (&all[..], "Enable one user?", 1)] {
        world.pass(Duration::from_mins(11)).await;
        let page = get(&browser, "/admin/users").await;
        let first = browser.submit(&page, "/admin/users/act", selection).await.unwrap();
        assert_eq!(first.location.as_deref(), Some("/account/confirm"));
        let kept = proves_again(&browser).await;
        assert_eq!(kept.status, 200);
        assert!(kept.body.contains(asked), "{}", kept.body);
        // Whoever takes longer to decide proves it again, and is asked again: by no address alone is anything done.
        let before = world.count(disabled).await;
        world.pass(Duration::from_mins(11)).await;
        let sure = [selection, &[("sure", "yes")]].concat();
        let again = browser.submit(&kept, "/admin/users/act", &sure).await.unwrap();
        assert_eq!(again.location.as_deref(), Some("/account/confirm"));
        let kept = proves_again(&browser).await;
        assert!(kept.body.contains(asked), "{}", kept.body);
        assert_eq!(
            (
                world.count("SELECT COUNT(*) FROM jobs WHERE state = 'waiting'").await,
                world.count(disabled).await
            ),
            (0, before)
        );
        let begun = browser.submit(&kept, "/admin/users/act", &sure).await.unwrap().location.unwrap();
        world.job_over(begun.strip_prefix("/admin/jobs/").unwrap().parse().unwrap()).await;
        assert_eq!(world.count(disabled).await, left);
    }
}

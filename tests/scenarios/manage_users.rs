//! Administrators manage users in the browser: who sees what, what is done to one and to many.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::ids::UserId;
use countersign_server::app::{Acted, Refused};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::job::JobState;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::user::Role;
use countersign_tests::jobs::by;
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};

stories!(
    members_and_strangers_find_nothing,
    the_list_is_searched_and_paged_both_ways,
    a_selection_is_named_in_numbers_and_asked_once,
    all_that_match_are_meant_and_no_others,
    one_user_is_turned_on_reset_disabled_and_signed_out,
    nobody_acts_on_themselves_or_their_betters,
    another_tenants_users_and_jobs_are_not_there,
    a_change_takes_a_fresh_proof,
    a_selection_is_kept_on_the_way_to_a_fresh_proof,
    the_last_super_administrator_stays,
    of_two_super_administrators_at_once_one_stays,
    a_reset_takes_two,
    a_reset_that_is_refused_or_late_removes_nothing,
    a_user_who_is_added_chooses_another_password,
    a_table_comes_back_as_it_went_out,
    wrong_lines_are_told_and_left_out,
    only_a_super_administrator_imports_roles,
);

const GRACE: &str = "grace@example.com";

/// A browser in which an administrator is signed in, by the password alone.
async fn signed_in(world: &World, email: &str) -> Browser {
    let browser = world.browser();
    let answer = browser.sign_in(email, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/"), "{}", answer.body);
    browser
}

async fn administrator(world: &World) -> Browser {
    world.add_administrator(GRACE).await;
    signed_in(world, GRACE).await
}

async fn get(browser: &Browser, path: &str) -> Page {
    let page = browser.get(path).await.unwrap();
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page
}

/// The ids of the users in the list.
fn listed(page: &Page) -> Vec<String> {
    let rows = page.body.split("data-testid=\"user-row\"").skip(1);
    rows.map(|row| row.split("/admin/users/").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

fn names(page: &Page) -> Vec<String> {
    let rows = page.body.split("class=\"cell-main\"").skip(1);
    rows.map(|row| row.split("\">").nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

fn link(page: &Page, testid: &str) -> Option<String> {
    let before = page.body.split(&format!("\" data-testid=\"{testid}\"")).next()?;
    (before.len() < page.body.len()).then(|| before.rsplit("href=\"").next().unwrap().replace("&#38;", "&"))
}

async fn act(browser: &Browser, user: UserId, action: &str) -> String {
    post(browser, user, "act", &[("action", action)]).await
}

/// What the user's page says after a form.
async fn post(browser: &Browser, user: UserId, form: &str, fields: &[(&str, &str)]) -> String {
    let page = get(browser, "/admin/users").await;
    let path = format!("/admin/users/{user}/{form}");
    let answer = browser.submit(&page, &path, fields).await.unwrap();
    let to = answer.location.unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    get(browser, &to).await.text_of("user-notice").unwrap()
}

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

async fn one_user_is_turned_on_reset_disabled_and_signed_out(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.change_policy(|policy| *policy = Preset::ProDb.policy()).await;
    let browser = administrator(&world).await;
    let ada = signed_in(&world, EMAIL).await;
    let here = format!("/admin/users/{}", world.user);
    assert_eq!(act(&browser, world.user, "turn-on").await, "Done.");
    assert!(get(&browser, &here).await.body.contains("by the rule “chosen”"));
    assert_eq!(act(&browser, world.user, "turn-on").await, "It was so already. Nothing was changed.");
    assert_eq!(ada.get("/").await.unwrap().status, 200, "sessions go on");
    world.paired_phone("Ada’s phone").await;
    assert!(get(&browser, &here).await.body.contains("Ada’s phone"));
    assert_eq!(act(&browser, world.user, "reset").await, "Done.");
    assert!(!get(&browser, &here).await.body.contains("Ada’s phone"));
    assert_eq!(ada.get("/").await.unwrap().location.as_deref(), Some("/login"), "a reset ends them");
    assert_eq!(act(&browser, world.user, "turn-off").await, "Done.");
    let ada = signed_in(&world, EMAIL).await;
    assert_eq!(act(&browser, world.user, "end-sessions").await, "Done.");
    assert_eq!(ada.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(act(&browser, world.user, "disable").await, "Done.");
    assert_eq!(world.browser().sign_in(EMAIL, PASSWORD).await.unwrap().status, 401);
    assert_eq!(act(&browser, world.user, "enable").await, "Done.");
    signed_in(&world, EMAIL).await;
    // Mails that are due at once go out beside each other.
    let mut subjects: Vec<_> = world.mail_server().mails(4).await.iter().map(|mail| mail.subject()).collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "ACME: a phone was added to your account",
            "ACME: signing in takes only your password again",
            "ACME: signing in takes two steps from now on",
            "ACME: your administrator reset how you confirm sign-ins",
        ]
    );
    let page = browser.get(&format!("/admin/users/{}", world.user)).await.unwrap();
    for what in ["Second step turned on by the organisation", "Second step turned off by the organisation"] {
        assert!(page.body.contains(what), "{what}: {}", page.body);
    }
    let events = world.events_of_user().await;
    for event in [
        "second_factor.turned_on",
        "factors.reset",
        "second_factor.turned_off",
        "user.disabled",
        "user.enabled",
    ] {
        assert_eq!(events.iter().filter(|known| *known == event).count(), 1, "{event}: {events:?}");
    }
    assert_eq!(
        world.count("SELECT COUNT(*) FROM audit WHERE event = 'user.disabled' AND actor LIKE 'user:%'").await,
        1
    );
}

async fn nobody_acts_on_themselves_or_their_betters(on: On) {
    const REFUSED: &str = "You can’t do this to this user: it’s your own account, or takes a higher role.";
    let world = World::new(on).await;
    let grace = world.add_administrator(GRACE).await;
    let better = world.add_super_administrator("better@example.com").await;
    let browser = signed_in(&world, GRACE).await;
    for user in [grace, better] {
        for action in ["disable", "reset", "end-sessions", "unlock", "turn-on"] {
            assert_eq!(act(&browser, user, action).await, REFUSED, "{action}");
        }
        let email = if user == grace { GRACE } else { "better@example.com" };
        let change = [("name", "Eve"), ("email", email)];
        assert_eq!(post(&browser, user, "change", &change).await, REFUSED);
        assert_eq!(post(&browser, user, "password", &[("password", "a new password")]).await, REFUSED);
        assert!(
            get(&browser, &format!("/admin/users/{user}")).await.body.contains("You can’t change this user")
        );
    }
    let role = [("name", "Ada Lovelace"), ("email", EMAIL), ("role", "administrator")];
    assert_eq!(post(&browser, world.user, "change", &role).await, REFUSED, "nor do they make administrators");
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE role = 'member'").await, 1);
}

async fn another_tenants_users_and_jobs_are_not_there(on: On) {
    let world = World::new(on).await;
    let other = world.add_tenant("https://other.example.com").await;
    let theirs = world.app.find_user(other, EMAIL).await.unwrap().unwrap().id;
    let browser = administrator(&world).await;
    let page = get(&browser, "/admin/users").await;
    assert_eq!(listed(&page).len(), 2);
    assert_eq!(browser.get(&format!("/admin/users/{theirs}")).await.unwrap().status, 404);
    for (form, fields) in [
        ("act", vec![("action", "disable")]),
        ("change", vec![("name", "Eve"), ("email", EMAIL)]),
        ("password", vec![("password", "a new password")]),
        ("reset", vec![("action", "carry-out")]),
    ] {
        let path = format!("/admin/users/{theirs}/{form}");
        assert_eq!(browser.submit(&page, &path, &fields).await.unwrap().status, 404, "{form}");
    }
    let task = countersign_server::domain::job::Task {
        action: Action::Disable,
        whom: countersign_tests::jobs::everybody(),
        by: By::CommandLine,
    };
    let due = countersign_protocol::time::Clock::now(&*world.clock) + Duration::from_hours(9);
    let job = world.app.begin_job_at(other, task, due).await.unwrap();
    assert_eq!(browser.get(&format!("/admin/jobs/{job}")).await.unwrap().status, 404);
    let stop = browser.submit(&page, &format!("/admin/jobs/{job}/stop"), &[]).await.unwrap();
    assert_eq!(stop.status, 404);
    let fields = [("whom", "these"), ("action", "disable"), ("id", &*theirs.to_string()), ("sure", "yes")];
    let begun = browser.submit(&page, "/admin/users/act", &fields).await.unwrap().location.unwrap();
    let begun = world.job_over(begun.strip_prefix("/admin/jobs/").unwrap().parse().unwrap()).await;
    assert_eq!(begun.changed, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE disabled_at IS NOT NULL").await, 0);
    assert!(!get(&browser, "/admin/users/export.csv").await.body.contains(&theirs.to_string()));
}

async fn a_change_takes_a_fresh_proof(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    world.pass(Duration::from_mins(11)).await;
    let page = get(&browser, "/admin/users").await;
    let path = format!("/admin/users/{}/act", world.user);
    let first = browser.submit(&page, &path, &[("action", "disable")]).await.unwrap();
    assert_eq!(first.location.as_deref(), Some("/account/confirm"));
    assert!(!world.person().await.disabled);
    let asked = get(&browser, "/account/confirm").await;
    let proved = browser.submit(&asked, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    let back = format!("/admin/users/{}?done=confirmed", world.user);
    assert_eq!(proved.location.as_deref(), Some(&*back));
    let page = get(&browser, &back).await;
    assert!(page.text_of("user-notice").unwrap().contains("choose again"), "{}", page.body);
    assert_eq!(act(&browser, world.user, "disable").await, "Done.");
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

async fn a_user_who_is_added_chooses_another_password(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    let form = get(&browser, "/admin/users/add").await;
    let add = async |email: &str, password: &str| {
        let fields = [("email", email), ("name", "Bob"), ("password", password), ("role", "member")];
        browser.submit(&form, "/admin/users/add", &fields).await.unwrap()
    };
    for (email, password, said) in [
        ("bob", PASSWORD, "This isn’t an e-mail address. Write it as ada@example.com."),
        ("bob@example.com", "short", "A password has at least 8 characters."),
        (EMAIL, PASSWORD, "Another user has this e-mail address."),
    ] {
        let answer = add(email, password).await;
        assert_eq!((answer.status, answer.text_of("user-notice").as_deref()), (422, Some(said)));
    }
    let added = add("bob@example.com", PASSWORD).await.location.unwrap();
    assert_eq!(get(&browser, &added).await.text_of("user-notice").as_deref(), Some("The user was added."));
    let bob = signed_in(&world, "bob@example.com").await;
    assert_eq!(bob.get("/account/security").await.unwrap().location.as_deref(), Some("/account/password"));
    let page = get(&bob, "/account/password").await;
    let new = [("password", "a password of my own"), ("again", "a password of my own")];
    let chosen = bob.submit(&page, "/account/password", &new).await.unwrap();
    assert_eq!(chosen.location.as_deref(), Some("/"), "{}", chosen.body);
    assert_eq!(get(&bob, "/account/security").await.status, 200);
}

async fn a_table_comes_back_as_it_went_out(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.user_types = ["staff".to_owned()].into()).await;
    let browser = administrator(&world).await;
    world.paired_phone("Ada’s phone").await;
    world.crowd(3).await;
    world.change("UPDATE users SET name = '=HYPERLINK(\"x\"), \"東京\"', user_type = 'staff' WHERE email_key = 'user001@example.com'").await;
    let table = get(&browser, "/admin/users/export.csv").await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<_> = table.body.lines().collect();
    assert_eq!(lines[0], "email,name,role,type,disabled,second_factor,holds,last_sign_in");
    assert_eq!(lines[1], "ada@example.com,Ada Lovelace,member,,false,optional,push,");
    assert!(
        lines[4].starts_with("user001@example.com,\"'=HYPERLINK(\"\"x\"\"), \"\"東京\"\"\",member,staff,"),
        "{}",
        lines[4]
    );
    let some = get(&browser, "/admin/users/export.csv?q=user0").await;
    assert_eq!(some.body.lines().count(), 4);

    let page = get(&browser, "/admin/users/import").await;
    let same = browser.submit(&page, "/admin/users/import", &[("table", &table.body)]).await.unwrap();
    assert_eq!(figures(&same), ["0", "0", "5", "0"], "{}", same.body);
    let more = table.body.replace("User 0,", "Nobody,") + "New@Example.com,New,,staff,,,,\r\n";
    let looked_at = browser.submit(&page, "/admin/users/import", &[("table", &more)]).await.unwrap();
    assert_eq!(figures(&looked_at), ["1", "1", "4", "0"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM users").await, 5, "nothing is done yet");
    let carried = looked_at.body.contains("東京");
    let done = browser.submit(&looked_at, "/admin/users/import/do", &[("table", &more)]).await.unwrap();
    assert_eq!((figures(&done), carried), (["1", "1", "4", "0"].map(str::to_owned).to_vec(), true));
    let again = browser.submit(&page, "/admin/users/import/do", &[("table", &more)]).await.unwrap();
    assert_eq!(figures(&again), ["0", "0", "6", "0"]);
    let new = world.app.find_user(world.tenant, "new@example.com").await.unwrap().unwrap();
    assert_eq!((new.name.as_str(), new.user_type.as_deref()), ("New", Some("staff")));
    assert_eq!(world.browser().sign_in("new@example.com", "").await.unwrap().status, 401);
    assert_eq!(
        world.app.find_user(world.tenant, "user000@example.com").await.unwrap().unwrap().name,
        "Nobody"
    );
}

/// New, changed, the same, left out.
fn figures(page: &Page) -> Vec<String> {
    page.body.split("<dd>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn wrong_lines_are_told_and_left_out(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    let page = get(&browser, "/admin/users/import").await;
    let table = "email,name,type,role,password\n\
        good@example.com,Good,,,a fine password\n\
        not-an-address,X,,,\n\
        good@example.com,Twice,,,\n\
        b@example.com,B,pirate,,\n\
        c@example.com,C,,king,\n\
        d@example.com,D,,,short\n\
        grace@example.com,Not me,,,\n\
        e@example.com,too few\n";
    let looked_at = browser.submit(&page, "/admin/users/import", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&looked_at), ["1", "0", "0", "7"], "{}", looked_at.body);
    for line in 3..=9 {
        assert!(looked_at.body.contains(&format!("cell-tight\">{line}</td>")), "{line}");
    }
    let done = browser.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&done), ["1", "0", "0", "7"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM users").await, 3);
    let good = world.browser();
    good.sign_in("good@example.com", "a fine password").await.unwrap();
    assert_eq!(good.get("/account/security").await.unwrap().location.as_deref(), Some("/account/password"));
    for (table, said) in [
        ("name\nAda", "The first line must name the columns, and one of them must be email."),
        (
            "email,colour\n",
            "There’s no column “colour”. The columns are email, name, type, role and password.",
        ),
        ("email\n", "There’s no line but the first."),
        (&"x".repeat(1024 * 1024 + 1), "This is more than 1 MB. Import it in parts, or by the command line."),
    ] {
        let answer = browser.submit(&page, "/admin/users/import", &[("table", table)]).await.unwrap();
        assert_eq!((answer.status, answer.text_of("import-problem").as_deref()), (422, Some(said)));
    }
}

async fn only_a_super_administrator_imports_roles(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    world.add_super_administrator("boss@example.com").await;
    let page = get(&browser, "/admin/users/import").await;
    let table = "email,role\nada@example.com,administrator\nnew@example.com,super-administrator\n\
        boss@example.com,member\n";
    let done = browser.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&done), ["0", "0", "0", "3"]);
    let boss = signed_in(&world, "boss@example.com").await;
    let page = get(&boss, "/admin/users/import").await;
    let done = boss.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&done), ["1", "1", "0", "1"], "but not their own");
    assert_eq!(world.person().await.role, Role::Administrator);
}

//! What is done to one user, and who may do it.

use std::time::Duration;

use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::user::Role;
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};

use super::{GRACE, act, administrator, get, listed, post, signed_in};

stories!(
    one_user_is_turned_on_reset_disabled_and_signed_out,
    nobody_acts_on_themselves_or_their_betters,
    another_tenants_users_and_jobs_are_not_there,
    a_change_takes_a_fresh_proof,
    a_user_who_is_added_chooses_another_password,
    a_page_that_is_old_gives_nothing_back,
    whoever_rises_signs_in_again,
);

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
    let job = world.job_at(other, task, due).await;
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

async fn a_page_that_is_old_gives_nothing_back(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.user_types = ["staff".to_owned()].into()).await;
    world.add_super_administrator("boss@example.com").await;
    let boss = signed_in(&world, "boss@example.com").await;
    let (at, line) = (world.at().await, By::CommandLine);
    world.app.set_role(&at, &line, world.user, Role::Administrator).await.unwrap();
    let here = format!("/admin/users/{}", world.user);
    let old = get(&boss, &here).await;
    let staff = Action::SetType(Some("staff".into()));
    world.app.act_on(&at, &line, world.user, staff).await.unwrap();
    world.app.set_role(&at, &line, world.user, Role::Member).await.unwrap();
    world.app.set_email(&at, &line, world.user, "right@example.com").await.unwrap();

    let mut fields: Vec<_> =
        ["was-name", "was-email", "was-type", "was-role"].map(|name| (name, old.field(name).unwrap())).into();
    let shown = |name: &str| fields.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let rest = [("email", shown("was-email")), ("type", shown("was-type")), ("role", shown("was-role"))];
    fields.extend(rest);
    fields.push(("name", "Ada King".to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(post(&boss, world.user, "change", &fields).await, "Done.");
    let now = world.app.find_user(world.tenant, "right@example.com").await.unwrap().unwrap();
    assert_eq!(
        (now.name.as_str(), now.email.as_str(), now.role, now.user_type.as_deref()),
        ("Ada King", "right@example.com", Role::Member, Some("staff"))
    );
}

async fn whoever_rises_signs_in_again(on: On) {
    let world = World::new(on).await;
    let ada = signed_in(&world, EMAIL).await;
    let (at, line) = (world.at().await, By::CommandLine);
    world.app.set_role(&at, &line, world.user, Role::Administrator).await.unwrap();
    assert_eq!(ada.get("/").await.unwrap().location.as_deref(), Some("/login"));
    let again = signed_in(&world, EMAIL).await;
    world.app.set_role(&at, &line, world.user, Role::Member).await.unwrap();
    assert_eq!(again.get("/").await.unwrap().status, 200, "whoever falls has less than was proved");
}

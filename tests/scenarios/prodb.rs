//! The story of a product whose administrators turn the second factor on in Manage Users, for one user or for many;
//! people confirm with the app, a code by e-mail or an authenticator app, all on one Code screen.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::ids::UserId;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::actor::By;
use countersign_server::domain::tenant::Origin;
use countersign_tests::settings::{mails_about, use_preset};
use countersign_tests::ways::{send_code, signs_in, type_code};
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};

use crate::set_up::scanned;

stories!(an_administrator_turns_it_on_for_one_user_and_for_a_selection);

const ROOT: &str = "root@example.com";
const ADMIN: &str = "admin@example.com";

async fn an_administrator_turns_it_on_for_one_user_and_for_a_selection(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_super_administrator(ROOT).await;
    world.add_administrator(ADMIN).await;
    for email in ["bob@sales.example", "carl@sales.example", "dora@example.com"] {
        world.add_user(email).await;
    }
    let ticked = [world.add_user("eve@example.com").await, world.add_user("finn@example.com").await];
    world.cheapen_passwords().await;
    use_preset(&world.signed_in_by_password(ROOT).await, "prodb").await;
    let administrator = world.signed_in_by_password(ADMIN).await;

    // Until it is turned on for somebody, the password is enough, whatever they have set up.
    let phone = world.paired_phone("Ada’s phone").await;
    world.signed_in_by_password(EMAIL).await;

    turned_on_in_manage_users(&world, &administrator, ticked).await;
    let told = mails_about(&world, "signing in takes two steps from now on", 5).await;
    let others = ["dora@example.com", ADMIN, ROOT];
    assert!(told.iter().all(|mail| !others.contains(&mail.recipient.as_str())));
    world.signed_in_by_password("dora@example.com").await;

    with_the_app(&world, &world.browser(), &phone).await;
    on_the_customers_own_domain(&world, &phone).await;
    without_the_app_a_code_is_mailed(&world).await;
    an_authenticator_app_is_stored_in_the_preferences(&world).await;
    all_three_ways_are_on_one_code_screen(&world).await;
}

/// For one user on their page, and for a selection in bulk: all that match, or those that are ticked.
async fn turned_on_in_manage_users(world: &World, administrator: &Browser, ticked: [UserId; 2]) {
    let ada = format!("/admin/users/{}", world.user);
    let page = administrator.get(&ada).await.unwrap();
    let turned_on = [("action", "turn-on")];
    administrator.submit(&page, &format!("{ada}/act"), &turned_on).await.unwrap();
    assert!(administrator.get(&ada).await.unwrap().body.contains("by the rule “chosen”"));

    let list = administrator.get("/admin/users?q=%40sales.example").await.unwrap();
    let sales = [("whom", "all"), ("action", "turn-on"), ("q", "@sales.example")];
    let [eve, finn] = ticked.map(|id| id.to_string());
    let these = [("whom", "these"), ("action", "turn-on"), ("id", &*eve), ("id", &*finn)];
    for selection in [&sales[..], &these[..]] {
        let asked = administrator.submit(&list, "/admin/users/act", selection).await.unwrap();
        assert!(asked.body.contains("Turn the second factor on for 2 users?"), "{}", asked.body);
        let sure = [selection, &[("sure", "yes")]].concat();
        let begun = administrator.submit(&asked, "/admin/users/act", &sure).await.unwrap().location.unwrap();
        let job = world.job_over(begun.strip_prefix("/admin/jobs/").unwrap().parse().unwrap()).await;
        assert_eq!((job.total, job.changed), (2, 2));
    }
}

/// Password → Code screen → popup → Face ID → start page.
async fn with_the_app(world: &World, browser: &Browser, phone: &countersign_tests::Phone) {
    world.begin(browser).await;
    assert!(!phone.woken().await.is_empty(), "the popup");
    let request = phone.request().await;
    phone.core.approve(request, None).await.unwrap();
    assert_eq!(world.complete(browser).await.location.as_deref(), Some("/"));
    assert_eq!(browser.get("/").await.unwrap().status, 200);
}

async fn on_the_customers_own_domain(world: &World, phone: &countersign_tests::Phone) {
    let own = Origin::parse(&world.origin.replace("127.0.0.1", "localhost")).unwrap();
    world.app.add_host(&By::CommandLine, world.tenant, &own).await.unwrap();
    with_the_app(world, &Browser::new(&own.to_string()).unwrap(), phone).await;
}

async fn without_the_app_a_code_is_mailed(world: &World) {
    let browser = world.browser();
    world.begin_as(&browser, "bob@sales.example").await;
    assert!(browser.get("/login/code").await.unwrap().body.contains("Send New Code"));
    send_code(&browser).await;
    let code = world.mailed_code(1).await;
    assert!(signs_in(&type_code(&browser, "email", &code).await));
}

/// Preferences (click the user name) → "Show pairing code for authenticator apps" → store it → codes work.
async fn an_authenticator_app_is_stored_in_the_preferences(world: &World) {
    let browser = world.browser();
    world.begin_as(&browser, "carl@sales.example").await;
    send_code(&browser).await;
    let code = world.mailed_code(2).await;
    assert!(signs_in(&type_code(&browser, "email", &code).await));
    let start = browser.get("/").await.unwrap();
    assert_eq!(start.text_of("start-security").as_deref(), Some("Ada Lovelace"), "the user name");
    assert!(start.body.contains("href=\"/account/security\""), "{}", start.body);
    let preferences = browser.get("/account/security").await.unwrap();
    assert!(preferences.body.contains("Show pairing code for authenticator apps"), "{}", preferences.body);
    let shown = browser.get("/account/security/authenticator?show=on").await.unwrap();
    let app = scanned(&shown);
    let code = app.code(world.clock.now());
    let stored = browser.submit(&shown, "/account/security/authenticator", &[("code", &code)]).await.unwrap();
    assert_eq!(stored.status, 303, "{}", stored.body);

    world.clock.advance(Duration::from_secs(30));
    let next = world.browser();
    world.begin_as(&next, "carl@sales.example").await;
    assert!(signs_in(&type_code(&next, "totp", &app.code(world.clock.now())).await));
}

async fn all_three_ways_are_on_one_code_screen(world: &World) {
    let app = world.set_up_app().await;
    world.clock.advance(Duration::from_secs(30));
    let browser = world.browser();
    let answer = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/code"));
    let code = browser.get("/login/code").await.unwrap();
    for sign in ["Ada’s phone", "data-testid=\"way-email\"", "data-testid=\"way-totp\""] {
        assert!(code.body.contains(sign), "{sign}: {}", code.body);
    }
    send_code(&browser).await;
    world.mailed_code(3).await;
    assert!(
        signs_in(&type_code(&browser, "totp", &app.code(world.clock.now())).await),
        "and any of them does"
    );
}

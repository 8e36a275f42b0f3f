//! The page of one's own account under a policy: what it says, what it offers, and what cannot be given up.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::domain::factor::{Assurance, Factor, FactorRules};
use countersign_server::domain::policy::rule::{Rule, Scope, SecondFactor};
use countersign_server::domain::user::Role;
use countersign_tests::ways::{copy_of, signs_in};
use countersign_tests::{EMAIL, On, PASSWORD, Phone, Setup, World};

stories!(
    the_page_says_what_is_asked_and_by_which_rule,
    what_is_never_asked_for_is_not_added,
    a_factor_that_is_no_longer_accepted_is_marked_and_not_offered,
    whoever_may_turns_it_off_and_stays_signed_in,
    where_it_is_required_the_last_factor_stays,
    where_an_administrator_decides_the_last_factor_stays,
    of_two_removals_at_once_one_stays,
    until_the_grace_period_ends_the_start_page_asks,
    a_box_that_is_ticked_shows_the_pairing_code,
);

const HERE: &str = "/account/security";

async fn page(browser: &Browser) -> Page {
    let page = browser.get(HERE).await.unwrap();
    assert_eq!(page.status, 200, "{:?}", page.location);
    page
}

async fn press(browser: &Browser, action: &str, id: Option<&str>) -> Option<String> {
    let fields: Vec<_> = id.map(|id| ("id", id)).into_iter().collect();
    browser.submit(&page(browser).await, &format!("{HERE}{action}"), &fields).await.unwrap().location
}

/// The id that the form to `action` carries.
fn id_of(page: &Page, action: &str) -> String {
    let (_, form) = page.body.split_once(&format!("action=\"{HERE}{action}\"")).expect("a form");
    form.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Somebody with one phone, signed in by it a moment ago.
async fn by_phone(on: On) -> (World, Phone, Browser) {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    (world, phone, browser)
}

async fn the_page_says_what_is_asked_and_by_which_rule(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let said = async |browser: &Browser| page(browser).await.text_of("own-sentence").unwrap();
    assert_eq!(said(&browser).await, "You may set up a second step for your sign-ins.");
    world.change_policy(|policy| policy.base = SecondFactor::Off).await;
    assert!(said(&browser).await.starts_with("Your organisation hasn’t turned on"));
    world
        .change_policy(|policy| {
            policy.rules.push(Rule::new("finance", Scope::Everyone, SecondFactor::Required));
        })
        .await;
    assert_eq!(said(&browser).await, "Your organisation requires a second step when you sign in.");
    assert!(page(&browser).await.text_of("own-reason").unwrap().contains("“finance”"));
}

async fn what_is_never_asked_for_is_not_added(on: On) {
    let world = World::with(on, Setup::by_name()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let form = page(&browser).await;
    assert!(form.body.contains("data-testid=\"add-phone\""));
    world.change_policy(|policy| policy.base = SecondFactor::Off).await;
    let off = page(&browser).await;
    for add in ["add-phone", "to-passkeys", "authenticator-add", "codes-make"] {
        assert!(!off.body.contains(&format!("data-testid=\"{add}\"")), "{add}");
    }
    let refused = Some("/account/security?done=not-offered");
    for path in ["/pair", "/account/security/authenticator", "/account/security/recovery-codes"] {
        assert_eq!(browser.submit(&form, path, &[]).await.unwrap().location.as_deref(), refused, "{path}");
    }
    for path in ["/pair", "/account/security/authenticator"] {
        assert_eq!(browser.get(path).await.unwrap().location.as_deref(), refused, "{path}");
    }
    let asked = browser.submit(&form, "/account/passkeys/options", &[]).await.unwrap();
    assert!(asked.status == 403 && asked.body.contains("not_offered"), "{}", asked.body);
    assert_eq!(world.count("SELECT COUNT(*) FROM pairings").await, 0);
}

async fn a_factor_that_is_no_longer_accepted_is_marked_and_not_offered(on: On) {
    let (world, _phone, browser) = by_phone(on).await;
    world.set_up_app().await;
    world.set_rules(FactorRules { floor: Assurance::High, ..FactorRules::USUAL }).await;
    let shown = page(&browser).await;
    assert_eq!(shown.text_of("not-accepted").as_deref(), Some("No longer accepted"));
    assert!(!shown.body.contains("authenticator-add") && shown.body.contains("authenticator-remove"));
    assert_eq!(
        press(&browser, "/authenticator/remove", None).await.as_deref(),
        Some("/account/security?done=authenticator-removed")
    );
}

async fn whoever_may_turns_it_off_and_stays_signed_in(on: On) {
    let (world, phone, browser) = by_phone(on).await;
    world.set_up_app().await;
    world.recovery_codes().await;
    let shown = page(&browser).await;
    assert!(shown.body.contains("whoever knows your password can sign in"), "the consequence is named");
    world.clock.advance(Duration::from_mins(11));
    assert_eq!(press(&browser, "/turn-off", None).await.as_deref(), Some("/account/confirm"));
    let fresh = world.browser();
    world.change("DELETE FROM authenticators").await;
    world.sign_in(&fresh, &phone).await;
    assert_eq!(press(&fresh, "/turn-off", None).await.as_deref(), Some("/account/security?done=turned-off"));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM recovery_codes").await, 0);
    for browser in [&browser, &fresh] {
        assert_eq!(browser.get("/").await.unwrap().status, 200, "sessions go on");
    }
    // One mail, whatever went with it.
    let mails = world.mail_server().mails(4).await;
    assert_eq!(mails[3].subject(), "ACME: signing in takes only your password again");
    assert!(mails[3].plain().contains("Ada’s phone"), "{}", mails[3].plain());
    assert!(signs_in(&world.browser().sign_in(EMAIL, PASSWORD).await.unwrap()));
    let told = world.events_of_user().await;
    assert!(told.iter().any(|event| event == "factors.turned_off_by_owner"), "{told:?}");
    // A second time there is nothing to turn off.
    let again = press(&world.signed_in_by_password(EMAIL).await, "/turn-off", None).await;
    assert_eq!(again.as_deref(), Some("/account/security?done=gone"));
}

async fn stays(world: &World, browser: &Browser, sentence: &str) {
    let form = page(browser).await;
    assert_eq!(form.text_of("own-sentence").as_deref(), Some(sentence));
    assert!(!form.body.contains("data-testid=\"turn-off\"") && !form.body.contains("phone-remove"));
    assert!(form.text_of("last-one").unwrap().contains("ask an administrator"));
    for (action, fields) in [("/turn-off", vec![]), ("/phones/remove", vec![("id", phone_of(world).await)])] {
        let fields: Vec<_> =
            fields.iter().map(|(name, value): &(&str, String)| (*name, value.as_str())).collect();
        let refused = browser.submit(&form, &format!("{HERE}{action}"), &fields).await.unwrap();
        assert_eq!(refused.location.as_deref(), Some("/account/security?done=last-one"), "{action}");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    let removed = world
        .events_of_user()
        .await
        .iter()
        .any(|event| event.contains("removed") || event.contains("turned_off"));
    assert!(!removed, "and nothing is told of");
}

async fn phone_of(world: &World) -> String {
    let at = world.at().await;
    world.app.held_by(&at, world.user).await.unwrap().phones[0].id.to_string()
}

async fn where_it_is_required_the_last_factor_stays(on: On) {
    let (world, phone, browser) = by_phone(on).await;
    world.require(FactorRules::USUAL).await;
    stays(&world, &browser, "Your organisation requires a second step when you sign in.").await;
    // With another one, it may go.
    let second = world.paired_phone("Second").await;
    let shown = page(&browser).await;
    let id = id_of(&shown, "/phones/remove");
    let gone = press(&browser, "/phones/remove", Some(&id)).await;
    assert_eq!(gone.as_deref(), Some("/account/security?done=phone-removed"));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    drop((phone, second));
}

async fn where_an_administrator_decides_the_last_factor_stays(on: On) {
    let (world, _phone, browser) = by_phone(on).await;
    world.change_policy(|policy| policy.turned_off_by = Role::Administrator).await;
    let sentence = "You use a second step when you sign in. Only an administrator can turn it off.";
    stays(&world, &browser, sentence).await;
    // A code of an app that is below the floor is nothing to be left with.
    world.set_up_app().await;
    world.set_rules(FactorRules { floor: Assurance::High, ..FactorRules::USUAL }).await;
    let id = phone_of(&world).await;
    let form = page(&browser).await;
    let refused = browser.submit(&form, &format!("{HERE}/phones/remove"), &[("id", &id)]).await.unwrap();
    assert_eq!(refused.location.as_deref(), Some("/account/security?done=last-one"));
}

async fn of_two_removals_at_once_one_stays(on: On) {
    let (world, _phone, browser) = by_phone(on).await;
    world.set_up_app().await;
    world.require(FactorRules::USUAL).await;
    let (form, id) = (page(&browser).await, phone_of(&world).await);
    let other = copy_of(&world, &browser);
    let (phones, app) = (format!("{HERE}/phones/remove"), format!("{HERE}/authenticator/remove"));
    let phone = [("id", id.as_str())];
    let (one, two) = tokio::join!(browser.submit(&form, &phones, &phone), other.submit(&form, &app, &[]));
    let refused = [one, two]
        .into_iter()
        .filter(|answer| {
            answer.as_ref().unwrap().location.as_deref() == Some("/account/security?done=last-one")
        })
        .count();
    assert_eq!(refused, 1);
    let left = "SELECT (SELECT COUNT(*) FROM devices WHERE state = 'active') \
                + (SELECT COUNT(*) FROM authenticators WHERE state = 'active')";
    assert_eq!(world.count(left).await, 1);
}

async fn until_the_grace_period_ends_the_start_page_asks(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world
        .change_policy(|policy| {
            policy.base = SecondFactor::Required;
            policy.factors.allowed = [Factor::Push, Factor::Totp].into_iter().collect();
            policy.grace_days = 7;
        })
        .await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let start = browser.get("/").await.unwrap();
    assert!(start.body.contains("Set up a second step by ") && start.body.contains("start-due-button"));
    assert!(page(&browser).await.text_of("own-due").unwrap().starts_with("Set up a second step by "));
    // The session goes on when the time is over; the next sign-in asks.
    world.change_policy(|policy| policy.sessions.hours = Some(720)).await;
    let long = world.signed_in_by_password(EMAIL).await;
    world.clock.advance(Duration::from_hours(24 * 7));
    assert!(long.get("/").await.unwrap().body.contains("Your next sign-in will ask"));
    let answer = world.browser().sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/setup"));
    world.paired_phone("Ada’s phone").await;
    assert!(!long.get("/").await.unwrap().body.contains("start-due"));
}

async fn a_box_that_is_ticked_shows_the_pairing_code(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let start = browser.get("/").await.unwrap();
    let (_, link) =
        start.body.split_once("href=\"/account/security\" data-testid=\"start-security\"").unwrap();
    assert!(link.starts_with(">Ada Lovelace<"), "the name leads to the preferences");
    let shown = page(&browser).await;
    let (_, form) = shown.body.split_once("action=\"/account/security/authenticator\"").unwrap();
    let form = form.split("</form>").next().unwrap();
    assert!(form.contains("type=\"checkbox\" name=\"show\"") && form.contains("type=\"submit\""), "{form}");
    assert!(form.contains("Show pairing code for authenticator apps"), "{form}");
    let code = browser.get("/account/security/authenticator?show=on").await.unwrap();
    assert!(code.status == 200 && code.body.contains("otpauth://"));
}

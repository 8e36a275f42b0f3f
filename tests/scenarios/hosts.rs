//! One tenant at several hosts: a phone answers where it was paired, whatever host somebody signs in at; a passkey
//! answers at its own host alone.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_mobile_core::Outcome;
use countersign_protocol::statement::Unverified;
use countersign_server::app::RemoveHostError;
use countersign_server::app::admin::AddError;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::factor::{Assurance, Factor, FactorRules};
use countersign_server::domain::tenant::Origin;
use countersign_tests::jobs::everybody;
use countersign_tests::passkeys::{ADD, OPTIONS};
use countersign_tests::settings::mails_about;
use countersign_tests::ways::signs_in;
use countersign_tests::{Authenticator, EMAIL, On, PASSWORD, Setup, World};

stories!(
    a_login_at_either_host_rings_the_phone_and_completes,
    a_phone_calls_where_it_was_paired,
    a_passkey_of_one_host_is_neither_offered_nor_forgotten_at_another,
    whoever_knows_the_password_sets_nothing_up_at_another_host,
    a_host_is_one_tenants_and_one_is_always_left,
    mail_that_no_browser_asked_for_leads_to_the_main_host,
    mail_of_what_administrators_do_leads_to_the_main_host,
);

const BY: By = By::CommandLine;

/// A second host of the world's tenant.
async fn second_host(world: &World) -> Origin {
    let other = match world.origin.contains("127.0.0.1") {
        true => world.origin.replace("127.0.0.1", "localhost"),
        false => world.origin.replace("localhost", "127.0.0.1"),
    };
    let other = Origin::parse(&other).unwrap();
    world.app.add_host(&BY, world.tenant, &other).await.unwrap();
    other
}

fn at(origin: &Origin) -> Browser {
    Browser::new(&origin.to_string()).unwrap()
}

async fn a_login_at_either_host_rings_the_phone_and_completes(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let other = second_host(&world).await;
    for browser in [world.browser(), at(&other), world.browser()] {
        world.begin(&browser).await;
        assert!(!phone.woken().await.is_empty());
        let request = phone.request().await;
        assert_eq!(phone.core.approve(request, None).await.unwrap(), Outcome::Approved);
        assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
        assert_eq!(browser.get("/").await.unwrap().status, 200);
    }
    // The cookie of one host is not sent to the other.
    assert_eq!(at(&other).get("/").await.unwrap().location.as_deref(), Some("/login"));
    let stored = world.count("SELECT COUNT(DISTINCT device_id) FROM receipts").await;
    assert_eq!(stored, 1);

    // A phone that is paired at the other host is asked in the name of that one.
    let second = world.phone("Second");
    let handle = world.app.tenant(other.authority()).await.unwrap().unwrap();
    let link = world.app.offer_pairing(&handle, world.user).await.unwrap();
    let started = second.core.pair(link.to_string(), Some(second.push.clone())).await.unwrap();
    world.app.confirm_newest_pairing(&handle, world.user, &started.code).await.unwrap();
    let browser = world.browser();
    world.begin(&browser).await;
    let request = second.request().await;
    assert_eq!(second.core.approve(request, None).await.unwrap(), Outcome::Approved);
    assert!(signs_in(&world.complete(&browser).await));
}

async fn a_phone_calls_where_it_was_paired(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let other = second_host(&world).await;
    world.begin(&at(&other)).await;
    let request = phone.request().await;
    let key = world.at().await.signing_key.public_key().clone();
    let row = world.receipt(request.login).await;
    assert!(row.is_none());
    phone.core.approve(request.clone(), None).await.unwrap();
    let receipt = world.receipt(request.login).await.unwrap();
    let signed: countersign_protocol::approval::ApprovalRequest =
        Unverified::parse(&receipt.request).unwrap().verify(&key).unwrap();
    assert_eq!(signed.iss, world.origin, "the origin of the pairing");

    // Its host is gone: it cannot call, and its owner is not let in by the password alone.
    world.app.make_main_host(&BY, world.tenant, &other).await.unwrap();
    let first = Origin::parse(&world.origin).unwrap();
    assert_eq!(world.app.host_in_use(world.tenant, &first).await.unwrap().phones, 1);
    world.app.remove_host(&BY, world.tenant, &first).await.unwrap();
    world.clock.advance(Duration::from_secs(6));
    let browser = at(&other);
    let answer = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/code"));
    assert!(!phone.core.pending().await.unwrap().unreached.is_empty());
    assert_eq!(world.browser().get("/login").await.unwrap().status, 421);
}

async fn a_passkey_of_one_host_is_neither_offered_nor_forgotten_at_another(on: On) {
    let world = World::with(on, Setup::by_name()).await;
    let mut key = Authenticator::in_a_device();
    let first = world.signed_in_by_password(EMAIL).await;
    world.add_passkey(&first, &mut key).await;
    let other = second_host(&world).await;
    let browser = at(&other);
    let answer = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert!(!signs_in(&answer) && answer.status == 403, "{} {}", answer.status, answer.body);
    assert!(answer.body.contains(&format!("href=\"{}/login\"", world.origin)), "{}", answer.body);
    assert_eq!(world.count("SELECT COUNT(*) FROM logins WHERE state = 'pending'").await, 0);

    // Where something else is set up as well, that is asked for.
    let phone = world.paired_phone("Ada’s phone").await;
    world.begin(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    assert!(!code.body.contains("data-passkey-use"), "no passkey here");
    phone.approve(None).await.unwrap();
    assert!(signs_in(&world.complete(&browser).await));
}

async fn whoever_knows_the_password_sets_nothing_up_at_another_host(on: On) {
    let world = World::with(on, Setup::by_name()).await;
    let mut key = Authenticator::in_a_device();
    let signed_in = world.signed_in_by_password(EMAIL).await;
    world.add_passkey(&signed_in, &mut key).await;
    let other = second_host(&world).await;
    world.require(FactorRules { floor: Assurance::Medium, ..FactorRules::USUAL }).await;
    let browser = at(&other);
    let answer = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert!(!signs_in(&answer) && answer.location.is_none(), "neither signed in nor set up: {answer:?}");

    // In a session at the other host, nothing can be changed without the passkey either.
    world.change("DELETE FROM passkeys").await;
    world.require(FactorRules::USUAL).await;
    world
        .change_policy(|policy| {
            policy.base = countersign_server::domain::policy::rule::SecondFactor::Optional
        })
        .await;
    let browser = at(&other);
    assert!(signs_in(&browser.sign_in(EMAIL, PASSWORD).await.unwrap()));
    let mut another = Authenticator::in_a_device();
    let asking = world.signed_in_by_password(EMAIL).await;
    world.add_passkey(&asking, &mut another).await;
    let asked = browser.submit(&browser.get("/").await.unwrap(), OPTIONS, &[]).await.unwrap();
    assert_eq!(asked.status, 403, "{}", asked.body);
    let page = browser.get("/account/confirm").await.unwrap();
    assert!(page.status == 403 && page.body.contains(&world.origin), "{} {}", page.status, page.body);
    assert_eq!(browser.get(ADD).await.unwrap().location.as_deref(), Some("/account/confirm"));
}

async fn a_host_is_one_tenants_and_one_is_always_left(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    let first = Origin::parse(&world.origin).unwrap();
    let stranger = world.add_tenant("https://stranger.example").await;
    let taken = world.app.add_host(&BY, stranger, &first).await;
    assert!(matches!(taken, Err(AddError::HostTaken(_))), "{taken:?}");
    let refused = world.app.remove_host(&BY, world.tenant, &first).await;
    assert!(matches!(refused, Err(RemoveHostError::Main(_))), "{refused:?}");
    let refused = world.app.remove_host(&BY, stranger, &first).await;
    assert!(matches!(refused, Err(RemoveHostError::Unknown(_))), "{refused:?}");
    assert!(!world.app.make_main_host(&BY, stranger, &first).await.unwrap(), "another's");
    assert_eq!(world.app.hosts_of(stranger).await.unwrap().len(), 1);
    assert!(world.app.hosts_of(stranger).await.unwrap()[0].main, "and still has a main one");

    // Of two that are made the main one at once, one is.
    let other = second_host(&world).await;
    let (one, two) = tokio::join!(
        world.app.make_main_host(&BY, world.tenant, &first),
        world.app.make_main_host(&BY, world.tenant, &other)
    );
    assert!(one.is_ok() || two.is_ok());
    let hosts = world.app.hosts_of(world.tenant).await.unwrap();
    assert_eq!(hosts.iter().filter(|host| host.main).count(), 1, "{hosts:?}");
}

async fn mail_that_no_browser_asked_for_leads_to_the_main_host(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let other = second_host(&world).await;
    world.app.make_main_host(&BY, world.tenant, &other).await.unwrap();
    let handle = world.app.tenant_by_id(world.tenant).await.unwrap().unwrap();
    assert_eq!((handle.origin, handle.main), (other.clone(), other.clone()));
    world.add_administrator("grace@example.com").await;
    let phone = world.paired_phone("Ada’s phone").await;
    world.begin(&world.browser()).await;
    phone.core.report(phone.request().await).await.unwrap();
    let mails = world.mail_server().mails(3).await;
    let to_grace = mails.iter().find(|mail| mail.recipient == "grace@example.com").unwrap();
    assert!(!to_grace.plain().contains(&world.origin), "{}", to_grace.plain());
}

async fn mail_of_what_administrators_do_leads_to_the_main_host(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let main = second_host(&world).await;
    world.app.make_main_host(&BY, world.tenant, &main).await.unwrap();
    world.change_policy(|policy| policy.factors.allowed = [Factor::Totp].into_iter().collect()).await;
    world.add_super_administrator("root@example.com").await;
    world.add_user("bob@example.com").await;
    // Who administers from the other host, and by a job.
    let root = world.signed_in_by_password("root@example.com").await;
    let ada = format!("/admin/users/{}", world.user);
    let page = root.get(&ada).await.unwrap();
    root.submit(&page, &format!("{ada}/act"), &[("action", "turn-on")]).await.unwrap();
    world.job_done(Action::TurnOn, everybody(), BY).await;
    for mail in mails_about(&world, "signing in takes two steps from now on", 3).await {
        let text = mail.plain();
        assert!(text.contains(&main.to_string()) && !text.contains(&world.origin), "{text}");
    }
}

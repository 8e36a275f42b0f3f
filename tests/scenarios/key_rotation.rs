//! The master keys are rotated: nobody who signs in notices, and the old key is needed no more.

use std::path::Path;
use std::time::Duration;

use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Clock as _;
use countersign_server::app::reseal::{Resealed, reseal};
use countersign_server::config::key_file;
use countersign_tests::{On, Setup, World};

use crate::authenticator_apps::type_code;
use crate::mail::{none_waits, tried};

stories!(
    people_sign_in_while_the_keys_are_rotated,
    after_a_rotation_the_old_key_is_needed_no_more,
    two_rotations_at_once_seal_each_secret_once,
    what_no_key_opens_stays_as_it_is_and_is_counted,
    mail_that_waits_is_sealed_again_and_sent,
    mail_under_a_key_that_is_not_here_yet_waits_for_it,
);

/// As the command does, beside the server that runs.
async fn seal_again(world: &World) -> Resealed {
    let keys = key_file::read(world.key_file()).unwrap();
    reseal(world.app.db(), &keys, &SystemRandom::new()).await.unwrap()
}

fn new_key(world: &World) {
    key_file::rotate(world.key_file(), &SystemRandom::new()).unwrap();
}

/// Takes all keys but the current one out of the file.
fn forget_old_keys(file: &Path) {
    let current = key_file::read(file).unwrap().current().to_string();
    let text = std::fs::read_to_string(file).unwrap();
    let kept = text.lines().filter(|line| !line.starts_with("key ") || line.contains(&current));
    std::fs::write(file, kept.collect::<Vec<_>>().join("\n")).unwrap();
}

async fn people_sign_in_while_the_keys_are_rotated(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let app = world.set_up_app().await;
    let (by_phone, by_app) = (world.browser(), world.browser());
    world.sign_in(&by_phone, &phone).await;
    world.begin(&by_app).await;
    new_key(&world);
    let done = seal_again(&world).await;
    assert_eq!((done.signing_keys, done.authenticators, done.shut), (1, 1, 0));
    assert!(done.server_keys >= 1, "{done:?}");

    // The tenant is remembered for five seconds; then its key is read again.
    world.clock.advance(Duration::from_secs(30));
    assert!(type_code(&by_app, &app.code(world.clock.now())).await, "a login that began before");
    world.sign_out(&by_phone).await;
    world.sign_in(&by_phone, &phone).await;
    // What this server seals from now on is sealed under the new key.
    world.set_up_app().await;
    assert_eq!(seal_again(&world).await, Resealed::default());
}

async fn after_a_rotation_the_old_key_is_needed_no_more(on: On) {
    let (mut world, phone) = World::by_tap(on).await;
    let app = world.set_up_app().await;
    new_key(&world);
    seal_again(&world).await;
    forget_old_keys(world.key_file());
    world.restart().await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    world.clock.advance(Duration::from_secs(30));
    let other = world.browser();
    world.begin(&other).await;
    assert!(type_code(&other, &app.code(world.clock.now())).await);
}

async fn two_rotations_at_once_seal_each_secret_once(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.set_up_app().await;
    new_key(&world);
    let (one, other) = tokio::join!(seal_again(&world), seal_again(&world));
    assert_eq!(one.signing_keys + other.signing_keys, 1);
    assert_eq!(one.authenticators + other.authenticators, 1);
    world.clock.advance(Duration::from_secs(6));
    world.sign_in(&world.browser(), &phone).await;
}

async fn what_no_key_opens_stays_as_it_is_and_is_counted(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.set_up_app().await;
    // As if it had been sealed for somebody else: the head is right, the rest is not.
    let swap = "UPDATE authenticators SET sealed = (SELECT signing_key_sealed FROM tenants)";
    world.app.db().write(|tx| Box::pin(tx.query(swap).execute())).await.unwrap();
    new_key(&world);
    let done = seal_again(&world).await;
    assert_eq!((done.signing_keys, done.authenticators, done.shut), (1, 0, 1));
    assert_eq!(seal_again(&world).await, Resealed { shut: 1, ..Resealed::default() });
    world.clock.advance(Duration::from_secs(6));
    world.sign_in(&world.browser(), &phone).await;
}

async fn mail_that_waits_is_sealed_again_and_sent(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.mail_server().go_down().await;
    world.paired_phone("Ada’s phone").await;
    tried(&world, 1).await;
    new_key(&world);
    assert_eq!(seal_again(&world).await.mails, 1);
    forget_old_keys(world.key_file());
    world.mail_server().come_up().await;
    world.clock.advance(Duration::from_secs(30));
    world.app.send_due_mails().await.unwrap();
    assert!(world.mail_server().mails(1).await[0].plain().contains("Ada’s phone"));
}

async fn mail_under_a_key_that_is_not_here_yet_waits_for_it(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.mail_server().go_down().await;
    world.paired_phone("Ada’s phone").await;
    tried(&world, 1).await;
    // Another node has its own copy of the key file, and rotates it.
    let elsewhere = world.key_file().with_extension("elsewhere");
    std::fs::copy(world.key_file(), &elsewhere).unwrap();
    key_file::rotate(&elsewhere, &SystemRandom::new()).unwrap();
    let keys = key_file::read(&elsewhere).unwrap();
    assert_eq!(reseal(world.app.db(), &keys, &SystemRandom::new()).await.unwrap().mails, 1);
    world.mail_server().come_up().await;
    world.clock.advance(Duration::from_secs(30));
    world.app.send_due_mails().await.unwrap();
    tried(&world, 2).await;
    assert_eq!(world.mail_server().taken(), 0);
    std::fs::rename(&elsewhere, world.key_file()).unwrap();
    world.clock.advance(Duration::from_secs(60));
    world.app.send_due_mails().await.unwrap();
    world.mail_server().mails(1).await;
    none_waits(&world).await;
}

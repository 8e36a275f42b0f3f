//! What is refused has its line in the audit log: of whom, from where, and why. What was typed is in none of them.

use std::time::Duration;

use countersign_protocol::pairing::PairingLink;
use countersign_protocol::time::Clock as _;
use countersign_server::app::{Acted, PolicyChange, Refused, ResetAsked};
use countersign_server::domain::actor::By;
use countersign_server::domain::audit::chain::Line;
use countersign_server::domain::audit::filter::AuditFilter;
use countersign_server::domain::audit::tally::OF_AN_ADDRESS;
use countersign_server::domain::directory::Action;
use countersign_server::domain::job::Task;
use countersign_server::domain::policy::networks::parse;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_server::domain::user::Role;
use countersign_server::store::audit;
use countersign_tests::jobs::{by, everybody};
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};
use serde_json::Value;

stories!(
    a_wrong_password_is_told_alike_whoever_was_meant,
    guesses_without_end_are_counted,
    a_network_that_is_not_allowed_is_told,
    a_wrong_password_in_a_session_is_told_and_that_it_suspends,
    a_phone_that_is_not_taken_is_told,
    what_administrators_may_not_do_is_told,
    a_reset_that_nobody_carried_out_is_told,
    a_job_says_how_it_ended,
);

/// All lines of an event, the oldest first, with their particulars.
async fn lines(world: &World, event: &str) -> Vec<(Line, Value)> {
    let (mut all, mut key) = (Vec::new(), None);
    loop {
        let filter = AuditFilter { what: Some(event.into()), ..AuditFilter::default() };
        let page = world.app.search_audit(world.tenant, filter, key).await.unwrap();
        all.extend(page.lines.into_iter().map(|found| found.line));
        key = page.next;
        if key.is_none() {
            break;
        }
    }
    let read = |line: Line| (line.clone(), serde_json::from_str(&line.detail).unwrap());
    all.into_iter().rev().map(read).collect()
}

/// Why, line by line.
async fn reasons(world: &World, event: &str) -> Vec<String> {
    let reason = |(_, detail): (Line, Value)| detail["reason"].as_str().unwrap().to_owned();
    lines(world, event).await.into_iter().map(reason).collect()
}

async fn refused(world: &World, email: &str, password: &str) {
    assert_eq!(world.browser().sign_in(email, password).await.unwrap().status, 401, "{email}");
}

async fn a_wrong_password_is_told_alike_whoever_was_meant(on: On) {
    let world = World::new(on).await;
    world.cheapen_passwords().await;
    assert_eq!(world.browser().sign_in(EMAIL, PASSWORD).await.unwrap().status, 303);
    refused(&world, EMAIL, "hunter2").await;
    refused(&world, "eve@example.com", "hunter2").await;
    refused(&world, "what is no name", PASSWORD).await;
    world.change("UPDATE users SET disabled_at = 1").await;
    refused(&world, EMAIL, PASSWORD).await;
    refused(&world, EMAIL, "hunter2").await;

    let told = lines(&world, "login.refused").await;
    let whom: Vec<_> =
        told.iter().map(|(line, detail)| (line.user, detail["reason"].as_str().unwrap())).collect();
    let ada = Some(world.user);
    assert_eq!(
        whom,
        [(ada, "password"), (None, "password"), (None, "password"), (ada, "disabled"), (ada, "password")]
    );
    for (line, detail) in &told {
        assert_eq!(line.actor.as_deref(), Some("server"), "nobody knows who it was");
        assert_eq!((line.address.as_deref(), line.result.as_deref()), (Some("127.0.0.1"), Some("refused")));
        let members: Vec<_> = detail.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["address", "reason"], "nothing that was typed");
    }
    // It does not push out what its owner is shown.
    let (tenant, user) = (world.tenant, world.user);
    let db = world.app.db();
    let lately = db.read(move |tx| Box::pin(audit::lately(tx, tenant, user, 1))).await.unwrap();
    assert_eq!(lately[0].event, "session.started");
}

async fn guesses_without_end_are_counted(on: On) {
    let world = World::new(on).await;
    world.cheapen_passwords().await;
    for n in 0..OF_AN_ADDRESS + 7 {
        refused(&world, if n % 2 == 0 { EMAIL } else { "eve@example.com" }, "hunter2").await;
    }
    assert_eq!(world.browser().sign_in(EMAIL, PASSWORD).await.unwrap().status, 303, "the right one goes on");
    world.app.tell_held_back().await.unwrap();
    let told = lines(&world, "login.refused").await;
    let (counted, single): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|(_, detail)| detail["reason"] == "too-many");
    assert_eq!(single.len(), OF_AN_ADDRESS as usize);
    assert_eq!(counted.iter().map(|(_, detail)| detail["count"].as_u64().unwrap()).sum::<u64>(), 7);
    assert!(counted.iter().all(|(line, _)| line.address.as_deref() == Some("127.0.0.1")));
    world.clock.advance(Duration::from_mins(1));
    refused(&world, "eve@example.com", "hunter2").await;
    assert_eq!(reasons(&world, "login.refused").await.last().unwrap(), "password", "a minute later");
    assert_eq!(world.app.tell_held_back().await.unwrap(), 0, "what was told is not told again");
}

async fn a_network_that_is_not_allowed_is_told(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.networks.allowed = vec![parse("192.0.2.0/24").unwrap()]).await;
    assert_eq!(world.browser().get("/login").await.unwrap().status, 403);
    assert_eq!(world.browser().get("/healthz").await.unwrap().status, 200);
    let told = lines(&world, "login.refused").await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0.user, told[0].1["reason"].as_str()), (None, Some("network")));
    assert_eq!(told[0].0.address.as_deref(), Some("127.0.0.1"));
}

async fn a_wrong_password_in_a_session_is_told_and_that_it_suspends(on: On) {
    let world = World::new(on).await;
    world.cheapen_passwords().await;
    let browser = world.signed_in_by_password(EMAIL).await;
    world.clock.advance(Duration::from_mins(11));
    let page = browser.get("/account/confirm").await.unwrap();
    for _ in 0..10 {
        let again = browser.submit(&page, "/account/confirm", &[("password", "hunter2")]).await.unwrap();
        assert_ne!(again.status, 303);
    }
    let again = browser.submit(&page, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    assert_eq!(again.status, 429, "{}", again.body);
    let wrong = lines(&world, "session.confirm_failed").await;
    assert_eq!(wrong.len(), 10);
    assert!(wrong.iter().all(|(line, _)| line.user == Some(world.user) && line.address.is_some()));
    let suspended = lines(&world, "factors.suspended").await;
    assert_eq!(suspended.len(), 1, "the tenth");
    let (line, detail) = &suspended[0];
    assert_eq!((detail["factor"].as_str(), detail["minutes"].as_u64()), (Some("password"), Some(1)));
    assert_eq!(line.address.as_deref(), Some("127.0.0.1"));
}

async fn a_phone_that_is_not_taken_is_told(on: On) {
    let world = World::with(on, Setup { require_hardware_keys: true, ..Setup::default() }).await;
    let link = world.app.offer_pairing(&*world.at().await, world.user).await.unwrap();
    let phone = world.phone("Ada’s phone");
    let mut guessed = PairingLink { ..link.clone() };
    guessed.secret.0[0] ^= 1;
    phone.core.pair(guessed.to_string(), None).await.unwrap_err();
    phone.core.pair(link.to_string(), None).await.unwrap_err();
    assert_eq!(reasons(&world, "pairing.refused").await, ["secret", "hardware-keys"]);
    for (line, _) in lines(&world, "pairing.refused").await {
        assert_eq!((line.user, line.address.as_deref()), (Some(world.user), Some("127.0.0.1")));
        assert!(!line.detail.contains(&link.secret.to_string()));
    }
}

async fn what_administrators_may_not_do_is_told(on: On) {
    let world = World::new(on).await;
    let boss = world.add_super_administrator("boss@example.com").await;
    let grace = by(world.add_administrator("grace@example.com").await, Role::Administrator);
    let (app, at) = (&world.app, world.at().await);
    app.set_name(&at, &grace, boss, "Eve").await.unwrap_err();
    app.set_email(&at, &grace, boss, "eve@example.com").await.unwrap_err();
    app.set_password(&at, &grace, boss, "a new password".to_owned().into(), true).await.unwrap_err();
    let no = Refused::NotAllowed;
    assert_eq!(app.ask_reset(&at, &grace, boss).await.unwrap(), ResetAsked::Refused(no));
    assert_eq!(app.act_on(&at, &grace, boss, Action::Disable).await.unwrap(), Acted::Refused(no));
    let told = lines(&world, "user.act_refused").await;
    let actions: Vec<_> = told.iter().map(|(_, detail)| detail["action"].as_str().unwrap_or("")).collect();
    assert_eq!(actions, ["set-name", "set-email", "set-password", "ask-reset", "disable"]);
    for (line, _) in &told {
        assert_eq!(line.actor, Some(grace.actor().to_string()));
        assert_eq!((line.user, line.address.as_deref()), (Some(boss), Some("192.0.2.1")));
    }

    world.change_policy(|policy| policy.changed_by = Role::SuperAdministrator).await;
    let mut policy = app.tenant_now(world.tenant).await.unwrap();
    policy.policy.base = SecondFactor::Off;
    let refused = app.change_policy(&grace, world.tenant, policy.revision, policy.policy).await.unwrap();
    assert!(matches!(refused, PolicyChange::Refused(_)), "{refused:?}");
    let task = Task { action: Action::Disable, whom: everybody(), by: by(boss, Role::SuperAdministrator) };
    let due = world.clock.now() + Duration::from_hours(1);
    let job = world.job_at(world.tenant, task, due).await;
    assert_eq!(app.stop_job(&at, &grace, job).await.unwrap(), Acted::Refused(no));
    for event in ["tenant.change_refused", "job.stop_refused"] {
        let told = lines(&world, event).await;
        assert_eq!(told.len(), 1, "{event}");
        assert_eq!(told[0].0.actor, Some(grace.actor().to_string()), "{event}");
        assert_eq!(told[0].0.address.as_deref(), Some("192.0.2.1"), "{event}");
        assert!(told[0].1["reason"].is_string(), "{event}");
    }
}

async fn a_reset_that_nobody_carried_out_is_told(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.resets_need_two = true).await;
    let grace = by(world.add_administrator("grace@example.com").await, Role::Administrator);
    let (app, at) = (&world.app, world.at().await);
    for _ in 0..2 {
        assert_eq!(app.ask_reset(&at, &grace, world.user).await.unwrap(), ResetAsked::Asked);
        assert_eq!(app.lapse_resets().await.unwrap(), 0, "not before its time");
        world.clock.advance(Duration::from_hours(24));
    }
    assert_eq!(lines(&world, "reset.lapsed").await.len(), 1, "the first, when it was asked for again");
    app.lapse_resets().await.unwrap();
    app.lapse_resets().await.unwrap();
    let told = lines(&world, "reset.lapsed").await;
    assert_eq!(told.len(), 2, "each once");
    assert!(told.iter().all(|(line, _)| line.user == Some(world.user)));
}

async fn a_job_says_how_it_ended(on: On) {
    let world = World::new(on).await;
    world.crowd(3).await;
    let grace = world.add_administrator("grace@example.com").await;
    let job = world.job_done(Action::Disable, everybody(), by(grace, Role::Administrator)).await;
    assert_eq!((job.seen, job.changed), (5, 4), "nobody acts on themselves");
    world.job_done(Action::Enable, everybody(), By::CommandLine).await;
    let told = lines(&world, "job.ended").await;
    let of = |n: usize| {
        let detail = &told[n].1;
        (detail["state"].as_str().unwrap(), detail["seen"].as_u64(), detail["changed"].as_u64())
    };
    assert_eq!(told.len(), 2);
    assert_eq!((of(0), of(1)), (("done", Some(5), Some(4)), ("done", Some(5), Some(4))));
    assert_eq!(told[0].1["job"], job.id.to_string());
}

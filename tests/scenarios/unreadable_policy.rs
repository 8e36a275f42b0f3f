//! A policy that cannot be read, such as one of a later version: nobody gets in and nothing is answered by guessing, until
//! it can be read again. If only a rule cannot be read, it asks everybody.

use std::time::Duration;

use countersign_server::domain::login::LoginState;
use countersign_tests::ways::signs_in;
use countersign_tests::{EMAIL, On, PASSWORD, World};

stories!(a_policy_that_cannot_be_read_lets_nobody_in, a_rule_that_cannot_be_read_asks_everybody);

async fn a_policy_that_cannot_be_read_lets_nobody_in(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (session, waiting) = (world.browser(), world.browser());
    world.begin(&session).await;
    phone.approve(None).await.unwrap();
    assert_eq!(world.complete(&session).await.location.as_deref(), Some("/"));
    let login = world.begin(&waiting).await;
    let page = waiting.get("/login/code").await.unwrap();
    let request = phone.request().await;
    let form = world.browser();
    let sign_in = form.get("/login").await.unwrap();
    let stored = world.texts("SELECT policy FROM tenants").await.remove(0).unwrap();

    let later = stored.replacen('{', r#"{"sms":"required","#, 1);
    for unreadable in ["", "{}", "null", &later] {
        set(&world, unreadable).await;
        let credentials = [("email", EMAIL), ("password", PASSWORD)];
        let answer = form.submit(&sign_in, "/login", &credentials).await.unwrap();
        assert!(answer.status == 500 && !signs_in(&answer), "{unreadable:?}: {}", answer.status);
        for path in ["/login", "/login/code", "/", "/account/security", "/admin/users", "/pair"] {
            assert_eq!(session.get(path).await.unwrap().status, 500, "{unreadable:?}: {path}");
        }
        assert!(phone.core.approve(request.clone(), None).await.is_err(), "{unreadable:?}");
        let completed = waiting.submit(&page, "/login/complete", &[]).await.unwrap();
        assert!(!signs_in(&completed) && completed.status == 500, "{unreadable:?}");
        assert_eq!((world.sessions().await, world.standing(login).await), (1, LoginState::Pending));
        assert_eq!(form.get("/healthz").await.unwrap().status, 200, "the server answers");
    }
    set(&world, &stored).await;
    phone.core.approve(request, None).await.unwrap();
    assert_eq!(world.complete(&waiting).await.location.as_deref(), Some("/"), "and all goes on");
}

async fn a_rule_that_cannot_be_read_asks_everybody(on: On) {
    let world = World::new(on).await;
    world.cheapen_passwords().await;
    world.signed_in_by_password(EMAIL).await;
    let stored = world.texts("SELECT policy FROM tenants").await.remove(0).unwrap();
    let rule = stored.replacen(r#""rules":["#, r#""rules":[{"of":"a later version"},"#, 1);
    set(&world, &rule.replace("},]", "}]")).await;
    let answer = world.browser().sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/setup"), "{}", answer.status);
    assert_eq!(world.sessions().await, 1);
}

/// Puts another policy into the database, past the server, and waits as long as it remembers the one before.
async fn set(world: &World, policy: &str) {
    let sql: &'static str = format!("UPDATE tenants SET policy = '{policy}'").leak();
    assert_eq!(world.change(sql).await, 1);
    world.clock.advance(Duration::from_secs(6));
}

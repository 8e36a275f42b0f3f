//! Known and unknown users look alike.

use countersign_demo::browser::Page;
use countersign_server::app::admin::UserWish;
use countersign_server::domain::actor::By;
use countersign_server::domain::user::Role;
use countersign_tests::{EMAIL, On, PASSWORD, World};

stories!(
    a_wrong_password_and_an_unknown_user_look_alike,
    a_user_of_another_tenant_is_unknown_here,
    a_sign_in_name_is_read_without_case_or_space,
);

/// The answer to a sign-in by a browser of its own, without what is different each time.
async fn answer(world: &World, email: &str, password: &str) -> (Page, String) {
    let browser = world.browser();
    let page = browser.sign_in(email, password).await.unwrap();
    let csrf = page.field("csrf").unwrap_or_default();
    let body = page.body.replace(&csrf, "CSRF").replace(email, "EMAIL");
    (page, body)
}

fn header_names(page: &Page) -> Vec<String> {
    let mut names: Vec<_> = page.headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    names
}

async fn a_wrong_password_and_an_unknown_user_look_alike(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let (known, known_body) = answer(&world, EMAIL, "not the password").await;
    assert_eq!(known.status, 401);
    assert!(known.field("csrf").is_some(), "the form is there again");
    let long = "x".repeat(1025);
    for (email, password) in [
        ("eve@example.com", "not the password"),
        ("eve@example.com", PASSWORD),
        ("nobody-at-all", PASSWORD),
        (EMAIL, "correct horse batterz"),
        (EMAIL, ""),
        (EMAIL, &long),
        ("eve@example.com", &long),
    ] {
        let (page, body) = answer(&world, email, password).await;
        assert_eq!(page.status, known.status, "{email}");
        assert_eq!(body, known_body, "{email}");
        assert_eq!(header_names(&page), header_names(&known), "{email}");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM logins").await, 0);
}

async fn a_user_of_another_tenant_is_unknown_here(on: On) {
    let world = World::new(on).await;
    let other = world.add_tenant("https://login.example.com").await;
    let (role, password) = (Role::Member, PASSWORD.to_owned().into());
    let wish = UserWish::new("grace@example.com", "Grace Hopper", role, password);
    let other = world.app.tenant_now(other).await.unwrap();
    world.app.add_user(&By::CommandLine, &other, wish).await.unwrap();
    assert_eq!(answer(&world, "grace@example.com", PASSWORD).await.0.status, 401);
}

async fn a_sign_in_name_is_read_without_case_or_space(on: On) {
    let world = World::new(on).await;
    for email in ["ADA@Example.com", " ada@example.com "] {
        assert_eq!(answer(&world, email, PASSWORD).await.0.location.as_deref(), Some("/"), "{email}");
    }
}

//! What a change of settings leads to, looked at further than its figures: all users, one user by name, networks, and what
//! would happen from where.

use countersign_demo::browser::Page;
use countersign_server::app::admin::UserWish;
use countersign_server::domain::actor::By;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_server::domain::user::Role;
use countersign_tests::settings::{PREVIEW, carried, press, send, type_settings, users_with};

use countersign_tests::{EMAIL, On, PASSWORD};

use crate::settings::world;

stories!(
    all_of_those_whom_it_concerns_are_listed_page_by_page,
    one_user_is_found_by_a_part_of_the_name,
    networks_are_told_of_where_nothing_else_changes,
    what_would_happen_from_somewhere_is_asked_of_the_change,
);

fn said(page: &Page, what: &str) -> String {
    page.text_of(what).unwrap_or_else(|| panic!("{what}: {}", page.body))
}

async fn all_of_those_whom_it_concerns_are_listed_page_by_page(on: On) {
    let (world, root) = world(on).await;
    world.crowd(130).await;
    let preview = type_settings(&root, &[("base", Some("required"))]).await;
    let mut page = press(&root, &preview, "show", "set-up").await;
    let mut listed = Vec::new();
    for more in [true, true, false] {
        let links = page.body.split("href=\"/admin/users/").skip(1);
        listed.extend(links.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        let next = page.field("after");
        assert_eq!(next.is_some(), more, "{}", page.body);
        if let Some(next) = next {
            let mut fields = carried(&page);
            fields.extend([("show".into(), "set-up".into()), ("after".into(), next)]);
            page = send(&root, &page, PREVIEW, &fields).await;
        }
    }
    assert_eq!(listed.len() as u64, users_with(&preview, "set-up"));
    assert_eq!(listed.len(), 132, "Ada, the administrator, and the crowd");
    let all = listed.len();
    listed.sort();
    listed.dedup();
    assert_eq!(listed.len(), all, "nobody twice");
}

async fn one_user_is_found_by_a_part_of_the_name(on: On) {
    let (world, root) = world(on).await;
    let tenant = world.app.tenant_now(world.tenant).await.unwrap();
    for (email, name) in [("grace@example.com", "Grace Hopper"), ("grete@example.com", "Grete Hermann")] {
        let wish = UserWish::new(email, name, Role::Member, PASSWORD.to_owned().into());
        world.app.add_user(&By::CommandLine, &tenant, wish).await.unwrap();
    }
    let preview = type_settings(&root, &[("base", Some("required"))]).await;
    let hopper = press(&root, &preview, "find", "hopper").await;
    let (_, found) = hopper.body.split_once("data-testid=\"preview-found\"").unwrap();
    assert!(found.contains("Grace Hopper") && found.contains("Sets one up"), "{found}");
    let several = press(&root, &preview, "find", "GR").await;
    let (_, found) = several.body.split_once("data-testid=\"preview-found\"").unwrap();
    for email in ["grace@example.com", "grete@example.com"] {
        assert!(found.contains(&format!("name=\"find\" value=\"{email}\"")), "{found}");
    }
    assert!(found.contains("Whom do you mean?") && !found.contains("Sets one up"), "{found}");
    let nobody = press(&root, &preview, "find", "lovelace-byron").await;
    assert!(said(&nobody, "preview-found").starts_with("There is no user"));
}

async fn networks_are_told_of_where_nothing_else_changes(on: On) {
    let (world, root) = world(on).await;
    world.change_policy(|policy| policy.base = SecondFactor::Required).await;
    let preview = type_settings(&root, &[("trusted", Some("0.0.0.0/0"))]).await;
    assert_eq!(preview.text_of("preview-nobody"), None, "{}", preview.body);
    let trusted = said(&preview, "network-trusted");
    assert!(trusted.contains("0.0.0.0/0") && trusted.contains("the 2 users who are asked"), "{trusted}");
    let preview = type_settings(&root, &[("allowed", Some("127.0.0.0/8"))]).await;
    assert_eq!(preview.text_of("preview-nobody"), None, "{}", preview.body);
    assert!(said(&preview, "network-only").contains("none of the 2 users"), "{}", preview.body);
    let preview = type_settings(&root, &[("number_rule", Some("always"))]).await;
    assert!(said(&preview, "preview-nobody").starts_with("Who is asked"), "{}", preview.body);
}

async fn what_would_happen_from_somewhere_is_asked_of_the_change(on: On) {
    let (_world, root) = world(on).await;
    let edits = [
        ("base", Some("required")),
        ("trusted", Some("192.0.2.0/24")),
        ("allowed", Some("192.0.2.0/24\r\n127.0.0.0/8")),
    ];
    let preview = type_settings(&root, &edits).await;
    for (from, outcome) in [
        ("192.0.2.7", "The password is enough"),
        ("127.0.0.9", "Sets up a second factor first"),
        ("203.0.113.1", "Can’t sign in from there"),
    ] {
        let mut fields = carried(&preview);
        fields.extend([("find".into(), EMAIL.into()), ("from".into(), from.into())]);
        let asked = send(&root, &preview, PREVIEW, &fields).await;
        assert_eq!(said(&asked, "what-if-outcome"), outcome, "{from}");
        assert!(asked.body.contains("data-testid=\"preview-found\""), "{}", asked.body);
        fields.insert("from".into(), "office".into());
        let wrong = send(&root, &preview, PREVIEW, &fields).await;
        assert!(said(&wrong, "what-if-problem").starts_with("That isn’t a network address"));
    }
}

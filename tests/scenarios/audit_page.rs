//! The audit log as an administrator reads it, takes it away, and verifies what was taken.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::approval::Decision;
use countersign_server::app::Acted;
use countersign_server::domain::actor::By;
use countersign_server::domain::audit::record;
use countersign_server::domain::audit::verify::Verifier;
use countersign_server::domain::directory::Action;
use countersign_server::domain::receipt::ReceiptFile;
use countersign_tests::{On, PASSWORD, Phone, World};

stories!(
    an_administrator_finds_what_happened,
    older_lines_are_a_page_further,
    an_export_can_be_verified_by_itself,
    a_line_that_was_changed_is_told_on_the_page_and_in_the_export,
    a_log_whose_end_was_changed_is_not_exported,
    a_receipt_outlives_the_phone_and_proves_what_was_decided,
    to_others_there_is_nothing,
);

const ADMIN: &str = "admin@example.com";

/// A world in which Ada was approved once and denied once, and a browser of an administrator.
async fn world(on: On) -> (World, Phone, Browser) {
    let (world, phone) = World::by_tap(on).await;
    world.cheapen_passwords().await;
    world.sign_in(&world.browser(), &phone).await;
    world.clock.advance(Duration::from_secs(60));
    world.begin(&world.browser()).await;
    phone.core.deny(phone.request().await).await.unwrap();
    world.add_administrator(ADMIN).await;
    world.cheapen_passwords().await;
    let browser = world.browser();
    let in_ = browser.sign_in(ADMIN, PASSWORD).await.unwrap();
    assert_eq!(in_.location.as_deref(), Some("/"));
    (world, phone, browser)
}

async fn page(browser: &Browser, query: &str) -> Page {
    browser.get(&format!("/admin/audit{query}")).await.unwrap()
}

/// The events of the lines that a page shows.
fn events(page: &Page) -> Vec<&str> {
    assert_eq!(page.status, 200, "{}", page.body);
    page.body.split("data-event=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

async fn an_administrator_finds_what_happened(on: On) {
    let (_world, _phone, browser) = world(on).await;
    let all = page(&browser, "").await;
    assert_eq!(events(&all)[..2], ["session.started", "user.added"]);
    assert!(all.body.contains("Sign-in denied on a phone") && all.body.contains("Ada Lovelace"));
    assert!(all.body.contains("Not asked: optional, and nothing set up"), "the reason");
    for (query, wanted) in [
        ("?what=login.denied", vec!["login.denied"]),
        ("?what=login&result=refused", vec!["login.denied"]),
        ("?result=refused&person=ADA@example.com", vec!["login.denied"]),
        ("?what=session&person=admin@example.com&by=person", vec!["session.started"]),
        ("?what=device&address=192.0.2.77", vec![]),
        ("?what=login.approved&from=2020-01-01&until=2020-01-02", vec![]),
        ("?what=login.approved&from=2020-01-01", vec!["login.approved"]),
    ] {
        assert_eq!(events(&page(&browser, query).await), wanted, "{query}");
    }
    let japanese = page(&browser, "?lang=ja&what=login.denied").await;
    assert!(japanese.body.contains("スマートフォンでサインインを拒否"));
    for (query, says) in [
        ("?person=nobody@example.com", "no user with this e-mail address"),
        ("?address=here", "network address"),
        ("?from=yesterday", "a day"),
        ("?by=person", "type the person"),
    ] {
        let wrong = page(&browser, &format!("{query}&lang=en")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text_of("audit-problem").unwrap().contains(says), "{query}");
    }
}

async fn older_lines_are_a_page_further(on: On) {
    let (world, _phone, browser) = world(on).await;
    let at = world.at().await;
    for number in 0..120 {
        let name = format!("Ada {number}");
        world.app.set_name(&at, &By::CommandLine, world.user, &name).await.unwrap();
    }
    let (mut query, mut seen) = ("?what=user".to_owned(), Vec::new());
    loop {
        let on_page = page(&browser, &query).await;
        seen.extend(events(&on_page).into_iter().map(str::to_owned));
        let Some(rest) =
            on_page.body.split("href=\"/admin/audit?").find(|rest| rest.contains("rel=\"next\""))
        else {
            break;
        };
        let Some(next) = rest.split('"').next().filter(|next| next.contains("before=")) else { break };
        query = format!("?{}", next.replace("&#38;", "&").replace("&amp;", "&"));
    }
    assert_eq!(seen.len(), 122, "120 and two users that were added");
}

async fn an_export_can_be_verified_by_itself(on: On) {
    let (world, _phone, browser) = world(on).await;
    let file = browser.get("/admin/audit/export").await.unwrap();
    assert_eq!((file.status, &file.headers["content-type"]), (200, &"application/jsonl".parse().unwrap()));
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("audit.jsonl"));
    let mut verifier = Verifier::new(None);
    for line in file.body.lines() {
        let (line, previous) = record::read(line).unwrap();
        assert_eq!(previous, verifier.end().link);
        verifier.take(&line).unwrap();
    }
    let whole = world.app.verify_audit(world.tenant, Some(verifier.end())).await.unwrap();
    assert_eq!(whole.fault, None);
    assert!(file.body.contains("\"audit.exported\""), "that it was taken is told");

    let found = browser.get("/admin/audit/export?what=login&person=ada@example.com").await.unwrap();
    let mut lines: Vec<_> = found.body.lines().map(|line| record::read(line).unwrap()).collect();
    assert!(lines.iter().all(|(line, _)| line.line.event.starts_with("login.")) && lines.len() >= 4);
    lines.reverse();
    let mut excerpt = Verifier::new(None);
    for (line, previous) in &lines {
        excerpt.take_excerpt(line, previous).unwrap();
    }
    let wrong = browser.get("/admin/audit/export?address=here").await.unwrap();
    assert_eq!(wrong.status, 404);
}

async fn a_line_that_was_changed_is_told_on_the_page_and_in_the_export(on: On) {
    let (world, _phone, browser) = world(on).await;
    let whole = browser.get("/admin/audit/export").await.unwrap();
    assert!(!whole.body.contains("\"error\""), "{}", whole.body);
    assert_eq!(page(&browser, "").await.text_of("audit-broken"), None);

    const EVENT: &str = "UPDATE audit SET address = '192.0.2.99' WHERE event = 'login.denied'";
    assert_eq!(world.change(EVENT).await, 1);
    for query in ["", "?what=login.denied"] {
        let file = browser.get(&format!("/admin/audit/export{query}")).await.unwrap();
        assert!(file.body.contains("192.0.2.99"), "what was changed is there to be looked at");
        let last: serde_json::Value = serde_json::from_str(file.body.lines().last().unwrap()).unwrap();
        assert_eq!(last["kind"], "changed", "{last}");
        let says = last["error"].as_str().unwrap();
        assert!(says.contains("was changed") && says.contains("audit verify"), "{says}");
        let told = page(&browser, query).await.text_of("audit-broken").unwrap();
        assert!(told.contains(&format!("Line {} isn’t as it was written", last["seq"])), "{told}");
        assert!(told.contains("countersign audit verify"), "{told}");
    }
    let sound = page(&browser, "?what=user.added").await;
    assert_eq!(sound.text_of("audit-broken"), None, "these lines are as they were");
    let japanese = page(&browser, "?lang=ja&what=login.denied").await;
    assert!(japanese.text_of("audit-broken").unwrap().contains("一致しません"));

    // No server writes particulars that are no JSON; the lines around it are given.
    const NO_JSON: &str = "UPDATE audit SET detail = '{' WHERE event = 'login.denied'";
    assert_eq!(world.change(NO_JSON).await, 1);
    let file = browser.get("/admin/audit/export?lang=en").await.unwrap();
    assert!(!file.body.contains("\"login.denied\"") && file.body.contains("\"user.added\""));
    assert!(file.body.lines().last().unwrap().starts_with("{\"error\":"), "{}", file.body);
}

async fn a_log_whose_end_was_changed_is_not_exported(on: On) {
    let (world, _phone, browser) = world(on).await;
    browser.get("/admin/audit/export").await.unwrap();
    world.change("UPDATE audit_heads SET seal = link").await;
    let told = page(&browser, "").await;
    assert!(told.text_of("audit-broken").unwrap().contains("The end of this log"), "{}", told.body);
    let refused = browser.get("/admin/audit/export").await.unwrap();
    assert_eq!(refused.status, 409);
    assert!(refused.text_of("error-text").unwrap().contains("countersign audit verify"));
    assert!(refused.body.contains("href=\"/admin/audit\""));
    let japanese = browser.get("/admin/audit/export?lang=ja").await.unwrap();
    assert!(japanese.text_of("error-text").unwrap().contains("封印"));
}

async fn a_receipt_outlives_the_phone_and_proves_what_was_decided(on: On) {
    let (world, phone, browser) = world(on).await;
    let ada = world.browser();
    world.begin(&ada).await;
    phone.approve(None).await.unwrap();
    world.complete(&ada).await;
    let signed_in = world.app.account_security(&*world.at().await, world.user).await.unwrap();
    assert!(!signed_in.sessions.is_empty());
    let at = world.at().await;
    let reset = world.app.act_on(&at, &By::CommandLine, world.user, Action::Reset).await.unwrap();
    assert!(matches!(reset, Acted::Done(_)), "{reset:?}");
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'removed'").await, 1);

    for (event, wanted) in [("login.approved", Decision::Approve), ("login.denied", Decision::Deny)] {
        let on_page = page(&browser, &format!("?what={event}")).await;
        let path =
            on_page.body.split("href=\"/admin/audit/receipts/").nth(1).unwrap().split('"').next().unwrap();
        let file = browser.get(&format!("/admin/audit/receipts/{path}")).await.unwrap();
        assert_eq!(file.status, 200);
        let proven =
            ReceiptFile::parse(&file.body).unwrap().verify(Some(at.signing_key.public_key().id())).unwrap();
        assert_eq!((proven.decision.decision, proven.request.sub), (wanted, world.user));
        assert_eq!(proven.request.login.to_string(), path);
    }
}

async fn to_others_there_is_nothing(on: On) {
    let (world, _phone, browser) = world(on).await;
    let login = page(&browser, "?what=login.denied").await;
    let login =
        login.body.split("/admin/audit/receipts/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    world.add_user("eve@example.com").await;
    world.cheapen_passwords().await;
    let eve = world.browser();
    eve.sign_in("eve@example.com", PASSWORD).await.unwrap();
    let nobody = world.browser();
    for path in ["", "/export", "/receipts/x", &format!("/receipts/{login}")] {
        let path = format!("/admin/audit{path}");
        assert_eq!(eve.get(&path).await.unwrap().status, 404, "{path}");
        assert_eq!(nobody.get(&path).await.unwrap().location.as_deref(), Some("/login"), "{path}");
    }
    for path in ["/receipts/x", "/receipts/019a0000-0000-7000-8000-0000000000ab"] {
        assert_eq!(browser.get(&format!("/admin/audit{path}")).await.unwrap().status, 404, "{path}");
    }
}

//! Administrators run a tenant and read none of its people's secrets: no page of theirs, no table and no log holds one.

use countersign_demo::browser::Browser;
use countersign_tests::ways::send_code;
use countersign_tests::{EMAIL, On, World};

use crate::doors::{Full, full};
use crate::routes;

stories!(no_page_of_administrators_holds_a_secret);

const ROOT: &str = "root@example.com";

/// What nobody but its owner, or not even they, may read: what it is, and the text itself.
async fn secrets(full: &Full, waits: &Browser, signed_in: &Browser) -> Vec<(String, String)> {
    let world = &full.world;
    let mut all = vec![
        ("secret of the app".to_owned(), full.app.secret().to_owned()),
        ("mailed code".to_owned(), world.mailed_code(1).await),
    ];
    all.extend(full.codes.iter().map(|code| ("recovery code".to_owned(), code.clone())));
    for browser in [waits, signed_in] {
        for (name, value) in browser.cookies().into_iter().filter(|(name, _)| !name.ends_with("lang")) {
            // Beside the secret there may be an id, which is none.
            all.push((format!("cookie {name}"), value.rsplit('.').next().unwrap().to_owned()));
        }
    }
    for sql in ["SELECT password_hash FROM users", "SELECT number FROM logins WHERE number IS NOT NULL"] {
        let texts = world.texts(sql).await.into_iter().flatten();
        all.extend(texts.map(|text| (sql.to_owned(), text)));
    }
    assert!(all.len() > 14, "{}", all.len());
    assert!(all.iter().all(|(_, secret)| secret.len() >= 6), "what is short is found by chance");
    all
}

async fn no_page_of_administrators_holds_a_secret(on: On) {
    let full = full(on).await;
    let world = &full.world;
    let (signed_in, waits) = (world.browser(), world.browser());
    world.begin(&signed_in).await;
    full.phone.approve(None).await.unwrap();
    assert_eq!(world.complete(&signed_in).await.location.as_deref(), Some("/"));
    let login = world.begin(&waits).await;
    send_code(&waits).await;
    world.add_super_administrator(ROOT).await;
    let root = world.signed_in_by_password(ROOT).await;
    let secrets = secrets(&full, &waits, &signed_in).await;

    let ids = [world.user.to_string(), login.to_string(), login_of_receipt(world).await];
    let (mut read, mut about_ada) = (0, 0);
    for address in routes::all().iter().filter(|address| address.starts_with("/admin/")) {
        for id in &ids {
            let (head, tail) = address.split_once('{').unwrap_or((address, "}"));
            let tail = tail.split_once('}').unwrap().1;
            let path = if address.contains('{') { format!("{head}{id}{tail}") } else { address.clone() };
            for query in ["", "?action=disable&whom=all", "?what=login"] {
                let page = root.get(&format!("{path}{query}")).await.unwrap();
                read += usize::from(page.status == 200);
                about_ada += usize::from(page.body.contains(EMAIL));
                for (what, secret) in &secrets {
                    assert!(!page.body.contains(secret), "{path}{query} holds a {what}");
                }
            }
        }
    }
    assert!(read > 30 && about_ada > 8, "{read} pages, {about_ada} of them about her");
}

async fn login_of_receipt(world: &World) -> String {
    let at = world.at().await;
    let session = world.app.account_security(&at, world.user).await.unwrap();
    assert!(!session.sessions.is_empty());
    let detail = world.texts("SELECT detail FROM audit WHERE event = 'login.approved'").await.remove(0);
    let detail: serde_json::Value = serde_json::from_str(&detail.unwrap()).unwrap();
    detail["login"].as_str().unwrap().to_owned()
}

//! A tenant's name, colour and picture: on its pages, in its mail, and in the app.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::app::BrandChange;
use countersign_server::domain::actor::By;
use countersign_server::domain::brand::{Colour, Logo};
use countersign_tests::{EMAIL, On, Setup, World};
use reqwest::Method;

stories!(
    a_tenants_look_is_on_pages_in_mail_and_in_the_app,
    two_changes_at_once_both_hold,
    a_tenants_look_is_its_own,
    a_super_administrator_sets_it_in_the_browser,
);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn change() -> BrandChange {
    BrandChange {
        name: Some("Globex".into()),
        colour: Some(Colour::parse("#b3005e")),
        logo: Some(Some(Logo::read(PNG.to_vec()).unwrap())),
    }
}

async fn a_tenants_look_is_on_pages_in_mail_and_in_the_app(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let phone = world.paired_phone("Ada’s phone").await;
    assert!(world.app.change_brand(&By::CommandLine, world.tenant, change()).await.unwrap());
    let browser = world.browser();
    let page = browser.get("/login").await.unwrap();
    assert!(page.body.contains("Globex") && !page.body.contains("ACME"), "{}", page.body);
    let address = |name: &str| {
        let (_, rest) = page.body.split_once(name).expect(name);
        format!("{name}{}", rest.split('"').next().unwrap())
    };
    let css = browser.get(&address("/assets/tenant.css")).await.unwrap();
    assert!(css.body.starts_with(":root{--accent:#b3005e;"), "{}", css.body);
    assert_eq!(css.headers["content-type"], "text/css; charset=utf-8");
    assert!(css.headers["cache-control"].to_str().unwrap().contains("immutable"));
    let logo = browser.get(&address("/assets/logo")).await.unwrap();
    assert_eq!((logo.status, &logo.headers["content-type"]), (200, &"image/png".parse().unwrap()));
    assert_eq!(logo.headers["x-content-type-options"], "nosniff");
    let old = browser.get("/assets/tenant.css?v=000000").await.unwrap();
    assert_eq!(old.headers["cache-control"], "no-store", "what is not this version is not kept");
    // Pages that say what went wrong have it, too.
    assert!(browser.get("/nothing").await.unwrap().body.contains("/assets/tenant.css?v=b3005e"));

    let id = phone.core.accounts().await.unwrap().remove(0).id;
    let account = phone.core.refresh_account(id.clone()).await.unwrap();
    assert_eq!((account.tenant_name.as_str(), account.colour.as_deref()), ("Globex", Some("#b3005e")));
    assert!(account.logo.unwrap().starts_with(&format!("{}/assets/logo?v=", world.origin)));
    world.app.make_recovery_codes(&*world.at().await, &world.person().await, None).await.unwrap();
    let mail = world.mail_server().mails(2).await.remove(1);
    assert!(mail.subject().starts_with("Globex: "), "{}", mail.subject());
    assert!(String::from_utf8_lossy(&mail.raw).contains("#b3005e"));

    let nothing = BrandChange { name: None, colour: Some(None), logo: Some(None) };
    world.app.change_brand(&By::CommandLine, world.tenant, nothing).await.unwrap();
    let page = browser.get("/login").await.unwrap();
    assert!(
        page.body.contains("Globex") && !page.body.contains("tenant.css") && !page.body.contains("/logo")
    );
    for path in ["/assets/tenant.css", "/assets/logo"] {
        assert_eq!(browser.get(path).await.unwrap().status, 404, "{path}");
    }
    let account = phone.core.refresh_account(id).await.unwrap();
    assert_eq!((account.colour, account.logo), (None, None));
}

async fn two_changes_at_once_both_hold(on: On) {
    let world = World::new(on).await;
    for round in 0..8 {
        let (name, colour) = (format!("Globex {round}"), Colour::parse(&format!("#b3005{round}")));
        let other = BrandChange { colour: Some(colour), ..BrandChange::default() };
        let named = BrandChange { name: Some(name.clone()), ..BrandChange::default() };
        let (first, second) = futures_util::future::join(
            world.app.change_brand(&By::CommandLine, world.tenant, named),
            world.app.change_brand(&By::CommandLine, world.tenant, other),
        )
        .await;
        assert!(first.unwrap() && second.unwrap());
        let now = world.app.tenant_now(world.tenant).await.unwrap();
        let at = world.at().await;
        assert_eq!((now.name, at.brand.colour), (name, colour), "round {round}");
    }
}

async fn a_tenants_look_is_its_own(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    let other = world.add_tenant("https://stranger.example").await;
    world.app.change_brand(&By::CommandLine, other, change()).await.unwrap();
    world.clock.advance(Duration::from_secs(6));
    let page = world.signed_in_by_password(EMAIL).await.get("/").await.unwrap();
    assert!(page.body.contains("ACME") && !page.body.contains("tenant.css"), "{}", page.body);
    assert_eq!(world.browser().get("/assets/logo").await.unwrap().status, 404);
    for name in ["", "  ", "a\nb", &"x".repeat(81)] {
        let change = BrandChange { name: Some(name.into()), ..BrandChange::default() };
        assert!(!world.app.change_brand(&By::CommandLine, world.tenant, change).await.unwrap(), "{name:?}");
    }
}

/// A form with a file, as browsers send it (RFC 7578).
fn multipart(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let file = if *name == "logo" { "; filename=\"logo.png\"" } else { "" };
        body.extend(
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(value);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body
}

async fn save(browser: &Browser, fields: &[(&str, &[u8])]) -> Page {
    let csrf = browser.get(HERE).await.unwrap().field("csrf").unwrap_or_default();
    let mut all = vec![("csrf", csrf.as_bytes())];
    all.extend_from_slice(fields);
    let kind = "multipart/form-data; boundary=b";
    browser
        .send(browser.request(Method::POST, HERE).header("content-type", kind).body(multipart(&all)))
        .await
        .unwrap()
}

const HERE: &str = "/admin/settings/brand";

async fn a_super_administrator_sets_it_in_the_browser(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    world.cheapen_passwords().await;
    world.add_administrator("grace@example.com").await;
    let (member, administrator) =
        (world.signed_in_by_password(EMAIL).await, world.signed_in_by_password("grace@example.com").await);
    for browser in [&member, &administrator] {
        assert_eq!(browser.get(HERE).await.unwrap().status, 404);
        assert!(save(browser, &[("name", b"Mine")]).await.status >= 400);
    }
    let leads_there = async || administrator.get("/admin/settings").await.unwrap().body.contains(HERE);
    assert!(!leads_there().await);
    assert_eq!(world.browser().get(HERE).await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(
        world.change("UPDATE users SET role = 'super-administrator' WHERE email = 'grace@example.com'").await,
        1
    );
    assert!(leads_there().await, "the settings lead there");
    assert_eq!(administrator.get(HERE).await.unwrap().status, 200);
    let good: [(&str, &[u8]); 4] =
        [("name", "Globex".as_bytes()), ("own-colour", b"on"), ("colour", b"#b3005e"), ("logo", PNG)];
    let saved = save(&administrator, &good).await;
    assert_eq!(saved.location.as_deref(), Some("/admin/settings/brand?done"), "{}", saved.body);
    let page = administrator.get("/admin/settings/brand?done").await.unwrap();
    assert!(page.body.contains("Globex") && page.body.contains("value=\"#b3005e\""), "{}", page.body);
    assert_eq!(member.get("/assets/logo").await.unwrap().status, 200);
    // What is not a picture, or too large, changes nothing; nothing chosen leaves the picture as it is.
    let large = [PNG, &[0; 130 * 1024]].concat();
    for (logo, part) in [(&b"<svg/>"[..], "PNG, JPEG"), (&large, "128 KiB")] {
        let refused = save(&administrator, &[("name", b"Other"), ("logo", logo)]).await;
        assert!(refused.status == 422 && refused.body.contains(part), "{} {}", refused.status, refused.body);
    }
    assert_eq!(
        save(&administrator, &[("name", b"Globex"), ("own-colour", b"on"), ("colour", b"pink")]).await.status,
        422
    );
    assert_eq!(save(&administrator, &[("name", b""), ("logo", b"")]).await.status, 422);
    let huge = [PNG, &[0; 200 * 1024]].concat();
    assert_eq!(save(&administrator, &[("name", b"Other"), ("logo", &huge)]).await.status, 413);
    assert_eq!(save(&administrator, &[("name", b"Globex"), ("logo", b"")]).await.status, 303);
    assert_eq!(member.get("/assets/logo").await.unwrap().status, 200);
    assert_eq!(member.get("/assets/tenant.css").await.unwrap().status, 404, "the colour was taken back");
    save(&administrator, &[("name", b"Globex"), ("no-logo", b"on")]).await;
    assert_eq!(member.get("/assets/logo").await.unwrap().status, 404);
    // A form of elsewhere, or with another's token, is not taken.
    let body = multipart(&[("csrf", b"x"), ("name", b"Stolen")]);
    let request =
        administrator.request(Method::POST, HERE).header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(administrator.send(request.body(body)).await.unwrap().status, 403);
    let by = "SELECT COUNT(*) FROM audit WHERE event = 'tenant.brand_changed' AND actor LIKE 'user:%'";
    assert_eq!(world.count(by).await, 3);
}

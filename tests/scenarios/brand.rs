//! A tenant's name, colour and picture: on its pages, in its mail, and in the app.

use std::time::Duration;

use countersign_server::app::BrandChange;
use countersign_server::domain::actor::By;
use countersign_server::domain::brand::{Colour, Logo};
use countersign_tests::{EMAIL, On, Setup, World};

stories!(a_tenants_look_is_on_pages_in_mail_and_in_the_app, a_tenants_look_is_its_own);

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

//! Each host of a tenant says which apps open its pairing links.

use countersign_tests::{On, Setup, World};
use serde_json::Value;

stories!(an_app_is_named_on_each_host_of_a_tenant, without_an_app_nothing_is_named);

const APPLE: &str = "/.well-known/apple-app-site-association";
const ANDROID: &str = "/.well-known/assetlinks.json";

async fn an_app_is_named_on_each_host_of_a_tenant(on: On) {
    let digest = "9f".repeat(32);
    let settings = [
        ("COUNTERSIGN_ATTESTATION__APPLE_APPS", "ABCDE12345.com.example.login".to_owned()),
        ("COUNTERSIGN_ATTESTATION__ANDROID_APPS", format!("com.example.login/{digest}")),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let world = World::with_settings(on, Setup::default(), settings.into()).await;
    let browser = world.browser();

    let page = browser.get(APPLE).await.unwrap();
    assert_eq!((page.status, &page.headers["content-type"]), (200, &"application/json".parse().unwrap()));
    let said: Value = serde_json::from_str(&page.body).unwrap();
    let details = &said["applinks"]["details"][0];
    assert_eq!(details["appIDs"][0], "ABCDE12345.com.example.login");
    assert_eq!(details["components"][0]["/"], "/pair");

    let page = browser.get(ANDROID).await.unwrap();
    assert_eq!((page.status, &page.headers["content-type"]), (200, &"application/json".parse().unwrap()));
    let said: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(said[0]["relation"][0], "delegate_permission/common.handle_all_urls");
    assert_eq!(said[0]["target"]["package_name"], "com.example.login");
    assert_eq!(said[0]["target"]["sha256_cert_fingerprints"][0], ["9F"; 32].join(":"));

    // A host that is no tenant's names no app.
    for path in [APPLE, ANDROID] {
        let request = browser.request(reqwest::Method::GET, path).header("host", "nobody.example");
        assert_eq!(browser.send(request).await.unwrap().status, 421);
    }
}

async fn without_an_app_nothing_is_named(on: On) {
    let world = World::new(on).await;
    for path in [APPLE, ANDROID] {
        assert_eq!(world.browser().get(path).await.unwrap().status, 404, "{path}");
    }
}

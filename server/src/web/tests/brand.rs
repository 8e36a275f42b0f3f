//! A tenant's colour and picture on every page, and the page that leads to another address.

use super::*;
use crate::domain::brand::{Brand, Colour};

#[test]
fn a_page_loads_the_tenants_colour_and_picture() {
    let brand = Brand { colour: Colour::parse("#b3005e"), logo: Some("00ff".into()) };
    let (stylesheet, logo) = (brand.stylesheet(), brand.logo_path());
    let page = Page {
        brand: PageBrand { stylesheet: stylesheet.as_deref(), logo: logo.as_deref() },
        ..page(Lang::En, "/login")
    };
    let html = LoginPage { page, email: "", message: None }.render().unwrap();
    assert!(html.contains(r#"href="/assets/tenant.css?v=b3005e""#), "{html}");
    assert!(html.contains(r#"<img class="tenant-logo" src="/assets/logo?v=00ff" alt="">"#), "{html}");
    assert!(!html.contains("tenant-mark") && !html.contains("style="));
    let css = crate::web::brand::stylesheet(Colour::parse("#b3005e").unwrap());
    assert!(css.starts_with(":root{--accent:#b3005e;--on-accent:#ffffff}"), "{css}");
    assert!(css.contains("prefers-color-scheme:dark"), "{css}");
}

#[test]
fn the_other_address_is_a_link() {
    for lang in Lang::ALL {
        let origins = vec!["https://login.acme.example".to_owned()];
        let html = ElsewherePage { page: page(lang, "/login"), origins }.render().unwrap();
        assert!(html.contains(r#"href="https://login.acme.example/login""#), "{html}");
        let html = ElsewherePage { page: page(lang, "/login"), origins: Vec::new() }.render().unwrap();
        assert!(html.contains("elsewhere-none"), "{html}");
    }
}

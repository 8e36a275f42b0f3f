//! `GET /.well-known/apple-app-site-association` and `GET /.well-known/assetlinks.json`: which apps open this host's
//! pairing links by themselves. They are those that may pair phones.
//!
//! * Apple: <https://developer.apple.com/documentation/xcode/supporting-associated-domains>
//! * Google: <https://developers.google.com/digital-asset-links/v1/getting-started>

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::brand::Loader;
use crate::domain::apps::{AndroidApps, AppleApps};
use crate::http::HttpState;
use crate::http::failure::Failure;
use crate::web::ErrorKind;

/// The apps that open pairing links.
#[derive(Clone, Debug, Default)]
pub struct LinkApps {
    /// Apple's.
    pub apple: AppleApps,
    /// Android's.
    pub android: AndroidApps,
}

pub(in crate::http) async fn apple(
    _at: Loader,
    State(state): State<Arc<HttpState>>,
) -> Result<Response, Failure> {
    answer(association(&state.link_apps.apple))
}

pub(in crate::http) async fn android(
    _at: Loader,
    State(state): State<Arc<HttpState>>,
) -> Result<Response, Failure> {
    answer(asset_links(&state.link_apps.android))
}

fn answer(document: Option<Value>) -> Result<Response, Failure> {
    document.map(|document| Json(document).into_response()).ok_or(Failure(ErrorKind::NotFound))
}

/// None where there is no app: an empty document would be one that forbids.
fn association(apps: &AppleApps) -> Option<Value> {
    let ids: Vec<_> = apps.iter().collect();
    let components = json!([{ "/": "/pair", "comment": "a link that adds a phone" }]);
    (!ids.is_empty())
        .then(|| json!({ "applinks": { "details": [{ "appIDs": ids, "components": components }] } }))
}

fn asset_links(apps: &AndroidApps) -> Option<Value> {
    let mut signers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for app in apps.iter() {
        let digits: Vec<_> = app.signer.0.iter().map(|byte| format!("{byte:02X}")).collect();
        signers.entry(&app.package).or_default().push(digits.join(":"));
    }
    let one = |(package, signers): (&str, Vec<String>)| {
        json!({
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app", "package_name": package, "sha256_cert_fingerprints": signers,
            },
        })
    };
    (!signers.is_empty()).then(|| signers.into_iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use countersign_protocol::bytes::Bytes;

    use super::*;
    use crate::domain::apps::AndroidApp;

    #[test]
    fn without_apps_there_is_no_document() {
        assert_eq!(association(&AppleApps::default()), None);
        assert_eq!(asset_links(&AndroidApps::default()), None);
    }

    #[test]
    fn a_package_with_two_signers_is_named_once() {
        let app = |package: &str, byte| AndroidApp { package: package.into(), signer: Bytes([byte; 32]) };
        let links =
            asset_links(&AndroidApps::new(vec![app("a.b", 1), app("c.d", 3), app("a.b", 0xab)])).unwrap();
        assert_eq!(links.as_array().unwrap().len(), 2);
        let signers = &links[0]["target"]["sha256_cert_fingerprints"];
        assert_eq!(signers[0], ["01"; 32].join(":"));
        assert_eq!(signers[1], ["AB"; 32].join(":"));
    }
}

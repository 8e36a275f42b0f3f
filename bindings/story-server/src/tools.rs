//! What stories need beside a world. Bytes are spelt in base64url without padding.
//!
//! | command | takes | gives |
//! |---|---|---|
//! | `sign_by_another_key` | `statement`, compact | `statement`: the same, signed by a key that nobody knows |
//! | `certificate_from_nobody` | `name`: a host | `origin`: a TLS server there, whose certificate nobody vouches for |
//! | `make_key` | | `key`: PKCS #8, and `public_key`: SEC 1, uncompressed |
//! | `sign` | `key`, `message` | `signature`: ECDSA P-256 with SHA-256, DER |

use std::sync::Arc;

use countersign_protocol::bytes::{from_base64url, to_base64url};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    KeyPair as _,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) async fn run(command: &str, wish: &Value) -> Value {
    let text = |name: &str| wish[name].as_str().unwrap_or_else(|| panic!("{name} is missing"));
    let bytes = |name: &str| from_base64url(text(name)).expect("base64url");
    match command {
        "sign_by_another_key" => {
            let (signed, _) = text("statement").rsplit_once('.').expect("a statement");
            let key = read(&ECDSA_P256_SHA256_FIXED_SIGNING, &make(&ECDSA_P256_SHA256_FIXED_SIGNING));
            json!({ "statement": format!("{signed}.{}", to_base64url(sign(&key, signed.as_bytes()))) })
        }
        "certificate_from_nobody" => json!({ "origin": tls(text("name")).await }),
        "make_key" => {
            let key = make(&ECDSA_P256_SHA256_ASN1_SIGNING);
            let public = read(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).public_key().as_ref().to_vec();
            json!({ "key": to_base64url(key), "public_key": to_base64url(public) })
        }
        "sign" => {
            let key = read(&ECDSA_P256_SHA256_ASN1_SIGNING, &bytes("key"));
            json!({ "signature": to_base64url(sign(&key, &bytes("message"))) })
        }
        other => panic!("no such tool: {other}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "keys of stories, which need not be repeatable")]
fn random() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

fn make(algorithm: &'static EcdsaSigningAlgorithm) -> Vec<u8> {
    EcdsaKeyPair::generate_pkcs8(algorithm, &random()).unwrap().as_ref().to_vec()
}

fn read(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8]) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &random()).unwrap()
}

fn sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&random(), message).unwrap().as_ref().to_vec()
}

/// Shakes hands with whoever comes, and says nothing more.
async fn tls(name: &str) -> String {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does its duty hangs up here.
            let _refused = acceptor.accept(stream).await;
        }
    });
    format!("https://{name}:{port}")
}

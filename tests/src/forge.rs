//! What a phone's core would never send, signed by the phone's own keys.

use countersign_mobile_core::ports::KeyPurpose;
use countersign_protocol::api::{DecisionBody, ErrorCode, Problem, path};
use countersign_protocol::approval::{ApprovalRequest, Decision, DecisionStatement, UserVerification};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::call::{Call, SCHEME};
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::key::{Jwk, PublicKey, signature_from_der};
use countersign_protocol::random;
use countersign_protocol::statement::{Draft, Statement};
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Method};
use serde::Deserialize;

use crate::phone::Phone;

/// A phone's account as it lies in the phone's storage.
#[derive(Debug, Deserialize)]
pub struct Identity {
    /// The server.
    pub origin: String,
    /// The device's id.
    pub device: DeviceId,
    /// Whose it is.
    pub user: UserId,
    keys: Keys,
}

#[derive(Debug, Deserialize)]
struct Keys {
    device: Key,
    approval: Key,
}

#[derive(Debug, Deserialize)]
struct Key {
    alias: String,
    public: Jwk,
}

#[derive(Deserialize)]
struct Stored {
    accounts: Vec<Identity>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The error code, where it is an error.
    pub code: Option<ErrorCode>,
    /// The body.
    pub body: String,
}

impl Phone {
    /// The first account.
    ///
    /// # Panics
    /// When there is none.
    pub async fn identity(&self) -> Identity {
        let stored = self.ports.storage.get("countersign.accounts".into()).await.unwrap().unwrap();
        let stored: Stored = serde_json::from_slice(&stored).unwrap();
        stored.accounts.into_iter().next().unwrap()
    }

    /// Any payload, signed by one of the phone's keys.
    ///
    /// # Panics
    /// When the phone has no such key.
    pub async fn sign<T: Statement>(&self, by: KeyPurpose, payload: &T) -> String {
        let keys = self.identity().await.keys;
        let key = match by {
            KeyPurpose::Device => keys.device,
            KeyPurpose::Approval => keys.approval,
        };
        let draft = Draft::new(payload, PublicKey::from(&key.public).id()).unwrap();
        let message = draft.signing_input().to_vec();
        let der = self.ports.keys.sign(key.alias, message, None).await.unwrap();
        draft.finish(&signature_from_der(&der).unwrap())
    }

    /// A sound call, to be altered.
    pub async fn call(&self, method: &str, path: &str, body: &[u8]) -> Call {
        let identity = self.identity().await;
        Call {
            iss: identity.device,
            htm: method.to_owned(),
            htu: format!("{}{path}", identity.origin),
            body: sha256(body),
            iat: self.ports.clock.now().into(),
            jti: Bytes(random::bytes(&*self.ports.random)),
        }
    }

    /// Sends a request with a call's statement, as `send_statement`, after signing it.
    pub async fn send(&self, call: &Call, method: Method, path: &str, body: &[u8]) -> Answer {
        let statement = self.sign(KeyPurpose::Device, call).await;
        self.send_statement(&statement, method, path, body).await
    }

    /// Sends a request with a compact statement in its `authorization`.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send_statement(&self, statement: &str, method: Method, path: &str, body: &[u8]) -> Answer {
        let origin = self.identity().await.origin;
        let client = Client::builder().no_proxy().build().unwrap();
        let request = client
            .request(method, format!("{origin}{path}"))
            .header(AUTHORIZATION, format!("{SCHEME}{statement}"))
            .body(body.to_vec());
        Answer::of(request.send().await.unwrap()).await
    }

    /// A decision that the server takes as it stands, to be altered.
    pub async fn decision(&self, signed_request: &str, decision: Decision) -> DecisionStatement {
        let request = read_request(signed_request);
        DecisionStatement {
            iss: request.aud,
            aud: request.iss,
            sub: request.sub,
            login: request.login,
            nonce: request.nonce,
            request: sha256(signed_request),
            decision,
            number: None,
            verification: UserVerification::Simulated,
            iat: self.ports.clock.now().into(),
            exp: request.exp,
            jti: Bytes(random::bytes(&*self.ports.random)),
        }
    }

    /// Signs a decision by one of the keys and sends it, in a sound call, about `login`.
    pub async fn decide(&self, by: KeyPurpose, login: LoginId, decision: &DecisionStatement) -> Answer {
        let statement = self.sign(by, decision).await;
        self.send_decision(login, statement).await
    }

    /// Sends a decision's statement in a sound call.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send_decision(&self, login: LoginId, decision: String) -> Answer {
        let body = serde_json::to_vec(&DecisionBody { decision }).unwrap();
        let path = path::decision(login);
        let call = self.call("POST", &path, &body).await;
        self.send(&call, Method::POST, &path, &body).await
    }
}

impl Answer {
    /// From an HTTP response.
    ///
    /// # Panics
    /// When it breaks off, or an error is no problem document.
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let body = response.text().await.unwrap();
        let code = (status >= 400).then(|| serde_json::from_str::<Problem>(&body).unwrap().code);
        Self { status, code, body }
    }
}

/// Reads a request without looking at its signature.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn read_request(signed: &str) -> ApprovalRequest {
    let payload = signed.split('.').nth(1).unwrap();
    let payload = countersign_protocol::bytes::from_base64url(payload).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

//! A phone: keys of its own, woken by Web Push, statements that are really signed. It makes the calls
//! that the mobile core makes.

use std::net::SocketAddr;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::api::{DecisionAnswer, DecisionBody, Outcome, RequestAnswer, RequestsAnswer, path};
use countersign_protocol::approval::{ApprovalRequest, Decision, DecisionStatement, Mode, UserVerification};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::call::{Call, SCHEME};
use countersign_protocol::ids::DeviceId;
use countersign_protocol::key::PublicKey;
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::statement::{self, Unverified};
use countersign_protocol::time::Clock as _;
use countersign_server::signing_key::SigningKey;
use tokio::sync::mpsc::Receiver;

use crate::wire::{Answer, Connection};

/// What a phone is before it calls: the rows of the database are made from it.
pub(crate) struct Keys {
    pub(crate) device: DeviceId,
    pub(crate) device_key: SigningKey,
    pub(crate) approval_key: SigningKey,
    pub(crate) wakes: Receiver<Vec<u8>>,
}

/// A paired phone.
pub(crate) struct Phone {
    keys: Keys,
    server: SocketAddr,
    host: String,
    server_key: PublicKey,
    connection: Option<Connection>,
}

/// A request that was fetched and checked.
pub(crate) struct Asked {
    request: ApprovalRequest,
    signed: String,
}

impl Asked {
    /// Whether the number is asked for.
    pub(crate) fn wants_number(&self) -> bool {
        matches!(self.request.mode, Mode::Number { .. })
    }
}

impl Phone {
    pub(crate) fn new(keys: Keys, server: SocketAddr, host: &str, server_key: PublicKey) -> Self {
        Self { keys, server, host: host.to_owned(), server_key, connection: None }
    }

    /// Waits for a wake, looks what waits, and fetches it.
    pub(crate) async fn woken(&mut self) -> Result<Asked, Failure> {
        self.keys.wakes.recv().await.ok_or("the push service is gone")?;
        let list = self.call("GET", path::REQUESTS, "").await?;
        let list: RequestsAnswer = serde_json::from_str(&list.body)?;
        let newest = list.requests.first().ok_or("woken, and nothing waits")?;
        let login = self.check(&newest.request)?.login;
        let answer = self.call("GET", &path::request(login), "").await?;
        let RequestAnswer { request: signed } = serde_json::from_str(&answer.body)?;
        Ok(Asked { request: self.check(&signed)?, signed })
    }

    /// Signs the approval; the body to be sent with [`Self::send`].
    pub(crate) fn approval(&self, asked: &Asked, number: Option<String>) -> Result<String, Failure> {
        let request = &asked.request;
        let statement = DecisionStatement {
            iss: self.keys.device,
            aud: request.iss.clone(),
            sub: request.sub,
            login: request.login,
            nonce: request.nonce,
            request: sha256(&asked.signed),
            decision: Decision::Approve,
            number,
            verification: UserVerification::Simulated,
            iat: SystemClock.now().into(),
            exp: request.exp,
            jti: Bytes(random::bytes(&SystemRandom::new())),
        };
        let decision = statement::sign(&statement, &self.keys.approval_key)?;
        Ok(serde_json::to_string(&DecisionBody { decision })?)
    }

    /// Sends the approval.
    pub(crate) async fn send(&mut self, asked: &Asked, approval: &str) -> Result<(), Failure> {
        let answer = self.call("POST", &path::decision(asked.request.login), approval).await?;
        let DecisionAnswer { outcome } = serde_json::from_str(&answer.body)?;
        if outcome == Outcome::Approved { Ok(()) } else { Err("the approval was not taken".into()) }
    }

    fn check(&self, signed: &str) -> Result<ApprovalRequest, Failure> {
        Ok(Unverified::parse(signed)?.verify(&self.server_key)?)
    }

    async fn call(&mut self, method: &str, path: &str, body: &str) -> Result<Answer, Failure> {
        let call = Call {
            iss: self.keys.device,
            htm: method.to_owned(),
            htu: format!("http://{}{path}", self.host),
            body: sha256(body),
            iat: SystemClock.now().into(),
            jti: Bytes(random::bytes(&SystemRandom::new())),
        };
        let statement = statement::sign(&call, &self.keys.device_key)?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: {SCHEME}{statement}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(Connection::open(self.server).await?),
        };
        let answer = connection.ask(request.as_bytes()).await?;
        if answer.status == 200 {
            Ok(answer)
        } else {
            Err(format!("{method} {path}: {} {}", answer.status, answer.body).into())
        }
    }
}

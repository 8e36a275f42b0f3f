//! A server in memory. It verifies every call and claim by the protocol crate.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use countersign_protocol::api::{
    ClaimAnswer, ClaimBody, DeviceAnswer, DeviceState, ErrorCode, NameBody, Problem, RequestAnswer,
    RequestsAnswer, path,
};
use countersign_protocol::app::APP_HEADER;
use countersign_protocol::approval::{ApprovalRequest, DecisionStatement, Mode, Place, Purpose};
use countersign_protocol::attestation::Attestation;
use countersign_protocol::bytes::{Bytes, StatementId, sha256};
use countersign_protocol::call::{CALL_WINDOW_SECONDS, Call, SCHEME};
use countersign_protocol::ids::{DeviceId, LoginId, PairingId, TenantId, UserId};
use countersign_protocol::key::{KeyId, PublicKey, signature_from_der};
use countersign_protocol::pairing::{PairingClaim, PairingLink};
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::statement::{self, Signer, Unverified};
use countersign_protocol::time::{NumericDate, Timestamp};
use ring::signature::{EcdsaKeyPair, KeyPair};

use super::phone::{START, new_key, sign};
use super::server_decide::decide;
use super::server_push::PushOnServer;
use super::stream::{FakeStream, Piece};
use crate::ports::{HttpRequest, HttpResponse};

/// A tenant's key.
pub(super) struct TenantKey(EcdsaKeyPair);

impl TenantKey {
    pub(super) fn new() -> Self {
        Self(new_key())
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey::from_sec1(self.0.public_key().as_ref()).unwrap()
    }
}

impl Signer for TenantKey {
    fn kid(&self) -> KeyId {
        self.public().id()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        signature_from_der(&sign(&self.0, message)).unwrap()
    }
}

/// A device that claimed a pairing.
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) user: UserId,
    pub(super) claim: PairingClaim,
    pub(super) state: DeviceState,
}

/// What a test changes.
#[derive(Default)]
pub(super) struct State {
    pub(super) down: bool,
    /// Its clock, in seconds since 1970.
    pub(super) now: i64,
    /// Answers a claim with this key instead of its own.
    pub(super) other_key: Option<PublicKey>,
    /// Answers everything with this error.
    pub(super) refuse: Option<ErrorCode>,
    /// Answers everything with this status and text.
    pub(super) raw: Option<(u16, String)>,
    pub(super) hardware_only: bool,
    /// The tenant's colour and picture, as it says them.
    pub(super) look: (Option<String>, Option<String>),
    pub(super) device: Option<Device>,
    /// Waiting requests, as signed, and the number that each browser shows.
    pub(super) requests: BTreeMap<LoginId, (String, Option<String>)>,
    /// The decisions that were accepted.
    pub(super) decisions: Vec<DecisionStatement>,
    /// How many HTTP requests came.
    pub(super) hits: usize,
    pub(super) push: PushOnServer,
    /// What the next streams bring, piece by piece.
    pub(super) streams: VecDeque<Vec<Piece>>,
    /// What each request said of its app.
    pub(super) apps: Vec<String>,
    pub(super) attestation: Option<Attestation>,
    link: Option<PairingLink>,
    seen: BTreeSet<StatementId>,
}

pub(super) struct Server {
    pub(super) origin: String,
    pub(super) key: TenantKey,
    pub(super) state: Mutex<State>,
}

type Answer = Result<String, Problem>;

impl Server {
    pub(super) fn new(origin: &str) -> Arc<Self> {
        let state = Mutex::new(State { now: START, ..State::default() });
        Arc::new(Self { origin: origin.to_owned(), key: TenantKey::new(), state })
    }

    pub(super) fn is_up(&self) -> bool {
        !self.state.lock().unwrap().down
    }

    pub(super) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    /// A new pairing link.
    pub(super) fn link(&self) -> String {
        self.link_with(PairingId::new(Timestamp::from_seconds(START), &SystemRandom::new()))
    }

    /// A new pairing link, of the same id as another server's.
    pub(super) fn link_of(&self, other: &str) -> String {
        self.link_with(crate::link::parse(other).unwrap().id)
    }

    fn link_with(&self, id: PairingId) -> String {
        let random = SystemRandom::new();
        let link = PairingLink {
            origin: self.origin.clone(),
            id,
            secret: Bytes(random::bytes(&random)),
            server_key: self.key.kid(),
        };
        let text = link.to_string();
        self.with(|state| state.link = Some(link));
        text
    }

    /// The user types the code into the browser.
    pub(super) fn confirm(&self) {
        self.with(|state| state.device.as_mut().unwrap().state = DeviceState::Active);
    }

    /// An approval request for the paired device, before it is signed.
    pub(super) fn request(&self, mode: Mode) -> ApprovalRequest {
        let random = SystemRandom::new();
        self.with(|state| {
            let device = state.device.as_ref().unwrap();
            ApprovalRequest {
                iss: self.origin.clone(),
                aud: device.id,
                sub: device.user,
                login: LoginId::new(Timestamp::from_seconds(state.now), &random),
                nonce: Bytes(random::bytes(&random)),
                application: "ACME".into(),
                browser: "Firefox".into(),
                system: "Linux".into(),
                address: "192.0.2.7".into(),
                place: Place::Named("Kyoto, Japan".into()),
                iat: NumericDate(state.now),
                exp: NumericDate(state.now + 120),
                binding: sha256("cookie"),
                mode,
                purpose: Purpose::SignIn,
            }
        })
    }

    /// Signs it and lets it wait.
    pub(super) fn ask(&self, request: &ApprovalRequest, number: Option<&str>) -> LoginId {
        self.ask_signed(request.login, statement::sign(request, &self.key).unwrap(), number)
    }

    pub(super) fn ask_signed(&self, login: LoginId, signed: String, number: Option<&str>) -> LoginId {
        self.with(|state| state.requests.insert(login, (signed, number.map(str::to_owned))));
        login
    }

    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut state = self.state.lock().unwrap();
        state.hits += 1;
        let said = request.headers.iter().find(|header| header.name == APP_HEADER).unwrap();
        state.apps.push(said.value.clone());
        if let Some((status, text)) = state.raw.clone() {
            return HttpResponse { status, headers: Vec::new(), body: text.into_bytes() };
        }
        let (status, body) = match self.route(&mut state, request) {
            Ok(body) => (200, body),
            Err(problem) => (problem.status, serde_json::to_string(&problem).unwrap()),
        };
        HttpResponse { status, headers: Vec::new(), body: body.into_bytes() }
    }

    /// The answer to a stream's request, and what comes after it.
    pub(super) fn open(&self, request: &HttpRequest) -> Arc<FakeStream> {
        let HttpResponse { status, body, .. } = self.answer(request);
        let pieces = if status == 200 {
            self.with(|state| state.streams.pop_front()).unwrap_or_default()
        } else {
            vec![Ok(body)]
        };
        Arc::new(FakeStream { status, pieces: Mutex::new(pieces.into()) })
    }

    fn route(&self, state: &mut State, request: &HttpRequest) -> Answer {
        if let Some(code) = state.refuse {
            return Err(problem(code));
        }
        let path = request.url.strip_prefix(&self.origin).unwrap();
        if let Some(id) = path.strip_prefix("/device/v1/pairings/") {
            return self.claim(state, id, &request.body);
        }
        let call = check_call(state, request)?;
        if state.device.as_ref().unwrap().state == DeviceState::Unconfirmed && path != path::DEVICE {
            return Err(problem(ErrorCode::DeviceUnconfirmed));
        }
        let rest = path.strip_prefix("/device/v1").unwrap();
        match (request.method.as_str(), rest.strip_prefix("/requests")) {
            ("GET", None) if rest == "/events" => Ok(String::new()),
            ("DELETE", None) => {
                state.device = None;
                Ok("{}".to_owned())
            }
            ("PUT", None) if rest == "/name" => rename(state, &request.body),
            ("PUT", None) if rest == "/push" => state.push.put(&call, &request.body),
            ("GET", None) => device(state),
            ("GET", Some("")) => list(state),
            ("GET", Some(login)) => one(state, login.trim_start_matches('/')),
            ("POST", Some(rest)) => decide(state, &self.origin, rest, &request.body),
            _ => Err(problem(ErrorCode::NotFound)),
        }
    }

    fn claim(&self, state: &mut State, id: &str, body: &[u8]) -> Answer {
        let body: ClaimBody = serde_json::from_slice(body).unwrap();
        let claim = PairingClaim::verify(&body.device, &body.approval).unwrap();
        check_clock(state, claim.iat)?;
        let link = state.link.take().ok_or_else(|| problem(ErrorCode::PairingOver))?;
        assert_eq!(link.id.to_string(), id);
        assert_eq!((claim.pairing, &claim.aud), (link.id, &self.origin));
        assert_eq!(claim.secret_hash, link.secret_hash());
        if state.hardware_only {
            return Err(problem(ErrorCode::HardwareKeysRequired));
        }
        let (now, random) = (Timestamp::from_seconds(state.now), SystemRandom::new());
        let device = Device {
            id: DeviceId::new(now, &random),
            user: UserId::new(now, &random),
            claim,
            state: DeviceState::Unconfirmed,
        };
        state.push.pair(&device.claim);
        state.attestation = body.attestation;
        let answer = ClaimAnswer {
            device: device.id,
            user: device.user,
            tenant: TenantId::new(now, &random),
            tenant_name: "ACME".into(),
            account: "ada@example.com".into(),
            server_key: state.other_key.clone().unwrap_or_else(|| self.key.public()).jwk(),
            code: "042017".into(),
            exp: NumericDate(state.now + 300),
        };
        state.device = Some(device);
        Ok(serde_json::to_string(&answer).unwrap())
    }
}

fn check_clock(state: &State, iat: NumericDate) -> Result<(), Problem> {
    if (iat.0 - state.now).abs() <= CALL_WINDOW_SECONDS {
        return Ok(());
    }
    Err(Problem { now: Some(NumericDate(state.now)), ..problem(ErrorCode::ClockSkew) })
}

fn check_call(state: &mut State, request: &HttpRequest) -> Result<Call, Problem> {
    let header = request.headers.iter().find(|header| header.name == "authorization").unwrap();
    let compact = header.value.strip_prefix(SCHEME).unwrap();
    let device = state.device.as_ref().ok_or_else(|| problem(ErrorCode::UnknownDevice))?;
    let key = PublicKey::from(&device.claim.device_key);
    let call: Call = Unverified::parse(compact)
        .and_then(|statement| statement.verify(&key))
        .map_err(|_| problem(ErrorCode::BadCall))?;
    assert_eq!((call.iss, &call.htm, &call.htu), (device.id, &request.method, &request.url));
    assert_eq!(call.body, sha256(&request.body));
    check_clock(state, call.iat)?;
    if state.seen.insert(call.jti) { Ok(call) } else { Err(problem(ErrorCode::Replayed)) }
}

fn device(state: &State) -> Answer {
    let device = state.device.as_ref().unwrap();
    let answer = DeviceAnswer {
        device: device.id,
        state: device.state,
        name: device.claim.model.clone(),
        account: "ada@example.com".into(),
        push: state.push.state(),
        tenant_name: "ACME".into(),
        colour: state.look.0.clone(),
        logo: state.look.1.clone(),
    };
    Ok(serde_json::to_string(&answer).unwrap())
}

fn rename(state: &mut State, body: &[u8]) -> Answer {
    let NameBody { name } = serde_json::from_slice(body).unwrap();
    state.device.as_mut().unwrap().claim.model = name;
    device(state)
}

fn list(state: &State) -> Answer {
    let newest_first = state.requests.values().rev();
    let requests = newest_first.map(|(request, _)| RequestAnswer { request: request.clone() }).collect();
    Ok(serde_json::to_string(&RequestsAnswer { requests }).unwrap())
}

fn one(state: &State, login: &str) -> Answer {
    let found = login.parse().ok().and_then(|login: LoginId| state.requests.get(&login));
    let (request, _) = found.ok_or_else(|| problem(ErrorCode::UnknownRequest))?;
    Ok(serde_json::to_string(&RequestAnswer { request: request.clone() }).unwrap())
}

pub(super) fn problem(code: ErrorCode) -> Problem {
    Problem { title: "refused".into(), status: 400, code, detail: None, now: None }
}

/// The same request about another login.
pub(super) fn with_login(request: ApprovalRequest, login: LoginId) -> ApprovalRequest {
    ApprovalRequest { login, ..request }
}

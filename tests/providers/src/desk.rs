//! What both stand-ins share: a TLS listener, what was received, and answers that a test prescribes.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign_protocol::time::{Clock, Timestamp};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::Authority;

/// A safety net: a test that reaches it has failed.
const PATIENCE: Duration = Duration::from_secs(20);
/// More is not read.
const MAX_BODY: usize = 1 << 20;

/// One request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Record {
    /// When, by the stand-in's clock.
    pub at: Timestamp,
    /// Its method.
    pub method: Method,
    /// Its path, with its query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn new(status: u16, body: String) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    pub(crate) fn retry_after(mut self, seconds: Option<u32>) -> Self {
        self.headers.extend(seconds.map(|seconds| (RETRY_AFTER.as_str(), seconds.to_string())));
        self
    }

    fn response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value.try_into().unwrap());
        }
        response
    }
}

/// What a stand-in is, besides a desk.
pub(crate) trait Service: Send + Sync + 'static {
    fn answer(&self, record: &Record) -> Reply;
}

/// A listener with a memory.
pub(crate) struct Desk {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

pub(crate) struct Shared {
    clock: Arc<dyn Clock>,
    keep: AtomicBool,
    records: Mutex<Vec<Record>>,
    received: watch::Sender<usize>,
    accepted: AtomicUsize,
    connections: AtomicUsize,
    hanging: watch::Sender<bool>,
    /// Counts how often all connections were told to go.
    closed: watch::Sender<usize>,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    all: Option<Reply>,
    by_token: HashMap<String, Reply>,
}

impl Desk {
    pub(crate) async fn start(
        authority: &Authority,
        protocols: &[&str],
        clock: Arc<dyn Clock>,
        service: impl FnOnce(&Arc<Shared>, SocketAddr) -> Arc<dyn Service>,
    ) -> Self {
        let shared = Arc::new(Shared {
            clock,
            keep: AtomicBool::new(true),
            records: Mutex::default(),
            received: watch::Sender::default(),
            accepted: AtomicUsize::default(),
            connections: AtomicUsize::default(),
            hanging: watch::Sender::default(),
            closed: watch::Sender::default(),
            script: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = service(&shared, address);
        let tls = TlsAcceptor::from(authority.server(protocols));
        let accepting = tokio::spawn(accept(listener, tls, Arc::clone(&shared), service));
        Self { shared, address, accepting }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.accepting.abort();
        self.shared.close_connections();
    }
}

impl Shared {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The prescribed answer for a token, if there is one.
    pub(crate) fn prescribed(&self, token: &str) -> Option<Reply> {
        let script = self.script();
        script.by_token.get(token).or(script.all.as_ref()).cloned()
    }

    pub(crate) fn prescribe(&self, token: Option<&str>, reply: Option<Reply>) {
        let mut script = self.script();
        match (token, reply) {
            (None, reply) => script.all = reply,
            (Some(token), Some(reply)) => drop(script.by_token.insert(token.to_owned(), reply)),
            (Some(token), None) => drop(script.by_token.remove(token)),
        }
    }

    pub(crate) fn count_accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn received(&self) -> usize {
        *self.received.borrow()
    }

    pub(crate) fn hang(&self, hang: bool) {
        self.hanging.send_replace(hang);
    }

    pub(crate) fn keep_records(&self, keep: bool) {
        self.keep.store(keep, Ordering::Relaxed);
    }

    pub(crate) fn close_connections(&self) {
        self.closed.send_modify(|times| *times += 1);
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Record> {
        let mut received = self.received.subscribe();
        let enough = received.wait_for(|received| *received >= count);
        match tokio::time::timeout(PATIENCE, enough).await {
            Ok(_) => self.records(),
            Err(_) => panic!("{} of {count} requests came in time", self.received()),
        }
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, record: &Record) {
        if self.keep.load(Ordering::Relaxed) {
            self.records.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        }
        self.received.send_modify(|received| *received += 1);
    }

    async fn until_it_answers(&self) {
        let _ = self.hanging.subscribe().wait_for(|hanging| !*hanging).await;
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>, service: Arc<dyn Service>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Ordering::Relaxed);
        let (tls, shared, service) = (tls.clone(), Arc::clone(&shared), Arc::clone(&service));
        tokio::spawn(async move { serve(stream, tls, shared, service).await });
    }
}

/// Serves one connection until it ends, or until all are told to go.
async fn serve(stream: TcpStream, tls: TlsAcceptor, shared: Arc<Shared>, service: Arc<dyn Service>) {
    let mut closed = shared.closed.subscribe();
    // Without it, small frames wait for acknowledgements: 40 ms each.
    let _ = stream.set_nodelay(true);
    let Ok(stream) = tls.accept(stream).await else { return };
    let handler = service_fn(move |request| {
        let (shared, service) = (Arc::clone(&shared), Arc::clone(&service));
        async move { Ok::<_, Infallible>(handle(request, &shared, &*service).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection(TokioIo::new(stream), handler);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = closed.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn handle(request: Request<Incoming>, shared: &Shared, service: &dyn Service) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Reply::new(413, String::new()).response();
    };
    let path = parts.uri.path_and_query().map_or(String::new(), ToString::to_string);
    let record = Record {
        at: shared.now(),
        method: parts.method,
        path,
        headers: parts.headers,
        body: body.to_bytes(),
    };
    shared.note(&record);
    shared.until_it_answers().await;
    service.answer(&record).response()
}

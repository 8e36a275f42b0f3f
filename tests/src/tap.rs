//! The phone's HTTP client with a tap on it: what went out can be read, what comes in can be altered.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_demo::desk::ReqwestHttp;
use countersign_mobile_core::ports::{
    HttpClient, HttpError, HttpHeader, HttpRequest, HttpResponse, HttpStream,
};

/// Changes an answer before the phone sees it.
pub type Alteration = Arc<dyn Fn(&mut HttpResponse) + Send + Sync>;

/// An HTTP client that remembers what it sent.
pub struct Tap {
    inner: ReqwestHttp,
    sent: Mutex<Vec<HttpRequest>>,
    alteration: Mutex<Option<Alteration>>,
    losing: AtomicBool,
    proxy: Mutex<Option<(String, String)>>,
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

impl Tap {
    pub(crate) fn new() -> Self {
        Self {
            inner: ReqwestHttp::new().unwrap(),
            sent: Mutex::default(),
            alteration: Mutex::default(),
            losing: AtomicBool::default(),
            proxy: Mutex::default(),
        }
    }

    /// What was sent last.
    ///
    /// # Panics
    /// When nothing was.
    #[must_use]
    pub fn last(&self) -> HttpRequest {
        self.sent.lock().unwrap().last().expect("a request").clone()
    }

    /// How many requests were sent.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// From now on, answers are changed so.
    pub fn alter(&self, how: impl Fn(&mut HttpResponse) + Send + Sync + 'static) {
        *self.alteration.lock().unwrap() = Some(Arc::new(how));
    }

    /// Whether answers get lost on their way to the phone: the server has done what it was asked.
    pub fn lose_answers(&self, lose: bool) {
        self.losing.store(lose, Ordering::SeqCst);
    }

    /// From now on, what is meant for `origin` goes to `server`, as a proxy that ends TLS sends it on.
    pub fn proxy(&self, origin: &str, server: &str) {
        *self.proxy.lock().unwrap() = Some((origin.to_owned(), server.to_owned()));
    }

    fn proxied(&self, mut request: HttpRequest) -> HttpRequest {
        if let Some((origin, server)) = &*self.proxy.lock().unwrap()
            && let Some(path) = request.url.strip_prefix(origin)
        {
            let host = origin.split("://").nth(1).unwrap().to_owned();
            request.url = format!("{server}{path}");
            request.headers.push(HttpHeader { name: "host".into(), value: host });
        }
        request
    }

    /// From now on, answers are left as they are.
    pub fn leave(&self) {
        *self.alteration.lock().unwrap() = None;
    }
}

#[async_trait]
impl HttpClient for Tap {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.sent.lock().unwrap().push(request.clone());
        let mut response = self.inner.send(self.proxied(request)).await?;
        if self.losing.load(Ordering::SeqCst) {
            return Err(HttpError::Unreachable("the answer was lost".into()));
        }
        let alteration = self.alteration.lock().unwrap().clone();
        if let Some(alter) = alteration {
            alter(&mut response);
        }
        Ok(response)
    }

    async fn open(&self, request: HttpRequest) -> Result<Arc<dyn HttpStream>, HttpError> {
        self.sent.lock().unwrap().push(request.clone());
        self.inner.open(self.proxied(request)).await
    }
}

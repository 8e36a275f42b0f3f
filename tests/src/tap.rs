//! The phone's HTTP client with a tap on it: what went out can be read, what comes in can be altered.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_demo::desk::ReqwestHttp;
use countersign_mobile_core::ports::{HttpClient, HttpError, HttpRequest, HttpResponse};

/// Changes an answer before the phone sees it.
pub type Alteration = Arc<dyn Fn(&mut HttpResponse) + Send + Sync>;

/// An HTTP client that remembers what it sent.
pub struct Tap {
    inner: ReqwestHttp,
    sent: Mutex<Vec<HttpRequest>>,
    alteration: Mutex<Option<Alteration>>,
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

impl Tap {
    pub(crate) fn new() -> Self {
        Self { inner: ReqwestHttp::new().unwrap(), sent: Mutex::default(), alteration: Mutex::default() }
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

    /// From now on, answers are left as they are.
    pub fn leave(&self) {
        *self.alteration.lock().unwrap() = None;
    }
}

#[async_trait]
impl HttpClient for Tap {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.sent.lock().unwrap().push(request.clone());
        let mut response = self.inner.send(request).await?;
        let alteration = self.alteration.lock().unwrap().clone();
        if let Some(alter) = alteration {
            alter(&mut response);
        }
        Ok(response)
    }
}

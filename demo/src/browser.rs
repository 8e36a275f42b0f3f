//! A browser without a screen, for checks and tests: cookies, forms, and the event stream, over real
//! sockets.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::header::{self, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};

/// A browser that visits one server.
pub struct Browser {
    client: Client,
    origin: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// Why a visit failed.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// No answer.
    #[error("no answer: {0}")]
    Http(#[from] reqwest::Error),
    /// The event stream ended, or broke its form.
    #[error("the event stream ended")]
    StreamEnded,
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// Where it leads.
    pub location: Option<String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

impl Page {
    /// The text of the element with this `data-testid`, if it holds nothing but text.
    #[must_use]
    pub fn text_of(&self, testid: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("data-testid=\"{testid}\""))?;
        let (_, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once('<')?;
        Some(text.trim().to_owned())
    }

    /// The value of the form field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\""))?;
        let (tag, _) = rest.split_once('>')?;
        let (_, value) = tag.split_once("value=\"")?;
        Some(value.split_once('"')?.0.to_owned())
    }

    /// The first attribute with this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }
}

impl Browser {
    /// A browser without cookies.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn new(origin: &str) -> Result<Self, BrowserError> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36")
            .build()?;
        Ok(Self { client, origin: origin.to_owned(), cookies: Mutex::default() })
    }

    fn jar(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cookies, by name.
    #[must_use]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.jar().clone()
    }

    /// Sets a cookie, as another page or an attacker might.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar().insert(name.to_owned(), value.to_owned());
    }

    /// A request with this browser's cookies, as its own pages send it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let jar = self.jar();
        let pairs: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.origin));
        if !pairs.is_empty() {
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if method == Method::GET { request } else { request.header(header::ORIGIN, &self.origin) }
    }

    fn keep_cookies(&self, response: &Response) {
        let mut jar = self.jar();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let Some((name, rest)) = line.to_str().ok().and_then(|line| line.split_once('=')) else {
                continue;
            };
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Sends a request and keeps the cookies of its answer.
    ///
    /// # Errors
    /// No answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Page, BrowserError> {
        let response = request.send().await?;
        self.keep_cookies(&response);
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Page { status, location, headers, body: response.text().await? })
    }

    /// Opens a page.
    ///
    /// # Errors
    /// No answer.
    pub async fn get(&self, path: &str) -> Result<Page, BrowserError> {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends a form with the token of the page that it stands on.
    ///
    /// # Errors
    /// No answer.
    pub async fn submit(&self, on: &Page, path: &str, fields: &[(&str, &str)]) -> Result<Page, BrowserError> {
        let csrf = on.field("csrf").unwrap_or_default();
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend_from_slice(fields);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        self.send(request).await
    }

    /// Opens the event stream of this browser's login; none if the server has no stream for it.
    ///
    /// # Errors
    /// No answer.
    pub async fn events(&self) -> Result<Option<Events>, BrowserError> {
        let response = self.request(Method::GET, "/login/events").send().await?;
        let open = response.status().as_u16() == 200;
        Ok(open.then(|| Events { response, buffer: String::new() }))
    }

    /// Types e-mail and password; the answer to the form.
    ///
    /// # Errors
    /// No answer.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Page, BrowserError> {
        let form = self.get("/login").await?;
        self.submit(&form, "/login", &[("email", email), ("password", password)]).await
    }
}

/// One server-sent event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: String,
}

/// An open event stream.
pub struct Events {
    response: Response,
    buffer: String,
}

impl Events {
    /// The next event; comments and retry times are passed over.
    ///
    /// # Errors
    /// [`BrowserError::StreamEnded`].
    pub async fn next(&mut self) -> Result<Event, BrowserError> {
        loop {
            while let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let event = read_event(block);
                self.buffer = rest.to_owned();
                if let Some(event) = event {
                    return Ok(event);
                }
            }
            let chunk = self.response.chunk().await?.ok_or(BrowserError::StreamEnded)?;
            self.buffer.push_str(&String::from_utf8_lossy(&chunk));
        }
    }

    /// The next event's data, which must be a state.
    ///
    /// # Errors
    /// [`BrowserError::StreamEnded`].
    pub async fn state(&mut self) -> Result<String, BrowserError> {
        loop {
            let event = self.next().await?;
            if event.name == "state" {
                return Ok(event.data);
            }
        }
    }

    /// Waits until the login stands at `wanted`, past whatever comes before it.
    ///
    /// # Errors
    /// [`BrowserError::StreamEnded`] if it never does.
    pub async fn stands(&mut self, wanted: &str) -> Result<(), BrowserError> {
        while self.state().await? != wanted {}
        Ok(())
    }
}

fn read_event(block: &str) -> Option<Event> {
    let value = |field: &str| {
        block.lines().find_map(|line| line.strip_prefix(field)).map(|value| value.trim_start().to_owned())
    };
    let name = value("event:")?;
    Some(Event { name, data: value("data:").unwrap_or_default() })
}

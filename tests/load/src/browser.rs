//! A browser: cookies, forms and an event stream over two kept-alive connections.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use countersign_demo::browser::Page;
use countersign_demo::house::Failure;

use crate::wire::{Answer, Connection};

const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36";

/// A browser that visits one server.
pub(crate) struct Browser {
    server: SocketAddr,
    host: String,
    pages: Option<Connection>,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(server: SocketAddr, host: &str) -> Self {
        Self { server, host: host.to_owned(), pages: None, cookies: BTreeMap::new() }
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: String) {
        self.cookies.insert(name.to_owned(), value);
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// As time does with the cookie of a session.
    pub(crate) fn forget_cookie(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Page, Failure> {
        let request = format!("{}\r\n", self.head("GET", path));
        self.visit(&request).await
    }

    /// Sends a form with the token of the page that it stands on.
    pub(crate) async fn submit(
        &mut self,
        on: &Page,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, Failure> {
        let csrf = on.field("csrf").ok_or("the page has no form")?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &csrf)
            .extend_pairs(fields)
            .finish();
        let request = format!(
            "{}origin: http://{}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            self.head("POST", path),
            self.host,
            body.len()
        );
        self.visit(&request).await
    }

    /// Opens the event stream of this browser's login.
    pub(crate) async fn events(&self) -> Result<Connection, Failure> {
        let mut stream = Connection::open(self.server).await?;
        let request = format!("{}\r\n", self.head("GET", "/login/events"));
        stream.begin_events(request.as_bytes()).await?;
        Ok(stream)
    }

    async fn visit(&mut self, request: &str) -> Result<Page, Failure> {
        let connection = match &mut self.pages {
            Some(connection) => connection,
            none => none.insert(Connection::open(self.server).await?),
        };
        let answer = connection.ask(request.as_bytes()).await?;
        self.keep_cookies(&answer);
        let location = answer.header("location").map(str::to_owned);
        Ok(Page { status: answer.status, location, headers: Default::default(), body: answer.body })
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.headers("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            match pair.split_once('=') {
                Some((name, "")) => _ = self.cookies.remove(name),
                Some((name, value)) => _ = self.cookies.insert(name.to_owned(), value.to_owned()),
                None => {}
            }
        }
    }

    /// Request line and headers, without the empty line at the end.
    fn head(&self, method: &str, path: &str) -> String {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: {USER_AGENT}\r\naccept: */*\r\n\
             accept-language: en\r\n",
            self.host
        );
        let mut before = "cookie: ";
        for (name, value) in &self.cookies {
            // Writing to a String cannot fail.
            let _ = write!(head, "{before}{name}={value}");
            before = "; ";
        }
        if before == "; " {
            head.push_str("\r\n");
        }
        head
    }
}

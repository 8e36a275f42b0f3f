//! HTTP by reqwest.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_mobile_core::ports::{
    HttpClient, HttpError, HttpHeader, HttpRequest, HttpResponse, HttpStream, SILENCE_SECONDS,
};
use reqwest::{Client, Method, RequestBuilder, Response, Url, redirect};
use tokio::sync::Mutex;
use url::Host;

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(15);

/// HTTP as the core wants it: certificates checked, no redirects, an end to everything.
#[derive(Clone, Debug)]
pub struct ReqwestHttp {
    /// To this computer, past any proxy.
    inside: Client,
    /// To everywhere else, as the environment's proxy settings say.
    outside: Client,
}

impl ReqwestHttp {
    /// A client. A rustls crypto provider must be installed already.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::with_silence(Duration::from_secs(SILENCE_SECONDS))
    }

    /// `silence`: how long a stream, or the head of any answer, may let the phone wait.
    fn with_silence(silence: Duration) -> Result<Self, reqwest::Error> {
        let none = redirect::Policy::none;
        let builder = || Client::builder().redirect(none()).connect_timeout(CONNECT).read_timeout(silence);
        Ok(Self { inside: builder().no_proxy().build()?, outside: builder().build()? })
    }

    fn client(&self, url: &Url) -> &Client {
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        };
        if loopback { &self.inside } else { &self.outside }
    }

    fn prepare(&self, request: HttpRequest) -> Result<RequestBuilder, HttpError> {
        let url: Url = request.url.parse().map_err(|_| HttpError::Unreachable("not a URL".into()))?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| HttpError::Unreachable("not a method".into()))?;
        let mut sending = self.client(&url).request(method, url).body(request.body);
        for HttpHeader { name, value } in request.headers {
            sending = sending.header(name, value);
        }
        Ok(sending)
    }
}

#[async_trait]
impl HttpClient for ReqwestHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        read(self.prepare(request)?.timeout(ANSWER).send().await.map_err(unreachable)?).await
    }

    async fn open(&self, request: HttpRequest) -> Result<Arc<dyn HttpStream>, HttpError> {
        let response = self.prepare(request)?.send().await.map_err(unreachable)?;
        Ok(Arc::new(Stream { status: response.status().as_u16(), response: Mutex::new(response) }))
    }
}

/// An answer that is still coming. Its connection is closed with it.
struct Stream {
    status: u16,
    response: Mutex<Response>,
}

#[async_trait]
impl HttpStream for Stream {
    fn status(&self) -> u16 {
        self.status
    }

    async fn next(&self) -> Result<Option<Vec<u8>>, HttpError> {
        let piece = self.response.lock().await.chunk().await.map_err(unreachable)?;
        Ok(piece.map(|piece| piece.to_vec()))
    }
}

async fn read(mut response: Response) -> Result<HttpResponse, HttpError> {
    let status = response.status().as_u16();
    let headers = response.headers().iter().filter_map(|(name, value)| {
        Some(HttpHeader { name: name.as_str().to_owned(), value: value.to_str().ok()?.to_owned() })
    });
    let headers = headers.collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(HttpError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status, headers, body })
}

/// The whole chain of causes: reqwest's own sentence says little.
fn unreachable(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    HttpError::Unreachable(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers one request with `answer` and tells what came.
    async fn serve(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/device/v1", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut came = vec![0; 4096];
            let length = stream.read(&mut came).await.unwrap();
            // The client hangs up on an answer that is too long.
            let _hung_up = stream.write_all(&answer).await;
            String::from_utf8_lossy(&came[..length]).into_owned()
        });
        (url, served)
    }

    async fn get(url: String) -> Result<HttpResponse, HttpError> {
        let _installed_already = rustls::crypto::ring::default_provider().install_default();
        let headers = vec![HttpHeader { name: "authorization".into(), value: "Countersign x".into() }];
        let request = HttpRequest { method: "GET".into(), url, headers, body: Vec::new() };
        ReqwestHttp::new().unwrap().send(request).await
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer() {
        let answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        let (url, served) = serve(answer.to_vec()).await;
        let response = get(url).await.unwrap();
        assert_eq!(response.status, 302);
        assert!(response.headers.iter().any(|header| header.name == "location"));
        assert!(served.await.unwrap().contains("authorization: Countersign x"));
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        answer.resize(answer.len() + LONGEST_ANSWER + 1, b' ');
        let (url, _served) = serve(answer).await;
        assert_eq!(get(url).await, Err(HttpError::TooLong));
    }

    #[tokio::test]
    async fn nobody_listening_is_said_so() {
        let error = get("http://127.0.0.1:1/".into()).await.unwrap_err();
        assert!(matches!(error, HttpError::Unreachable(text) if text.contains("refused")));
    }

    /// Sends the head of a stream, then each text that comes through the channel, then ends.
    async fn stream() -> (HttpRequest, tokio::sync::mpsc::Sender<&'static str>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/device/v1/events", listener.local_addr().unwrap());
        let (sender, mut texts) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _request = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
            while let Some(text) = texts.recv().await {
                stream.write_all(str::as_bytes(text)).await.unwrap();
            }
        });
        (HttpRequest { method: "GET".into(), url, headers: Vec::new(), body: Vec::new() }, sender)
    }

    #[tokio::test]
    async fn a_stream_comes_piece_by_piece_until_it_ends() {
        let _installed_already = rustls::crypto::ring::default_provider().install_default();
        let (request, sender) = stream().await;
        let stream = ReqwestHttp::new().unwrap().open(request).await.unwrap();
        assert_eq!(stream.status(), 200);
        for text in ["event: changed\n\n", "event: beat\n\n"] {
            sender.send(text).await.unwrap();
            assert_eq!(stream.next().await, Ok(Some(text.into())));
        }
        drop(sender);
        assert_eq!(stream.next().await, Ok(None));
    }

    #[tokio::test]
    async fn a_silent_stream_is_dead() {
        let _installed_already = rustls::crypto::ring::default_provider().install_default();
        let (request, _sender) = stream().await;
        let http = ReqwestHttp::with_silence(Duration::from_millis(50)).unwrap();
        let stream = http.open(request).await.unwrap();
        assert!(
            matches!(stream.next().await, Err(HttpError::Unreachable(text)) if text.contains("timed out"))
        );
    }
}

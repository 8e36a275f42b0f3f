//! HTTP by reqwest.

use std::time::Duration;

use async_trait::async_trait;
use countersign_mobile_core::ports::{HttpClient, HttpError, HttpHeader, HttpRequest, HttpResponse};
use reqwest::{Client, Method, Response, Url, redirect};
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
        let builder =
            || Client::builder().redirect(redirect::Policy::none()).connect_timeout(CONNECT).timeout(ANSWER);
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
}

#[async_trait]
impl HttpClient for ReqwestHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url: Url = request.url.parse().map_err(|_| HttpError::Unreachable("not a URL".into()))?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| HttpError::Unreachable("not a method".into()))?;
        let mut sending = self.client(&url).request(method, url).body(request.body);
        for HttpHeader { name, value } in request.headers {
            sending = sending.header(name, value);
        }
        read(sending.send().await.map_err(unreachable)?).await
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
}

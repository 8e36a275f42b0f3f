//! HTTP, as an app implements it.

use std::sync::Arc;

use async_trait::async_trait;
use uniffi::UnexpectedUniFFICallbackError as Unexpected;

/// Sends HTTP requests. It must check the server's certificate, must not follow redirects, and must give
/// up: after 5 seconds without a connection, after 15 without an answer.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends `request`. A status of 400 or 500 is an answer, not an error.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Sends `request` and returns as soon as the answer's head is there; its body comes piece by piece
    /// and may go on for hours.
    async fn open(&self, request: HttpRequest) -> Result<HttpOpened, HttpError>;
}

/// The body of an answer that is still coming.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait HttpStream: Send + Sync {
    /// The next piece of the body as it arrives, however short; none when the answer has ended. Never
    /// called while an earlier call still waits. Nothing for 40 seconds means that the line is dead:
    /// `Unreachable`.
    async fn next(&self) -> Result<Option<Vec<u8>>, HttpError>;

    /// Closes the connection; a waiting `next` ends. Called once, by the core, when it is done.
    fn close(&self) -> Result<(), HttpError>;
}

/// An answer whose body is still coming.
#[derive(Clone, uniffi::Record)]
pub struct HttpOpened {
    /// The status, such as 200.
    pub status: u16,
    /// Its body.
    pub body: Arc<dyn HttpStream>,
}

/// An HTTP request. Not to be logged: a header authenticates the phone.
#[derive(Clone, uniffi::Record)]
pub struct HttpRequest {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Header names are lower case.
    pub headers: Vec<HttpHeader>,
    /// The body; empty for `GET`.
    pub body: Vec<u8>,
}

/// One header of a request or response.
#[derive(Clone, uniffi::Record)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An HTTP response.
#[derive(Clone, uniffi::Record)]
pub struct HttpResponse {
    /// The status, such as 200.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<HttpHeader>,
    /// The body. A client may cut off a connection that sends more than 64 KiB.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum HttpError {
    /// No connection, or no answer in time.
    #[error("the server could not be reached: {details}")]
    Unreachable {
        /// What happened, for the log.
        details: String,
    },
    /// The server's certificate is not one to trust: expired, for another name, from nobody known.
    #[error("the server's certificate is not trusted: {details}")]
    CertificateWrong {
        /// What happened, for the log.
        details: String,
    },
    /// The answer was cut off because it is longer than any real one.
    #[error("the answer is too long")]
    TooLong,
}

impl From<Unexpected> for HttpError {
    fn from(unexpected: Unexpected) -> Self {
        Self::Unreachable { details: unexpected.reason }
    }
}

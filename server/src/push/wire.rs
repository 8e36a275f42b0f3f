//! What all senders do on the wire: one kind of client, and the reading of answers and failures.

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use countersign_protocol::time::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Response};

use super::guard::EndpointRefused;
use super::sender::{Answer, SendOutcome};

/// As much of an answer is read as lets its connection be used again.
const MAX_ANSWER: usize = 8 * 1024;
/// A push service that asks for more is not believed.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);
/// The longest word of a push service that is kept, in bytes.
const MAX_WORD: usize = 64;

/// How a sender connects.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Certificate authorities that are believed besides those of the system.
    pub extra_roots: Vec<Certificate>,
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The longest that one wake may take, with all that is asked on its way. Whoever hands wakes out
    /// must not hand the same one out again before this is over.
    pub timeout: Duration,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            extra_roots: Vec::new(),
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(10),
        }
    }
}

impl Wire {
    /// What the clients of all senders have in common: nothing is followed, nothing goes through a
    /// proxy, and what is written is sent at once.
    pub(super) fn client(&self) -> ClientBuilder {
        Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .tcp_nodelay(true)
            .tls_certs_merge(self.extra_roots.iter().cloned())
    }

    /// `sending`, or that the push service is too slow.
    pub(super) async fn in_time(&self, sending: impl Future<Output = Answer>) -> Answer {
        let late = || SendOutcome::Retry { after: None }.said("no answer in time");
        tokio::time::timeout(self.timeout, sending).await.unwrap_or_else(|_| late())
    }
}

/// When a push service wants to be asked again (`Retry-After`, RFC 9110, section 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    parse_retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?, now)
}

/// Seconds, or a date.
fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let after = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
            now.until(Timestamp::from_seconds(i64::try_from(date.as_secs()).ok()?))
        }
    };
    Some(after.min(MAX_RETRY_AFTER))
}

/// Reads a short answer to its end, so that the connection can be used again. Of a long one there is
/// nothing, and its connection goes.
pub(super) async fn read(mut answer: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Vec::new();
        }
        body.extend_from_slice(&chunk);
    }
    body
}

/// No answer: tried again, unless it is the guard that said no.
pub(super) fn failure(error: reqwest::Error) -> Answer {
    // The URL may be a capability and must not reach the log.
    let error = error.without_url();
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refused) = as_refused(cause) {
            return SendOutcome::Refused.said(refused.to_string());
        }
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    SendOutcome::Retry { after: None }.said(why)
}

/// The guard's answer passes through the client as what an I/O error holds.
fn as_refused(error: &(dyn Error + 'static)) -> Option<EndpointRefused> {
    error.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref::<EndpointRefused>().copied()
}

/// A push service's word for what happened, fit for a log: letters, digits and `_` only.
pub(super) fn word(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().filter(plain).take(MAX_WORD).collect()
}

/// A status and a word, such as "410 Unregistered".
pub(super) fn status_and_word(status: reqwest::StatusCode, text: &str) -> String {
    format!("{} {}", status.as_u16(), word(text)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_to_retry() {
        let now = Timestamp::from_seconds(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let seconds = |n| Some(Duration::from_secs(n));
        for (value, expected) in [
            ("0", seconds(0)),
            ("120", seconds(120)),
            (" 5 ", seconds(5)),
            ("99999999", seconds(86_400)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", seconds(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", seconds(60)),
            ("Sun, 06 Nov 1994 08:49:30 GMT", seconds(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", seconds(86_400)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_retry_after(value, now), expected, "{value}");
        }
    }

    #[test]
    fn a_word_of_a_push_service_is_cleaned_before_it_reaches_a_log() {
        assert_eq!(word("TooManyRequests"), "TooManyRequests");
        assert_eq!(word("SENDER_ID_MISMATCH"), "SENDER_ID_MISMATCH");
        assert_eq!(word("a\r\nb \u{1b}[31m\"é"), "ab31m");
        assert_eq!(word(&"x".repeat(1000)).len(), 64);
        assert_eq!(status_and_word(reqwest::StatusCode::GONE, "Unregistered"), "410 Unregistered");
        assert_eq!(status_and_word(reqwest::StatusCode::GONE, ""), "410");
    }
}

//! A request's body, read to its end before anyone looks at it.
//!
//! What is too long is read all the same, up to a point, and thrown away: a server that closes a
//! connection on which a client still writes is seen as a broken connection, not as the answer it gave.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::BytesMut;
use futures_util::StreamExt as _;
use tokio::sync::Semaphore;

/// The most that a body may have, in bytes. Pages and phones send far less.
const KEPT: usize = 32 * 1024;
/// The most that a table of users may have, each byte of which may be spelt as three.
const KEPT_OF_TABLES: usize = 4 * 1024 * 1024;
/// So many of them are read at once: who sends one is known only when it was read.
static TABLES: Semaphore = Semaphore::const_new(8);
/// As much where a picture may be sent.
const KEPT_OF_UPLOADS: usize = 160 * 1024;
/// Where that is.
const UPLOADS: [&str; 1] = ["/admin/settings/brand"];
/// As much is read of a body that is too long, beyond what is kept.
const READ: usize = 1024 * 1024;
/// A client that takes longer to send so little is not worth the connection.
const WITHIN: Duration = Duration::from_secs(10);

/// Why a body is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyRefused {
    /// Longer than 32 KiB; for a table of users, 4 MiB; for a picture, 160 KiB.
    TooLong,
    /// Not there within ten seconds, or cut off.
    Incomplete,
}

/// The same request with its body in memory.
pub(super) async fn read_whole(request: Request) -> Result<Request, BodyRefused> {
    let (parts, body) = request.into_parts();
    let kept = match parts.uri.path() {
        path if path.starts_with("/admin/users/import") => KEPT_OF_TABLES,
        path if UPLOADS.contains(&path) => KEPT_OF_UPLOADS,
        _ => KEPT,
    };
    let read = async {
        // It is never closed.
        let _place = if kept == KEPT_OF_TABLES { TABLES.acquire().await.ok() } else { None };
        collect(body, kept).await
    };
    let body = tokio::time::timeout(WITHIN, read).await.map_err(|_| BodyRefused::Incomplete)??;
    Ok(Request::from_parts(parts, body))
}

async fn collect(body: Body, most: usize) -> Result<Body, BodyRefused> {
    let (mut kept, mut read) = (BytesMut::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| BodyRefused::Incomplete)?;
        read += chunk.len();
        if read <= most {
            kept.extend_from_slice(&chunk);
        } else if read > most + READ {
            break;
        }
    }
    if read > most { Err(BodyRefused::TooLong) } else { Ok(kept.freeze().into()) }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;

    use super::*;

    async fn read(body: Body) -> Result<Bytes, BodyRefused> {
        let whole = read_whole(Request::new(body)).await?.into_body();
        Ok(axum::body::to_bytes(whole, usize::MAX).await.unwrap())
    }

    fn chunks(count: usize) -> Body {
        let chunk = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1024]));
        Body::from_stream(stream::iter((0..count).map(move |_| chunk())))
    }

    #[tokio::test]
    async fn a_body_is_taken_up_to_its_limit() {
        assert_eq!(read(Body::empty()).await.unwrap().len(), 0);
        assert_eq!(read(chunks(32)).await.unwrap().len(), KEPT);
        assert_eq!(read(chunks(33)).await, Err(BodyRefused::TooLong));
        assert_eq!(read(chunks(5_000)).await, Err(BodyRefused::TooLong), "and has an end");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for_without_end() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(never).await, Err(BodyRefused::Incomplete));
    }

    #[tokio::test]
    async fn a_body_that_is_cut_off_is_none() {
        let cut = stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("reset"))]);
        assert_eq!(read(Body::from_stream(cut)).await, Err(BodyRefused::Incomplete));
    }
}

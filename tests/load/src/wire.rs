//! HTTP/1.1 as far as this needs it, over a kept-alive connection: small and cheap, because thousands of
//! these run next to the server that is measured.

use std::net::SocketAddr;

use countersign_demo::house::Failure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection to the server.
pub(crate) struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Every value of a header; `name` in lower case, as this server writes names.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(move |(found, _)| *found == name).map(|(_, value)| value)
    }

    /// A header's first value.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, unread: Vec::new() })
    }

    /// Sends a request and reads its answer, which must have a length.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        self.stream.write_all(request).await?;
        let mut answer = self.head().await?;
        let length = answer.header("content-length").map_or(Ok(0), str::parse)?;
        while self.unread.len() < length {
            self.read().await?;
        }
        let body = self.unread.drain(..length).collect();
        answer.body = String::from_utf8(body)?;
        Ok(answer)
    }

    /// Sends a request for an event stream. No further request fits on this connection.
    pub(crate) async fn begin_events(&mut self, request: &[u8]) -> Result<(), Failure> {
        self.stream.write_all(request).await?;
        let answer = self.head().await?;
        if answer.status == 200 { Ok(()) } else { Err(format!("no stream: {}", answer.head).into()) }
    }

    /// The next state that the stream tells. The server writes each event in one chunk.
    pub(crate) async fn state(&mut self) -> Result<String, Failure> {
        const EVENT: &[u8] = b"event: state\ndata: ";
        loop {
            if let Some(start) = find(&self.unread, EVENT).map(|at| at + EVENT.len())
                && let Some(length) = find(&self.unread[start..], b"\n\n")
            {
                let state = String::from_utf8(self.unread[start..start + length].to_vec())?;
                self.unread.drain(..start + length);
                return Ok(state);
            }
            self.read().await?;
        }
    }

    /// Gives the memory back that nothing unread needs: for a stream that waits long.
    pub(crate) fn shrink(&mut self) {
        self.unread.shrink_to_fit();
    }

    async fn head(&mut self) -> Result<Answer, Failure> {
        let end = loop {
            match find(&self.unread, b"\r\n\r\n") {
                Some(end) => break end,
                None => self.read().await?,
            }
        };
        let head = String::from_utf8(self.unread.drain(..end + 4).collect())?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok(Answer { status: status.ok_or("an answer without a status")?, head, body: String::new() })
    }

    async fn read(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

fn find(in_bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    in_bytes.windows(wanted.len()).position(|window| window == wanted)
}

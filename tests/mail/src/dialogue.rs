//! One conversation: commands in the order of RFC 5321, section 4.1.4, and nothing out of it.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

use crate::{Fault, Mode, PASSWORD, Received, Shared, USER};

/// The longest line of a text, with its end (RFC 5321, section 4.5.3.1.6).
const LINE: usize = 1000;

pub(crate) enum After<S> {
    Over,
    StartTls(S),
}

pub(crate) struct Dialogue<'s, S> {
    stream: BufReader<S>,
    shared: &'s Shared,
    encrypted: bool,
    signed_in: bool,
    sender: Option<String>,
    recipient: Option<String>,
}

/// What follows a command.
enum Next {
    Reply(u16, &'static str),
    /// As told by the test.
    Fail(u16),
    Lines(Vec<String>),
    Text,
    StartTls,
    Quit,
    Close,
}

impl<'s, S: AsyncRead + AsyncWrite + Unpin> Dialogue<'s, S> {
    pub(crate) fn new(stream: S, shared: &'s Shared, encrypted: bool) -> Self {
        let stream = BufReader::new(stream);
        Self { stream, shared, encrypted, signed_in: false, sender: None, recipient: None }
    }

    pub(crate) async fn greet_and_run(mut self) -> io::Result<After<S>> {
        if let Some(Fault::Greeting(code)) = self.shared.fault() {
            self.shared.failed();
            self.say(&format!("{code} not now")).await?;
            return Ok(After::Over);
        }
        self.say("220 localhost ESMTP").await?;
        self.run().await
    }

    pub(crate) async fn run(mut self) -> io::Result<After<S>> {
        loop {
            let Some(line) = self.line().await? else { return Ok(After::Over) };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            match self.command(&line) {
                Next::Reply(code, words) => self.say(&format!("{code} {words}")).await?,
                Next::Fail(code) => {
                    let recipient = self.recipient.clone().unwrap_or_default();
                    // As real servers do: the address is in the words.
                    self.say(&format!("{code} {}.1.1 <{recipient}>: as the test wants", code / 100)).await?;
                    self.shared.failed();
                }
                Next::Lines(lines) => self.say(&lines.join("\r\n")).await?,
                Next::Text => self.text().await?,
                Next::StartTls => {
                    self.say("220 go ahead").await?;
                    // What was sent ahead of the handshake would be believed as if it came in it.
                    assert!(self.stream.buffer().is_empty(), "plain text behind STARTTLS");
                    return Ok(After::StartTls(self.stream.into_inner()));
                }
                Next::Quit => {
                    self.say("221 bye").await?;
                    return Ok(After::Over);
                }
                Next::Close => {
                    self.shared.failed();
                    return Ok(After::Over);
                }
            }
        }
    }

    fn command(&mut self, line: &str) -> Next {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.ehlo(),
            "STARTTLS" if self.shared.mode == Mode::StartTls && !self.encrypted => self.start_tls(),
            _ if self.shared.mode == Mode::StartTls && !self.encrypted => {
                Next::Reply(530, "5.7.0 STARTTLS first")
            }
            "AUTH" => self.auth(rest),
            "NOOP" => Next::Reply(250, "ok"),
            "RSET" => {
                (self.sender, self.recipient) = (None, None);
                Next::Reply(250, "ok")
            }
            "QUIT" => Next::Quit,
            "MAIL" if !self.signed_in => Next::Reply(530, "5.7.0 sign in first"),
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "DATA" if self.recipient.is_some() => Next::Text,
            "DATA" => Next::Reply(503, "5.5.1 a recipient first"),
            _ => Next::Reply(500, "5.5.2 no such command"),
        }
    }

    fn ehlo(&self) -> Next {
        let mut lines = vec!["250-localhost".to_owned(), "250-8BITMIME".to_owned()];
        let offers_tls = self.shared.mode == Mode::StartTls && !self.encrypted;
        if offers_tls && self.shared.fault() != Some(Fault::NoStartTls) {
            lines.push("250-STARTTLS".to_owned());
        }
        if !offers_tls {
            lines.push("250-AUTH PLAIN LOGIN".to_owned());
        } else if self.shared.fault() == Some(Fault::NoStartTls) {
            self.shared.failed();
        }
        lines.push("250 ENHANCEDSTATUSCODES".to_owned());
        Next::Lines(lines)
    }

    fn start_tls(&self) -> Next {
        match self.shared.fault() {
            Some(Fault::RefuseTls) => Next::Close,
            _ => Next::StartTls,
        }
    }

    fn auth(&mut self, rest: &str) -> Next {
        if let Some(Fault::SignIn(code)) = self.shared.fault() {
            return Next::Fail(code);
        }
        let Some(given) = rest.strip_prefix("PLAIN ") else { return Next::Reply(504, "5.5.4 only PLAIN") };
        let right = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
        if given != right {
            self.shared.failed();
            return Next::Reply(535, "5.7.8 not that password");
        }
        self.signed_in = true;
        Next::Reply(235, "2.7.0 welcome")
    }

    fn mail(&mut self, rest: &str) -> Next {
        if let Some(Fault::Sender(code)) = self.shared.fault() {
            return Next::Fail(code);
        }
        self.sender = address(rest, "FROM:");
        self.recipient = None;
        if self.sender.is_some() {
            Next::Reply(250, "2.1.0 ok")
        } else {
            Next::Reply(501, "5.1.7 no address")
        }
    }

    fn rcpt(&mut self, rest: &str) -> Next {
        if self.sender.is_none() {
            return Next::Reply(503, "5.5.1 a sender first");
        }
        self.recipient = address(rest, "TO:");
        match (self.shared.fault(), &self.recipient) {
            (Some(Fault::Recipient(code)), _) => Next::Fail(code),
            (_, Some(_)) => Next::Reply(250, "2.1.5 ok"),
            (_, None) => Next::Reply(501, "5.1.3 no address"),
        }
    }

    async fn text(&mut self) -> io::Result<()> {
        self.say("354 go ahead").await?;
        let mut raw = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(()) };
            if line == b".\r\n" {
                break;
            }
            assert!(line.len() <= LINE && line.ends_with(b"\r\n"), "a line of RFC 5321");
            assert!(line.is_ascii(), "BODY=8BITMIME was not asked for");
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let fault = self.shared.fault();
        if fault == Some(Fault::Hold) {
            self.shared.failed();
            self.shared.release.notified().await;
        }
        match fault {
            Some(Fault::Hang) => {
                self.shared.failed();
                // Until the client goes away.
                while self.line().await?.is_some() {}
                Ok(())
            }
            Some(Fault::Text(code)) => {
                self.say(&format!("{code} as the test wants")).await?;
                self.shared.failed();
                Ok(())
            }
            _ => {
                let (sender, recipient) = (self.sender.take(), self.recipient.take());
                let mail = Received {
                    sender: sender.unwrap_or_default(),
                    recipient: recipient.unwrap_or_default(),
                    raw,
                };
                self.shared.log.send_modify(|log| log.received.push(mail));
                self.say("250 2.0.0 taken").await
            }
        }
    }

    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = self.stream.read_until(b'\n', &mut line).await?;
        Ok((read > 0).then_some(line))
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }
}

/// `FROM:<a@example.com> BODY=8BITMIME` → `a@example.com`.
fn address(rest: &str, prefix: &str) -> Option<String> {
    let rest = rest.strip_prefix(prefix)?.strip_prefix('<')?;
    let (address, _) = rest.split_once('>')?;
    (!address.is_empty()).then(|| address.to_owned())
}

//! The receiving end of SMTP (RFC 5321), as far as a mail server on the same computer needs it: no TLS, no
//! names to check, everything is taken.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::Mail;

/// As much is taken of one connection: mails here have a few kilobytes.
const MOST: u64 = 4 * 1024 * 1024;
/// As many mails are kept; the oldest go.
const KEPT: usize = 100;

pub(super) async fn serve(listener: TcpListener, mails: Arc<watch::Sender<Vec<Mail>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let mails = Arc::clone(&mails);
        tokio::spawn(async move {
            if let Err(error) = converse(stream, &mails).await {
                tracing::debug!(%error, "a mail connection broke off");
            }
        });
    }
}

async fn converse(mut stream: TcpStream, mails: &watch::Sender<Vec<Mail>>) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut read = BufReader::new(read.take(MOST));
    write.write_all(b"220 localhost\r\n").await?;
    let (mut recipients, mut line) = (Vec::new(), String::new());
    while read.read_line(&mut line).await? > 0 {
        let command = line.trim_end().to_owned();
        line.clear();
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" | "HELO" => b"250 localhost\r\n",
            "MAIL" | "RSET" => {
                recipients.clear();
                b"250 OK\r\n"
            }
            "RCPT" => {
                recipients.extend(address_in(&command));
                b"250 OK\r\n"
            }
            "DATA" => {
                write.write_all(b"354 Go on\r\n").await?;
                let text = read_text(&mut read).await?;
                let read = recipients.iter().filter_map(|recipient| Mail::read(recipient, &text));
                mails.send_modify(|all| {
                    all.extend(read);
                    all.drain(..all.len().saturating_sub(KEPT));
                });
                recipients.clear();
                b"250 OK\r\n"
            }
            "NOOP" => b"250 OK\r\n",
            "QUIT" => {
                write.write_all(b"221 Bye\r\n").await?;
                return Ok(());
            }
            _ => b"502 Not here\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

/// The text up to the line with nothing but a dot, dots in front of other lines removed (RFC 5321,
/// section 4.5.2).
async fn read_text(read: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let (mut text, mut line) = (Vec::new(), Vec::new());
    while read.read_until(b'\n', &mut line).await? > 0 {
        if line == b".\r\n" {
            return Ok(text);
        }
        text.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        line.clear();
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// The address of `RCPT TO:<ada@example.com>`.
fn address_in(command: &str) -> Option<String> {
    let (_, rest) = command.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

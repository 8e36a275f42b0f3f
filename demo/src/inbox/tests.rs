use std::time::Duration;

use countersign_protocol::random::SystemRandom;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::*;

const MAIL: &str = "Subject: =?utf-8?q?A_new_phone?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
    ..dotted\r\n--b\r\nContent-Type: text/html\r\n\r\n<p style=\"color:red\">html</p>\r\n--b--\r\n.\r\n";

/// Says each line and reads one answer to it.
async fn converse(inbox: &Inbox, lines: &[&str]) -> Vec<String> {
    let mut stream = BufReader::new(TcpStream::connect(inbox.address()).await.unwrap());
    let mut answers = Vec::new();
    for line in ["", "EHLO me\r\n"].iter().chain(lines) {
        stream.write_all(line.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_line(&mut answer).await.unwrap();
        answers.push(answer.split(' ').next().unwrap().to_owned());
    }
    answers
}

async fn with_one_mail() -> Inbox {
    let inbox = Inbox::open(&SystemRandom::new()).await.unwrap();
    let lines = ["MAIL FROM:<no-reply@example.com>\r\n", "RCPT TO:<ada@example.com>\r\n", "DATA\r\n", MAIL];
    let answers = converse(&inbox, &[&lines[..], &["HELP\r\n", "QUIT\r\n"]].concat()).await;
    assert_eq!(answers, ["220", "250", "250", "250", "354", "250", "502", "221"]);
    inbox
}

#[tokio::test]
async fn a_mail_is_taken_and_read() {
    let inbox = with_one_mail().await;
    let mails = inbox.watch().borrow().clone();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].recipient.as_str(), mails[0].subject.as_str()), ("ada@example.com", "A new phone"));
    assert_eq!(mails[0].plain.trim(), "plain\r\n.dotted");
    assert!(mails[0].html.contains("<p style=\"color:red\">html</p>"));
}

#[tokio::test]
async fn the_page_shows_mails_to_this_computer_alone_and_lets_them_do_nothing() {
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let inbox = with_one_mail().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = inbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    let get = async |path: &str| client.get(format!("{origin}{}{path}", inbox.path())).send().await.unwrap();
    let list = get("mails?known=0").await.text().await.unwrap();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["subject"], "A new phone");
    let mail = get("mail/0").await;
    let policy = mail.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("sandbox") && !policy.contains("script-src"), "{policy}");
    assert!(mail.text().await.unwrap().contains("html"));
    assert_eq!(get("mail/1").await.status(), 404);
    assert!(get("").await.text().await.unwrap().contains("inbox.js"));
    let foreign = client.get(format!("{origin}{}", inbox.path())).header("host", "evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert_eq!(client.get(format!("{origin}/mails?known=0")).send().await.unwrap().status(), 404);
}

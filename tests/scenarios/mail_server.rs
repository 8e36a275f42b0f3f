//! The sender of mail and a mail server: what each of its answers leads to.

use std::time::Duration;

use countersign_protocol::time::Timestamp;
use countersign_server::mail::smtp::{Smtp, SmtpSettings};
use countersign_server::mail::{
    Answer, MailSender, Outgoing, RenderedMail, Security, SendOutcome, SenderAddress, ServerAddress,
};
use countersign_test_mail::{Fault, MailServer, Mode, PASSWORD, USER};
use uuid::Uuid;

const RECIPIENT: &str = "ada@example.com";

fn settings(server: &MailServer, security: Security) -> SmtpSettings {
    SmtpSettings {
        server: ServerAddress::parse(&server.address()).unwrap(),
        security,
        credentials: Some((USER.into(), PASSWORD.to_owned().into())),
        from: SenderAddress::parse("東京支社 <no-reply@example.com>").unwrap(),
        extra_roots: Some(server.root_pem().as_bytes().to_vec()),
    }
}

fn sender(server: &MailServer) -> Smtp {
    Smtp::new(settings(server, Security::StartTls)).unwrap()
}

fn mail(number: u128) -> Outgoing {
    let content = RenderedMail {
        subject: "【ACME】スマートフォンが追加されました".repeat(3),
        plain: format!("Number {number}\n.\n..dots at the beginning\n長い行{}\n", "。".repeat(1_000)),
        html: "<p>東京</p>".into(),
    };
    let date = Timestamp::from_seconds(1_795_381_500);
    Outgoing { id: Uuid::from_u128(number), recipient: RECIPIENT.into(), date, content }
}

async fn answer_to(server: &MailServer, fault: Fault) -> Answer {
    server.fail_with(fault);
    sender(server).with_timeout(Duration::from_secs(2)).send(&mail(1)).await
}

#[tokio::test]
async fn a_mail_arrives_whole_by_each_way() {
    for (mode, security) in
        [(Mode::StartTls, Security::StartTls), (Mode::Tls, Security::Tls), (Mode::Plain, Security::None)]
    {
        let server = MailServer::start(mode).await;
        let sent = mail(7);
        let answer = Smtp::new(settings(&server, security)).unwrap().send(&sent).await;
        assert_eq!(answer.outcome, SendOutcome::Accepted, "{mode:?}: {}", answer.said);
        let got = server.mails(1).await.remove(0);
        assert_eq!((got.sender.as_str(), got.recipient.as_str()), ("no-reply@example.com", RECIPIENT));
        assert_eq!(got.subject(), sent.content.subject);
        assert_eq!(got.plain().replace("\r\n", "\n").trim_end(), sent.content.plain.trim_end());
        assert_eq!(got.html().trim_end(), sent.content.html);
        assert_eq!(got.header("Date").as_deref(), Some("Sun, 22 Nov 2026 21:05:00 +0000"));
        let id = "<00000000-0000-0000-0000-000000000007@example.com>";
        assert_eq!(got.header("Message-ID").as_deref(), Some(id));
        assert_eq!(got.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert_eq!(got.header("To").as_deref(), Some(RECIPIENT));
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let server = MailServer::start(Mode::StartTls).await;
    for fault in [
        Fault::Greeting(421),
        Fault::SignIn(454),
        Fault::Sender(451),
        Fault::Recipient(450),
        Fault::Text(421),
        Fault::RefuseTls,
        Fault::Hang,
    ] {
        let answer = answer_to(&server, fault).await;
        assert_eq!(answer.outcome, SendOutcome::Retry, "{fault:?}: {}", answer.said);
    }
    server.recover();
    server.go_down().await;
    let answer = sender(&server).send(&mail(1)).await;
    assert_eq!(answer.outcome, SendOutcome::Retry);
    assert!(answer.said.contains("connection refused"), "{}", answer.said);
    assert_eq!(server.taken(), 0);
}

#[tokio::test]
async fn what_concerns_one_mail_is_refused() {
    let server = MailServer::start(Mode::StartTls).await;
    for fault in [Fault::Recipient(550), Fault::Recipient(553), Fault::Text(554)] {
        let answer = answer_to(&server, fault).await;
        assert_eq!(answer.outcome, SendOutcome::Refused, "{fault:?}: {}", answer.said);
        assert!(!answer.said.contains('@'), "the recipient is not repeated: {}", answer.said);
    }
    server.recover();
    for recipient in
        ["ada", "ada@example.com\r\nRCPT TO:<eve@example.com>", "ada@東京.example", "あだ@example.com"]
    {
        let answer = sender(&server).send(&Outgoing { recipient: recipient.into(), ..mail(1) }).await;
        assert_eq!(answer.outcome, SendOutcome::Refused, "{recipient:?}: {}", answer.said);
    }
    assert_eq!(server.taken(), 0);
}

#[tokio::test]
async fn what_an_operator_has_to_mend_says_how() {
    let server = MailServer::start(Mode::StartTls).await;
    for (fault, advice) in [
        (Fault::Greeting(554), "mail.server"),
        (Fault::NoStartTls, "mail.security"),
        (Fault::OtherName, "certificate is not trusted"),
        (Fault::SignIn(535), "mail.user and mail.password"),
        (Fault::Sender(550), "mail.from"),
    ] {
        let answer = answer_to(&server, fault).await;
        assert_eq!(answer.outcome, SendOutcome::Misconfigured, "{fault:?}: {}", answer.said);
        assert!(answer.said.contains(advice), "{fault:?}: {}", answer.said);
    }
    server.recover();
    let starttls = settings(&server, Security::StartTls);
    let said = |settings: SmtpSettings| async {
        let answer = Smtp::new(settings).unwrap().send(&mail(1)).await;
        assert_eq!(answer.outcome, SendOutcome::Misconfigured, "{}", answer.said);
        answer.said
    };
    let wrong = Some((USER.to_owned(), "wrong".to_owned().into()));
    let text = said(SmtpSettings { credentials: wrong, ..starttls }).await;
    assert!(text.starts_with("535 5.7.8: ") && !text.contains("wrong"), "{text}");
    let text = said(SmtpSettings { credentials: None, ..settings(&server, Security::StartTls) }).await;
    assert!(text.contains("set mail.user and mail.password"), "{text}");
    let text = said(SmtpSettings { extra_roots: None, ..settings(&server, Security::StartTls) }).await;
    assert!(text.contains("mail.extra_roots"), "{text}");
    let text = said(settings(&server, Security::Tls)).await;
    assert!(text.contains("\"starttls\""), "{text}");
    assert_eq!(server.taken(), 0);
}

#[tokio::test]
async fn nothing_goes_out_in_plain_where_tls_is_wanted() {
    let server = MailServer::start(Mode::Plain).await;
    let answer = sender(&server).send(&mail(1)).await;
    assert_eq!(answer.outcome, SendOutcome::Misconfigured, "{}", answer.said);
    assert_eq!(server.taken(), 0);
}

#[tokio::test]
async fn a_connection_serves_mail_after_mail_and_is_let_go_of() {
    let server = MailServer::start(Mode::StartTls).await;
    let sender = sender(&server);
    for number in 0..3 {
        assert_eq!(sender.send(&mail(number)).await.outcome, SendOutcome::Accepted);
    }
    assert_eq!((server.taken(), server.connections()), (3, 1));
    // A mail that is refused leaves no half a dialogue to the next one.
    server.fail_with(Fault::Recipient(550));
    assert_eq!(sender.send(&mail(4)).await.outcome, SendOutcome::Refused);
    server.recover();
    assert_eq!(sender.send(&mail(5)).await.outcome, SendOutcome::Accepted);
    sender.rest().await;
    assert_eq!(sender.send(&mail(6)).await.outcome, SendOutcome::Accepted);
    assert_eq!((server.taken(), server.connections()), (5, 3));
}

#[tokio::test]
async fn a_connection_that_the_mail_server_closed_meanwhile_is_replaced() {
    let server = MailServer::start(Mode::StartTls).await;
    let sender = sender(&server);
    assert_eq!(sender.send(&mail(1)).await.outcome, SendOutcome::Accepted);
    server.go_down().await;
    server.come_up().await;
    let answer = sender.send(&mail(2)).await;
    assert_eq!(answer.outcome, SendOutcome::Accepted, "{}", answer.said);
    assert_eq!(server.taken(), 2);
}

#[tokio::test]
async fn a_mail_that_was_given_up_spoils_no_other() {
    let server = MailServer::start(Mode::StartTls).await;
    let sender = sender(&server).with_timeout(Duration::from_secs(2));
    server.fail_with(Fault::Hang);
    assert_eq!(sender.send(&mail(1)).await.outcome, SendOutcome::Retry);
    server.recover();
    assert_eq!(sender.send(&mail(2)).await.outcome, SendOutcome::Accepted);
    let taken = server.mails(1).await;
    assert_eq!(taken.len(), 1);
    assert!(taken[0].plain().starts_with("Number 2"), "{}", taken[0].plain());
}

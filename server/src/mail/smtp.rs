//! Hands mail to a mail server (RFC 5321), by lettre's connection and with its message format.
//!
//! lettre's own pool is not used: a connection that is dropped in the middle of a message goes back into
//! it, and its next user would write into that message. Here, a connection is kept only after the mail
//! server has answered all that it was asked, and for as long as there is more to send.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, Message};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};

use super::address::{Security, SenderAddress, ServerAddress};
use super::reply::{Step, judge};
use super::{Answer, MailSender, Outgoing, SendOutcome};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For one mail from the first step to the last.
const TIMEOUT: Duration = Duration::from_secs(20);
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Where mail goes, and how.
pub struct SmtpSettings {
    /// The mail server.
    pub server: ServerAddress,
    /// How the connection to it is kept from others.
    pub security: Security,
    /// User name and password, if the mail server asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// From whom mail comes.
    pub from: SenderAddress,
    /// Certificate authorities that are trusted beside the system's, as PEM.
    pub extra_roots: Option<Vec<u8>>,
}

/// Why no mail server can be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// What was to be certificates holds none.
    #[error("mail.extra_roots: the file holds no certificate in PEM form")]
    NoCertificates,
    /// A certificate, or the system's, cannot be used.
    #[error("mail.extra_roots: a certificate in the file cannot be used: {0}")]
    Tls(#[source] Error),
}

/// Sends mail through one mail server.
pub struct Smtp {
    server: ServerAddress,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    from: Mailbox,
    hello: ClientId,
    /// Connections on which all was answered.
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    timeout: Duration,
}

/// Why a mail was not taken: the step, and what went wrong there.
struct Stopped(Step, Error);

/// Names the step that an error came at.
trait At<T> {
    fn at(self, step: Step) -> Result<T, Stopped>;
}

impl<T> At<T> for Result<T, Error> {
    fn at(self, step: Step) -> Result<T, Stopped> {
        self.map_err(|error| Stopped(step, error))
    }
}

impl Smtp {
    /// A sender without any connection yet.
    ///
    /// # Errors
    /// [`SmtpError`].
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        let tls = tls(&settings)?;
        let SmtpSettings { server, security, credentials, from: SenderAddress(from), .. } = settings;
        let credentials =
            credentials.map(|(user, password)| Credentials::new(user, password.expose_secret().to_owned()));
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let idle = Mutex::default();
        Ok(Self { server, security, tls, credentials, from, hello, idle, timeout: TIMEOUT })
    }

    /// With another limit for one mail than 20 seconds.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    async fn deliver(&self, to: Address, message: &[u8]) -> Answer {
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(Stopped(step, error)) => return judge(step, &error),
        };
        let international =
            ![&to, &self.from.email].iter().all(|address| AsRef::<str>::as_ref(*address).is_ascii());
        if international && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return SendOutcome::Refused.said("the mail server takes no addresses beyond ASCII");
        }
        match self.hand_over(&mut connection, to, international, message).await {
            Ok(()) => {
                self.idle().push(connection);
                SendOutcome::Accepted.said("250")
            }
            Err(Stopped(step, error)) => judge(step, &error),
        }
    }

    /// One that was kept, if it still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Stopped> {
        loop {
            let kept = self.idle().pop();
            let Some(mut connection) = kept else { return self.connect().await };
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Stopped> {
        let server = (self.server.host.as_str(), self.server.port);
        let at_once = (self.security == Security::Tls).then(|| self.tls.clone());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &self.hello, at_once, None)
                .await
                .at(Step::Connect)?;
        if self.security == Security::StartTls {
            connection.starttls(self.tls.clone(), &self.hello).await.at(Step::StartTls)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&MECHANISMS, credentials).await.at(Step::SignIn)?;
        }
        Ok(connection)
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        to: Address,
        international: bool,
        message: &[u8],
    ) -> Result<(), Stopped> {
        let parameters = if international { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        let sender = Mail::new(Some(self.from.email.clone()), parameters);
        connection.command(sender).await.at(Step::Sender)?;
        connection.command(Rcpt::new(to, Vec::new())).await.at(Step::Recipient)?;
        connection.command(Data).await.at(Step::Text)?;
        connection.message(message).await.at(Step::Text)?;
        Ok(())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<AsyncSmtpConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mail as it goes over the wire: ASCII, whatever is in it.
    fn message(&self, mail: &Outgoing, to: Address) -> Result<Vec<u8>, lettre::error::Error> {
        let since = Duration::from_micros(u64::try_from(mail.date.micros()).unwrap_or(0));
        // Not lettre's own, which is drawn from ambient randomness. Nothing in the text looks like it.
        let boundary = format!("countersign-{}", mail.id.simple());
        let parts = MultiPart::alternative()
            .boundary(boundary)
            .singlepart(SinglePart::plain(mail.content.plain.clone()))
            .singlepart(SinglePart::html(mail.content.html.clone()));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.content.subject.clone())
            .date(UNIX_EPOCH + since)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            // RFC 3834: nobody's holiday greeting answers it.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(parts)?;
        Ok(message.formatted())
    }
}

#[async_trait]
impl MailSender for Smtp {
    async fn send(&self, mail: &Outgoing) -> Answer {
        let Ok(to) = mail.recipient.trim().parse::<Address>() else {
            return SendOutcome::Refused.said("the user's e-mail address is none that mail can be sent to");
        };
        let Ok(message) = self.message(mail, to.clone()) else {
            return SendOutcome::Refused.said("the mail cannot be put together");
        };
        match tokio::time::timeout(self.timeout, self.deliver(to, &message)).await {
            Ok(answer) => answer,
            Err(_) => SendOutcome::Retry.said("the mail server did not answer in time"),
        }
    }

    async fn rest(&self) {
        let kept = std::mem::take(&mut *self.idle());
        let quit = async {
            for mut connection in kept {
                // It is closed either way; this only says so.
                let _ = connection.quit().await;
            }
        };
        let _ = tokio::time::timeout(self.timeout, quit).await;
    }
}

/// The system's certificate authorities, and those of the settings.
fn tls(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(settings.server.host.clone());
    if let Some(pem) = &settings.extra_roots {
        let mut any = false;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| SmtpError::NoCertificates)?;
            let der = Certificate::from_der(certificate.to_vec()).map_err(SmtpError::Tls)?;
            builder = builder.add_root_certificate(der);
            any = true;
        }
        if !any {
            return Err(SmtpError::NoCertificates);
        }
    }
    builder.build().map_err(SmtpError::Tls)
}

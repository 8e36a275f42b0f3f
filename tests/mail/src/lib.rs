//! A mail server for tests. It speaks SMTP over real sockets as RFC 5321 has it, with STARTTLS (RFC 3207),
//! TLS from the first byte, or neither; checks who sends (RFC 4954) and in which order; keeps what it is
//! given; and fails as it is told.
//!
//! Written here, since those that the registry has cannot be told to fail, and run on other TLS.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is for tests: what fails here fails the test that asked for it"
)]

mod certificate;
mod dialogue;
mod received;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use certificate::Certificate;
use dialogue::{After, Dialogue};
pub use received::Received;

/// The user name that is taken.
pub const USER: &str = "countersign";
/// The password that is taken.
pub const PASSWORD: &str = "mail server password";

/// A safety net: a test that reaches it has failed.
const LIMIT: Duration = Duration::from_secs(20);

/// How a connection begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Plain, with STARTTLS on offer, and nothing taken before it.
    StartTls,
    /// With TLS.
    Tls,
    /// Plain, and it stays so.
    Plain,
}

/// What goes wrong, for each mail until it is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The greeting has this code.
    Greeting(u16),
    /// The password is refused with this code, right or wrong.
    SignIn(u16),
    /// The sender is refused.
    Sender(u16),
    /// The recipient is refused.
    Recipient(u16),
    /// The text is refused after it came.
    Text(u16),
    /// The text is never answered.
    Hang,
    /// The text is taken only after [`MailServer::release`].
    Hold,
    /// STARTTLS is on offer, and the connection ends instead.
    RefuseTls,
    /// STARTTLS is not on offer.
    NoStartTls,
    /// The certificate is for another name.
    OtherName,
}

/// What happened so far.
#[derive(Default)]
struct Log {
    connections: usize,
    failures: usize,
    received: Vec<Received>,
}

/// What all connections share.
struct Shared {
    mode: Mode,
    fault: Mutex<Option<Fault>>,
    log: watch::Sender<Log>,
    release: Notify,
    tls: TlsAcceptor,
    tls_of_another: TlsAcceptor,
}

impl Shared {
    fn fault(&self) -> Option<Fault> {
        *self.fault.lock().unwrap()
    }

    fn failed(&self) {
        self.log.send_modify(|log| log.failures += 1);
    }
}

/// A running mail server. It ends when it is dropped.
pub struct MailServer {
    shared: Arc<Shared>,
    port: u16,
    root_pem: String,
    serving: Mutex<Option<JoinHandle<()>>>,
    /// Holds the port while nobody listens, so that nobody else gets it.
    held: Mutex<Option<TcpSocket>>,
}

impl MailServer {
    /// Starts one on a port of its own.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn start(mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let certificate = Certificate::new();
        let shared = Arc::new(Shared {
            mode,
            fault: Mutex::default(),
            log: watch::Sender::new(Log::default()),
            release: Notify::new(),
            tls: certificate.acceptor("localhost"),
            tls_of_another: certificate.acceptor("mail.example.com"),
        });
        let serving = Mutex::new(Some(serve(listener, Arc::clone(&shared))));
        Self { shared, port, root_pem: certificate.root_pem, serving, held: Mutex::default() }
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The certificate authority that its certificate comes from.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// From now on, each mail fails like this.
    ///
    /// # Panics
    /// Never: nobody panics while the fault is changed.
    pub fn fail_with(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap() = Some(fault);
    }

    /// From now on, mail is taken.
    ///
    /// # Panics
    /// Never: nobody panics while the fault is changed.
    pub fn recover(&self) {
        *self.shared.fault.lock().unwrap() = None;
    }

    /// Takes one mail that is held.
    pub fn release(&self) {
        self.shared.release.notify_one();
    }

    /// Stops listening: connections are refused.
    ///
    /// # Panics
    /// When it is down already.
    pub async fn go_down(&self) {
        let serving = self.serving.lock().unwrap().take().expect("it is up");
        serving.abort();
        // An error only says that it was aborted.
        let _ = serving.await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], self.port).into()).unwrap();
        *self.held.lock().unwrap() = Some(socket);
    }

    /// Listens again, on the same port.
    ///
    /// # Panics
    /// When it is up already.
    pub async fn come_up(&self) {
        let socket = self.held.lock().unwrap().take().expect("it is down");
        let listener = socket.listen(128).unwrap();
        *self.serving.lock().unwrap() = Some(serve(listener, Arc::clone(&self.shared)));
    }

    /// All mail that was taken, once there are `count` of them.
    pub async fn mails(&self, count: usize) -> Vec<Received> {
        self.wait(&format!("{count} mails are taken"), |log| log.received.len() >= count).await;
        self.shared.log.borrow().received.clone()
    }

    /// Waits until so many tries have failed, or are held, as they were told to.
    pub async fn failures(&self, count: usize) {
        self.wait(&format!("{count} tries fail"), |log| log.failures >= count).await;
    }

    /// How many mails were taken so far.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.shared.log.borrow().received.len()
    }

    /// How many connections came so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.log.borrow().connections
    }

    async fn wait(&self, what: &str, holds: impl FnMut(&Log) -> bool) {
        let mut log = self.shared.log.subscribe();
        match tokio::time::timeout(LIMIT, log.wait_for(holds)).await {
            Ok(found) => drop(found.unwrap()),
            Err(_) => panic!("did not happen in time: {what}"),
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Ok(Some(serving)) = self.serving.get_mut().map(Option::take) {
            serving.abort();
        }
    }
}

fn serve(listener: TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(async move {
        // Aborted with the task, and so the connections are.
        let mut open = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            shared.log.send_modify(|log| log.connections += 1);
            let shared = Arc::clone(&shared);
            open.spawn(async move {
                // A client that goes away is none of a test's business.
                let _ = connection(stream, &shared).await;
            });
        }
    })
}

async fn connection(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let tls = if shared.fault() == Some(Fault::OtherName) { &shared.tls_of_another } else { &shared.tls };
    if shared.mode == Mode::Tls {
        let stream = accept(tls, stream, shared).await?;
        Dialogue::new(stream, shared, true).greet_and_run().await?;
        return Ok(());
    }
    let plain = Dialogue::new(stream, shared, false).greet_and_run().await?;
    if let After::StartTls(stream) = plain {
        let stream = accept(tls, stream, shared).await?;
        // After the handshake the client speaks first (RFC 3207, section 4.2).
        Dialogue::new(stream, shared, true).run().await?;
    }
    Ok(())
}

async fn accept(
    tls: &TlsAcceptor,
    stream: TcpStream,
    shared: &Shared,
) -> std::io::Result<tokio_rustls::server::TlsStream<TcpStream>> {
    let accepted = tls.accept(stream).await;
    if accepted.is_err() {
        shared.failed();
    }
    accepted
}

//! Puts a server together from its settings: database, keys, senders, use cases, addresses.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_protocol::random::{self, Random};
use countersign_protocol::time::Clock;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::app::{App, AuditKey, CodeKey, Durations, Parts};
use crate::config::key_file::{self, KeyFileError};
use crate::config::{MailSettingsError, Settings};
use crate::domain::seal::{MasterKeys, server_key_owner};
use crate::http::{self, HttpState, LinkApps};
use crate::mail::MailSender;
use crate::mail::smtp::{Smtp, SmtpError};
use crate::passwords::PasswordHasher;
use crate::push::service_account::BadServiceAccount;
use crate::push::vapid::VapidError;
use crate::signing_key::SigningKey;
use crate::store::{Db, DbSettings, StoreError, server_keys};

mod attestation;
mod senders;

pub use attestation::AttestationFileError;
pub use senders::senders;

/// Why a server cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The key file.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database has older tables.
    #[error("the database is older than this program: run `countersign migrate`")]
    NotMigrated,
    /// The key file is not the one that the database was sealed with.
    #[error("the key file does not open what the database holds: is it this database's own?")]
    OtherKeys,
    /// Web Push.
    #[error("push.vapid_subject: {0}")]
    Vapid(#[from] VapidError),
    /// Settings of mail that do not go together.
    #[error(transparent)]
    MailSettings(#[from] MailSettingsError),
    /// Mail.
    #[error(transparent)]
    Mail(#[from] SmtpError),
    /// A file with a push service's credentials.
    #[error("{setting}: {source}")]
    Secret {
        /// Which setting names it.
        setting: &'static str,
        /// What is wrong.
        source: KeyFileError,
    },
    /// The key for APNs.
    #[error(
        "apns.key_file: {} is not a signing key as Apple gives it out (P-256 in PKCS #8, with its public key): \
         take the .p8 file as it was downloaded, not converted, or make a new key on Apple's developer site",
        .0.display()
    )]
    ApnsKey(PathBuf),
    /// The service account for FCM.
    #[error("fcm.service_account_file: {} cannot be used: {source}", path.display())]
    ServiceAccount {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: BadServiceAccount,
    },
    /// The certificate authorities for push services.
    #[error("push.extra_roots: {} {what}: name a file with certificates in PEM", path.display())]
    ExtraRoots {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// What attestations are verified by.
    #[error(transparent)]
    Attestation(#[from] AttestationFileError),
    /// The HTTP client.
    #[error("the push client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// A server that can be used by the command line, or serve.
pub struct Service {
    /// The use cases.
    pub app: Arc<App>,
    settings: Settings,
}

/// Opens the database that the settings name; with `create`, a missing SQLite file is made.
///
/// # Errors
/// [`StoreError`].
pub async fn open_database(settings: &Settings, create: bool) -> Result<Db, StoreError> {
    let database = &settings.database;
    let wanted = DbSettings { url: database.url.clone(), max_connections: database.max_connections };
    if create { Db::open_or_create(&wanted).await } else { Db::open(&wanted).await }
}

impl Service {
    /// Puts the parts together over a database that has its tables. Makes the process's TLS provider
    /// ring, if nobody chose before.
    ///
    /// # Errors
    /// [`BeginError`].
    pub async fn begin(
        settings: Settings,
        db: Db,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, BeginError> {
        make_ring_the_provider();
        if db.pending_migrations().await? {
            return Err(BeginError::NotMigrated);
        }
        let master_keys = key_file::read(&settings.keys.file)?;
        let vapid_key = vapid_key(&db, &master_keys, &*random).await?;
        let code_key = CodeKey::new(&random_key(&db, &master_keys, &*random, "codes").await?);
        let audit_key = AuditKey::new(&random_key(&db, &master_keys, &*random, "audit").await?);
        let senders = senders(&settings, vapid_key, &clock, &random)?;
        let mail = mail_sender(&settings)?;
        let attestation = Arc::new(attestation::verifier(&settings.attestation)?);
        let (permits, queue) = (settings.login.password_hashers, settings.login.password_queue);
        let app = App::new(Parts {
            db,
            clock,
            passwords: PasswordHasher::new(permits, queue, Arc::clone(&random)),
            random,
            master_keys: Arc::new(key_file::ring(&settings.keys.file, master_keys)),
            code_key,
            audit_key,
            senders,
            attestation,
            mail,
            durations: Durations {
                answer: settings.login.answer_time(),
                complete: settings.login.complete_time(),
                session: settings.session.lifetime(),
            },
        });
        Ok(Self { app, settings })
    }

    /// Every address of the service.
    pub fn router(&self) -> axum::Router {
        http::router(Arc::new(HttpState {
            app: Arc::clone(&self.app),
            trusted_proxies: self.settings.http.trusted_proxies.clone(),
            minimum_versions: self.settings.app.minimum_version.clone(),
            link_apps: LinkApps {
                apple: self.settings.attestation.apple_apps.clone(),
                android: self.settings.attestation.android_apps.clone(),
            },
        }))
    }

    /// Serves until `stop` is done. Open event streams are then told to connect again, requests under
    /// way are finished, what is queued is written, and the database is closed.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let workers = self.app.run_workers();
        let hub = self.app.hub().clone();
        let most = self.settings.http.max_connections;
        http::serve::serve(listener, self.router(), most, stop, move || hub.close()).await;
        self.app.stop_mail().await;
        workers.stop().await;
        self.app.db().close().await;
    }
}

/// The way to the mail server; none if mail is off.
fn mail_sender(settings: &Settings) -> Result<Option<Arc<dyn MailSender>>, BeginError> {
    Ok(match settings.mail.smtp()? {
        Some(smtp) => Some(Arc::new(Smtp::new(smtp)?)),
        None => None,
    })
}

/// Chooses the process's TLS provider, if nobody chose before.
fn make_ring_the_provider() {
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The key that signs VAPID tokens: made once, and the same on every node.
///
/// # Errors
/// [`BeginError::Store`]; [`BeginError::OtherKeys`] if `keys` do not open it.
pub async fn vapid_key(db: &Db, keys: &MasterKeys, random: &dyn Random) -> Result<SigningKey, BeginError> {
    let (_, pkcs8) = SigningKey::generate();
    let pkcs8 = server_key(db, keys, random, "vapid", &pkcs8).await?;
    SigningKey::from_pkcs8(&pkcs8).map_err(|_| BeginError::OtherKeys)
}

/// A key of 32 random bytes for `purpose`: made once, and the same on every node.
async fn random_key(
    db: &Db,
    keys: &MasterKeys,
    random: &dyn Random,
    purpose: &'static str,
) -> Result<Zeroizing<Vec<u8>>, BeginError> {
    let new = Zeroizing::new(random::bytes::<32>(random));
    server_key(db, keys, random, purpose, &*new).await
}

/// The server's key for `purpose`: `new`, if there was none.
async fn server_key(
    db: &Db,
    keys: &MasterKeys,
    random: &dyn Random,
    purpose: &'static str,
    new: &[u8],
) -> Result<Zeroizing<Vec<u8>>, BeginError> {
    let owner = server_key_owner(purpose);
    let new = keys.seal(&owner, new, random::bytes(random));
    let sealed = db
        .write_with(new, move |new, tx| {
            Box::pin(async move { server_keys::get_or_add(tx, purpose, new).await })
        })
        .await?;
    keys.open(&owner, &sealed).map_err(|_| BeginError::OtherKeys)
}

//! The subcommands. Each opens what it needs, does one thing, and says what it did.

mod audit;
mod passkeys;
mod policy;
mod push;
mod receipt;
mod rotate_keys;
mod serve;
mod tenant;
mod user;

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use countersign_protocol::random::SystemRandom;
use countersign_server::clock::SystemClock;
use countersign_server::config::{self, Settings};
use countersign_server::init::init;
use countersign_server::service::{Service, open_database};

/// What goes wrong in a command: said to the person in one sentence.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a folder with settings, keys and a database.
    Init {
        /// The folder; it is made if it does not exist.
        dir: PathBuf,
    },
    /// Run the server.
    Serve(Home),
    /// Bring the database's tables up to this version.
    Migrate(Home),
    /// Tenants: the organisations whose people sign in here.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Users: the people of a tenant.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Policies: who must prove a second factor, by what, and from where.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// The audit log: verified, exported.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Receipts of what phones decided.
    #[command(subcommand)]
    Receipt(receipt::ReceiptCommand),
    /// Waking phones: whether it works.
    #[command(subcommand)]
    Push(push::PushCommand),
    /// Seal all secrets in the database under a new master key. The server may run meanwhile.
    RotateKeys(rotate_keys::RotateKeys),
}

/// Which server is meant.
#[derive(Args)]
pub(crate) struct Home {
    /// The folder that `countersign init` made.
    #[arg(long, env = "COUNTERSIGN_HOME", default_value = ".")]
    home: PathBuf,
}

impl Home {
    fn settings(&self) -> Result<Settings, Failure> {
        Ok(Settings::load(&config::file_in(&self.home), config::variables())?)
    }

    async fn service(&self) -> Result<Service, Failure> {
        self.service_of(self.settings()?).await
    }

    async fn service_of(&self, settings: Settings) -> Result<Service, Failure> {
        let db = open_database(&settings, false).await?;
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom::new()));
        Ok(Service::begin(settings, db, clock, random).await?)
    }
}

/// Carries a command out.
pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Init { dir } => make(&dir).await,
        Command::Serve(home) => serve::run(&home).await,
        Command::Migrate(home) => migrate(&home).await,
        Command::Tenant(command) => tenant::run(command).await,
        Command::User(command) => user::run(command).await,
        Command::Policy(command) => policy::run(command).await,
        Command::Audit(command) => audit::run(command).await,
        Command::Receipt(command) => receipt::run(command).await,
        Command::Push(command) => push::run(command).await,
        Command::RotateKeys(command) => rotate_keys::run(command).await,
    }
}

/// Says what went wrong, with its causes.
pub(crate) fn complain(error: &Failure) {
    let mut text = format!("countersign: {error}");
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    // Nobody is left to be told if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}

async fn make(dir: &Path) -> Result<(), Failure> {
    let made = init(dir, &SystemRandom::new())?;
    let home = Home { home: dir.to_owned() };
    let db = open_database(&home.settings()?, true).await?;
    db.migrate().await?;
    db.close().await;
    println!("Made {}, {} and a database.", made.settings_file.display(), made.key_file.display());
    println!("Next: countersign tenant add --home {} --name ACME https://login.example.com", dir.display());
    Ok(())
}

async fn migrate(home: &Home) -> Result<(), Failure> {
    let db = open_database(&home.settings()?, true).await?;
    let older = db.pending_migrations().await?;
    db.migrate().await?;
    db.close().await;
    println!("{}", if older { "The database is up to date now." } else { "The database was up to date." });
    Ok(())
}

//! `countersign-load`: measures a server in a process of its own, from browsers and phones in this one.
//!
//! ```sh
//! cargo run --release -p countersign-load -- all
//! ```

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

mod browser;
mod commits;
mod delays;
mod figures;
mod logins;
mod passwords;
mod person;
mod phone;
mod providers;
mod server;
mod statements;
mod town;
mod waiting;
mod wakes;
mod wire;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use countersign_demo::house::Failure;

use figures::Table;

// As in the server's own binary: the measured process is this program once more.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Countersign under load.
#[derive(Parser)]
#[command(name = "countersign-load", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything below, one after the other.
    All(Options),
    /// Decisions parsed and verified on one processor.
    Statements(Options),
    /// One password check.
    Passwords(Options),
    /// Durable commits, alone and grouped.
    Commits(Options),
    /// Whole logins, and what each costs the server.
    Logins(Options),
    /// Pages that wait: their memory, and how fast one of them switches.
    Waiting(Options),
    /// Wakes a second through each sender, and how long a wake takes from the password to the push service.
    Push(Options),
    /// The server that is measured.
    #[command(hide = true)]
    Serve {
        /// Its folder.
        folder: PathBuf,
    },
}

/// What is measured, and on what.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// An empty PostgreSQL database, `postgres://…`; `postgres` alone starts a throw-away cluster, which
    /// does not flush to disk. Without it: SQLite in a file.
    #[arg(long)]
    database: Option<String>,
    /// Where folder and SQLite file are made. It should lie on the kind of disk that you mean to use.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// People who sign in over and over, each with a browser and a phone.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Pages that wait meanwhile for phones that never answer.
    #[arg(long, default_value_t = 5_000)]
    waiting: usize,
    /// How long each measurement takes, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "countersign-load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    let mut table = Table::default();
    match command {
        Command::Serve { folder } => return server::serve(&folder).await,
        Command::Statements(options) => statements::measure(&options, &mut table)?,
        Command::Passwords(options) => passwords::measure(&options, &mut table).await?,
        Command::Commits(options) => commits::measure(&options, &mut table).await?,
        Command::Logins(options) => logins::measure(&options, &mut table).await?,
        Command::Waiting(options) => waiting::measure(&options, &mut table).await?,
        Command::Push(options) => push(&options, &mut table).await?,
        Command::All(options) => {
            statements::measure(&options, &mut table)?;
            passwords::measure(&options, &mut table).await?;
            commits::measure(&options, &mut table).await?;
            logins::measure(&options, &mut table).await?;
            waiting::measure(&options, &mut table).await?;
            push(&options, &mut table).await?;
        }
    }
    println!("{table}");
    Ok(())
}

async fn push(options: &Options, table: &mut Table) -> Result<(), Failure> {
    wakes::measure(options, table).await?;
    delays::measure(options, table).await
}

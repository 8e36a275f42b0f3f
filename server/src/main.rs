//! `countersign`: the command line.

#![expect(clippy::print_stdout, reason = "a command line prints its answers")]

mod commands;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

/// Self-hosted second-factor sign-in.
#[derive(Parser)]
#[command(name = "countersign", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::complain(&error);
            ExitCode::FAILURE
        }
    }
}

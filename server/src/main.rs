//! `countersign`: the command line.

#![expect(clippy::print_stdout, reason = "a command line prints its answers")]

mod commands;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

// Thousands of waiting pages hold buffers of one size for minutes: jemalloc keeps what is short-lived
// out of them.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn no_two_arguments_of_a_command_are_in_each_others_way() {
        Arguments::command().debug_assert();
    }
}

//! The command line, as an operator runs it: one file a command.

#![expect(clippy::unwrap_used, reason = "what fails in the helpers fails the test that asked for it")]

mod audit;
mod bench;
mod passkeys;
mod policy;
mod rotate_keys;
mod tenants;
mod users;

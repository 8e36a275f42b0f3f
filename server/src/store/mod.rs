//! The database: SQLite or PostgreSQL, one SQL text for both, one file a table family.
//!
//! Functions here take a [`Tx`] and do one thing to one table family; use cases put them together into
//! one unit of work and hand it to [`Db::write`]. Every change of state is one conditional UPDATE
//! whose row count says whether it happened.

mod db;
mod error;
mod lite;
mod postgres;
mod query;
mod readers;
mod record;
mod sqlite;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod work;
mod writer;

pub mod audit;
pub mod audit_chain;
pub mod audit_search;
pub mod authenticators;
pub mod brands;
pub mod browsers;
pub mod calls;
pub mod ceremonies;
pub mod circumstances;
pub mod devices;
pub mod directory;
pub mod email_codes;
pub mod factor_records;
pub mod holdings;
pub mod hosts;
pub mod jobs;
pub mod logins;
pub mod mails;
pub mod pairings;
pub mod passkeys;
pub mod passwords;
pub mod population;
pub mod push_histories;
pub mod recoveries;
pub mod recovery_codes;
pub mod reported_addresses;
pub mod requests;
pub mod reset_requests;
pub mod rows;
pub mod sealed;
pub mod server_keys;
pub mod sessions;
pub mod sweep;
pub mod tenants;
pub mod users;
pub mod wakes;

pub use db::{Db, DbSettings};
pub use error::StoreError;
pub use query::Tx;

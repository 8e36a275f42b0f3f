//! The audit log: which events there are, how its lines are chained, and how the chain is verified.

pub mod chain;
pub mod event;
pub mod filter;
pub mod record;
pub mod tally;
pub mod verify;

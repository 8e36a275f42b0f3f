//! What the tests from end to end share.

/// A throw-away PostgreSQL cluster.
pub use countersign_test_postgres as postgres;

//! The conformance suite of the store: every function, on both databases.

//! The conformance suite of the store: every function, on both databases, with racing writers.

#[cfg(test)]
#[macro_use]
extern crate countersign_tests;

#[cfg(test)]
mod audit;
#[cfg(test)]
mod authenticators;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod logins;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod pairings;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod pushes;
#[cfg(test)]
mod recovery_codes;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod time;

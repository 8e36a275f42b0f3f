//! The envelope: what every statement has in common, shown on calls.

mod header;
mod parts;
mod signature;

use super::bench::Bench;
use super::call::{TYP, base};
use super::{File, Made};

pub(crate) fn file(bench: &Bench) -> Made<File> {
    let mut vectors = parts::vectors(bench)?;
    vectors.extend(header::vectors(bench)?);
    vectors.extend(header::keys(bench)?);
    vectors.extend(signature::vectors(bench)?);
    vectors.extend(signature::tampered(bench)?);
    let about = "The envelope that all statements share, shown on calls, verified with the device key.";
    Ok(File { name: "envelope", about, typ: TYP, vectors })
}

//! Small conversions between columns and types. A row that contradicts itself is an error, never a
//! guess.

use countersign_protocol::approval::Mode;
use countersign_protocol::bytes::Bytes;
use countersign_protocol::key::PublicKey;
use countersign_protocol::time::Timestamp;

use super::StoreError;

pub(super) fn corrupt(what: &'static str) -> StoreError {
    StoreError::corrupt(what)
}

pub(super) fn bytes<const N: usize>(column: &[u8], what: &'static str) -> Result<Bytes<N>, StoreError> {
    Bytes::from_slice(column).ok_or_else(|| corrupt(what))
}

pub(super) fn key(column: &[u8], what: &'static str) -> Result<PublicKey, StoreError> {
    PublicKey::from_sec1(column).ok_or_else(|| corrupt(what))
}

pub(super) fn time(column: i64) -> Timestamp {
    Timestamp::from_micros(column)
}

pub(super) fn address(column: &str, what: &'static str) -> Result<std::net::IpAddr, StoreError> {
    column.parse().map_err(|_| corrupt(what))
}

/// A mode as a column: no digits is a tap.
#[must_use]
pub fn digits_of(mode: Mode) -> i64 {
    match mode {
        Mode::Tap => 0,
        Mode::Number { digits } => i64::from(digits),
    }
}

pub(super) fn mode(digits: i64) -> Result<Mode, StoreError> {
    match u8::try_from(digits) {
        Ok(0) => Ok(Mode::Tap),
        Ok(digits) => Ok(Mode::Number { digits }),
        Err(_) => Err(corrupt("logins.number_digits")),
    }
}

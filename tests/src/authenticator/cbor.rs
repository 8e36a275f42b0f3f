//! As much CBOR (RFC 8949) as an authenticator writes.

/// A head: the major type, and a length or number of at most 16 bits.
fn head(major: u8, number: usize) -> Vec<u8> {
    let major = major << 5;
    match u16::try_from(number).unwrap() {
        small @ 0..=23 => vec![major | small.to_be_bytes()[1]],
        byte @ 24..=255 => vec![major | 24, byte.to_be_bytes()[1]],
        wide => [&[major | 25], &wide.to_be_bytes()[..]].concat(),
    }
}

pub(crate) fn bytes(content: &[u8]) -> Vec<u8> {
    [head(2, content.len()), content.to_vec()].concat()
}

pub(crate) fn text(content: &str) -> Vec<u8> {
    [head(3, content.len()), content.as_bytes().to_vec()].concat()
}

pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

/// Keys and values, each encoded already.
pub(crate) fn map(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<_> = entries.iter().map(|(key, value)| [key.as_slice(), value].concat()).collect();
    [head(5, entries.len()), entries.concat()].concat()
}

pub(crate) fn integer(number: i8) -> Vec<u8> {
    if number < 0 {
        head(1, usize::from((-1 - number).unsigned_abs()))
    } else {
        head(0, usize::from(number.unsigned_abs()))
    }
}

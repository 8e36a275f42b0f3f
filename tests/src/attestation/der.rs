//! As much DER (X.690) as makers of phones write.

fn value(tag: Vec<u8>, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=127 => vec![u8::try_from(short).unwrap()],
        long => {
            let bytes = u16::try_from(long).unwrap().to_be_bytes();
            if bytes[0] == 0 { vec![0x81, bytes[1]] } else { [&[0x82], &bytes[..]].concat() }
        }
    };
    [tag, length, content.to_vec()].concat()
}

pub(super) fn number(number: u32) -> Vec<u8> {
    value(vec![2], &digits(number))
}

pub(super) fn enumerated(number: u32) -> Vec<u8> {
    value(vec![10], &digits(number))
}

fn digits(number: u32) -> Vec<u8> {
    let bytes = [&[0], &number.to_be_bytes()[..]].concat();
    // No more zeros than one before a digit that would make the number negative.
    let spare = bytes.windows(2).take_while(|pair| pair[0] == 0 && pair[1] < 0x80).count();
    bytes[spare..].to_vec()
}

pub(super) fn boolean(yes: bool) -> Vec<u8> {
    value(vec![1], &[if yes { 0xff } else { 0 }])
}

pub(super) fn octets(content: &[u8]) -> Vec<u8> {
    value(vec![4], content)
}

pub(super) fn null() -> Vec<u8> {
    value(vec![5], &[])
}

pub(super) fn sequence(members: &[Vec<u8>]) -> Vec<u8> {
    value(vec![0x30], &members.concat())
}

pub(super) fn set(members: &[Vec<u8>]) -> Vec<u8> {
    value(vec![0x31], &members.concat())
}

/// \[tag\] EXPLICIT.
pub(super) fn tagged(tag: u32, inner: &[u8]) -> Vec<u8> {
    let head = match tag {
        small @ 0..=30 => vec![0xa0 | u8::try_from(small).unwrap()],
        mid @ 31..=127 => vec![0xbf, u8::try_from(mid).unwrap()],
        large => {
            let part = |shift: u32| u8::try_from(large >> shift & 0x7f).unwrap();
            vec![0xbf, 0x80 | part(7), part(0)]
        }
    };
    value(head, inner)
}

//! Recovery codes: ten, printed in good time, each good once.
//!
//! A code is 80 random bits in 16 characters of Crockford's base32, in lower case and groups of four. What
//! looks alike when it is read from paper (o and 0; i, l and 1) is taken as the same.

use countersign_protocol::random::{self, Random};
use zeroize::Zeroizing;

use super::typed;

/// How many codes a set has.
pub const COUNT: usize = 10;

const BYTES: usize = 10;
/// How many characters a code has, without hyphens: five bits each.
const LENGTH: usize = 16;
/// Without i, l, o and u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A recovery code, in the one form in which it is hashed: no hyphens, no capitals, no look-alikes.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// A new code.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let bytes = Zeroizing::new(random::bytes::<BYTES>(random));
        // Room for all of it at once: growing would leave a part behind in freed memory.
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        // Five bytes are eight characters.
        for half in bytes.chunks(5) {
            let bits = half.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            for place in (0..8).rev() {
                let index = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
                text.push(char::from(ALPHABET[index]));
            }
        }
        Self(text)
    }

    /// A code as somebody typed it. None if it cannot be one.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        for c in typed.chars().map(typed::half_width).filter(|c| !is_between(*c)) {
            let c = match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            let known = u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
            if !known || text.len() == LENGTH {
                return None;
            }
            text.push(c);
        }
        (text.len() == LENGTH).then_some(Self(text))
    }

    /// The form that is hashed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is shown: in groups of four, with hyphens.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
        let mut shown = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / 4));
        for (i, c) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                shown.push('-');
            }
            shown.push(c);
        }
        shown
    }
}

/// Whether it only divides: spaces, and what keyboards, Japanese ones among them, give for a hyphen.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ')
}

#[cfg(test)]
mod tests {
    use countersign_protocol::random::SystemRandom;
    use proptest::prelude::*;

    use super::*;

    /// Gives the bytes that it was made of.
    struct Given([u8; BYTES]);

    impl Random for Given {
        fn fill(&self, into: &mut [u8]) {
            into.copy_from_slice(&self.0);
        }
    }

    fn read(typed: &str) -> Option<String> {
        RecoveryCode::parse(typed).map(|code| code.as_str().to_owned())
    }

    #[test]
    fn a_code_spells_every_bit_it_was_made_of() {
        let shown = |bytes| RecoveryCode::new(&Given(bytes)).shown().to_string();
        assert_eq!(shown([0; 10]), "0000-0000-0000-0000");
        assert_eq!(shown([0xff; 10]), "zzzz-zzzz-zzzz-zzzz");
        assert_eq!(
            shown([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]),
            "0123-4567-89ab-cdef",
            "in the order of the alphabet"
        );
        let all: std::collections::BTreeSet<String> = (0..80)
            .map(|bit| {
                let mut bytes = [0; BYTES];
                bytes[bit / 8] = 1 << (bit % 8);
                shown(bytes)
            })
            .collect();
        assert_eq!(all.len(), 80);
    }

    #[test]
    fn codes_differ() {
        let codes: std::collections::BTreeSet<_> =
            (0..100).map(|_| RecoveryCode::new(&SystemRandom::new()).as_str().to_owned()).collect();
        assert_eq!(codes.len(), 100);
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in [
            "0123-4567-89ab-cdef",
            "0123456789abcdef",
            "  0123 4567 89AB CDEF\r\n",
            "OL23-4567-89ab-CDEF",
            "oI23–4567—89ab−cdef",
            "０１２３ー４５６７ー８９ＡＢーＣＤＥＦ",
            "０i２３　４５６７　８９ａｂ　ｃｄｅｆ",
        ] {
            assert_eq!(read(typed).as_deref(), Some("0123456789abcdef"), "{typed:?}");
        }
        for typed in [
            "",
            "0123-4567-89ab-cde",
            "0123-4567-89ab-cdef0",
            "u123-4567-89ab-cdef",
            "0123_4567_89ab_cdef",
            "0123-4567-89ab-cdeé",
            "0123.4567.89ab.cdef",
            "012345",
        ] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_what_was_made(bytes in any::<[u8; BYTES]>()) {
            let code = RecoveryCode::new(&Given(bytes));
            for typed in [code.shown().to_string(), code.shown().to_uppercase()] {
                let again = read(&typed);
                prop_assert_eq!(again.as_deref(), Some(code.as_str()));
            }
        }

        #[test]
        fn what_is_read_has_one_form(typed in any::<String>()) {
            if let Some(code) = RecoveryCode::parse(&typed) {
                let again = read(&code.shown());
                prop_assert_eq!(again.as_deref(), Some(code.as_str()));
            }
        }
    }
}

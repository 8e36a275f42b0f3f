//! What people type: codes come with spaces, hyphens, capitals, or from a Japanese keyboard.

/// A character as ASCII writes it: the full-width forms of Japanese keyboards (U+FF01 to U+FF5E, and the
/// ideographic space) stand for the same letters, digits and signs.
#[must_use]
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            // The block repeats ASCII, in order.
            char::from_u32(u32::from(c) - 0xff01 + u32::from('!')).unwrap_or(c)
        }
        other => other,
    }
}

/// A code of `N` decimal digits, however it is spaced and whatever keyboard it was typed on. None if it is
/// anything else.
#[must_use]
pub fn digits<const N: usize>(typed: &str) -> Option<[u8; N]> {
    let mut digits = [b'0'; N];
    let mut places = digits.iter_mut();
    for c in typed.chars().map(half_width).filter(|c| !c.is_whitespace()) {
        *places.next()? = u8::try_from(c).ok().filter(u8::is_ascii_digit)?;
    }
    places.next().is_none().then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyboard_does_not_matter() {
        assert_eq!("０１９ＡＺａｚ－！～　".chars().map(half_width).collect::<String>(), "019AZaz-!~ ");
        assert_eq!(half_width('é'), 'é');
        assert_eq!(half_width('東'), '東');
    }

    #[test]
    fn a_code_may_be_spaced_and_nothing_else() {
        for typed in ["012345", " 012 345\n", "０１２３４５", "０１２　３４５", "0 1 2 3 4 5", "01２345"]
        {
            assert_eq!(digits::<6>(typed), Some(*b"012345"), "{typed:?}");
        }
        for typed in ["", "01234", "0123456", "01234x", "012-345", "+12345", "12345.", "٠١٢٣٤٥", "②12345"]
        {
            assert_eq!(digits::<6>(typed), None, "{typed:?}");
        }
    }
}

//! Counts, as people read them.

/// A count for plural forms.
pub(super) fn clamped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A count as people read it: 12,345.
pub(super) fn number(count: &u64) -> String {
    let digits = count.to_string();
    let mut parts: Vec<&str> =
        digits.as_bytes().rchunks(3).filter_map(|part| str::from_utf8(part).ok()).collect();
    parts.reverse();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(|count| number(&count)),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}

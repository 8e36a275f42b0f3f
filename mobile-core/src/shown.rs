//! Texts from elsewhere, made fit to be shown.
//!
//! A browser's name comes from whoever asks, and must not be able to rearrange the sentence around it
//! or to steer a terminal.

/// The most characters that are shown of one text.
const LONGEST: usize = 120;

/// Leaves out control characters and those that change the direction of writing, and cuts what is long.
pub(crate) fn shown(text: &str) -> String {
    let mut kept: String = text.chars().filter(|c| !steers(*c)).take(LONGEST + 1).collect();
    if let Some((cut, _)) = kept.char_indices().nth(LONGEST) {
        kept.truncate(cut);
        kept.push('…');
    }
    kept
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_left_out_and_what_is_long_is_cut() {
        assert_eq!(shown("Fire\u{1b}[2Jfox\u{202e}\n"), "Fire[2Jfox");
        assert_eq!(shown("東京、日本"), "東京、日本");
        assert_eq!(shown(&"あ".repeat(120)), "あ".repeat(120));
        assert_eq!(shown(&"あ".repeat(121)), format!("{}…", "あ".repeat(120)));
    }
}

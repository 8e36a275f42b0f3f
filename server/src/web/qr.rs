//! A QR code as inline SVG.

use std::fmt::Write as _;

use askama::filters::{Html, escape};
use qrcode::{EcLevel, QrCode};

/// Modules of white around the code: readers need four.
const QUIET: usize = 4;

/// The QR code of `text`, titled for screen readers; `None` where the text is too long for one.
pub(super) fn svg(text: &str, title: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let side = code.width() + 2 * QUIET;
    let mut svg = format!(
        r##"<svg class="qr-code" role="img" aria-labelledby="qr-title" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><title id="qr-title">{}</title><rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d=""##,
        escape(title, Html).ok()?,
    );
    for y in 0..code.width() {
        for (x, length) in dark_runs(&code, y) {
            write!(svg, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET).ok()?;
        }
    }
    svg.push_str(r#""/></svg>"#);
    Some(svg)
}

/// The runs of dark modules in row `y`, as (start, length): fewer and seamless paths.
fn dark_runs(code: &QrCode, y: usize) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for x in (0..code.width()).filter(|&x| code[(x, y)] == qrcode::Color::Dark) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == x => *length += 1,
            _ => runs.push((x, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_a_title_and_a_quiet_zone() {
        let svg = svg("https://a.example/pair#x", "A <b> code").unwrap();
        assert!(svg.contains("<title id=\"qr-title\">A &#60;b&#62; code</title>"), "{svg}");
        assert!(svg.contains("d=\"M4 4h7v1h-7z"), "the first finder pattern starts after four modules");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    }

    #[test]
    fn runs_cover_exactly_the_dark_modules() {
        let code = QrCode::new("hello").unwrap();
        let dark = code.to_colors().iter().filter(|&&c| c == qrcode::Color::Dark).count();
        let covered: usize = (0..code.width()).flat_map(|y| dark_runs(&code, y)).map(|(_, n)| n).sum();
        assert_eq!(covered, dark);
    }

    #[test]
    fn a_text_too_long_gives_none() {
        assert_eq!(svg(&"x".repeat(5000), "t"), None);
    }
}

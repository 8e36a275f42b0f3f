//! The languages the pages speak, and how one is chosen.

/// A language that a message catalogue exists for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// Every language, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The code that HTML, cookies and `?lang=` use.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// What the language calls itself: the text of the language switch.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ja => "日本語",
        }
    }

    /// The language that the switch leads to.
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Ja,
            Self::Ja => Self::En,
        }
    }

    /// Reads a language tag such as `ja` or `en-GB`; only the primary part counts.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// The best match for an `Accept-Language` header; English where nothing matches.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best: Option<(Self, u32)> = None;
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let Some(lang) = pieces.next().and_then(Self::parse) else { continue };
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")).map_or(1000, thousandths);
            // The first of equals wins, so only a greater weight replaces.
            if weight > 0 && best.is_none_or(|(_, held)| weight > held) {
                best = Some((lang, weight));
            }
        }
        best.map_or_else(Self::default, |(lang, _)| lang)
    }
}

/// A quality value (`0.8`) as thousandths; what can't be read counts as not wanted.
fn thousandths(text: &str) -> u32 {
    match text.trim().parse::<f32>() {
        Ok(q) if (0.0..=1.0).contains(&q) => (q * 1000.0).round() as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn tags_are_read_by_their_primary_part() {
        assert_eq!(Lang::parse("ja"), Some(Lang::Ja));
        assert_eq!(Lang::parse("JA-jp"), Some(Lang::Ja));
        assert_eq!(Lang::parse("en_GB"), Some(Lang::En));
        assert_eq!(Lang::parse("jav"), None);
        assert_eq!(Lang::parse(""), None);
    }

    #[test]
    fn people_are_written_to_in_the_languages_of_the_pages() {
        assert_eq!(Lang::ALL.map(Lang::code), crate::domain::user::LANGUAGES);
    }

    #[test]
    fn the_header_is_weighed() {
        for (header, want) in [
            ("ja,en-US;q=0.9,en;q=0.8", Lang::Ja),
            ("en-US,en;q=0.9,ja;q=0.8", Lang::En),
            ("fr;q=1, en;q=0.3, ja;q=0.7", Lang::Ja),
            ("ja;q=0, en;q=0.1", Lang::En),
            ("en;q=0.5, ja; q=0.9", Lang::Ja),
            ("ja;q=nonsense", Lang::En),
            ("fr, de", Lang::En),
            ("*", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::from_accept_language(header), want, "{header}");
        }
    }
}

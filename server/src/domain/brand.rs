//! How a tenant's pages look: a colour and a picture. Of the colour come the shades in which text can be read on
//! light and on dark ground (WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 to 1).

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a tenant's pages look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// The colour, if the tenant has one.
    pub colour: Option<Colour>,
    /// The picture in place of the first letter, if the tenant has one: a hash of it.
    pub logo: Option<String>,
}

impl Brand {
    /// The path of the stylesheet of the colour, if there is one; its query changes with the colour.
    #[must_use]
    pub fn stylesheet(&self) -> Option<String> {
        self.colour.map(|colour| format!("/assets/tenant.css?v={}", colour.version()))
    }

    /// The path of the picture, if there is one; its query changes with the picture.
    #[must_use]
    pub fn logo_path(&self) -> Option<String> {
        self.logo.as_ref().map(|hash| format!("/assets/logo?v={hash}"))
    }
}

/// A colour of the screen (sRGB, eight bits a part).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

/// Not a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the colour as #rrggbb, such as #2450c2")]
pub struct NotAColour;

impl Colour {
    const BLACK: Self = Self([0; 3]);
    const WHITE: Self = Self([255; 3]);

    /// From its parts: red, green, blue.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// From `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// What tells colours apart in addresses.
    #[must_use]
    pub fn version(self) -> String {
        self.to_string().trim_start_matches('#').to_owned()
    }

    /// The contrast with another colour, from 1 to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// So many 256ths of the way to another colour.
    fn towards(self, other: Self, steps: u16) -> Self {
        let mut mixed = self.0;
        for (part, end) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*part) * (256 - steps) + u16::from(end) * steps;
            *part = u8::try_from(sum / 256).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// The nearest shade of this colour that can be read on `ground`, on the way to `end`.
    fn readable_on(self, ground: Self, end: Self) -> Self {
        let mut shades = (0..=256).map(|steps| self.towards(end, steps));
        shades.find(|shade| shade.contrast(ground) >= READABLE).unwrap_or(end)
    }
}

/// The least contrast of text with its ground.
pub const READABLE: f64 = 4.5;
/// The darkest ground of light pages that text stands on, and the lightest of dark ones: see `app.css`.
const GROUNDS: [Colour; 2] = [Colour([0xf1, 0xf1, 0xee]), Colour([0x2a, 0x2c, 0x31])];

/// The shades of a tenant's colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades {
    /// On light pages.
    pub light: Shade,
    /// On dark pages.
    pub dark: Shade,
}

/// A shade: for text and for areas, and what is written on those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    /// The shade.
    pub accent: Colour,
    /// What is written on it.
    pub on_accent: Colour,
}

impl Shades {
    /// Those of a colour.
    #[must_use]
    pub fn of(colour: Colour) -> Self {
        let [light, dark] = GROUNDS;
        let (on_light, on_dark) =
            (colour.readable_on(light, Colour::BLACK), colour.readable_on(dark, Colour::WHITE));
        Self {
            light: Shade { accent: on_light, on_accent: Colour::WHITE },
            // A trace of the colour, so that it is no hole.
            dark: Shade {
                accent: on_dark,
                on_accent: colour.towards(Colour::BLACK, 224).readable_on(on_dark, Colour::BLACK),
            },
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl TryFrom<String> for Colour {
    type Error = NotAColour;

    fn try_from(text: String) -> Result<Self, NotAColour> {
        Self::parse(&text).ok_or(NotAColour)
    }
}

/// A picture as it is served.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// What kind.
    pub kind: LogoKind,
    /// The file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({}, {} bytes)", self.kind.media_type(), self.bytes.len())
    }
}

/// The kinds of pictures that are taken: none of them can hold a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// Too large.
    #[error("the picture is too large: at most 128 KiB, 96 pixels square are plenty")]
    TooLarge,
    /// Not one of the kinds that are taken.
    #[error("the picture has to be a PNG, JPEG or WebP file")]
    OtherKind,
}

impl LogoKind {
    const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::Webp];

    /// As `Content-Type` and the database have it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// From the spelling of [`Self::media_type`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == text)
    }

    /// By how a file begins, whatever it is called.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }
}

impl Logo {
    /// The largest, in bytes.
    pub const MOST: usize = 128 * 1024;

    /// Looks at a file.
    ///
    /// # Errors
    /// [`LogoError`], whose text says what to do.
    pub fn read(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > Self::MOST {
            return Err(LogoError::TooLarge);
        }
        let kind = LogoKind::of(&bytes).ok_or(LogoError::OtherKind)?;
        Ok(Self { kind, bytes })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_colour_is_six_digits() {
        for good in ["#2450c2", "#000000", "#ffffff"] {
            assert_eq!(Colour::parse(good).unwrap().to_string(), good);
        }
        assert_eq!(Colour::parse("#2450C2").unwrap().to_string(), "#2450c2");
        for bad in ["", "#", "2450c2", "#2450c", "#2450c2f", "#24 0c2", "#+450c2", "#日本", "red;}"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_as_the_guidelines_have_it() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 1e-9);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let blue = Colour::parse("#2450c2").unwrap();
        assert_eq!(Shades::of(blue).light.accent, blue);
    }

    proptest! {
        #[test]
        fn every_shade_can_be_read(parts in any::<[u8; 3]>()) {
            let shades = Shades::of(Colour(parts));
            let grounds = [
                (shades.light, ["#ffffff", "#f3f3f0", "#f1f1ee"]),
                (shades.dark, ["#191a1d", "#101113", "#25272b"]),
            ];
            for (shade, grounds) in grounds {
                prop_assert!(shade.accent.contrast(shade.on_accent) >= READABLE, "{shade:?}");
                for ground in grounds {
                    prop_assert!(shade.accent.contrast(Colour::parse(ground).unwrap()) >= READABLE);
                }
            }
        }
    }

    #[test]
    fn a_picture_is_known_by_how_it_begins() {
        let kind = |bytes: &[u8]| Logo::read(bytes.to_vec()).map(|logo| logo.kind);
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), Ok(LogoKind::Png));
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Ok(LogoKind::Jpeg));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Ok(LogoKind::Webp));
        for bad in [&b"<svg onload='x'/>"[..], b"", b"RIFF\0\0\0\0WAVE", b"GIF89a"] {
            assert_eq!(kind(bad), Err(LogoError::OtherKind));
        }
        assert_eq!(Logo::read(vec![0; Logo::MOST + 1]), Err(LogoError::TooLarge));
        assert!(LogoKind::ALL.iter().all(|kind| LogoKind::parse(kind.media_type()) == Some(*kind)));
    }
}

//! A tenant's colour and picture on its pages.

use crate::domain::brand::{Colour, Shade, Shades};

/// What a page loads for it. Both are addresses on the tenant's own host.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageBrand<'a> {
    /// A stylesheet behind that of all pages.
    pub stylesheet: Option<&'a str>,
    /// The picture in place of the name's first letter.
    pub logo: Option<&'a str>,
}

/// The stylesheet of a tenant's colour.
#[must_use]
pub fn stylesheet(colour: Colour) -> String {
    let root = |shade: Shade| format!(":root{{--accent:{};--on-accent:{}}}", shade.accent, shade.on_accent);
    let shades = Shades::of(colour);
    format!("{}\n@media (prefers-color-scheme:dark){{{}}}\n", root(shades.light), root(shades.dark))
}

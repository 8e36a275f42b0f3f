//! Makers of phones, who attest the keys in them: Android's key hardware and Apple, with roots of their own.

pub mod android;
pub mod apple;
mod authority;
mod der;

pub use android::{AndroidMaker, Description};
pub use apple::{AppleMaker, Claims};
pub use authority::Dates;

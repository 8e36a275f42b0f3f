//! What worlds differ in.

use countersign_server::domain::tenant::NumberRule;

/// What a world differs in.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// When a number is typed.
    pub number_rule: NumberRule,
    /// Whether phones must keep their keys in hardware.
    pub require_hardware_keys: bool,
    /// Whether the push service of this world may be spoken to.
    pub allow_private_endpoints: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            number_rule: NumberRule::WhenUnusual,
            require_hardware_keys: false,
            allow_private_endpoints: true,
        }
    }
}

impl Setup {
    /// A world where a tap is always enough: for stories about something else.
    #[must_use]
    pub fn by_tap() -> Self {
        Self { number_rule: NumberRule::Never, ..Self::default() }
    }
}

//! What worlds differ in.

use countersign_server::domain::tenant::NumberRule;
use countersign_test_mail::Mode;

/// What a world differs in.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// When a number is typed.
    pub number_rule: NumberRule,
    /// Whether phones must keep their keys in hardware.
    pub require_hardware_keys: bool,
    /// Whether the push service of this world may be spoken to.
    pub allow_private_endpoints: bool,
    /// How its mail server is spoken to; none, and mail is off.
    pub mail: Option<Mode>,
    /// Whether it has an Apple and a Google.
    pub providers: bool,
    /// Where it is reached, beside the port.
    pub host: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            number_rule: NumberRule::WhenUnusual,
            require_hardware_keys: false,
            allow_private_endpoints: true,
            mail: None,
            providers: false,
            host: "127.0.0.1",
        }
    }
}

impl Setup {
    /// A world where a tap is always enough: for stories about something else.
    #[must_use]
    pub fn by_tap() -> Self {
        Self { number_rule: NumberRule::Never, ..Self::default() }
    }

    /// A world that is reached by a name, as passkeys need it, where a tap is always enough.
    #[must_use]
    pub fn by_name() -> Self {
        Self { host: "localhost", ..Self::by_tap() }
    }

    /// A world where a tap is always enough, with a mail server.
    #[must_use]
    pub fn with_mail() -> Self {
        Self { mail: Some(Mode::StartTls), ..Self::by_tap() }
    }

    /// A world where a tap is always enough, with stand-ins for Apple and Google.
    #[must_use]
    pub fn with_providers() -> Self {
        Self { providers: true, ..Self::by_tap() }
    }
}

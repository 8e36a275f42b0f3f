//! Whatever comes in is refused, and nothing panics.

use countersign_protocol::bytes::{from_base64url, to_base64url};
use countersign_protocol::call::Call;
use countersign_protocol::key::signature_from_der;
use countersign_protocol::pairing::PairingLink;
use countersign_protocol::statement::{Signer as _, Statement as _, Unverified};
use proptest::prelude::*;

use crate::make::TestKey;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn any_text_is_refused_without_a_panic(text in any::<String>()) {
        prop_assert!(Unverified::parse(&text).is_err());
        prop_assert!(text.parse::<PairingLink>().is_err());
    }

    /// Text that has the right shape, so that it gets further in.
    #[test]
    fn three_parts_of_any_bytes_are_refused_without_a_panic(
        header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<[u8; 64]>(),
    ) {
        let text = format!("{}.{}.{}", to_base64url(header), to_base64url(payload), to_base64url(signature));
        prop_assert!(Unverified::parse(&text).is_err());
    }

    /// Behind a good header, any payload gets as far as the signature, and no further.
    #[test]
    fn any_payload_is_refused_without_a_panic(payload in any::<Vec<u8>>(), json in "[\\[{\"a1:,}\\]nul]{0,24}") {
        let key = TestKey::new();
        let header = serde_json::json!({ "alg": "ES256", "typ": Call::TYP, "kid": key.kid() }).to_string();
        for payload in [payload, json.into_bytes()] {
            let text = format!("{}.{}.{}", to_base64url(&header), to_base64url(payload), to_base64url([1; 64]));
            let outcome = Unverified::parse(&text).and_then(|read| read.verify::<Call>(&key.public()));
            prop_assert!(outcome.is_err());
        }
    }

    #[test]
    fn base64url_has_one_spelling(bytes in any::<Vec<u8>>(), text in "[A-Za-z0-9_=+/ -]{0,24}") {
        let spelt = to_base64url(&bytes);
        prop_assert_eq!(from_base64url(&spelt), Some(bytes));
        if let Some(read) = from_base64url(&text) {
            prop_assert_eq!(to_base64url(read), text);
        }
    }

    #[test]
    fn any_bytes_convert_from_der_without_a_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = signature_from_der(&bytes);
        // The same with a right beginning, so that it gets further in.
        let length = bytes.len();
        if let [first, second, third, fourth, ..] = &mut bytes[..] {
            (*first, *second, *third, *fourth) = (0x30, (length - 2) as u8, 2, *fourth % 36);
        }
        let _ = signature_from_der(&bytes);
    }
}

#[test]
fn junk_is_no_pairing_link() {
    let tail = "019a0000-0000-7000-8000-0000000000e1.BQUFBQUFBQUFBQUFBQUFBQ.\
                GxYJLQWSqOieqvz8ej5m9P7gkLmkfI3InU6lKsDrXpI";
    assert!(format!("https://sign-in.example/pair#{tail}").parse::<PairingLink>().is_ok());
    assert!(format!("http://[::1]:8080/pair#{tail}").parse::<PairingLink>().is_ok());
    for page in [
        "",
        "https:///pair",
        "https://sign-in.example/",
        "https://sign-in.example/pairs",
        "https://sign-in.example/x/pair",
        "https://sign-in.example//pair",
        "https://user@sign-in.example/pair",
        "https://sign-in.example?/pair",
        "https://sign-in.example\\evil.example/pair",
        "https://sign-in.example\t/pair",
        "https://sign-in.exämple/pair",
        "https://Sign-In.example/pair",
        "https://sign-in.example%2fpair/pair",
        "ftp://sign-in.example/pair",
        "javascript://sign-in.example/pair",
        "HTTPS://sign-in.example/pair",
    ] {
        assert!(format!("{page}#{tail}").parse::<PairingLink>().is_err(), "{page}");
    }
    for tail in [
        "",
        "..",
        &tail.replace('.', "#"),
        &format!("{tail}.x"),
        &format!("{tail}="),
        &format!("#{tail}"),
        &tail.to_uppercase(),
        &tail[..tail.len() - 44],
        &tail[1..],
    ] {
        assert!(format!("https://sign-in.example/pair#{tail}").parse::<PairingLink>().is_err(), "{tail}");
    }
}

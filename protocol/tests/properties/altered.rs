//! A good statement, altered or too long.

use countersign_protocol::call::Call;
use countersign_protocol::statement::{Draft, MAX_LENGTH, Signer as _, StatementError, Unverified, sign};

use crate::make::{TestKey, call_to};

/// Every byte of a good statement, replaced by others: refused each time.
#[test]
fn a_statement_with_any_byte_changed_is_refused() {
    let key = TestKey::new();
    let call = call_to("https://sign-in.example/device/v1");
    let good = sign(&call, &key).unwrap();
    for at in 0..good.len() {
        for bit in 0..7 {
            let mut bytes = good.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let text = String::from_utf8(bytes).unwrap();
            let outcome = Unverified::parse(&text).and_then(|read| read.verify::<Call>(&key.public()));
            assert!(outcome.is_err(), "byte {at}, bit {bit}");
        }
        let mut shorter = good.clone();
        shorter.remove(at);
        let outcome = Unverified::parse(&shorter).and_then(|read| read.verify::<Call>(&key.public()));
        assert!(outcome.is_err(), "byte {at} removed");
    }
}

/// What is too long to be read is not written either.
#[test]
fn a_draft_is_never_longer_than_what_is_read() {
    let key = TestKey::new();
    let mut longest = 0;
    for length in 2_400..3_200 {
        let call = call_to(&"x".repeat(length));
        match Draft::new(&call, key.kid()) {
            Ok(draft) => {
                let text = draft.finish(&[1; 64]);
                longest = longest.max(text.len());
                assert!(Unverified::parse(&text).is_ok(), "{length}: written but not read");
            }
            Err(error) => assert_eq!(error, StatementError::TooLong),
        }
    }
    assert!((MAX_LENGTH - 3..=MAX_LENGTH).contains(&longest), "the longest was {longest}");
}

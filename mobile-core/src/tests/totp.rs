//! Authenticator-app accounts: imported, told, renamed, exported, forgotten; and kept.

use super::now;
use super::phone::Phone;
use crate::{Error, Reason, Timestamp};

/// The key of RFC 6238's vectors for SHA-1: "12345678901234567890".
const LINK: &str =
    "otpauth://totp/ACME:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME&digits=8";

#[test]
fn a_scanned_account_tells_its_codes_with_their_time() {
    let mut phone = Phone::new(&[]);
    let account = now(phone.core.add_totp(LINK.into())).unwrap();
    assert_eq!((account.issuer.as_str(), account.name.as_str()), ("ACME", "ada@example.com"));
    assert_eq!((account.digits, account.period_seconds), (8, 30));
    phone.clock.set(1_111_111_109);
    let code = now(phone.core.totp_code(account.id.clone())).unwrap();
    assert_eq!((code.code.as_str(), code.next_code.as_str()), ("07081804", "14050471"));
    assert_eq!((code.seconds_left, code.valid_until), (1, Timestamp::from_seconds(1_111_111_110)));
    assert!(!format!("{code:?}{account:?}").contains("0708"), "a code is not for the log");
    phone.clock.set(1_111_111_110);
    phone.restart();
    let code = now(phone.core.totp_code(account.id)).unwrap();
    assert_eq!((code.code.as_str(), code.seconds_left), ("14050471", 30));
}

#[test]
fn what_is_scanned_twice_is_one_account() {
    let phone = Phone::new(&[]);
    let first = now(phone.core.add_totp(LINK.into())).unwrap();
    let renamed = now(phone.core.rename_totp(first.id.clone(), "Work".into(), " Ada ".into())).unwrap();
    assert_eq!((renamed.issuer.as_str(), renamed.name.as_str()), ("Work", "Ada"));
    assert_eq!(now(phone.core.add_totp(LINK.into())), Ok(renamed.clone()));
    assert_eq!(now(phone.core.totp_accounts()), Ok(vec![renamed]));
}

#[test]
fn an_exported_account_makes_the_same_codes_on_another_phone() {
    let (old, new) = (Phone::new(&[]), Phone::new(&[]));
    let account = now(old.core.add_totp(LINK.into())).unwrap();
    let link = now(old.core.export_totp(account.id.clone())).unwrap();
    let copy = now(new.core.add_totp(link)).unwrap();
    assert_eq!(now(new.core.totp_code(copy.id)), now(old.core.totp_code(account.id.clone())));
    now(old.core.remove_totp(account.id.clone())).unwrap();
    assert_eq!(now(old.core.totp_code(account.id)), Err(Error::TellUser(Reason::UnknownAccount)));
    assert!(now(old.core.totp_accounts()).unwrap().is_empty());
}

#[test]
fn what_is_no_link_and_what_cannot_be_stored_is_said() {
    let phone = Phone::new(&[]);
    let refused = now(phone.core.add_totp("https://example.com".into()));
    assert_eq!(refused, Err(Error::AskAgain(Reason::NotAnAuthenticatorLink)));
    *phone.storage.full.lock().unwrap() = true;
    let full = now(phone.core.add_totp(LINK.into()));
    assert_eq!(full, Err(Error::TellUser(Reason::StorageFailed("full".into()))));
}

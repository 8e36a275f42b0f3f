//! Why a face is asked for is said once.

use super::now;
use super::phone::Phone;
use crate::{Error, Reason};

#[test]
fn the_reason_for_asking_a_face_is_told_once_a_phone() {
    let mut phone = Phone::new(&[]);
    assert_eq!(now(phone.core.explains_biometrics()), Ok(true));
    assert_eq!(now(phone.core.explains_biometrics()), Ok(true), "shown is not read");
    now(phone.core.biometrics_explained()).unwrap();
    assert_eq!(now(phone.core.explains_biometrics()), Ok(false));
    phone.restart();
    assert_eq!(now(phone.core.explains_biometrics()), Ok(false));
}

#[test]
fn where_it_cannot_be_noted_it_is_told_again() {
    let phone = Phone::new(&[]);
    *phone.storage.full.lock().unwrap() = true;
    let failed = now(phone.core.biometrics_explained());
    assert_eq!(failed, Err(Error::TellUser(Reason::StorageFailed("full".into()))));
    assert_eq!(now(phone.core.explains_biometrics()), Ok(true));
}

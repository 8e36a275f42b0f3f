//! Several accounts on one phone.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use countersign_protocol::approval::Mode;

use super::now;
use super::phone::Phone;
use super::requests::paired;
use super::server::Server;
use super::stream::Held;
use crate::ports::KeyStoreError;
use crate::{AccountState, Error, Mistrust, Outcome, Reason};

fn two() -> (std::sync::Arc<Server>, std::sync::Arc<Server>, Phone) {
    let (first, phone) = paired("https://login.example.com");
    let second = Server::new("https://sso.example.org");
    phone.http.0.lock().unwrap().push(second.clone());
    now(phone.core.pair(second.link(), None)).unwrap();
    second.confirm();
    (first, second, phone)
}

#[test]
fn all_accounts_are_asked_and_the_newest_request_comes_first() {
    let (first, second, phone) = two();
    let older = first.ask(&first.request(Mode::Tap), None);
    second.with(|state| state.now += 5);
    let newer = second.ask(&second.request(Mode::Tap), None);
    let pending = now(phone.core.pending()).unwrap();
    assert_eq!(pending.requests.iter().map(|request| request.login).collect::<Vec<_>>(), [newer, older]);
    for request in pending.requests {
        assert_eq!(now(phone.core.approve(request, None)), Ok(Outcome::Approved));
    }
    assert_eq!(first.with(|state| state.decisions.len()), 1);
    assert_eq!(second.with(|state| state.decisions.len()), 1);
}

#[test]
fn a_server_that_is_down_hides_no_other() {
    let (first, second, phone) = two();
    first.with(|state| state.down = true);
    let login = second.ask(&second.request(Mode::Tap), None);
    let pending = now(phone.core.pending()).unwrap();
    assert_eq!(pending.requests[0].login, login);
    let accounts = now(phone.core.accounts()).unwrap();
    assert_eq!(pending.unreached.len(), 1);
    assert_eq!(pending.unreached[0].account_id, accounts[0].id);
    assert!(matches!(pending.unreached[0].error, Error::RetryLater(Reason::Unreachable(_))));
}

#[test]
fn an_account_that_is_removed_while_it_is_asked_hides_no_other() {
    for confirmed_before in [false, true] {
        let (first, second, phone) = two();
        let accounts = now(phone.core.accounts()).unwrap();
        if confirmed_before {
            now(phone.core.pending()).unwrap();
        }
        first.ask(&first.request(Mode::Tap), None);
        let login = second.ask(&second.request(Mode::Tap), None);
        phone.http.1.hold(Held::Answer);
        let mut asking = pin!(phone.core.pending());
        let mut context = Context::from_waker(Waker::noop());
        assert!(asking.as_mut().poll(&mut context).is_pending());
        now(phone.core.remove_account(accounts[0].id.clone())).unwrap();
        phone.http.1.let_go();
        let Poll::Ready(pending) = asking.poll(&mut context) else { panic!("its answer is there") };
        let logins: Vec<_> = pending.unwrap().requests.iter().map(|request| request.login).collect();
        assert_eq!(logins, [login]);
        assert_eq!(now(phone.core.accounts()).unwrap().len(), 1, "nothing brings it back");
    }
}

#[test]
fn one_server_cannot_ask_in_anothers_name() {
    let (first, second, phone) = two();
    let stolen = first.request(Mode::Tap);
    let signed = countersign_protocol::statement::sign(&stolen, &first.key).unwrap();
    second.ask_signed(stolen.login, signed, None);
    let pending = now(phone.core.pending()).unwrap();
    assert!(pending.requests.is_empty());
    assert_eq!(pending.unreached[0].error, Error::TellUser(Reason::NotTrusted(Mistrust::Signature)));
}

#[test]
fn an_account_becomes_active_when_its_server_answers() {
    let server = Server::new("http://127.0.0.1:8080");
    let phone = Phone::new(&[&server]);
    now(phone.core.pair(server.link(), None)).unwrap();
    let pending = now(phone.core.pending()).unwrap();
    assert!(pending.unreached.is_empty(), "an account that waits for its code is no fault");
    assert_eq!(now(phone.core.accounts()).unwrap()[0].state, AccountState::Unconfirmed);
    server.confirm();
    now(phone.core.pending()).unwrap();
    assert_eq!(now(phone.core.accounts()).unwrap()[0].state, AccountState::Active);
}

#[test]
fn a_removed_account_takes_its_keys_along() {
    let (_first, _second, phone) = two();
    let accounts = now(phone.core.accounts()).unwrap();
    *phone.keys.deleting.lock().unwrap() = Some(KeyStoreError::LockedOut);
    let locked = now(phone.core.remove_account(accounts[0].id.clone()));
    assert_eq!(locked, Err(Error::TellUser(Reason::LockedOut)));
    assert_eq!(now(phone.core.accounts()).unwrap().len(), 2, "it can be removed later");

    *phone.keys.deleting.lock().unwrap() = None;
    now(phone.core.remove_account(accounts[0].id.clone())).unwrap();
    assert_eq!(now(phone.core.accounts()).unwrap(), accounts[1..]);
    assert_eq!(phone.key_count(), 2);
    let gone = now(phone.core.remove_account(accounts[0].id.clone()));
    assert_eq!(gone, Err(Error::TellUser(Reason::UnknownAccount)));
}

#[test]
fn accounts_that_cannot_be_read_are_not_overwritten() {
    let (server, phone) = paired("https://login.example.com");
    let hits = server.with(|state| state.hits);
    let damaged = b"{\"accounts\":7}".to_vec();
    for value in phone.storage.values.lock().unwrap().values_mut() {
        value.clone_from(&damaged);
    }
    let error = now(phone.core.pair(server.link(), None)).unwrap_err();
    assert_eq!(error, Error::TellUser(Reason::StorageDamaged));
    assert_eq!(server.with(|state| state.hits), hits, "nothing is claimed that cannot be stored");
    assert_eq!(phone.storage.values.lock().unwrap().values().next(), Some(&damaged));
    assert_eq!(phone.key_count(), 2, "the new keys are gone again");
}

#[test]
fn a_tenants_look_is_kept_if_it_is_a_colour_and_a_picture_of_its_own_server() {
    let (server, phone) = paired("https://login.example.com");
    let id = now(phone.core.accounts()).unwrap().remove(0).id;
    let look = |colour: &str, logo: &str| {
        server.with(|state| state.look = (Some(colour.into()), Some(logo.into())));
        let account = now(phone.core.refresh_account(id.clone())).unwrap();
        assert_eq!(now(phone.core.accounts()).unwrap().first(), Some(&account), "it is kept");
        (account.colour, account.logo)
    };
    let picture = "https://login.example.com/assets/logo?v=00ff";
    assert_eq!(look("#b3005e", picture), (Some("#b3005e".into()), Some(picture.into())));
    for (colour, logo) in [
        ("red", "https://evil.example/logo"),
        ("#b3005", "https://login.example.com.evil.example/logo"),
        ("#b3005é", "https://login.example.com:8443/logo"),
        ("", "javascript:alert(1)"),
        ("url(x)", "https://login.example.com@evil.example/"),
    ] {
        assert_eq!(look(colour, logo), (None, None), "{colour} {logo}");
    }
}

#[test]
fn what_cannot_be_read_is_forgotten_at_the_persons_wish_and_the_rest_is_kept() {
    let (server, phone) = paired("https://login.example.com");
    let code = "otpauth://totp/Site:ada?secret=JBSWY3DPEHPK3PXP&issuer=Site";
    now(phone.core.add_totp(code.into())).unwrap();
    now(phone.core.forget_damaged()).unwrap();
    assert_eq!(now(phone.core.accounts()).unwrap().len(), 1, "what is sound stays");
    phone.storage.values.lock().unwrap().insert("countersign.accounts".into(), b"7".to_vec());
    now(phone.core.forget_damaged()).unwrap();
    assert!(now(phone.core.accounts()).unwrap().is_empty());
    assert_eq!(now(phone.core.totp_accounts()).unwrap().len(), 1);
    now(phone.core.pair(server.link(), None)).unwrap();
    phone.storage.values.lock().unwrap().insert("countersign.totp".into(), b"7".to_vec());
    now(phone.core.forget_damaged()).unwrap();
    assert!(now(phone.core.totp_accounts()).unwrap().is_empty());
    assert_eq!(now(phone.core.accounts()).unwrap().len(), 1);
}

#[test]
fn a_look_beside_the_app_changes_nothing_anywhere() {
    let (server, phone) = paired("https://login.example.com");
    server.ask(&server.request(Mode::Tap), None);
    server.with(|state| state.down = true);
    let endpoint = countersign_protocol::pairing::PushEndpoint::Fcm { token: "token".into() };
    now(phone.core.set_push(Some(endpoint))).unwrap();
    server.with(|state| state.down = false);
    let before = phone.storage.values.lock().unwrap().clone();
    assert_eq!(now(phone.core.look()).unwrap().requests.len(), 1);
    assert_eq!(server.with(|state| state.push.told), 0, "a look tells no server where wakes go");
    assert_eq!(*phone.storage.values.lock().unwrap(), before);
    now(phone.core.pending()).unwrap();
    assert_eq!(server.with(|state| state.push.told), 1);
}

//! Where wakes go: each server ends with the newest endpoint, whatever happens on the way.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use countersign_protocol::api::{ErrorCode, PushState};
use countersign_protocol::approval::Mode;
use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};

use super::now;
use super::phone::{Phone, START};
use super::requests::paired;
use super::server::Server;
use super::stream::Held;
use crate::ports::KeyPurpose;
use crate::{Error, Reason};

const ORIGIN: &str = "https://login.example.com";

pub(super) fn token(text: &str) -> PushEndpoint {
    let environment = ApnsEnvironment::Production;
    PushEndpoint::Apns { token: text.into(), topic: "com.example.app".into(), environment }
}

fn active(phone: &Phone) {
    now(phone.core.pending()).unwrap();
}

fn phone_and_server() -> (Arc<Server>, Phone) {
    let (server, phone) = paired(ORIGIN);
    active(&phone);
    phone.uses();
    (server, phone)
}

pub(super) fn known_to(server: &Server) -> Option<PushEndpoint> {
    server.with(|state| state.push.endpoint.clone())
}

fn told(server: &Server) -> usize {
    server.with(|state| state.push.told)
}

fn push_of(phone: &Phone) -> PushState {
    now(phone.core.accounts()).unwrap()[0].push
}

#[test]
fn each_new_token_is_told_once_by_the_device_key() {
    let (server, phone) = phone_and_server();
    assert_eq!(push_of(&phone), PushState::None);
    for text in ["a", "b"] {
        now(phone.core.set_push(Some(token(text)))).unwrap();
        now(phone.core.set_push(Some(token(text)))).unwrap();
        assert_eq!(known_to(&server), Some(token(text)));
        assert_eq!(phone.uses(), [(KeyPurpose::Device, None)]);
    }
    assert_eq!((told(&server), push_of(&phone)), (2, PushState::Working));
    now(phone.core.set_push(None)).unwrap();
    assert_eq!((known_to(&server), push_of(&phone)), (None, PushState::None));
}

#[test]
fn a_pairing_names_the_stored_token_unless_it_is_given_another() {
    let server = Server::new(ORIGIN);
    let phone = Phone::new(&[&server]);
    now(phone.core.set_push(Some(token("a")))).unwrap();
    now(phone.core.pair(server.link(), None)).unwrap();
    assert_eq!(known_to(&server), Some(token("a")));
    server.confirm();
    active(&phone);
    assert_eq!((told(&server), push_of(&phone)), (0, PushState::Working), "it was told by the pairing");
    now(phone.core.pair(server.link(), Some(token("b")))).unwrap();
    assert_eq!(known_to(&server), Some(token("b")));
}

#[test]
fn of_two_tokens_at_once_the_newest_wins_however_slow_the_first_is() {
    for held in [Held::Request, Held::Answer] {
        let (server, phone) = phone_and_server();
        let mut context = Context::from_waker(Waker::noop());
        phone.http.1.hold(held);
        let mut first = pin!(phone.core.set_push(Some(token("first"))));
        assert!(first.as_mut().poll(&mut context).is_pending());
        let mut second = pin!(phone.core.set_push(Some(token("second"))));
        assert!(second.as_mut().poll(&mut context).is_pending(), "it waits for the first");
        active(&phone);
        phone.http.1.let_go();
        assert_eq!(first.as_mut().poll(&mut context), Poll::Ready(Ok(())));
        assert_eq!(second.as_mut().poll(&mut context), Poll::Ready(Ok(())));
        assert_eq!(known_to(&server), Some(token("second")));
        active(&phone);
        assert_eq!(told(&server), 2, "and all is said");
    }
}

#[test]
fn two_tokens_in_one_second_are_told_apart() {
    let (server, phone) = phone_and_server();
    for text in ["a", "b", "c"] {
        now(phone.core.set_push(Some(token(text)))).unwrap();
    }
    let signed_at = server.with(|state| state.push.signed_at);
    assert_eq!(signed_at, START + 2, "a copy of an older call that comes late is older for the server too");
    assert_eq!(known_to(&server), Some(token("c")));
}

#[test]
fn a_server_out_of_reach_is_told_at_the_next_look() {
    let (server, mut phone) = phone_and_server();
    server.with(|state| state.down = true);
    now(phone.core.set_push(Some(token("a")))).unwrap();
    assert_eq!(known_to(&server), None);
    phone.restart();
    server.with(|state| state.down = false);
    let login = server.ask(&server.request(Mode::Tap), None);
    assert_eq!(now(phone.core.pending()).unwrap().requests[0].login, login);
    assert_eq!(known_to(&server), Some(token("a")));
    active(&phone);
    assert_eq!(told(&server), 1);
}

#[test]
fn a_token_whose_answer_was_lost_is_told_again_even_if_the_old_one_is_back() {
    let (server, mut phone) = phone_and_server();
    now(phone.core.set_push(Some(token("old")))).unwrap();
    phone.http.1.hold(Held::Answer);
    {
        let mut lost = pin!(phone.core.set_push(Some(token("new"))));
        assert!(lost.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(known_to(&server), Some(token("new")), "it came, but the phone does not know");
    phone.restart();
    now(phone.core.set_push(Some(token("old")))).unwrap();
    assert_eq!(known_to(&server), Some(token("old")));
}

#[test]
fn an_account_that_becomes_active_later_is_told_then() {
    let server = Server::new(ORIGIN);
    let phone = Phone::new(&[&server]);
    let account = now(phone.core.pair(server.link(), None)).unwrap().account;
    now(phone.core.set_push(Some(token("a")))).unwrap();
    assert_eq!((told(&server), known_to(&server)), (0, None), "it would be refused");
    server.confirm();
    let account = now(phone.core.refresh_account(account.id)).unwrap();
    assert_eq!((known_to(&server), account.push), (Some(token("a")), PushState::Working));
}

#[test]
fn becoming_active_in_a_look_is_enough_to_be_told() {
    let (server, phone) = paired(ORIGIN);
    now(phone.core.set_push(Some(token("a")))).unwrap();
    active(&phone);
    assert_eq!(known_to(&server), Some(token("a")));
}

#[test]
fn one_server_out_of_reach_keeps_no_other_from_being_told() {
    let (first, phone) = phone_and_server();
    let second = Server::new("https://sso.example.org");
    phone.http.0.lock().unwrap().push(second.clone());
    now(phone.core.pair(second.link(), None)).unwrap();
    second.confirm();
    active(&phone);
    first.with(|state| state.down = true);
    now(phone.core.set_push(Some(token("a")))).unwrap();
    assert_eq!((known_to(&first), known_to(&second)), (None, Some(token("a"))));
    first.with(|state| state.down = false);
    active(&phone);
    assert_eq!((told(&first), told(&second)), (1, 1));
}

#[test]
fn a_lost_token_is_told_again_once_and_then_shown_as_lost() {
    let (server, phone) = phone_and_server();
    now(phone.core.set_push(Some(token("a")))).unwrap();
    let id = now(phone.core.accounts()).unwrap()[0].id.clone();
    let lost = || {
        server.with(|state| state.push.lost = true);
        now(phone.core.refresh_account(id.clone())).unwrap().push
    };
    assert_eq!((lost(), told(&server)), (PushState::Working, 2));
    assert_eq!((lost(), told(&server)), (PushState::Lost, 2), "a dead token stays dead");
    active(&phone);
    assert_eq!((told(&server), push_of(&phone)), (2, PushState::Lost));
    now(phone.core.set_push(Some(token("b")))).unwrap();
    assert_eq!((known_to(&server), push_of(&phone)), (Some(token("b")), PushState::Working));
}

#[test]
fn a_server_that_refuses_is_asked_again_only_with_the_next_token() {
    let (server, phone) = phone_and_server();
    server.with(|state| state.push.refuse = Some(ErrorCode::NotFound));
    now(phone.core.set_push(Some(token("a")))).unwrap();
    active(&phone);
    assert_eq!(told(&server), 1);
    server.with(|state| state.push.refuse = Some(ErrorCode::Busy));
    now(phone.core.set_push(Some(token("a")))).unwrap();
    server.with(|state| state.push.refuse = None);
    active(&phone);
    assert_eq!((told(&server), known_to(&server)), (3, Some(token("a"))), "a busy one is asked again");
}

#[test]
fn a_wrong_clock_costs_one_more_call_and_stops_nothing() {
    let (server, mut phone) = phone_and_server();
    for (text, clock) in [("a", START + 7_200), ("b", START - 7_200), ("c", START)] {
        phone.clock.set(clock);
        phone.restart();
        now(phone.core.set_push(Some(token(text)))).unwrap();
        assert_eq!(known_to(&server), Some(token(text)));
    }
}

#[test]
fn without_room_to_store_it_nothing_is_told() {
    let (server, phone) = phone_and_server();
    *phone.storage.full.lock().unwrap() = true;
    let failed = now(phone.core.set_push(Some(token("a"))));
    assert_eq!(failed, Err(Error::TellUser(Reason::StorageFailed("full".into()))));
    assert_eq!(told(&server), 0);
}

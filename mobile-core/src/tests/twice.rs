//! The same thing asked for twice: by a second tap, or a camera that sees a code more than once.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use countersign_protocol::approval::Mode;

use super::now;
use super::phone::Phone;
use super::requests::paired;
use super::server::Server;
use super::stream::Held;
use crate::{Error, Outcome};

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn is_under_way<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert!(matches!(&error, Error::AskAgain(reason) if reason.code() == "under_way"), "{error:?}");
}

#[test]
fn a_link_that_is_paired_twice_at_once_is_claimed_once() {
    let server = Server::new("https://login.example.com");
    let phone = Phone::new(&[&server]);
    let link = server.link();
    phone.http.1.hold(Held::Request);
    let mut first = pin!(phone.core.pair(link.clone(), None));
    assert!(first.as_mut().poll(&mut context()).is_pending());
    is_under_way(now(phone.core.pair(link.clone(), None)));
    phone.http.1.let_go();
    let Poll::Ready(Ok(started)) = first.as_mut().poll(&mut context()) else { panic!("the first goes on") };
    assert_eq!(now(phone.core.pair(link, None)).unwrap(), started, "seen once more, the link says the same");
    assert_eq!(server.with(|state| state.hits), 1);
    assert_eq!(phone.key_count(), 2);
}

#[test]
fn two_servers_pairings_of_one_id_are_two() {
    let [home, work] = ["https://home.example.com", "https://work.example.com"].map(Server::new);
    let phone = Phone::new(&[&home, &work]);
    let at_home = home.link();
    let at_work = work.link_of(&at_home);
    let first = now(phone.core.pair(at_home, None)).unwrap();
    let second = now(phone.core.pair(at_work, None)).unwrap();
    assert_ne!(first.account.id, second.account.id);
    assert_eq!(second.account.origin, "https://work.example.com");
}

#[test]
fn a_pairing_that_was_given_up_is_no_longer_under_way() {
    let server = Server::new("https://login.example.com");
    let phone = Phone::new(&[&server]);
    let link = server.link();
    phone.http.1.hold(Held::Request);
    {
        let mut first = pin!(phone.core.pair(link.clone(), None));
        assert!(first.as_mut().poll(&mut context()).is_pending());
    }
    now(phone.core.pair(link, None)).unwrap();
    assert_eq!(phone.key_count(), 2, "the keys of the first are gone");
}

#[test]
fn a_second_approval_asks_for_no_second_face_and_a_denial_waits_for_nothing() {
    let (server, phone) = paired("https://login.example.com");
    server.ask(&server.request(Mode::Tap), None);
    let request = now(phone.core.pending()).unwrap().requests.remove(0);
    phone.uses();
    phone.http.1.hold(Held::Request);
    let mut first = pin!(phone.core.approve(request.clone(), None));
    assert!(first.as_mut().poll(&mut context()).is_pending());
    let asked = phone.uses().len();
    is_under_way(now(phone.core.approve(request.clone(), None)));
    assert!(phone.uses().is_empty(), "asked {asked} times already");
    assert_eq!(now(phone.core.deny(request)), Ok(Outcome::Denied), "a no comes first where it can");
    phone.http.1.let_go();
    let Poll::Ready(Err(late)) = first.as_mut().poll(&mut context()) else { panic!("one answer counts") };
    assert_eq!(late.reason().code(), "already_decided");
}

#[test]
fn a_second_denial_says_that_the_first_is_under_way() {
    let (server, phone) = paired("https://login.example.com");
    server.ask(&server.request(Mode::Tap), None);
    let request = now(phone.core.pending()).unwrap().requests.remove(0);
    phone.http.1.hold(Held::Request);
    let mut first = pin!(phone.core.deny(request.clone()));
    assert!(first.as_mut().poll(&mut context()).is_pending());
    is_under_way(now(phone.core.deny(request.clone())));
    is_under_way(now(phone.core.approve(request, None)));
    phone.http.1.let_go();
    assert_eq!(first.as_mut().poll(&mut context()), Poll::Ready(Ok(Outcome::Denied)));
}

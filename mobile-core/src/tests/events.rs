//! The stream of events: what it tells of, and how it ends.

use std::sync::Arc;

use countersign_protocol::api::ErrorCode;
use countersign_protocol::approval::Mode;

use super::now;
use super::phone::{Phone, START};
use super::requests::paired;
use super::server::Server;
use super::stream::Piece;
use crate::ports::{HttpError, KeyPurpose};
use crate::{Error, Events, Happening, Reason};

fn watch(phone: &Phone) -> Result<Events, Error> {
    let id = now(phone.core.accounts()).unwrap()[0].id.clone();
    now(phone.core.watch(id))
}

fn streaming(pieces: Vec<Piece>) -> (Arc<Server>, Phone, Events) {
    let (server, phone) = paired("https://login.example.com");
    server.with(|state| state.streams.push_back(pieces));
    let events = watch(&phone).unwrap();
    (server, phone, events)
}

fn pieces(texts: &[&str]) -> Vec<Piece> {
    texts.iter().map(|text| Ok(text.as_bytes().to_vec())).collect()
}

fn ended() -> Error {
    Error::RetryLater(Reason::Unreachable("the stream of events ended".into()))
}

#[test]
fn a_change_is_told_and_a_beat_is_not() {
    let (server, phone, events) = streaming(pieces(&[
        "event: changed\n\nevent: beat\n\n: comment\n\n",
        "event: bea",
        "t\n\nevent: somethingnew\n\nevent: cha",
        "nged\n\n",
    ]));
    assert_eq!(phone.uses(), [(KeyPurpose::Device, None)], "the device key signs the call");
    assert_eq!(now(events.next()), Ok(Happening::Changed));
    let login = server.ask(&server.request(Mode::Tap), None);
    assert_eq!(now(events.next()), Ok(Happening::Changed));
    assert_eq!(now(phone.core.pending()).unwrap().requests[0].login, login);
    assert_eq!(now(events.next()), Err(ended()));
    assert_eq!(now(events.next()), Err(ended()), "what is over stays over");
}

#[test]
fn changes_that_come_together_are_one() {
    let text = "event: changed\n\nevent: changed\n\nevent: changed\n\n";
    let (_server, _phone, events) = streaming(pieces(&[text]));
    assert_eq!(now(events.next()), Ok(Happening::Changed));
    assert_eq!(now(events.next()), Err(ended()));
}

#[test]
fn after_reconnect_nothing_more_is_heard() {
    let text = "event: changed\n\nevent: reconnect\n\nevent: changed\n\n";
    let (_server, _phone, events) = streaming(pieces(&[text, text]));
    assert_eq!(now(events.next()), Ok(Happening::Changed));
    assert_eq!(now(events.next()), Ok(Happening::Reconnect));
    assert_eq!(now(events.next()), Err(ended()));
}

#[test]
fn silence_and_nonsense_are_named() {
    let silent = HttpError::Unreachable("silent for 40 s".into());
    let (_server, _phone, events) = streaming(vec![Ok(b"event: changed\n\n".to_vec()), Err(silent)]);
    assert_eq!(now(events.next()), Ok(Happening::Changed));
    let error = Error::RetryLater(Reason::Unreachable("silent for 40 s".into()));
    assert_eq!(now(events.next()), Err(error));

    let (_server, _phone, events) = streaming(vec![Ok(vec![b'x'; 4096])]);
    assert_eq!(now(events.next()), Err(Error::UpdateApp(Reason::UnknownAnswer)));
}

#[test]
fn a_refusal_says_what_to_do() {
    let (server, phone) = paired("https://login.example.com");
    for (code, expected) in [
        (ErrorCode::UnknownDevice, Error::PairAgain(Reason::UnknownDevice)),
        (ErrorCode::DeviceUnconfirmed, Error::TellUser(Reason::DeviceUnconfirmed)),
        (ErrorCode::NotFound, Error::TellUser(Reason::NotFound)),
        (ErrorCode::Busy, Error::RetryLater(Reason::Busy)),
    ] {
        server.with(|state| state.refuse = Some(code));
        assert_eq!(watch(&phone).unwrap_err(), expected);
    }
    server.with(|state| state.raw = Some((404, "<html>".into())));
    assert_eq!(watch(&phone).unwrap_err(), Error::TellUser(Reason::NotFound), "an older server");
    server.with(|state| state.raw = Some((502, "x".repeat(100_000))));
    assert_eq!(watch(&phone).unwrap_err(), Error::RetryLater(Reason::ServerFault));
    server.with(|state| state.down = true);
    assert!(matches!(watch(&phone).unwrap_err(), Error::RetryLater(Reason::Unreachable(_))));
    let unknown = now(phone.core.watch("nobody".into())).unwrap_err();
    assert_eq!(unknown, Error::TellUser(Reason::UnknownAccount));
}

#[test]
fn a_wrong_clock_costs_one_more_call() {
    let (server, phone) = paired("https://login.example.com");
    server.with(|state| state.streams.push_back(pieces(&["event: changed\n\n"])));
    phone.clock.set(START - 7_200);
    let before = server.with(|state| state.hits);
    let events = watch(&phone).unwrap();
    assert_eq!(server.with(|state| state.hits), before + 2);
    assert_eq!(now(events.next()), Ok(Happening::Changed));
}

#[test]
fn the_pause_before_the_next_stream_doubles_to_half_a_minute_and_is_never_quite_the_same() {
    let (_server, phone) = paired("https://login.example.com");
    for (failed, seconds) in [(0, 1.0), (1, 2.0), (4, 16.0), (5, 30.0), (u32::MAX, 30.0)] {
        let pauses: Vec<f64> = (0..50).map(|_| phone.core.reconnect_pause(failed).as_secs_f64()).collect();
        assert!(
            pauses.iter().all(|pause| (0.75..=1.25).contains(&(pause / seconds))),
            "{failed}: {pauses:?}"
        );
        assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
    }
}

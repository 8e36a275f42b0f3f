//! A port of the app's own that panics ends its call, and no more: the core unwinds, holds nothing back, and goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use countersign_protocol::approval::Mode;

use super::now;
use super::phone::Phone;
use super::push::{known_to, token};
use super::requests::paired;
use super::server::Server;
use super::stepped::panicking_after;
use crate::{Core, Outcome};

/// Runs `call` on cores whose ports panic after ever more steps, till one comes to its end. After each panic the
/// same core, whose ports are well again, does `after`.
fn panicking<T>(start: impl Fn() -> (T, Phone), call: impl Fn(&Core, &T), after: impl Fn(&Core, &T)) {
    for steps in 0..100 {
        let (given, phone) = start();
        let (core, left) = panicking_after(&phone, steps);
        let ended = catch_unwind(AssertUnwindSafe(|| call(&core, &given)));
        left.store(usize::MAX, Ordering::SeqCst);
        if ended.is_ok() {
            assert!(steps > 2, "no port was called");
            return;
        }
        after(&core, &given);
    }
    panic!("the call never ended");
}

#[test]
fn an_approval_goes_on_where_a_port_panicked() {
    panicking(
        || {
            let (server, phone) = paired("https://login.example.com");
            server.ask(&server.request(Mode::Tap), None);
            let request = now(phone.core.pending()).unwrap().requests.remove(0);
            ((server, request), phone)
        },
        |core, (_, request)| drop(now(core.approve(request.clone(), None))),
        |core, (server, _)| {
            for request in now(core.pending()).unwrap().requests {
                assert_eq!(now(core.approve(request, None)), Ok(Outcome::Approved));
            }
            assert_eq!(server.with(|state| state.decisions.len()), 1);
        },
    );
}

#[test]
fn a_pairing_begins_again_where_a_port_panicked() {
    panicking(
        || {
            let server = Server::new("https://login.example.com");
            let phone = Phone::new(&[&server]);
            (server, phone)
        },
        |core, server| drop(now(core.pair(server.link(), None))),
        |core, server| {
            now(core.pair(server.link(), None)).unwrap();
            assert!(!now(core.accounts()).unwrap().is_empty());
        },
    );
}

#[test]
fn a_push_address_is_told_where_a_port_panicked() {
    panicking(
        || {
            let (server, phone) = paired("https://login.example.com");
            now(phone.core.pending()).unwrap();
            (server, phone)
        },
        |core, _| drop(now(core.set_push(Some(token("new"))))),
        |core, server| {
            now(core.set_push(Some(token("new")))).unwrap();
            assert_eq!(known_to(server), Some(token("new")));
        },
    );
}

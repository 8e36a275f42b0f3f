//! The app ended in the middle of what it does, at each call to one of its ports in turn.

use countersign_protocol::approval::{Decision, Mode};

use super::now;
use super::phone::Phone;
use super::push::{known_to, token};
use super::requests::paired;
use super::server::Server;
use super::stepped::{ended_after, ends};
use crate::{AccountState, Error, Lang, Outcome, Reason, texts};

#[test]
fn a_pairing_that_is_ended_anywhere_leaves_an_account_or_nothing() {
    let mut outcomes = [0, 0];
    for steps in 0..100 {
        let server = Server::new("https://login.example.com");
        let mut phone = Phone::new(&[&server]);
        let done = ends(ended_after(&phone, steps).pair(server.link(), None));
        phone.restart();
        let accounts = now(phone.core.accounts()).unwrap();
        assert!(accounts.iter().all(|account| account.fault.is_none()), "{steps}: {accounts:?}");
        assert_eq!(phone.key_count(), 2 * accounts.len(), "after {steps} steps");
        outcomes[accounts.len()] += 1;
        if done {
            assert!(outcomes[0] > 8 && outcomes[1] > 1, "{outcomes:?}");
            return;
        }
    }
    panic!("the pairing never ended");
}

#[test]
fn a_link_that_is_seen_again_after_the_app_was_ended_goes_on_or_says_to_begin_again() {
    let mut seen = [0; 3];
    for steps in 0..100 {
        let server = Server::new("https://login.example.com");
        let mut phone = Phone::new(&[&server]);
        let link = server.link();
        let done = ends(ended_after(&phone, steps).pair(link.clone(), None));
        phone.restart();
        let there = now(phone.core.accounts()).unwrap().len();
        let claimed = server.with(|state| state.device.is_some());
        phone.uses();
        match now(phone.core.pair(link, None)) {
            Ok(started) if there == 1 => {
                assert_eq!(
                    (started.code.as_str(), phone.uses().len()),
                    ("042017", 0),
                    "the same, and nobody is asked"
                );
                seen[0] += 1;
            }
            Ok(_) => {
                assert!(!claimed, "after {steps} steps: claimed twice");
                seen[1] += 1;
            }
            Err(over) => {
                assert!(claimed && there == 0, "after {steps} steps: {over:?}");
                assert_eq!(over, Error::PairAgain(Reason::PairingOver));
                assert!(texts::reason(over.reason(), Lang::English).contains("in the browser again"));
                now(phone.core.pair(server.link(), None)).unwrap();
                seen[2] += 1;
            }
        }
        assert_eq!(phone.key_count(), 2, "after {steps} steps");
        if done {
            assert!(seen.iter().all(|times| *times > 1), "{seen:?}");
            return;
        }
    }
    panic!("the pairing never ended");
}

#[test]
fn a_pairing_that_is_given_up_leaves_no_key_to_the_next() {
    let server = Server::new("https://login.example.com");
    let mut phone = Phone::new(&[&server]);
    phone.core = ended_after(&phone, 11);
    assert!(!ends(phone.core.pair(server.link(), None)));
    assert!(phone.key_count() > 0, "it was ended before it made a key");
    phone.restart();
    now(phone.core.pair(server.link(), None)).unwrap();
    assert_eq!(phone.key_count(), 2);
}

#[test]
fn a_removal_that_is_ended_anywhere_can_be_done_again() {
    for steps in 0..40 {
        let server = Server::new("https://login.example.com");
        let mut phone = Phone::new(&[&server]);
        let id = now(phone.core.pair(server.link(), None)).unwrap().account.id;
        server.confirm();
        assert_eq!(now(phone.core.refresh_account(id.clone())).unwrap().state, AccountState::Active);
        let done = ends(ended_after(&phone, steps).unpair(id.clone()));
        phone.restart();
        if !now(phone.core.accounts()).unwrap().is_empty() {
            now(phone.core.unpair(id)).unwrap();
        }
        assert_eq!(phone.key_count(), 0, "after {steps} steps");
        if done {
            return;
        }
    }
    panic!("the removal never ended");
}

#[test]
fn an_approval_that_is_ended_anywhere_still_waits_or_has_come_through() {
    let mut outcomes = [0, 0];
    for steps in 0..100 {
        let (server, mut phone) = paired("https://login.example.com");
        server.ask(&server.request(Mode::Number { digits: 2 }), Some("07"));
        let request = now(phone.core.pending()).unwrap().requests.remove(0);
        let done = ends(ended_after(&phone, steps).approve(request, Some("07".into())));
        phone.restart();
        let came_through = server.with(|state| state.decisions.len());
        let waits = now(phone.core.pending()).unwrap().requests;
        assert_eq!(waits.len() + came_through, 1, "after {steps} steps");
        for request in waits {
            assert_eq!(now(phone.core.approve(request, Some("07".into()))), Ok(Outcome::Approved));
        }
        let decisions =
            server.with(|state| state.decisions.iter().map(|each| each.decision).collect::<Vec<_>>());
        assert_eq!(decisions, [Decision::Approve], "after {steps} steps");
        outcomes[came_through] += 1;
        if done {
            assert!(outcomes[0] > 4 && outcomes[1] > 1, "{outcomes:?}");
            return;
        }
    }
    panic!("the approval never ended");
}

#[test]
fn a_push_address_that_was_being_told_when_the_app_ended_is_told_by_the_next_start() {
    for steps in 0..100 {
        let (server, mut phone) = paired("https://login.example.com");
        now(phone.core.pending()).unwrap();
        now(phone.core.set_push(Some(token("old")))).unwrap();
        let done = ends(ended_after(&phone, steps).set_push(Some(token("new"))));
        phone.restart();
        // As an app does at each start.
        now(phone.core.set_push(Some(token("new")))).unwrap();
        now(phone.core.pending()).unwrap();
        assert_eq!(known_to(&server), Some(token("new")), "after {steps} steps");
        if done {
            return;
        }
    }
    panic!("the push address was never told");
}

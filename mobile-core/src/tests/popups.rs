//! Popups follow the servers' lists.

use countersign_protocol::approval::Mode;

use super::now;
use super::phone::{Phone, START};
use super::requests::paired;
use super::server::Server;
use crate::{Over, Popup, PopupChanges, Timestamp, popup_changes};

fn look(phone: &Phone, shown: &mut Vec<Popup>, at: i64) -> PopupChanges {
    phone.clock.set(at);
    let changes = popup_changes(shown, &now(phone.core.pending()).unwrap(), Timestamp::from_seconds(at));
    shown.retain(|popup| changes.withdraw.iter().all(|withdrawn| withdrawn.popup != *popup));
    shown.extend(changes.show.iter().map(Popup::from));
    changes
}

#[test]
fn a_request_gets_one_popup_which_goes_when_it_is_settled_elsewhere() {
    let (server, phone) = paired("https://login.example.com");
    let mut shown = Vec::new();
    assert_eq!(look(&phone, &mut shown, START), PopupChanges::default());

    let first = server.ask(&server.request(Mode::Tap), None);
    let changes = look(&phone, &mut shown, START);
    assert_eq!(changes.show.iter().map(|request| request.login).collect::<Vec<_>>(), [first]);
    assert!(look(&phone, &mut shown, START).show.is_empty(), "it is shown already");

    let second = server.ask(&server.request(Mode::Tap), None);
    let changes = look(&phone, &mut shown, START);
    assert_eq!((changes.show[0].login, changes.waiting), (second, 2));

    server.with(|state| state.requests.remove(&first));
    let changes = look(&phone, &mut shown, START);
    assert_eq!((changes.show.len(), changes.waiting), (0, 1));
    assert_eq!(changes.withdraw.len(), 1);
    assert_eq!((changes.withdraw[0].popup.login, changes.withdraw[0].why), (first, Over::Settled));
    assert_eq!(shown.iter().map(|popup| popup.login).collect::<Vec<_>>(), [second]);
}

#[test]
fn a_popup_stays_while_its_server_cannot_be_asked_but_no_longer_than_its_time() {
    let (first, phone) = paired("https://login.example.com");
    let second = Server::new("https://sso.example.org");
    phone.http.0.lock().unwrap().push(second.clone());
    now(phone.core.pair(second.link(), None)).unwrap();
    second.confirm();
    let mut shown = Vec::new();
    let kept = first.ask(&first.request(Mode::Tap), None);
    let gone = second.ask(&second.request(Mode::Tap), None);
    assert_eq!(look(&phone, &mut shown, START).waiting, 2);

    first.with(|state| state.down = true);
    second.with(|state| state.requests.clear());
    let changes = look(&phone, &mut shown, START + 30);
    assert_eq!(changes.withdraw.iter().map(|each| each.popup.login).collect::<Vec<_>>(), [gone]);
    let changes = look(&phone, &mut shown, START + 120);
    assert_eq!((changes.withdraw[0].popup.login, changes.withdraw[0].why), (kept, Over::Expired));
    assert!(shown.is_empty());
}

#[test]
fn a_server_cannot_hide_anothers_request_behind_an_id_of_its_own() {
    let (first, phone) = paired("https://login.example.com");
    let second = Server::new("https://sso.example.org");
    phone.http.0.lock().unwrap().push(second.clone());
    now(phone.core.pair(second.link(), None)).unwrap();
    second.confirm();
    let mut shown = Vec::new();
    let genuine = first.request(Mode::Tap);
    let copied = crate::tests::server::with_login(second.request(Mode::Tap), genuine.login);
    second.ask(&copied, None);
    assert_eq!(look(&phone, &mut shown, START).show.len(), 1);
    first.ask(&genuine, None);
    assert_eq!(look(&phone, &mut shown, START).show.len(), 1, "its own request gets its own popup");
    assert_eq!(shown.len(), 2);
}

//! One world, and its commands:
//!
//! | command | takes | gives |
//! |---|---|---|
//! | `link` | `email`? | `link`: a pairing link |
//! | `confirm` | `code`, `email`? | `active`: whether the code was right |
//! | `begin` | `email`? | `login`, and `number` if the browser shows one |
//! | `await_state` | `login`, `state` | when the browser was told so: `approved`, `denied`, `reported`, … |
//! | `complete` | `login` | `signed_in` |
//! | `type_code` | `login`, `code` | `signed_in`: by an authenticator app's code |
//! | `add_user` | `email` | |
//! | `subscribe` | | `subscription`, and of a Web Push endpoint `endpoint`, `p256dh`, `auth` |
//! | `next_wake` | `subscription` | `text`, when a wake came |
//! | `remove_phones` | `login`, completed | `removed`: how many, in the browser |
//! | `phones` | `login`, completed | `names`, as the browser shows them |
//! | `offer_authenticator` | | `uri`: otpauth |
//! | `confirm_authenticator` | `code` | `active` |
//! | `attest_keys` | `public_key`, `challenge`, `approval`: boolean | `chain`: what Android's key hardware says of it |
//! | `attest_app` | `client_data_hash` | `key_id`, `object`: what Apple says of the app |
//! | `pass` | `seconds` | time passes on the server |
//! | `allow_passcode` | `allowed`: boolean | the tenant's policy lets phones' passcodes approve, or does not |
//! | `stop`, `start` | | the server is down, is up |

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::ids::UserId;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::time::Clock as _;
use countersign_server::app::{AuthenticatorConfirmed, Confirmed};
use countersign_server::domain::attestation::AttestationRule;
use countersign_server::domain::tenant::NumberRule;
use countersign_tests::time::MovableClock;
use countersign_tests::{EMAIL, On, Setup, World, within};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::sync::{Mutex as AsyncMutex, RwLock};
use uuid::Uuid;

use crate::attested::Attested;

type Wakes = Arc<AsyncMutex<Receiver<Vec<u8>>>>;

/// A world and who moves in it.
pub(crate) struct Story {
    world: RwLock<World>,
    clock: Arc<MovableClock>,
    browsers: Mutex<HashMap<String, Arc<Browser>>>,
    wakes: Mutex<Vec<Wakes>>,
    attested: Attested,
}

const SECURITY: &str = "/account/security";

impl Story {
    pub(crate) async fn begin(wish: &Value) -> (Self, Value) {
        let number_rule = match wish["number"].as_str() {
            Some("always") => NumberRule::Always,
            Some("when_unusual") => NumberRule::WhenUnusual,
            None | Some("never") => NumberRule::Never,
            Some(other) => panic!("no such number rule: {other}"),
        };
        let attested = Attested::new();
        let setup = Setup { number_rule, ..Setup::default() };
        let world = World::with_settings(On::Sqlite, setup, attested.settings()).await;
        match wish["attestation"].as_str() {
            None => {}
            Some("required") => {
                world.change_policy(|policy| policy.attestation = AttestationRule::Required).await;
            }
            Some(other) => panic!("no such rule of attestation: {other}"),
        }
        let clock = Arc::clone(&world.clock);
        let told = json!({ "origin": world.origin, "email": EMAIL, "now": clock.now().micros() });
        let (browsers, wakes) = (Mutex::default(), Mutex::default());
        (Self { world: RwLock::new(world), clock, browsers, wakes, attested }, told)
    }

    pub(crate) async fn tell(&self, command: &str, wish: &Value) -> Value {
        let mut told = match command {
            "link" | "confirm" | "add_user" | "offer_authenticator" | "confirm_authenticator" => {
                self.account(command, wish).await
            }
            "begin" => self.begin_login(wish).await,
            "await_state" | "complete" | "type_code" | "remove_phones" | "phones" => {
                self.browse(command, wish).await
            }
            "subscribe" => self.subscribe().await,
            "next_wake" => self.next_wake(wish).await,
            "pass" => {
                let seconds = wish["seconds"].as_u64().expect("seconds");
                self.world.read().await.pass(Duration::from_secs(seconds)).await;
                json!({})
            }
            "allow_passcode" => {
                let allowed = wish["allowed"].as_bool().expect("allowed");
                let world = self.world.read().await;
                world.change_policy(|policy| policy.factors.device_passcode = allowed).await;
                json!({})
            }
            "attest_keys" | "attest_app" => self.attested.tell(command, wish),
            "stop" => {
                self.world.write().await.stop().await;
                json!({})
            }
            "start" => {
                self.world.write().await.restart().await;
                json!({})
            }
            other => panic!("no such command: {other}"),
        };
        told["now"] = json!(self.clock.now().micros());
        told
    }

    async fn user(&self, world: &World, wish: &Value) -> UserId {
        match wish["email"].as_str() {
            None => world.user,
            Some(email) => world.app.find_user(world.tenant, email).await.unwrap().expect("such a user").id,
        }
    }

    async fn account(&self, command: &str, wish: &Value) -> Value {
        let world = self.world.read().await;
        let at = world.at().await;
        let code = || text(wish, "code");
        match command {
            "link" => {
                let user = self.user(&world, wish).await;
                json!({ "link": world.app.offer_pairing(&at, user).await.unwrap().to_string() })
            }
            "confirm" => {
                let user = self.user(&world, wish).await;
                let confirmed = world.app.confirm_newest_pairing(&at, user, &code()).await.unwrap();
                json!({ "active": matches!(confirmed, Confirmed::Active(_)) })
            }
            "add_user" => {
                world.add_user(&text(wish, "email")).await;
                json!({})
            }
            "offer_authenticator" => {
                let person = world.person().await;
                let offered = world.app.offer_authenticator(&at, &person, session()).await.unwrap();
                json!({ "uri": offered.uri })
            }
            _ => {
                let person = world.person().await;
                let confirmed =
                    world.app.confirm_authenticator(&at, &person, session(), &code(), None).await.unwrap();
                json!({ "active": confirmed == AuthenticatorConfirmed::Active })
            }
        }
    }

    async fn begin_login(&self, wish: &Value) -> Value {
        let world = self.world.read().await;
        let browser = Arc::new(world.browser());
        let login = world.begin_as(&browser, wish["email"].as_str().unwrap_or(EMAIL)).await.to_string();
        let number = browser.get("/login/code").await.unwrap().text_of("code-number");
        self.browsers.lock().unwrap().insert(login.clone(), browser);
        json!({ "login": login, "number": number })
    }

    async fn browse(&self, command: &str, wish: &Value) -> Value {
        let login = text(wish, "login");
        let browser = self.browsers.lock().unwrap().get(&login).cloned().expect("such a login");
        match command {
            "await_state" => {
                let state = text(wish, "state");
                let mut events = browser.events().await.unwrap().expect("the login's events");
                within(&state, events.stands(&state)).await.unwrap();
                json!({})
            }
            "complete" => {
                let page = browser.get("/login/code").await.unwrap();
                signed_in(&browser.submit(&page, "/login/complete", &[]).await.unwrap())
            }
            "type_code" => {
                let page = browser.get("/login/code").await.unwrap();
                let code = text(wish, "code");
                let fields = [("way", "totp"), ("code", code.as_str())];
                signed_in(&browser.submit(&page, "/login/code", &fields).await.unwrap())
            }
            "phones" => json!({ "names": phones(&browser.get(SECURITY).await.unwrap()).1 }),
            _ => {
                let page = browser.get(SECURITY).await.unwrap();
                let (ids, _) = phones(&page);
                for id in &ids {
                    let path = format!("{SECURITY}/phones/remove");
                    let answer = browser.submit(&page, &path, &[("id", id)]).await.unwrap();
                    assert_eq!(answer.location.as_deref().map(|to| to.starts_with(SECURITY)), Some(true));
                }
                json!({ "removed": ids.len() })
            }
        }
    }

    async fn subscribe(&self) -> Value {
        let (endpoint, wakes) = self.world.read().await.push.subscribe();
        let PushEndpoint::WebPush { endpoint, p256dh, auth } = endpoint else {
            panic!("the world's push service is Web Push");
        };
        let mut all = self.wakes.lock().unwrap();
        all.push(Arc::new(AsyncMutex::new(wakes)));
        json!({
            "subscription": all.len() - 1, "endpoint": endpoint,
            "p256dh": p256dh.to_string(), "auth": auth.to_string(),
        })
    }

    async fn next_wake(&self, wish: &Value) -> Value {
        let number = usize::try_from(wish["subscription"].as_u64().expect("subscription")).unwrap();
        let wakes = Arc::clone(&self.wakes.lock().unwrap()[number]);
        let wake = within("a wake comes", async { wakes.lock().await.recv().await }).await.unwrap();
        json!({ "text": String::from_utf8_lossy(&wake) })
    }
}

/// The session in which authenticator apps are set up: any.
fn session() -> Uuid {
    Uuid::from_u128(1)
}

fn text(wish: &Value, name: &str) -> String {
    wish[name].as_str().unwrap_or_else(|| panic!("{name} is missing")).to_owned()
}

fn signed_in(page: &Page) -> Value {
    json!({ "signed_in": page.location.as_deref() == Some("/") })
}

/// The ids of the phones on the page of an account's security, and their names.
fn phones(page: &Page) -> (Vec<String>, Vec<String>) {
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).map(|(_, rest)| rest)?;
        rest.split_once(to).map(|(found, _)| found.to_owned())
    };
    let forms = page.body.split("<form ").skip(1);
    let ids = forms.filter(|form| form.contains("/phones/remove\""));
    let ids = ids.filter_map(|form| between(form, "name=\"id\" value=\"", "\"")).collect();
    let list = between(&page.body, "id=\"phones-title\"", "</section>").unwrap_or_default();
    let names = list.split("class=\"device-name\"").skip(1);
    let names = names.filter_map(|rest| between(rest, ">", "<")).map(|name| name.trim().to_owned()).collect();
    (ids, names)
}

//! Every factor, where it must not let anybody in any more: the user is disabled, the factor removed, the login
//! over, another browser's, or the tenant asks for more. Each is ready to sign in with one request, and does where
//! nothing is the matter.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::ids::LoginId;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::factor::{Assurance, Factor, FactorRules};
use countersign_test_mail::Mode;
use countersign_tests::passkeys::{ASK, Asking};
use countersign_tests::ways::{copy_of, send_code, signs_in};
use countersign_tests::world::login_of;
use countersign_tests::{Authenticator, AuthenticatorApp, EMAIL, On, PASSWORD, Phone, Setup, World};

stories!(
    with_nothing_the_matter_each_signs_in,
    a_disabled_user_is_not_let_in,
    a_factor_that_was_removed_lets_nobody_in,
    a_login_that_has_expired_is_not_completed,
    a_login_that_was_denied_is_not_completed,
    a_login_that_was_replaced_is_not_completed,
    another_browser_cannot_complete_a_login,
    a_floor_that_is_raised_meanwhile_counts,
);

/// A person with all there is.
pub(crate) struct Full {
    pub(crate) world: World,
    pub(crate) phone: Phone,
    passkey: Authenticator,
    pub(crate) app: AuthenticatorApp,
    pub(crate) codes: Vec<String>,
    mailed: usize,
}

/// A login that is one request away from a session.
pub(crate) struct Ready {
    pub(crate) browser: Browser,
    page: Page,
    login: LoginId,
    factor: Factor,
    code: String,
}

pub(crate) async fn full(on: On) -> Full {
    let setup = Setup { mail: Some(Mode::StartTls), ..Setup::by_name() };
    let world = World::with(on, setup).await;
    world.cheapen_passwords().await;
    let mut passkey = Authenticator::in_a_device();
    world.add_passkey(&world.signed_in_by_password(EMAIL).await, &mut passkey).await;
    world.change("DELETE FROM sessions").await;
    let phone = world.paired_phone("Ada’s phone").await;
    let (app, codes) = (world.set_up_app().await, world.recovery_codes().await);
    Full { world, phone, passkey, app, codes, mailed: 0 }
}

impl Full {
    /// Lets a login come to where `factor` completes it.
    pub(crate) async fn ready(&mut self, factor: Factor) -> Ready {
        // The next code of the app.
        self.world.clock.advance(Duration::from_secs(30));
        let browser = self.world.browser();
        let login = self.world.begin(&browser).await;
        let page = browser.get("/login/code").await.unwrap();
        let code = match factor {
            Factor::Push => {
                let requests = self.phone.requests().await;
                let request = requests.into_iter().find(|request| request.login == login).unwrap();
                self.phone.core.approve(request, None).await.unwrap();
                String::new()
            }
            Factor::Passkey => {
                let options = Asking::on(&browser, "/login/code").await.asked(ASK).await;
                self.passkey.get(&options, &self.world.origin).unwrap()
            }
            Factor::Totp => self.app.code(self.world.clock.now()),
            Factor::EmailCode => {
                send_code(&browser).await;
                self.mailed += 1;
                self.world.mailed_code(self.mailed).await
            }
            Factor::RecoveryCode => self.codes.pop().unwrap(),
        };
        Ready { browser, page, login, factor, code }
    }

    async fn refused(&self, ready: &Ready, why: &str) {
        let before = self.world.sessions().await;
        let answer = ready.go_in(&ready.browser).await;
        assert!(!signs_in(&answer), "{:?}, {why}", ready.factor);
        assert_eq!(self.world.sessions().await, before, "{:?}, {why}", ready.factor);
    }
}

impl Ready {
    pub(crate) async fn go_in(&self, browser: &Browser) -> Page {
        let form = [("way", self.factor.as_str()), ("code", &self.code)];
        match self.factor {
            Factor::Push => browser.submit(&self.page, "/login/complete", &[]).await.unwrap(),
            _ => browser.submit(&self.page, "/login/code", &form).await.unwrap(),
        }
    }
}

async fn with_nothing_the_matter_each_signs_in(on: On) {
    let mut full = full(on).await;
    for (n, factor) in (1..).zip(Factor::ALL) {
        let ready = full.ready(factor).await;
        assert!(signs_in(&ready.go_in(&ready.browser).await), "{factor:?}");
        assert_eq!(full.world.sessions().await, n);
        assert!(!signs_in(&ready.go_in(&copy_of(&full.world, &ready.browser)).await), "{factor:?} once");
    }
}

async fn a_disabled_user_is_not_let_in(on: On) {
    let mut full = full(on).await;
    for factor in Factor::ALL {
        let ready = full.ready(factor).await;
        full.world.change("UPDATE users SET disabled_at = 1").await;
        full.refused(&ready, "disabled").await;
        full.world.change("UPDATE users SET disabled_at = NULL").await;
    }
}

async fn a_factor_that_was_removed_lets_nobody_in(on: On) {
    let mut full = full(on).await;
    for factor in Factor::ALL {
        let ready = full.ready(factor).await;
        let gone = full.world.change(match factor {
            Factor::Push => "UPDATE devices SET state = 'removed'",
            Factor::Passkey => "DELETE FROM passkeys",
            Factor::Totp => "DELETE FROM authenticators",
            Factor::EmailCode => "UPDATE users SET email = 'new@example.com', email_key = 'new@example.com'",
            Factor::RecoveryCode => "DELETE FROM recovery_codes",
        });
        assert!(gone.await > 0);
        full.refused(&ready, "removed").await;
        full.world.change("UPDATE users SET email = 'ada@example.com', email_key = 'ada@example.com'").await;
        full.world.change("UPDATE devices SET state = 'active'").await;
    }
}

async fn a_login_that_has_expired_is_not_completed(on: On) {
    let mut full = full(on).await;
    // So long that it is the login that is over, and not the code.
    full.world.set_rules(FactorRules { email_code_seconds: 600, ..FactorRules::default() }).await;
    for factor in Factor::ALL {
        let mut ready = full.ready(factor).await;
        full.world.clock.advance(Duration::from_secs(601));
        if factor == Factor::Totp {
            ready.code = full.app.code(full.world.clock.now());
        }
        full.refused(&ready, "expired").await;
    }
}

async fn a_login_that_was_denied_is_not_completed(on: On) {
    let mut full = full(on).await;
    for factor in Factor::ALL.into_iter().filter(|factor| *factor != Factor::Push) {
        let ready = full.ready(factor).await;
        let requests = full.phone.requests().await;
        let request = requests.into_iter().find(|request| request.login == ready.login).unwrap();
        full.phone.core.deny(request).await.unwrap();
        full.refused(&ready, "denied").await;
    }
}

async fn a_login_that_was_replaced_is_not_completed(on: On) {
    let mut full = full(on).await;
    for factor in Factor::ALL {
        let mut ready = full.ready(factor).await;
        let old = copy_of(&full.world, &ready.browser);
        assert_ne!(full.world.begin(&ready.browser).await, ready.login);
        ready.browser = old;
        full.refused(&ready, "replaced").await;
    }
}

async fn another_browser_cannot_complete_a_login(on: On) {
    let mut full = full(on).await;
    full.world.add_user("eve@example.com").await;
    full.world.cheapen_passwords().await;
    for factor in Factor::ALL {
        let ready = full.ready(factor).await;
        let (stranger, thief) = (full.world.browser(), full.world.browser());
        full.world.begin(&thief).await;
        let own = thief.cookies()["countersign-login"].clone();
        let secret = own.split_once('.').unwrap().1;
        let forged = format!("{}.{secret}", ready.login);
        for browser in [&stranger, &thief] {
            browser.set_cookie("countersign-csrf", &ready.browser.cookies()["countersign-csrf"]);
            browser.set_cookie("countersign-login", &forged);
            assert!(!signs_in(&ready.go_in(browser).await), "{factor:?}");
        }
        assert_eq!(login_of(&ready.browser), ready.login);
        let eve = full.world.browser();
        eve.sign_in("eve@example.com", PASSWORD).await.unwrap();
        eve.set_cookie("countersign-csrf", &ready.browser.cookies()["countersign-csrf"]);
        full.world.change("DELETE FROM sessions").await;
        assert!(!signs_in(&ready.go_in(&eve).await), "{factor:?}");
        assert_eq!(full.world.sessions().await, 0, "{factor:?}");
    }
}

async fn a_floor_that_is_raised_meanwhile_counts(on: On) {
    let mut full = full(on).await;
    for floor in [Assurance::Medium, Assurance::High] {
        for factor in Factor::ALL {
            let ready = full.ready(factor).await;
            full.world.set_rules(FactorRules { floor, ..FactorRules::default() }).await;
            if factor.assurance() < floor {
                full.refused(&ready, "floor").await;
            } else {
                assert!(signs_in(&ready.go_in(&ready.browser).await), "{factor:?} {floor:?}");
            }
            full.world.set_rules(FactorRules::default()).await;
        }
    }
}

//! Passkeys through a browser's pages: added in the account, and asked for on the Code screen.

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::ids::UserId;
use countersign_server::app::{LoginCookie, Passkey, PasskeyEvidence};
use countersign_server::store::{StoreError, passkeys};
use serde_json::Value;

use crate::{Authenticator, EMAIL, On, PASSWORD, Phone, Setup, World};

/// Where passkeys are listed, and where a new one goes.
pub const ADD: &str = "/account/passkeys";
/// Where a new one is asked for.
pub const OPTIONS: &str = "/account/passkeys/options";
/// Where one is asked for on the Code screen.
pub const ASK: &str = "/login/passkey";
/// Where the browser's answer to that goes.
pub const ANSWER: &str = "/login/passkey/answer";

/// A page whose script asks for a passkey.
pub struct Asking<'b> {
    /// The browser that shows it.
    pub browser: &'b Browser,
    /// The page.
    pub page: Page,
}

impl<'b> Asking<'b> {
    /// The page at `path`.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn on(browser: &'b Browser, path: &str) -> Self {
        Self { browser, page: browser.get(path).await.unwrap() }
    }

    /// Posts with the page's token.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.browser.submit(&self.page, path, fields).await.unwrap()
    }

    /// Options for the authenticator.
    ///
    /// # Panics
    /// When there are none.
    pub async fn asked(&self, path: &str) -> String {
        let answer = self.post(path, &[]).await;
        assert_eq!((answer.status, kind(&answer)), (200, "application/json"), "{}", answer.body);
        answer.body
    }

    /// Posts a credential, and expects a problem.
    ///
    /// # Panics
    /// When there is none, or another.
    pub async fn refused(&self, path: &str, credential: &str, status: u16, code: &str) {
        let answer = self.post(path, &[("credential", credential)]).await;
        assert_eq!((answer.status, kind(&answer)), (status, "application/problem+json"), "{}", answer.body);
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()), "{problem}");
    }
}

fn kind(page: &Page) -> &str {
    page.headers["content-type"].to_str().unwrap()
}

impl World {
    /// A world by name in which [`EMAIL`] has this passkey, and after that a phone; the browser in which the
    /// passkey was added is signed in.
    pub async fn with_passkey(on: On, authenticator: &mut Authenticator) -> (Self, Browser, Phone) {
        let world = Self::with(on, Setup::by_name()).await;
        let browser = world.signed_in_by_password(EMAIL).await;
        world.add_passkey(&browser, authenticator).await;
        let phone = world.paired_phone("Ada’s phone").await;
        (world, browser, phone)
    }

    /// A browser in which somebody who has no phone is signed in.
    ///
    /// # Panics
    /// When the password is not enough.
    pub async fn signed_in_by_password(&self, email: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await.unwrap();
        assert_eq!(answer.location.as_deref(), Some("/"));
        browser
    }

    /// Adds a passkey in a browser that is signed in.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn add_passkey(&self, browser: &Browser, authenticator: &mut Authenticator) {
        let page = Asking::on(browser, ADD).await;
        let made = authenticator.create(&page.asked(OPTIONS).await, &self.origin).unwrap();
        let answer = page.post(ADD, &[("credential", &made)]).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"next":"/account/passkeys"}"#));
    }

    /// The Code screen of a new login of [`EMAIL`].
    pub async fn code_screen<'b>(&self, browser: &'b Browser) -> Asking<'b> {
        self.begin(browser).await;
        Asking::on(browser, "/login/code").await
    }

    /// The passkeys that somebody has.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn passkeys_of(&self, user: UserId) -> Vec<Passkey> {
        self.app.passkeys_of(&*self.at().await, user).await.unwrap()
    }

    /// What the use case makes of an answer to what the Code screen asked.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn evidence(&self, browser: &Browser, answer: &str) -> Option<PasskeyEvidence> {
        let cookie = LoginCookie::parse(&browser.cookies()["countersign-login"]).unwrap();
        self.app.check_passkey(&*self.at().await, &cookie, answer).await.unwrap()
    }

    /// Uses evidence up, as what it leads to does.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn use_up(&self, evidence: PasskeyEvidence) -> bool {
        let (tenant, now) = (self.tenant, self.app.now());
        let unit = self.app.db().write_with(evidence, move |evidence, tx| {
            Box::pin(passkeys::use_up(tx, tenant, evidence.user, &evidence.used, now))
        });
        Result::<_, StoreError>::unwrap(unit.await)
    }
}

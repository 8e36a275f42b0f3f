//! Passkeys through a browser's pages: added in the account, and asked for on the Code screen.

use std::net::Ipv4Addr;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::ids::UserId;
use countersign_server::app::{self as server, Passkey, Token};
use countersign_server::domain::client;
use serde_json::Value;

use crate::{Authenticator, EMAIL, On, PASSWORD, Phone, Setup, World};

/// Where passkeys are listed, and where a new one goes.
pub const ADD: &str = "/account/passkeys";
/// Where a new one is asked for.
pub const OPTIONS: &str = "/account/passkeys/options";
/// Where one is asked for on the Code screen.
pub const ASK: &str = "/login/passkey";

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

    /// Posts what the authenticator made of the Code screen's question.
    pub async fn answer(&self, answer: &str) -> Page {
        self.post("/login/code", &[("way", "passkey"), ("code", answer)]).await
    }

    /// The same, and expects that it proves nothing.
    ///
    /// # Panics
    /// When it does.
    pub async fn proves_nothing(&self, answer: &str) {
        let page = self.answer(answer).await;
        assert_eq!(page.status, 422, "{:?}", page.location);
        assert_eq!(
            page.text_of("passkey-note").as_deref(),
            Some("That passkey wasn’t accepted. Try again, or choose another way.")
        );
    }

    /// The same, and expects that the browser is signed in.
    ///
    /// # Panics
    /// When it is not.
    pub async fn signs_in(&self, answer: &str) {
        let page = self.answer(answer).await;
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/")), "{}", page.body);
        assert_eq!(self.browser.get("/").await.unwrap().status, 200);
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

    /// Proves again who is there, in a browser that is signed in: changes of passkeys take that.
    ///
    /// # Panics
    /// When the passkey is refused.
    pub async fn confirm_by_passkey(&self, browser: &Browser, authenticator: &mut Authenticator) {
        let at = self.at().await;
        let token = Token::parse(&browser.cookies()["countersign-session"]).unwrap();
        let signed_in = self.app.signed_in(&at, &token).await.unwrap().unwrap();
        let visit = server::Browser {
            address: Ipv4Addr::LOCALHOST.into(),
            client: client::describe(""),
            token: None,
            login: None,
            language: "en",
            remember: false,
        };
        let cookie = self.app.begin_confirmation(&at, &signed_in, &visit).await.unwrap();
        browser.set_cookie("countersign-login", &cookie.unwrap().reveal());
        let code = Asking::on(browser, "/login/code").await;
        let answer = authenticator.get(&code.asked(ASK).await, &self.origin).unwrap();
        let to = code.answer(&answer).await.location.unwrap();
        assert!(to.starts_with("/account/security"), "{to}");
    }
}

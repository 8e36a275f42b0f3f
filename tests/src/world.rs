//! A world: one server on a port of its own, one tenant, one user, and a clock that a test moves.

use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::{Mode, Outcome};
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random::Random;
use countersign_protocol::time::Clock as _;
use countersign_server::app::admin::{TenantWish, UserWish};
use countersign_server::app::{App, AuthenticatorConfirmed, Confirmed, TenantHandle};
use countersign_server::config::Settings;
use countersign_server::domain::actor::By;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::{Role, User};
use countersign_server::init::init;
use countersign_server::service::{Service, open_database};
use countersign_test_mail::MailServer;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{mpsc::Receiver, oneshot};
use tokio::task::JoinHandle;

use crate::authenticator_app::AuthenticatorApp;
use crate::database::On;
use crate::mail;
use crate::phone::Phone;
use crate::providers::Providers;
use crate::push::PushDesk;
use crate::random::Repeatable;
use crate::real_phones;
use crate::setup::Setup;
use crate::time::{MovableClock, Off};
use crate::wait::within;

/// The person who signs in.
pub const EMAIL: &str = "ada@example.com";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A running server and what surrounds it.
pub struct World {
    /// The server's use cases.
    pub app: Arc<App>,
    /// Where the browser goes.
    pub origin: String,
    /// The one clock of server and phones.
    pub clock: Arc<MovableClock>,
    /// Where wakes go.
    pub push: PushDesk,
    /// Where mail goes, if the setup wants it.
    pub mail: Option<MailServer>,
    /// Apple and Google, if the setup wants them.
    pub providers: Option<Providers>,
    /// The tenant.
    pub tenant: TenantId,
    /// The user [`EMAIL`].
    pub user: UserId,
    random: Arc<dyn Random>,
    settings: Settings,
    /// Kept open, so that nobody else gets the port while the server is down.
    listener: StdListener,
    running: Option<Running>,
    _home: TempDir,
}

struct Running {
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl World {
    /// A world with the usual rules.
    pub async fn new(on: On) -> Self {
        Self::with(on, Setup::default()).await
    }

    /// A world where a tap is always enough, with a phone paired.
    pub async fn by_tap(on: On) -> (Self, Phone) {
        let world = Self::with(on, Setup::by_tap()).await;
        let phone = world.paired_phone("Ada’s phone").await;
        (world, phone)
    }

    /// A world with rules of its own.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn with(on: On, setup: Setup) -> Self {
        Self::with_settings(on, setup, Vec::new()).await
    }

    /// As [`World::with`], with settings that the setup does not know, as environment variables.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn with_settings(on: On, setup: Setup, more: Vec<(String, String)>) -> Self {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let home = tempfile::tempdir().unwrap();
        let random: Arc<dyn Random> = Arc::new(Repeatable::new("server"));
        let clock = Arc::new(MovableClock::default());
        let push = PushDesk::start(Arc::new(Repeatable::new("push")), clock.clone()).await;
        let url = on.new_database(home.path()).await;
        let made = init(&home.path().join("server"), &*random).unwrap();
        let environment = [
            ("COUNTERSIGN_DATABASE__URL", url.as_str()),
            ("COUNTERSIGN_DATABASE__MAX_CONNECTIONS", "8"),
            ("COUNTERSIGN_PUSH__ALLOW_PRIVATE_ENDPOINTS", bool_text(setup.allow_private_endpoints)),
        ];
        let mail = mail::start(setup.mail).await;
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment =
            environment.into_iter().chain(mail::settings(mail.as_ref(), setup.mail, home.path()));
        let providers = real_phones::start(setup.providers, &clock).await;
        let environment =
            environment.chain(real_phones::settings(providers.as_ref(), home.path())).chain(more);
        let settings = Settings::load(&made.settings_file, environment).unwrap();
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let origin = format!("http://{}:{}", setup.host, listener.local_addr().unwrap().port());

        let service = begin(&settings, &clock, &random).await;
        let app = Arc::clone(&service.app);
        let tenant = app.add_tenant(wish(&origin, setup)).await.unwrap();
        let user = add_user(&app, tenant, EMAIL, Role::Member).await;
        let running = Some(serve(service, &listener));
        Self {
            app,
            origin,
            clock,
            push,
            mail,
            providers,
            tenant,
            user,
            random,
            settings,
            listener,
            running,
            _home: home,
        }
    }

    /// Another user of the tenant.
    pub async fn add_user(&self, email: &str) -> UserId {
        add_user(&self.app, self.tenant, email, Role::Member).await
    }

    /// An administrator of the tenant.
    pub async fn add_administrator(&self, email: &str) -> UserId {
        add_user(&self.app, self.tenant, email, Role::Administrator).await
    }

    /// A super administrator of the tenant.
    pub async fn add_super_administrator(&self, email: &str) -> UserId {
        add_user(&self.app, self.tenant, email, Role::SuperAdministrator).await
    }

    /// A tenant of its own at `origin`, with the user [`EMAIL`].
    ///
    /// # Panics
    /// When it cannot be added.
    pub async fn add_tenant(&self, origin: &str) -> TenantId {
        let tenant = self.app.add_tenant(wish(origin, Setup::by_tap())).await.unwrap();
        add_user(&self.app, tenant, EMAIL, Role::Member).await;
        tenant
    }

    /// A browser without cookies.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin).unwrap()
    }

    /// The tenant with its signing key.
    ///
    /// # Panics
    /// When it is not there.
    pub async fn at(&self) -> Arc<TenantHandle> {
        let origin = Origin::parse(&self.origin).unwrap();
        self.app.tenant(origin.authority()).await.unwrap().unwrap()
    }

    /// The file with the server's master keys.
    #[must_use]
    pub fn key_file(&self) -> &std::path::Path {
        &self.settings.keys.file
    }

    /// The user [`EMAIL`], as the server knows them.
    ///
    /// # Panics
    /// When there is no such user.
    pub async fn person(&self) -> User {
        self.app.find_user(self.tenant, EMAIL).await.unwrap().unwrap()
    }

    /// Sets up an authenticator app for the user [`EMAIL`]; the present step's code is used up by it.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn set_up_app(&self) -> AuthenticatorApp {
        let (at, person, session) = (self.at().await, self.person().await, uuid::Uuid::from_u128(1));
        let offered = self.app.offer_authenticator(&at, &person, session, None).await.unwrap();
        let app = AuthenticatorApp::scan(&offered.uri);
        let code = app.code(self.clock.now());
        let confirmed = self.app.confirm_authenticator(&at, &person, session, &code, None).await.unwrap();
        assert_eq!(confirmed, AuthenticatorConfirmed::Active);
        app
    }

    /// A phone that is not paired yet, with a subscription at the world's push service.
    #[must_use]
    pub fn phone(&self, name: &str) -> Phone {
        self.phone_with_clock_off(name, 0)
    }

    /// As [`World::phone`], with a clock that is ahead by so many seconds, or behind.
    #[must_use]
    pub fn phone_with_clock_off(&self, name: &str, seconds: i64) -> Phone {
        self.phone_woken_by(name, self.push.subscribe(), seconds)
    }

    /// A phone that is not paired yet, with what leads to it and what arrives there.
    pub(crate) fn phone_woken_by(
        &self,
        name: &str,
        subscription: (PushEndpoint, Receiver<Vec<u8>>),
        seconds: i64,
    ) -> Phone {
        let seed: [u8; 8] = countersign_protocol::random::bytes(&*self.random);
        let random = Arc::new(Repeatable::new(&format!("phone {seed:?}")));
        let clock = Arc::new(Off { clock: self.clock.clone(), seconds });
        Phone::new(name, subscription, clock, random)
    }

    /// A phone that is paired with the user [`EMAIL`].
    pub async fn paired_phone(&self, name: &str) -> Phone {
        let phone = self.phone(name);
        self.pair(&phone, self.user).await;
        phone
    }

    /// Pairs a phone with a user, without a browser.
    ///
    /// # Panics
    /// When phone or server refuse.
    pub async fn pair(&self, phone: &Phone, user: UserId) {
        let at = self.at().await;
        let link = self.app.offer_pairing(&at, user).await.unwrap();
        let started = phone.core.pair(link.to_string(), Some(phone.push.clone())).await.unwrap();
        let confirmed = self.app.confirm_newest_pairing(&at, user, &started.code).await.unwrap();
        assert!(matches!(confirmed, Confirmed::Active(_)), "{confirmed:?}");
        phone.core.refresh_account(started.account.id).await.unwrap();
    }

    /// Types e-mail and password; which login waits then.
    ///
    /// # Panics
    /// When none does.
    pub async fn begin(&self, browser: &Browser) -> LoginId {
        self.begin_as(browser, EMAIL).await
    }

    /// As [`World::begin`], for another user.
    ///
    /// # Panics
    /// When no login waits then.
    pub async fn begin_as(&self, browser: &Browser, email: &str) -> LoginId {
        let answer = browser.sign_in(email, PASSWORD).await.unwrap();
        assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/login/code")));
        login_of(browser)
    }

    /// Posts what the Code screen posts once the phone has approved.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn complete(&self, browser: &Browser) -> Page {
        let code = browser.get("/login/code").await.unwrap();
        browser.submit(&code, "/login/complete", &[]).await.unwrap()
    }

    /// One whole sign-in; whether the number was asked for.
    ///
    /// # Panics
    /// When it does not come about.
    pub async fn sign_in(&self, browser: &Browser, phone: &Phone) -> bool {
        self.begin(browser).await;
        let code = browser.get("/login/code").await.unwrap();
        let number = code.text_of("code-number");
        let request = phone.request().await;
        assert_eq!(number.is_some(), matches!(request.mode, Mode::Number { .. }));
        assert_eq!(phone.core.approve(request, number.clone()).await.unwrap(), Outcome::Approved);
        assert_eq!(self.complete(browser).await.location.as_deref(), Some("/"));
        number.is_some()
    }

    /// Signs a browser out.
    ///
    /// # Panics
    /// When it was not signed in.
    pub async fn sign_out(&self, browser: &Browser) {
        let start = browser.get("/").await.unwrap();
        let out = browser.submit(&start, "/logout", &[]).await.unwrap();
        assert_eq!(out.location.as_deref(), Some("/login?signed-out"));
    }

    /// Lets time pass, and lets the server notice.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.app.sweep().await.unwrap();
    }

    /// Stops the server as a signal does, and waits until it is down.
    ///
    /// # Panics
    /// When it does not stop.
    pub async fn stop(&mut self) {
        if let Some(Running { stop, served }) = self.running.take() {
            stop.send(()).unwrap();
            within("the server stops", served).await.unwrap();
        }
    }

    /// Stops the server and starts another one on the same database and port.
    pub async fn restart(&mut self) {
        self.stop().await;
        let service = begin(&self.settings, &self.clock, &self.random).await;
        self.app = Arc::clone(&service.app);
        self.running = Some(serve(service, &self.listener));
    }
}

/// The login that a browser's cookie names.
///
/// # Panics
/// When it has none.
#[must_use]
pub fn login_of(browser: &Browser) -> LoginId {
    let cookie = browser.cookies().get("countersign-login").expect("a login cookie").clone();
    cookie.split('.').next().unwrap().parse().unwrap()
}

fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn wish(origin: &str, setup: Setup) -> TenantWish {
    TenantWish {
        name: "ACME".into(),
        origin: Origin::parse(origin).unwrap(),
        policy: Policy { number_rule: setup.number_rule, ..Policy::default() },
        facts: Facts::default(),
        require_hardware_keys: setup.require_hardware_keys,
    }
}

async fn add_user(app: &App, tenant: TenantId, email: &str, role: Role) -> UserId {
    let wish = UserWish::new(email, "Ada Lovelace", role, PASSWORD.to_owned().into());
    let tenant = app.tenant_now(tenant).await.unwrap();
    app.add_user(&By::CommandLine, &tenant, wish).await.unwrap()
}

async fn begin(settings: &Settings, clock: &Arc<MovableClock>, random: &Arc<dyn Random>) -> Service {
    let db = open_database(settings, false).await.unwrap();
    Service::begin(settings.clone(), db, clock.clone(), Arc::clone(random)).await.unwrap()
}

fn serve(service: Service, listener: &StdListener) -> Running {
    let listener = TcpListener::from_std(listener.try_clone().unwrap()).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(service.serve(listener, async {
        // A dropped sender stops the server as well.
        let _ = stopped.await;
    }));
    Running { stop, served }
}

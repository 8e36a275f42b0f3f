//! The whole system on one desk: a server on an embedded SQLite, one tenant, a few people, one paired phone.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use countersign_mobile_core::{Core, Lang, PushEndpoint};
use countersign_protocol::random::{self, Random, SystemRandom};
use countersign_server::app::{App, Confirmed};
use countersign_server::config::{self, Settings};
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::tenant::Origin;
use countersign_server::init::init;
use countersign_server::service::{Service, open_database};
use tokio::net::TcpListener;
use tokio::sync::mpsc::Receiver;

use crate::desk::{self, NobodyAsked, SystemClock};
use crate::inbox::Inbox;
use crate::people::{EMAIL, Rules, add_people};
use crate::push_service::PushService;

/// Any error: whoever starts the demo can only read it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Who is in the house.
pub struct Occupants {
    /// Where the browser goes.
    pub origin: String,
    /// What to type.
    pub password: String,
    /// The phone.
    pub core: Arc<Core>,
    /// Where the phone's wakes go.
    pub push: PushEndpoint,
    /// The phone's wakes.
    pub wakes: Receiver<Vec<u8>>,
    /// The desk's push service.
    pub push_service: PushService,
    /// The person's mailbox.
    pub inbox: Inbox,
    /// The server's use cases.
    pub app: Arc<App>,
}

/// A phone of the person's, not paired yet.
pub struct DeskPhone {
    /// The phone.
    pub core: Arc<Core>,
    /// Where its wakes go.
    pub push: PushEndpoint,
    /// Its wakes.
    pub wakes: Receiver<Vec<u8>>,
}

impl DeskPhone {
    /// A new phone of this name. `phone_origin` is where `push_service` is served.
    ///
    /// # Errors
    /// HTTP cannot be set up.
    pub fn new(push_service: &PushService, phone_origin: &str, name: &str) -> Result<Self, Failure> {
        let (push, wakes) = push_service.subscribe(phone_origin);
        let phone = desk::desk_phone(name, Lang::English);
        let core = Arc::new(Core::new(desk::ports_in_memory(Arc::new(NobodyAsked))?, phone));
        Ok(Self { core, push, wakes })
    }
}

/// A house that is ready to be served.
pub struct House {
    occupants: Occupants,
    service: Service,
    browser_listener: TcpListener,
}

impl House {
    /// Builds the house in the folder `dir`. `phone_origin` is where [`Occupants::push_service`] will be
    /// served.
    ///
    /// # Errors
    /// Anything that stands in the way.
    pub async fn build(
        dir: &Path,
        browser_listener: TcpListener,
        phone_origin: &str,
        rules: Rules,
    ) -> Result<Self, Failure> {
        let made = init(dir, &SystemRandom::new())?;
        let origin = format!("http://localhost:{}", browser_listener.local_addr()?.port());
        let inbox = Inbox::open(&SystemRandom::new()).await?;
        let settings = settings(&made.settings_file, &inbox, rules.preset)?;
        let db = open_database(&settings, true).await?;
        db.migrate().await?;
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemRandom::new()));
        let service = Service::begin(settings, db, clock, entropy.clone()).await?;

        let password = easy_password(&*entropy);
        add_people(&service.app, &origin, rules, &password).await?;
        let push_service = PushService::new(entropy, Arc::new(SystemClock));
        let DeskPhone { core, push, wakes } = DeskPhone::new(&push_service, phone_origin, "Ada’s phone")?;
        let app = Arc::clone(&service.app);
        let occupants = Occupants { origin, password, core, push, wakes, push_service, inbox, app };
        Ok(Self { occupants, service, browser_listener })
    }

    /// Pairs the phone, over the network like any phone. The server must be served meanwhile.
    ///
    /// # Errors
    /// The phone or the server refuses.
    pub async fn pair(app: &App, core: &Core, origin: &str, push: PushEndpoint) -> Result<(), Failure> {
        let origin = Origin::parse(origin)?;
        let at = app.tenant(origin.authority()).await?.ok_or("the tenant is missing")?;
        let user = app.find_user(at.tenant.id, EMAIL).await?.ok_or("the user is missing")?;
        let link = app.offer_pairing(&at, user.id).await?;
        core.set_push(Some(push)).await?;
        let started = core.pair(link.to_string(), None).await?;
        match app.confirm_newest_pairing(&at, user.id, &started.code).await? {
            Confirmed::Active(_) => {}
            _ => return Err("the server did not take the phone's code".into()),
        }
        core.refresh_account(started.account.id).await?;
        Ok(())
    }

    /// Serves the browser's address until `stop` is done.
    pub fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> (Occupants, tokio::task::JoinHandle<()>) {
        let server = tokio::spawn(self.service.serve(self.browser_listener, stop));
        (self.occupants, server)
    }
}

/// What the demo sets differently: its phone and its mailbox are on this very machine. Where networks are what is to be
/// tried, this machine passes for a proxy: `X-Forwarded-For` then says from where somebody comes.
fn settings(file: &Path, inbox: &Inbox, preset: Preset) -> Result<Settings, Failure> {
    let own = [
        ("COUNTERSIGN_PUSH__ALLOW_PRIVATE_ENDPOINTS", "true"),
        ("COUNTERSIGN_LOG__LEVEL", "warn"),
        ("COUNTERSIGN_MAIL__SERVER", inbox.address()),
        ("COUNTERSIGN_MAIL__SECURITY", "none"),
        ("COUNTERSIGN_MAIL__FROM", "ACME <no-reply@example.com>"),
    ];
    let proxies = (preset == Preset::ProductIp).then_some(("COUNTERSIGN_HTTP__TRUSTED_PROXIES", "127.0.0.1"));
    let own = own.into_iter().chain(proxies).map(|(name, value)| (name.to_owned(), value.to_owned()));
    debug_assert_eq!(config::file_in(file.parent().unwrap_or(file)), file);
    Ok(Settings::load(file, own)?)
}

/// Twelve digits in three groups: easy to type, different each time.
fn easy_password(random: &dyn Random) -> String {
    let groups: [String; 3] = std::array::from_fn(|_| random::digits(random, 4));
    groups.join("-")
}

//! What an app calls.

use std::sync::Arc;
use std::time::Duration;

use countersign_mobile_core::{Core, Error, Lang, popup_changes, texts};
use countersign_protocol::time::Clock as _;

use crate::accounts::{Account, PairingStarted, PushEndpoint};
use crate::advice::{ClockSkew, Explanation};
use crate::border::Time;
use crate::error::CountersignError;
use crate::popups::{Popup, PopupChanges};
use crate::ports::{PhoneInfo, Ports};
use crate::requests::{Answered, Pending, PendingRequest, login};
use crate::watch::Watch;

type Result<T> = std::result::Result<T, CountersignError>;

/// The accounts on this phone and all that can be done with them. Make one at the start of the app and
/// share it; each method may be called from anywhere, at any time.
#[derive(uniffi::Object)]
pub struct Countersign {
    pub(crate) core: Core,
    pub(crate) lang: Lang,
    clock: Time,
}

impl Countersign {
    pub(crate) fn told<T>(&self, result: std::result::Result<T, Error>) -> Result<T> {
        result.map_err(|error| CountersignError::from_core(&error, self.lang))
    }

    fn shown(&self, account: countersign_mobile_core::Account) -> Account {
        Account::from_core(account, self.lang)
    }
}

#[uniffi::export]
impl Countersign {
    /// Over what the app brings. Does nothing yet.
    #[uniffi::constructor]
    #[must_use]
    pub fn new(ports: Ports, phone: PhoneInfo) -> Arc<Self> {
        let lang = Lang::from_tag(&phone.language);
        let clock = Time(ports.clock.clone());
        Arc::new(Self { core: Core::new(ports.into(), phone.into()), lang, clock })
    }

    /// The accounts on this phone, in the order in which they were paired. Asks no server, but the key store,
    /// whether their keys are still there: offer to pair those again that have a `fault`.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let accounts = self.told(self.core.accounts().await)?;
        Ok(accounts.into_iter().map(|account| self.shown(account)).collect())
    }

    /// Pairs this phone: makes its keys, claims the pairing, and stores the account, unconfirmed. Show the
    /// code; the person types it into the browser that shows the link. Then call `refresh_account` every
    /// few seconds until the account is active.
    ///
    /// Asks for a biometric. Where it fails, nothing stays on the phone.
    pub async fn pair(&self, link: String) -> Result<PairingStarted> {
        let started = self.told(self.core.pair(link, None).await)?;
        Ok(PairingStarted::from_core(started, self.lang))
    }

    /// Asks the server where an account stands, and remembers it. `PairAgain` if it was removed there, or
    /// its code was not typed in time.
    pub async fn refresh_account(&self, account_id: String) -> Result<Account> {
        self.told(self.core.refresh_account(account_id).await).map(|account| self.shown(account))
    }

    /// What waits for an answer, over all accounts, newest first. A server that cannot be reached hides no
    /// other server's requests.
    pub async fn pending(&self) -> Result<Pending> {
        let pending = self.told(self.core.pending().await)?;
        Ok(Pending::from_core(pending, self.lang))
    }

    /// One approval request, as a tap on its popup asks for. The server learns that the person looks at it.
    pub async fn fetch(&self, account_id: String, login_id: String) -> Result<PendingRequest> {
        let found = async { self.core.fetch(account_id, login(&login_id)?).await };
        let request = self.told(found.await)?;
        Ok(PendingRequest::from_core(request, self.lang))
    }

    /// Approves a login. Asks for a biometric. `number` is what the person typed, where
    /// `number_digits` asks for one; a wrong number is no error but an outcome: the login is over.
    pub async fn approve(&self, request: PendingRequest, number: Option<String>) -> Result<Answered> {
        let answered = async { self.core.approve(request.try_into()?, number).await };
        Ok(Answered::from_core(self.told(answered.await)?, self.lang))
    }

    /// Denies a login. Asks for no biometric.
    pub async fn deny(&self, request: PendingRequest) -> Result<Answered> {
        let answered = async { self.core.deny(request.try_into()?).await };
        Ok(Answered::from_core(self.told(answered.await)?, self.lang))
    }

    /// Denies a login and says that it was somebody else, who knows the password. Asks for no biometric.
    pub async fn report(&self, request: PendingRequest) -> Result<Answered> {
        let answered = async { self.core.report(request.try_into()?).await };
        Ok(Answered::from_core(self.told(answered.await)?, self.lang))
    }

    /// What to do about popups after a wake, and after an answer: looks at what waits, and compares it with the
    /// popups that are `shown`. A popup stays where its account could not be asked, until its time is over.
    /// Changes nothing, so that a process beside the app may call it.
    pub async fn popup_changes(&self, shown: Vec<Popup>) -> Result<PopupChanges> {
        let pending = self.told(self.core.look().await)?;
        let shown: Vec<_> = shown.into_iter().filter_map(Popup::into_core).collect();
        let changes = popup_changes(&shown, &pending, self.clock.now());
        let show = changes.show.into_iter().map(|each| PendingRequest::from_core(each, self.lang));
        Ok(PopupChanges {
            show: show.collect(),
            withdraw: changes.withdraw.into_iter().map(Into::into).collect(),
            title: texts::popup_title(self.lang),
            body: texts::popup_body(changes.waiting, self.lang),
            pending: Pending::from_core(pending, self.lang),
        })
    }

    /// Opens an account's stream of events, to be held while the app is in front. `TellUser(not_found)`
    /// from a server that has none: call `pending` every 15 seconds instead.
    pub async fn watch(&self, account_id: String) -> Result<Arc<Watch>> {
        let events = self.told(self.core.watch(account_id).await)?;
        Ok(Arc::new(Watch::new(events, self.lang)))
    }

    /// How long to pause before the next watch is opened, however the last one ended: 1 s, doubled up to 30 s,
    /// a quarter more or less by chance. `failed` is how many in a row failed to open or ended within half a
    /// minute; 0 after one that lasted.
    #[must_use]
    pub fn reconnect_pause(&self, failed: u32) -> Duration {
        self.core.reconnect_pause(failed)
    }

    /// Says where wakes go from now on, on all accounts; none where the person allows no popups. Call it
    /// whenever the platform hands out a token, which is at least once at each start of the app. A server
    /// that cannot be reached is told later.
    pub async fn set_push(&self, endpoint: Option<PushEndpoint>) -> Result<()> {
        let endpoint = self.told(endpoint.map(TryInto::try_into).transpose())?;
        self.told(self.core.set_push(endpoint).await)
    }

    /// Gives this phone another name on an account's server.
    pub async fn rename_device(&self, account_id: String, name: String) -> Result<Account> {
        self.told(self.core.rename_device(account_id, name).await).map(|account| self.shown(account))
    }

    /// Ends an account: tells its server, which tells the person by mail, and removes it from this phone.
    /// `RetryLater` where the server cannot be reached: the account stays, and `remove` removes it all the same.
    pub async fn unpair(&self, account_id: String) -> Result<()> {
        self.told(self.core.unpair(account_id).await)
    }

    /// Removes an account and its keys from this phone. The server is not told: see `unpair`.
    pub async fn remove(&self, account_id: String) -> Result<()> {
        self.told(self.core.remove_account(account_id).await)
    }

    /// Forgets what is stored and cannot be read, after `TellUser(storage_damaged)`, and keeps what can. Ask the
    /// person first: the accounts are gone then, and a newer version of the app might have read them.
    pub async fn forget_damaged(&self) -> Result<()> {
        self.told(self.core.forget_damaged().await)
    }

    /// Whether to show `biometrics_why` before the next call that asks for a biometric.
    pub async fn explains_biometrics(&self) -> Result<bool> {
        self.told(self.core.explains_biometrics().await)
    }

    /// Notes that the person has read it: it is not shown again.
    pub async fn biometrics_explained(&self) -> Result<()> {
        self.told(self.core.biometrics_explained().await)
    }

    /// How far the phone's clock is off, if a server refused a call for it since the app was started: show the
    /// sentence.
    #[must_use]
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        let skew = self.core.clock_skew()?;
        Some(ClockSkew { ahead_seconds: skew.ahead_seconds, sentence: skew.message(self.lang) })
    }

    /// Why the phone is about to ask for a face or a finger.
    #[must_use]
    pub fn biometrics_why(&self) -> Explanation {
        let texts::Explanation { title, body, button } = texts::biometrics_why(self.lang);
        Explanation { title, body, button }
    }

    /// The first line of a popup, where nothing could be fetched.
    #[must_use]
    pub fn popup_title(&self) -> String {
        texts::popup_title(self.lang)
    }

    /// The second line of a popup, where nothing could be fetched.
    #[must_use]
    pub fn popup_body(&self) -> String {
        texts::popup_body(1, self.lang)
    }

    /// That popups do not reach this phone, and what to do about it: for an account whose push is lost.
    #[must_use]
    pub fn push_lost_sentence(&self) -> String {
        texts::push_lost(self.lang)
    }

    /// That a request which was on show needs no answer any more.
    #[must_use]
    pub fn answered_elsewhere_sentence(&self) -> String {
        texts::answered_elsewhere(self.lang)
    }

    /// That several requests wait: above the app's list.
    #[must_use]
    pub fn waiting_sentence(&self, requests: u32) -> String {
        texts::waiting(requests, self.lang)
    }

    /// For screen readers: what the field for the number is called.
    #[must_use]
    pub fn spoken_number(&self, digits: u8) -> String {
        texts::spoken_number(digits, self.lang)
    }

    /// For screen readers: a code, digit by digit.
    #[must_use]
    pub fn spoken_digits(&self, code: String) -> String {
        texts::spoken_digits(&code)
    }

    /// For screen readers: how much time is left.
    #[must_use]
    pub fn spoken_time_left(&self, seconds: u32) -> String {
        texts::spoken_time_left(seconds, self.lang)
    }
}

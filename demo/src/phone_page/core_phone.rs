//! The real phone behind the page: the mobile core.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign_mobile_core::ports::HttpClient;
use countersign_mobile_core::{self as mobile, Core, Error, Lang, Outcome, Reason};
use countersign_protocol::ids::LoginId;
use countersign_protocol::random::Random;
use countersign_protocol::time::{Clock, NumericDate};

use crate::desk::Follower;

use super::phone::{Account, AccountState, Pending, Phone, PhoneError, Waiting};
use super::picture::Picture;

/// The mobile core as the page's phone.
pub struct CorePhone {
    core: Arc<Core>,
    /// For pictures: all else is the core's to send.
    http: Arc<dyn HttpClient>,
    follower: Follower,
    clock: Arc<dyn Clock>,
    /// What the core last said of each login: it decides on what was shown.
    shown: Mutex<HashMap<LoginId, mobile::PendingRequest>>,
    /// The codes on show, by account: a phone forgets them when it is restarted.
    codes: Mutex<HashMap<String, Code>>,
}

#[derive(Clone)]
struct Code {
    code: String,
    expires_at: NumericDate,
}

impl CorePhone {
    /// A phone over `core`, which fetches pictures by `http`.
    #[must_use]
    pub fn new(
        core: Arc<Core>,
        http: Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let follower = Follower::new(Arc::clone(&core), Arc::clone(&clock), random);
        Self { core, http, follower, clock, shown: Mutex::default(), codes: Mutex::default() }
    }

    fn shown(&self, login: LoginId) -> Result<mobile::PendingRequest, PhoneError> {
        let found = lock(&self.shown).get(&login).cloned();
        found.ok_or_else(|| PhoneError::from(Error::from(Reason::UnknownRequest)))
    }

    fn code(&self, account: &str) -> Option<Code> {
        let now = self.clock.now().into();
        lock(&self.codes).get(account).filter(|code| code.expires_at > now).cloned()
    }

    /// Where an account stands. One whose code was never typed goes when its server forgets it.
    async fn account(&self, known: mobile::Account) -> Result<Option<Account>, PhoneError> {
        if known.state == mobile::AccountState::Active {
            return Ok(Some(page_account(known, AccountState::Active)));
        }
        let state = match self.core.refresh_account(known.id.clone()).await {
            Ok(now) if now.state == mobile::AccountState::Active => AccountState::Active,
            Err(error) if *error.reason() == Reason::UnknownDevice => {
                self.core.remove_account(known.id).await?;
                return Ok(None);
            }
            // Unconfirmed still, or not known: the code stays on show.
            Ok(_) | Err(_) => {
                let code = self.code(&known.id);
                let (code, expires_at) = code.map(|code| (code.code, code.expires_at)).unzip();
                AccountState::Unconfirmed { code, expires_at }
            }
        };
        Ok(Some(page_account(known, state)))
    }
}

#[async_trait]
impl Phone for CorePhone {
    async fn accounts(&self) -> Result<Vec<Account>, PhoneError> {
        let mut accounts = Vec::new();
        for known in self.core.accounts().await? {
            accounts.extend(self.account(known).await?);
        }
        Ok(accounts)
    }

    async fn logo(&self, account: &str) -> Option<Picture> {
        let accounts = self.core.accounts().await.ok()?;
        let url = accounts.into_iter().find(|known| known.id == account)?.logo?;
        Picture::fetch(&*self.http, url).await
    }

    async fn waiting(&self) -> Waiting {
        match self.core.pending().await {
            Err(error) => Waiting { requests: Vec::new(), trouble: Some(error.into()) },
            Ok(pending) => {
                let requests = pending.requests.iter().map(page_request).collect();
                *lock(&self.shown) = pending.requests.into_iter().map(|each| (each.login, each)).collect();
                let trouble = pending.unreached.into_iter().next().map(|unreached| unreached.error.into());
                Waiting { requests, trouble }
            }
        }
    }

    async fn open(&self, login: LoginId) -> Result<(), PhoneError> {
        let account = self.shown(login)?.account_id;
        let fetched = self.core.fetch(account, login).await?;
        lock(&self.shown).insert(login, fetched);
        Ok(())
    }

    async fn approve(&self, login: LoginId, number: Option<String>) -> Result<Outcome, PhoneError> {
        Ok(self.core.approve(self.shown(login)?, number).await?)
    }

    async fn deny(&self, login: LoginId) -> Result<Outcome, PhoneError> {
        Ok(self.core.deny(self.shown(login)?).await?)
    }

    async fn report(&self, login: LoginId) -> Result<Outcome, PhoneError> {
        Ok(self.core.report(self.shown(login)?).await?)
    }

    async fn pair(&self, link: &str) -> Result<Account, PhoneError> {
        let started = self.core.pair(link.to_owned(), None).await?;
        self.follower.keep_up().await?;
        let code = Code { code: started.code, expires_at: started.expires.into() };
        lock(&self.codes).insert(started.account.id.clone(), code.clone());
        let state = AccountState::Unconfirmed { code: Some(code.code), expires_at: Some(code.expires_at) };
        Ok(page_account(started.account, state))
    }

    async fn hint(&self) {
        if let Err(error) = self.follower.keep_up().await {
            tracing::warn!(%error, "the accounts cannot be followed");
        }
        self.follower.hint().await;
    }

    fn rest(&self) {
        self.follower.rest();
    }

    async fn opened(&self) {
        for account in self.core.accounts().await.unwrap_or_default() {
            // What is wrong with an account is told by the list of what waits.
            let _told_elsewhere = self.core.refresh_account(account.id).await;
        }
    }

    async fn explains_biometrics(&self) -> bool {
        // Once too often is better than never.
        self.core.explains_biometrics().await.unwrap_or(true)
    }

    async fn biometrics_explained(&self) -> Result<(), PhoneError> {
        Ok(self.core.biometrics_explained().await?)
    }
}

impl From<Error> for PhoneError {
    fn from(error: Error) -> Self {
        let code = match (&error, error.reason()) {
            (_, Reason::Expired) => "expired",
            (_, Reason::AlreadyDecided) => "already_decided",
            (_, Reason::UnknownRequest) => "unknown_request",
            (Error::AskAgain(_), _) => "ask_again",
            (Error::PairAgain(_), _) => "pair_again",
            (Error::UpdateApp(_), _) => "update_app",
            (Error::TellUser(_), _) => "tell_user",
            (Error::RetryLater(_), _) => "retry_later",
        };
        Self::new(code, error.message(Lang::English), error.message(Lang::Japanese))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn page_account(known: mobile::Account, state: AccountState) -> Account {
    let mobile::Account { id, tenant_name: tenant, colour, logo, account, origin, push, .. } = known;
    Account { id, tenant, colour, logo, account, origin, push, state }
}

fn page_request(request: &mobile::PendingRequest) -> Pending {
    Pending {
        id: request.login,
        account_id: request.account_id.clone(),
        tenant: request.tenant_name.clone(),
        account: request.account.clone(),
        application: request.application.clone(),
        browser: request.browser.clone(),
        system: request.system.clone(),
        address: request.address.clone(),
        place: request.place.clone(),
        asked_at: request.asked_at.into(),
        expires_at: request.expires_at.into(),
        mode: request.mode,
        purpose: request.purpose,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_has_a_screen_for_keeps_its_code() {
        let table = [
            (Reason::Expired, "expired"),
            (Reason::AlreadyDecided, "already_decided"),
            (Reason::UnknownRequest, "unknown_request"),
            (Reason::NotAPairingLink, "ask_again"),
            (Reason::UnknownDevice, "pair_again"),
            (Reason::Unreachable("refused".into()), "retry_later"),
        ];
        for (reason, code) in table {
            let error = PhoneError::from(Error::from(reason));
            assert_eq!(error.code, code);
            assert!(!error.message.en.is_empty() && error.message.en != error.message.ja, "{code}");
            assert!(!error.message.en.contains("refused"), "what is for the log stays there");
        }
    }
}

//! What is shown to whoever has to set up a second factor in a sign-in. What comes of it is in [`super::set_up`].

use std::net::IpAddr;

use countersign_protocol::ids::UserId;

use super::authenticators::OfferedAuthenticator;
use super::cookies::{LoginCookie, PairingCookie};
use super::pairing::PairingView;
use super::set_up::{NoSetUp, Waiting};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::Factor;

/// The order in which ways are suggested to whoever has none.
const SUGGESTED: [Factor; 3] = [Factor::Push, Factor::Totp, Factor::Passkey];

/// What is shown to whoever has to set up a second factor before anything else.
pub struct SetUp {
    /// What is offered first.
    pub offer: SetUpOffer,
    /// What may be set up instead, in the order in which it is suggested.
    pub others: Vec<Factor>,
}

/// What is offered to be set up.
pub enum SetUpOffer {
    /// A secret for an authenticator app.
    Authenticator {
        /// The secret.
        offered: OfferedAuthenticator,
        /// Whose account the app will show: an e-mail address.
        account: String,
    },
    /// A link for a phone. With it, what the browser has to keep, if it is a new one.
    Phone {
        /// The link, and for how long it is good.
        view: PairingView,
        /// The new cookie.
        cookie: Option<PairingCookie>,
    },
    /// A passkey: the browser's script asks for it.
    Passkey,
    /// Nothing that is accepted can be set up here.
    Nothing,
}

impl App {
    /// What the browser shows whose login waits for a second factor to be set up: `wanted`, or what is suggested.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if a secret cannot be unsealed.
    pub async fn set_up_screen(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        pairing: Option<PairingCookie>,
        wanted: Option<Factor>,
        address: IpAddr,
    ) -> Result<Result<SetUp, NoSetUp>, AppError> {
        let Waiting { login, user } = match self.waiting_for_set_up(at, cookie).await? {
            Ok(waiting) => waiting,
            Err(no) => return Ok(Err(no)),
        };
        let mut others: Vec<_> =
            SUGGESTED.into_iter().filter(|factor| self.can_set_up(at, *factor)).collect();
        let wanted = wanted.filter(|wanted| others.contains(wanted)).or(others.first().copied());
        others.retain(|factor| Some(*factor) != wanted);
        let offer = match wanted {
            Some(Factor::Totp) => {
                let offered = self.offer_authenticator(at, &user, login.id.0, Some(address)).await?;
                SetUpOffer::Authenticator { offered, account: user.email }
            }
            Some(Factor::Push) => self.phone_to_set_up(at, user.id, pairing, address).await?,
            Some(_) => SetUpOffer::Passkey,
            None => SetUpOffer::Nothing,
        };
        Ok(Ok(SetUp { offer, others }))
    }

    /// The link that the browser was given, or a new one in place of one that is over.
    async fn phone_to_set_up(
        &self,
        at: &TenantHandle,
        user: UserId,
        cookie: Option<PairingCookie>,
        address: IpAddr,
    ) -> Result<SetUpOffer, AppError> {
        if let Some(cookie) = cookie {
            let view = self.view_pairing(at, user, &cookie).await?;
            if matches!(view, PairingView::Offered { .. }) {
                return Ok(SetUpOffer::Phone { view, cookie: None });
            }
        }
        let link = self.offer_pairing_to(at, user, Some(address)).await?;
        let cookie = PairingCookie { pairing: link.id, secret: link.secret };
        let view = self.view_pairing(at, user, &cookie).await?;
        Ok(SetUpOffer::Phone { view, cookie: Some(cookie) })
    }
}

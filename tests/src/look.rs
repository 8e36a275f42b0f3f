//! A look into a world's database, past every page.

use countersign_protocol::ids::LoginId;
use countersign_protocol::time::Clock;
use countersign_server::domain::login::LoginState;
use countersign_server::store::requests::Receipt;
use countersign_server::store::{StoreError, Tx, logins, requests};
use futures_util::future::BoxFuture;

use crate::world::World;

impl World {
    /// Where a login stands in the database, with the present applied.
    ///
    /// # Panics
    /// When there is no such login.
    pub async fn standing(&self, login: LoginId) -> LoginState {
        let (tenant, now) = (self.tenant, self.clock.now());
        let row = self.read(move |tx| Box::pin(logins::by_id(tx, tenant, login))).await;
        row.unwrap().standing(now)
    }

    /// The receipt of a login.
    pub async fn receipt(&self, login: LoginId) -> Option<Receipt> {
        let tenant = self.tenant;
        self.read(move |tx| Box::pin(requests::receipt(tx, tenant, login))).await
    }

    /// The audit events of the user [`EMAIL`], oldest first.
    pub async fn events_of_user(&self) -> Vec<String> {
        let (tenant, user) = (self.tenant, self.user);
        const EVENTS: &str = "SELECT event FROM audit WHERE tenant_id = $1 AND user_id = $2 ORDER BY at, id";
        let query = self.app.db().read_one(move |tx| {
            Box::pin(async move { tx.query(EVENTS).bind(tenant.0).bind(user.0).fetch_all().await })
        });
        let rows: Vec<(String,)> = query.await.unwrap();
        rows.into_iter().map(|(event,)| event).collect()
    }

    /// The one number that a statement gives.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let row: (i64,) = self.read(move |tx| Box::pin(tx.query(sql).fetch_one())).await;
        row.0
    }

    /// The texts in the one column that a statement gives.
    pub async fn texts(&self, sql: &'static str) -> Vec<Option<String>> {
        let rows: Vec<(Option<String>,)> = self.read(move |tx| Box::pin(tx.query(sql).fetch_all())).await;
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// Makes everybody's password cheap to check: for a story of a thousand sign-ins.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn cheapen_passwords(&self) {
        // Argon2id of the one password, as cheap as its parameters go.
        const SQL: &str = "UPDATE users SET password_hash = \
            '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$p15c/TOJ3ovY07sMZYG2VvFjxPpwKMT5GPQgPMRev2o'";
        self.app.db().write(|tx| Box::pin(tx.query(SQL).execute())).await.unwrap();
    }

    async fn read<T: Send>(
        &self,
        unit: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Send,
    ) -> T {
        self.app.db().read(unit).await.unwrap()
    }
}

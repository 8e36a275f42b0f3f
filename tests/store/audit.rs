//! The chain of audit lines, and finding them.

use std::net::IpAddr;

use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use countersign_server::domain::actor::Actor;
use countersign_server::domain::audit::chain::{Chained, Head};
use countersign_server::domain::audit::event::AuditResult;
use countersign_server::domain::audit::filter::AuditFilter;
use countersign_server::domain::audit::verify::verify;
use countersign_server::store::audit::{self, AuditLine};
use countersign_server::store::audit_chain::{self, SealedHead};
use countersign_server::store::audit_search::{self, Found};
use countersign_server::store::tenants;
use countersign_tests::On;
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_tenant, random, unit};

stories!(
    lines_are_chained_in_the_order_of_time_and_come_out_as_they_went_in,
    of_chainers_that_race_one_wins_and_nothing_is_numbered_twice,
    tenants_with_lines_to_be_chained_are_found,
    lines_are_found_by_whatever_is_asked_for,
    pages_have_every_line_once,
);

fn line(tenant: TenantId, number: u128, event: &'static str) -> AuditLine {
    AuditLine {
        id: Uuid::from_u128(number),
        tenant,
        user: None,
        at: at(number as i64),
        event,
        detail: json!({ "number": number as u64 }),
        actor: Actor::Server,
    }
}

impl Fixture {
    async fn append(&self, new: AuditLine) {
        self.write(unit!([new] | tx | audit::append(tx, &new).await)).await;
    }

    /// Chains what is loose after the head that was read. False if that is the head no more.
    async fn chain(&self, end: Option<SealedHead>, at_most: i64) -> bool {
        let tenant = self.tenant;
        let loose = self.read(move |tx| Box::pin(audit_chain::loose(tx, tenant, at_most))).await;
        self.write(move |tx| {
            let (mut head, mut places) = (end.map_or(Head::START, |end| end.head), Vec::new());
            for line in &loose {
                head = head.followed_by(line);
                places.push((line.id, head));
            }
            Box::pin(async move {
                let new = SealedHead { head, seal: sha256("seal"), chained_at: at(0) };
                if !audit_chain::move_head(tx, tenant, end.as_ref(), &new).await? {
                    return Ok(false);
                }
                assert_eq!(audit_chain::place(tx, tenant, &places).await?, places.len() as u64);
                Ok(true)
            })
        })
        .await
    }

    async fn end(&self) -> Option<SealedHead> {
        let tenant = self.tenant;
        self.read(move |tx| Box::pin(audit_chain::head(tx, tenant))).await
    }

    async fn chained(&self) -> Vec<Chained> {
        let tenant = self.tenant;
        self.read(move |tx| Box::pin(audit_chain::after(tx, tenant, 0, 1000))).await
    }

    async fn found(&self, filter: AuditFilter) -> Vec<u64> {
        let found = self.page(filter, None, 100).await;
        found.iter().map(number).collect()
    }

    async fn page(&self, filter: AuditFilter, key: Option<(Timestamp, Uuid)>, at_most: i64) -> Vec<Found> {
        let tenant = self.tenant;
        self.read(move |tx| {
            Box::pin(async move { audit_search::search(tx, tenant, &filter, key, at_most).await })
        })
        .await
    }
}

fn number(found: &Found) -> u64 {
    let detail: serde_json::Value = serde_json::from_str(&found.line.detail).unwrap();
    detail["number"].as_u64().unwrap()
}

async fn lines_are_chained_in_the_order_of_time_and_come_out_as_they_went_in(on: On) {
    let fixture = Fixture::new(on).await;
    let (tenant, user) = (fixture.tenant, fixture.user);
    let address: IpAddr = "2001:db8::7".parse().unwrap();
    let full = AuditLine {
        user: Some(user),
        actor: Actor::User(user),
        detail: json!({ "number": 2, "text": "‘東京’\n\"\\", "nested": { "a": [1, null] } }),
        ..line(tenant, 2, "login.denied")
    };
    fixture.append(full.from_address(Some(address))).await;
    fixture.append(line(tenant, 1, "login.expired")).await;
    fixture.append(line(tenant, 3, "tenant.added")).await;
    assert_eq!(fixture.end().await, None);
    assert!(fixture.chain(None, 2).await);
    let first = fixture.end().await;
    assert!(fixture.chain(first, 2).await);

    let lines = fixture.chained().await;
    assert_eq!(lines.iter().map(|line| line.line.id.as_u128()).collect::<Vec<_>>(), [1, 2, 3]);
    let head = fixture.end().await.unwrap().head;
    assert_eq!(verify(&lines, Some((head, true)), None), Ok(head));
    let denied = &lines[1].line;
    assert_eq!((denied.user, denied.at, denied.event.as_str()), (Some(user), at(2), "login.denied"));
    assert_eq!(denied.result.as_deref(), Some("refused"));
    assert_eq!(denied.actor, Some(format!("user:{user}")));
    assert_eq!(denied.address.as_deref(), Some("2001:db8::7"));
    let last = fixture.read(move |tx| Box::pin(audit_chain::last(tx, tenant))).await;
    assert_eq!(last, Some(head));
    let after =
        |seq| Found { line: lines[0].line.clone(), place: Some(Head { seq, link: Head::START.link }) };
    let found = [1, 2, 4, 10].map(after);
    let links = fixture
        .read(move |tx| Box::pin(async move { audit_chain::links_before(tx, tenant, &found).await }))
        .await;
    let wanted = [(1, lines[0].link), (3, lines[2].link)];
    assert_eq!(links, wanted.into());
}

async fn of_chainers_that_race_one_wins_and_nothing_is_numbered_twice(on: On) {
    let fixture = Fixture::new(on).await;
    let mut read = None;
    for round in 0..5 {
        for number in 0..20 {
            fixture.append(line(fixture.tenant, round * 20 + number + 1, "login.seen")).await;
        }
        let chains = (0..6).map(|_| fixture.chain(read, 100));
        let won = futures_util::future::join_all(chains).await;
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}: {won:?}");
        read = fixture.end().await;
    }
    let (lines, head) = (fixture.chained().await, read.unwrap().head);
    assert_eq!(verify(&lines, Some((head, true)), None), Ok(head));
    assert_eq!(head.seq, 100);
    assert!(!fixture.chain(None, 1).await, "there is a head");
    let forged = SealedHead { seal: sha256("other"), ..read.unwrap() };
    assert!(!fixture.chain(Some(forged), 1).await, "that is not the head that was read");
}

async fn tenants_with_lines_to_be_chained_are_found(on: On) {
    let fixture = Fixture::new(on).await;
    let mut tenants = vec![fixture.tenant];
    for name in ["https://b.example", "https://c.example"] {
        let id = TenantId::new(at(0), &random());
        fixture.write(move |tx| Box::pin(async move { tenants::add(tx, &new_tenant(id, name)).await })).await;
        tenants.push(id);
    }
    let loose = async || fixture.read(|tx| Box::pin(audit_chain::tenants_with_loose(tx, 10))).await;
    assert_eq!(loose().await, []);
    for (number, tenant) in [(1, tenants[0]), (2, tenants[0]), (3, tenants[2])] {
        fixture.append(line(tenant, number, "login.seen")).await;
    }
    let mut wanted = vec![tenants[0], tenants[2]];
    wanted.sort_unstable();
    assert_eq!(loose().await, wanted);
    fixture.chain(None, 10).await;
    assert_eq!(loose().await, [tenants[2]]);
}

/// Eight lines of two people, two addresses and several events.
async fn told(fixture: &Fixture) -> (UserId, UserId) {
    let (ada, eve) = (fixture.user, UserId(Uuid::from_u128(99)));
    let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|text| Some(text.parse().unwrap()));
    for (number, event, user, actor, address) in [
        (1, "login.started", Some(ada), Actor::User(ada), here),
        (2, "login.denied", Some(ada), Actor::User(ada), here),
        (3, "login.started", Some(eve), Actor::User(eve), there),
        (4, "login.wrong_code", Some(eve), Actor::User(eve), there),
        (5, "factors.reset", Some(eve), Actor::User(ada), here),
        (6, "login.expired", Some(eve), Actor::Server, None),
        (7, "tenant.added", None, Actor::CommandLine, None),
        (8, "pairing.wrong_code", Some(ada), Actor::User(ada), there),
    ] {
        let new = AuditLine { user, actor, ..line(fixture.tenant, number, event) };
        fixture.append(new.from_address(address)).await;
    }
    (ada, eve)
}

async fn lines_are_found_by_whatever_is_asked_for(on: On) {
    let fixture = Fixture::new(on).await;
    let (ada, eve) = told(&fixture).await;
    let other = TenantId::new(at(0), &random());
    fixture
        .write(move |tx| {
            Box::pin(async move { tenants::add(tx, &new_tenant(other, "https://b.example")).await })
        })
        .await;
    fixture.append(line(other, 50, "login.started")).await;

    let all = AuditFilter::default;
    let what = |what: &str| Some(what.to_owned());
    let here: IpAddr = "192.0.2.1".parse().unwrap();
    for (filter, wanted) in [
        (all(), vec![8, 7, 6, 5, 4, 3, 2, 1]),
        (AuditFilter { what: what("login.started"), ..all() }, vec![3, 1]),
        (AuditFilter { what: what("login"), ..all() }, vec![6, 4, 3, 2, 1]),
        (AuditFilter { what: what("moon"), ..all() }, vec![]),
        (AuditFilter { result: Some(AuditResult::Failed), ..all() }, vec![8, 6, 4]),
        (AuditFilter { result: Some(AuditResult::Succeeded), ..all() }, vec![7, 5]),
        (AuditFilter { what: what("login"), result: Some(AuditResult::Refused), ..all() }, vec![2]),
        (AuditFilter { user: Some(eve), ..all() }, vec![6, 5, 4, 3]),
        (AuditFilter { user: Some(eve), what: what("login"), ..all() }, vec![6, 4, 3]),
        (AuditFilter { user: Some(eve), actor: Some(Actor::User(ada)), ..all() }, vec![5]),
        (AuditFilter { actor: Some(Actor::User(ada)), ..all() }, vec![8, 5, 2, 1]),
        (AuditFilter { actor: Some(Actor::CommandLine), ..all() }, vec![7]),
        (AuditFilter { address: Some(here), ..all() }, vec![5, 2, 1]),
        (AuditFilter { address: Some(here), result: Some(AuditResult::Asked), ..all() }, vec![1]),
        (AuditFilter { from: Some(at(3)), until: Some(at(6)), ..all() }, vec![5, 4, 3]),
        (AuditFilter { from: Some(at(3)), what: what("login.started"), ..all() }, vec![3]),
    ] {
        assert_eq!(fixture.found(filter.clone()).await, wanted, "{filter:?}");
    }
    let tenant = fixture.tenant;
    let people = fixture.read(move |tx| Box::pin(audit_search::people(tx, tenant, [ada, eve].into()))).await;
    assert_eq!(people.into_keys().collect::<Vec<_>>(), [ada]);
}

async fn pages_have_every_line_once(on: On) {
    let fixture = Fixture::new(on).await;
    // Several in one microsecond, which pages must not mix up.
    for number in 1..=20 {
        let event = if number % 3 == 0 { "login.seen" } else { "login.denied" };
        let new = AuditLine { at: at(number as i64 / 7), ..line(fixture.tenant, number, event) };
        fixture.append(new).await;
    }
    for filter in
        [AuditFilter::default(), AuditFilter { what: Some("login".into()), ..AuditFilter::default() }]
    {
        let (mut key, mut seen) = (None, Vec::new());
        loop {
            let page = fixture.page(filter.clone(), key, 3).await;
            let Some(last) = page.last() else { break };
            key = Some(last.key());
            seen.extend(page.iter().map(number));
        }
        assert_eq!(seen, (1..=20).rev().collect::<Vec<_>>());
    }
}

//! What both databases promise alike, and what only SQLite's writer does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::super::testing::{TestDb, empty, migrated, sqlite};
use super::*;

const CREATE: &str = "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL, \
                      owner BIGINT, CONSTRAINT things_name_key UNIQUE (name))";

async fn with_table(at: &TestDb) {
    run(&at.db, CREATE).await.unwrap();
}

async fn run(db: &Db, sql: &'static str) -> Result<u64, StoreError> {
    db.write(move |tx| Box::pin(async move { tx.query(sql).execute().await })).await
}

async fn insert(db: &Db, id: i64, name: &str) -> Result<u64, StoreError> {
    db.write_with((id, name.to_owned()), |(id, name), tx| Box::pin(insert_in(tx, *id, name))).await
}

async fn insert_in(tx: &mut Tx<'_>, id: i64, name: &str) -> Result<u64, StoreError> {
    tx.query("INSERT INTO things (id, name) VALUES ($1, $2)").bind(id).bind(name).execute().await
}

async fn ids(db: &Db) -> Vec<i64> {
    let read = db.read(|tx| {
        Box::pin(async move { tx.query("SELECT id FROM things ORDER BY id").fetch_all::<(i64,)>().await })
    });
    let rows: Result<_, StoreError> = read.await;
    rows.unwrap().into_iter().map(|(id,)| id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_there_once_write_returns() {
    for at in empty().await {
        with_table(&at).await;
        assert_eq!(insert(&at.db, 1, "one").await, Ok(1), "{}", at.name);
        assert_eq!(ids(&at.db).await, [1], "{}", at.name);
    }
}

#[tokio::test]
async fn the_tables_are_brought_up_once() {
    for at in migrated().await {
        assert_eq!(at.db.pending_migrations().await, Ok(false), "{}", at.name);
        at.db.migrate().await.unwrap();
    }
    for at in empty().await {
        assert_eq!(at.db.pending_migrations().await, Ok(true), "{}", at.name);
        let (one, other) = tokio::join!(at.db.migrate(), at.db.migrate());
        assert_eq!((one, other), (Ok(()), Ok(())), "{}", at.name);
        assert_eq!(at.db.pending_migrations().await, Ok(false), "{}", at.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_at_once_exactly_one_wins() {
    for at in empty().await {
        with_table(&at).await;
        insert(&at.db, 1, "one").await.unwrap();
        let claims = (1..=1000_i64).map(|claimant| {
            let db = at.db.clone();
            tokio::spawn(async move {
                let claim = db.write(move |tx| {
                    Box::pin(async move {
                        let sql = "UPDATE things SET owner = $1 WHERE id = 1 AND owner IS NULL";
                        tx.query(sql).bind(claimant).execute().await
                    })
                });
                let won: Result<u64, StoreError> = claim.await;
                won.unwrap()
            })
        });
        let winners: u64 = join_all(claims).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(winners, 1, "{}", at.name);
    }
}

#[tokio::test]
async fn the_same_key_twice_is_a_conflict_of_the_same_name() {
    for at in empty().await {
        with_table(&at).await;
        insert(&at.db, 1, "one").await.unwrap();
        let conflict = |name: &str| Err(StoreError::Conflict { constraint: name.to_owned() });
        assert_eq!(insert(&at.db, 1, "other").await, conflict("things_pkey"), "{}", at.name);
        assert_eq!(insert(&at.db, 2, "one").await, conflict("things_name_key"), "{}", at.name);
    }
}

#[tokio::test]
async fn a_unit_that_ignores_a_failed_statement_is_not_kept() {
    for at in empty().await {
        with_table(&at).await;
        let result: Result<(), StoreError> = at
            .db
            .write(|tx| {
                Box::pin(async move {
                    insert_in(tx, 1, "one").await?;
                    assert!(insert_in(tx, 1, "again").await.is_err());
                    assert!(insert_in(tx, 2, "two").await.is_err());
                    Ok(())
                })
            })
            .await;
        assert_eq!(result, Err(StoreError::went_on()), "{}", at.name);
        assert!(ids(&at.db).await.is_empty(), "{}", at.name);
    }
}

#[tokio::test]
async fn nothing_is_written_by_a_read() {
    for at in empty().await {
        with_table(&at).await;
        let read: Result<u64, StoreError> = at.db.read(|tx| Box::pin(insert_in(tx, 1, "one"))).await;
        let single: Result<u64, StoreError> = at.db.read_one(|tx| Box::pin(insert_in(tx, 2, "two"))).await;
        assert!(read.is_err() && single.is_err(), "{}", at.name);
        assert!(ids(&at.db).await.is_empty(), "{}", at.name);
    }
}

#[tokio::test]
async fn every_statement_of_a_read_sees_the_same_state() {
    for at in empty().await {
        with_table(&at).await;
        let db = at.db.clone();
        let seen: Result<(i64, i64), StoreError> = at
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let (before,) = tx.query("SELECT COUNT(*) FROM things").fetch_one().await?;
                    insert(&db, 1, "one").await?;
                    let (after,) = tx.query("SELECT COUNT(*) FROM things").fetch_one().await?;
                    Ok((before, after))
                })
            })
            .await;
        assert_eq!(seen, Ok((0, 0)), "{}", at.name);
        assert_eq!(ids(&at.db).await, [1], "{}", at.name);
    }
}

#[tokio::test]
async fn after_close_nothing_is_accepted() {
    for at in empty().await {
        with_table(&at).await;
        let queued = insert(&at.db, 1, "one");
        let (queued, ()) = tokio::join!(queued, at.db.close());
        assert_eq!(queued, Ok(1), "{}", at.name);
        let late = insert(&at.db, 2, "two").await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{}: {late:?}", at.name);
    }
}

#[tokio::test]
async fn a_missing_file_is_created_only_when_asked_and_only_for_its_owner() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("new.db");
    let url = SecretString::from(format!("sqlite:{}", file.display()));
    let settings = DbSettings { url, max_connections: 2 };
    assert!(matches!(Db::open(&settings).await, Err(StoreError::Unavailable(_))));
    assert!(!file.exists());
    Db::open_or_create(&settings).await.unwrap().close().await;
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    Db::open(&settings).await.unwrap().close().await;
}

/// Holds the writer inside a unit until it is released, so that what is queued meanwhile becomes one
/// batch.
struct Blocked {
    release: Arc<Semaphore>,
    unit: tokio::task::JoinHandle<Result<(), StoreError>>,
}

impl Blocked {
    async fn start(db: &Db) -> Self {
        let (entered, release) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (db, gates) = (db.clone(), (Arc::clone(&entered), Arc::clone(&release)));
        let unit = tokio::spawn(async move {
            let wait = db.write_with(gates, |(entered, release), _| {
                Box::pin(async move {
                    entered.add_permits(1);
                    release.acquire().await.map(|_| ()).map_err(|_| StoreError::went_on())
                })
            });
            wait.await
        });
        let _inside = entered.acquire().await.unwrap();
        Self { release, unit }
    }

    async fn end(self) {
        self.release.add_permits(1);
        self.unit.await.unwrap().unwrap();
    }
}

/// Queues units 1 to 9 behind a blocked writer; number 5 does what `fifth` does after its insert.
async fn batch_of_nine(at: &TestDb, fifth: fn() -> StoreError) -> (Vec<std::thread::Result<u64>>, u32) {
    let runs = Arc::new(AtomicU32::new(0));
    let blocked = Blocked::start(&at.db).await;
    let units = (1..=9_i64).map(|id| {
        let (db, runs) = (at.db.clone(), Arc::clone(&runs));
        async move {
            let unit = db.write_with((id, runs), move |(id, runs), tx| {
                Box::pin(async move {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let rows = insert_in(tx, *id, &id.to_string()).await?;
                    if *id == 5 { Err(fifth()) } else { Ok::<u64, StoreError>(rows) }
                })
            });
            std::panic::AssertUnwindSafe(unit).catch_unwind().await.map(Result::unwrap_or_default)
        }
    });
    let (results, ()) = tokio::join!(join_all(units), blocked.end());
    (results, runs.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_failed_unit_does_not_hurt_the_others_of_its_batch() {
    let at = sqlite().await;
    with_table(&at).await;
    let (results, runs) = batch_of_nine(&at, || StoreError::corrupt("on purpose")).await;
    let kept: Vec<u64> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(kept, [1, 1, 1, 1, 0, 1, 1, 1, 1]);
    assert_eq!(ids(&at.db).await, [1, 2, 3, 4, 6, 7, 8, 9]);
    // Five until the failure, eight without it, and the failed one alone: they did share a batch.
    assert_eq!(runs, 5 + 8 + 1);
}

#[tokio::test]
async fn a_panic_hurts_only_its_own_unit() {
    let at = sqlite().await;
    with_table(&at).await;
    let (results, _) = batch_of_nine(&at, || panic!("on purpose")).await;
    let panicked: Vec<bool> = results.iter().map(Result::is_err).collect();
    assert_eq!(panicked, [false, false, false, false, true, false, false, false, false]);
    assert_eq!(ids(&at.db).await, [1, 2, 3, 4, 6, 7, 8, 9]);
}

#[tokio::test]
async fn a_unit_that_changed_nothing_fails_without_undoing_the_batch() {
    let at = sqlite().await;
    with_table(&at).await;
    let blocked = Blocked::start(&at.db).await;
    let runs = Arc::new(AtomicU32::new(0));
    let failing = at.db.write_with(Arc::clone(&runs), |runs, tx| {
        Box::pin(async move {
            runs.fetch_add(1, Ordering::Relaxed);
            let changed = tx.query("UPDATE things SET owner = 1 WHERE id = 77").execute().await?;
            if changed == 0 { Err(StoreError::corrupt("nobody there")) } else { Ok(()) }
        })
    });
    let (one, failed, two, ()) =
        tokio::join!(insert(&at.db, 1, "one"), failing, insert(&at.db, 2, "two"), blocked.end());
    assert_eq!((one, two), (Ok(1), Ok(1)));
    assert_eq!(failed, Err(StoreError::corrupt("nobody there")));
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_its_unit_to_finish() {
    let at = sqlite().await;
    with_table(&at).await;
    let blocked = Blocked::start(&at.db).await;
    // Polled once, which queues it, and dropped.
    assert!(insert(&at.db, 1, "one").now_or_never().is_none());
    blocked.end().await;
    insert(&at.db, 2, "two").await.unwrap();
    assert_eq!(ids(&at.db).await, [1, 2]);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let at = sqlite().await;
    with_table(&at).await;
    let blocked = Blocked::start(&at.db).await;
    let mut waiting = Vec::new();
    let refused = loop {
        let mut write = Box::pin(run(&at.db, "UPDATE things SET owner = 1"));
        match write.as_mut().now_or_never() {
            Some(result) => break result,
            None => waiting.push(write),
        }
    };
    assert_eq!(refused, Err(StoreError::Busy));
    let (done, ()) = tokio::join!(join_all(waiting), blocked.end());
    assert!(done.into_iter().all(|done| done == Ok(0)));
}

#[tokio::test]
async fn a_serialization_failure_is_retried() {
    let [_, at] = empty().await;
    let runs = Arc::new(AtomicU32::new(0));
    let unit = at.db.write_with(Arc::clone(&runs), |runs, tx| {
        Box::pin(async move {
            if runs.fetch_add(1, Ordering::Relaxed) < 2 {
                let fail = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$";
                tx.query(fail).execute().await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    assert_eq!(unit.await, Ok(()));
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_refused_connection_says_nothing_of_the_address() {
    let url = SecretString::from("postgres://me:hunter2@127.0.0.1:9/nothing".to_owned());
    let error = Db::open(&DbSettings { url, max_connections: 1 }).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

//! Stories from end to end, each told on both databases: the real server on a port of its own, the real
//! mobile core as the phone, an HTTP client as the browser. Clock and randomness are handed in.

/// Tells each story on both databases: `name::on_sqlite` and `name::on_postgres`.
#[cfg(test)]
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use countersign_tests::On;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(On::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(On::Postgres).await;
            }
        }
    )+};
}

#[cfg(test)]
mod sign_in;

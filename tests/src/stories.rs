//! Each story is told on both databases.

/// Tells each story on both databases: `name::on_sqlite` and `name::on_postgres`.
#[macro_export]
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name($crate::On::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name($crate::On::Postgres).await;
            }
        }
    )+};
}

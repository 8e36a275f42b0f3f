//! A throw-away PostgreSQL cluster for tests.
//!
//! One cluster a process, started when the first test asks for it, reachable only through a socket in
//! a directory of its own. A shell watches over it: when this process ends, however it ends, the
//! shell's standard input closes, and it stops the server and removes the directory.
//!
//! ```ignore
//! let database = countersign_test_postgres::fresh_database();
//! let database = countersign_test_postgres::database_like("migrated", |url| { /* migrate it */ });
//! ```

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

/// What a person has to do when no PostgreSQL is installed.
const MISSING: &str = "run ./test, which installs PostgreSQL";

/// Run by `sh`, as the user `postgres` when we are root (initdb refuses root). Durability is not what
/// these tests are about, so nothing is flushed.
const WATCH: &str = r#"
set -u
bin=$1
dir=$(mktemp -d "${TMPDIR:-/tmp}/countersign-pg.XXXXXX" 2>/dev/null || mktemp -d /tmp/countersign-pg.XXXXXX) || exit 1
server=
clean() {
    [ -z "$server" ] || { kill -QUIT "$server"; wait "$server"; }
    rm -rf "$dir"
}
trap clean EXIT
trap 'exit 1' TERM HUP
trap '' INT
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 ||
    { cat "$dir/log"; exit 1; }
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off \
    -c max_connections=300 -c shared_buffers=32MB >"$dir/log" 2>&1 </dev/null &
server=$!
tries=0
until "$bin/pg_isready" -q -h "$dir"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then cat "$dir/log"; exit 1; fi
    sleep 0.1
done
echo "ready $dir"
read -r _ignored
"#;

static CLUSTER: LazyLock<Result<Cluster, String>> = LazyLock::new(Cluster::start);
static NEXT: AtomicU32 = AtomicU32::new(1);

struct Cluster {
    bin: PathBuf,
    /// Where the socket is.
    directory: String,
    templates: Mutex<HashSet<String>>,
    /// Holds the pipe whose closing stops the server.
    _watch: Child,
}

/// An empty database of its own; gives its address.
///
/// # Panics
/// When PostgreSQL is not installed or does not start, so that a test fails and is not skipped.
#[must_use]
pub fn fresh_database() -> String {
    cluster().create(None)
}

/// A copy of the database `template`, which the first caller in this process has `prepare` fill. It is
/// given the address, runs on a thread of its own, and must close its connections.
///
/// # Panics
/// As [`fresh_database`]; and when `prepare` does.
#[must_use]
pub fn database_like(template: &str, prepare: impl FnOnce(&str) + Send) -> String {
    let cluster = cluster();
    let mut templates = cluster.templates.lock().unwrap_or_else(PoisonError::into_inner);
    if !templates.contains(template) {
        let url = cluster.create_named(template, None);
        let prepared = std::thread::scope(|scope| scope.spawn(|| prepare(&url)).join());
        assert!(prepared.is_ok(), "preparing the template {template} panicked");
        templates.insert(template.to_owned());
    }
    // Under the lock: two copies of one template at the same time are refused.
    cluster.create(Some(template))
}

#[expect(clippy::panic, reason = "a test that needs PostgreSQL fails without it")]
fn cluster() -> &'static Cluster {
    match &*CLUSTER {
        Ok(cluster) => cluster,
        Err(why) => panic!("{why}"),
    }
}

impl Cluster {
    fn start() -> Result<Self, String> {
        let bin = find_binaries().ok_or(MISSING)?;
        let mut watch = as_postgres("sh");
        watch.args(["-c", WATCH, "countersign-postgres"]).arg(&bin).current_dir("/");
        watch.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Of its own, so that an interrupt from the keyboard does not end it before it has cleaned up.
        std::os::unix::process::CommandExt::process_group(&mut watch, 0);
        let mut watch = watch.spawn().map_err(|error| format!("PostgreSQL does not start: {error}"))?;
        let mut said = String::new();
        if let Some(output) = watch.stdout.take() {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(directory) = line.strip_prefix("ready ") {
                    let directory = directory.to_owned();
                    return Ok(Self { bin, directory, templates: Mutex::default(), _watch: watch });
                }
                said.push_str(&line);
                said.push('\n');
            }
        }
        Err(format!("PostgreSQL does not start:\n{said}"))
    }

    fn create(&self, template: Option<&str>) -> String {
        self.create_named(&format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed)), template)
    }

    #[expect(clippy::panic, reason = "a test that needs a database fails without it")]
    fn create_named(&self, name: &str, template: Option<&str>) -> String {
        let template = template.unwrap_or("template0");
        let sql = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]);
        match psql.arg(&self.directory).args(["-c", &sql]).stdin(Stdio::null()).output() {
            Ok(done) if done.status.success() => {
                format!("postgres://postgres@localhost/{name}?host={}", self.directory)
            }
            Ok(done) => panic!("{sql}: {}", String::from_utf8_lossy(&done.stderr)),
            Err(error) => panic!("psql: {error}"),
        }
    }
}

/// The newest installed version; Debian keeps several side by side, outside `PATH`.
fn find_binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    found.sort_unstable();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|at| at.join("initdb").is_file());
    found.pop().map(|(_, bin)| bin).or_else(on_path)
}

/// A command that runs as the user `postgres` where we are root.
fn as_postgres(program: &str) -> Command {
    // Who owns this is who we are; asking the system directly would take unsafe code.
    let owner = std::os::unix::fs::MetadataExt::uid;
    if std::fs::metadata(Path::new("/proc/self")).is_ok_and(|me| owner(&me) == 0) {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", program]);
        return command;
    }
    Command::new(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn psql(url: &str, sql: &str) -> String {
        let bin = &cluster().bin;
        let done = Command::new(bin.join("psql")).args(["-X", "-A", "-t", url, "-c", sql]).output().unwrap();
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn each_database_is_its_own() {
        let (one, other) = (fresh_database(), fresh_database());
        psql(&one, "CREATE TABLE here (id BIGINT)");
        assert_eq!(psql(&one, "SELECT COUNT(*) FROM pg_class WHERE relname = 'here'"), "1");
        assert_eq!(psql(&other, "SELECT COUNT(*) FROM pg_class WHERE relname = 'here'"), "0");
    }

    #[test]
    fn a_template_is_prepared_once_and_copied() {
        let prepared = AtomicU32::new(0);
        let prepare = |url: &str| {
            prepared.fetch_add(1, Ordering::Relaxed);
            psql(url, "CREATE TABLE of_the_template (id BIGINT)");
        };
        let copies = [database_like("a_template", prepare), database_like("a_template", prepare)];
        assert_ne!(copies[0], copies[1]);
        for copy in &copies {
            assert_eq!(psql(copy, "SELECT COUNT(*) FROM of_the_template"), "0");
        }
        assert_eq!(prepared.load(Ordering::Relaxed), 1);
    }
}

//! The server that is measured: this program once more, in a process of its own, so that its processor
//! time and memory are its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::random::SystemRandom;
use countersign_server::config::{self, Settings, file_in};
use countersign_server::service::{Service, open_database};
use tokio::net::TcpListener;

use crate::town::Town;

/// The kernel's unit in /proc/PID/stat, the same on all that Linux runs on (proc(5), `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
/// Open files beside connections: database, libraries, sockets to the push service.
const OTHER_FILES: usize = 200;

/// A running server; dropping it ends it.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts the server of a town.
    pub(crate) fn start(town: &Town) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(town.server_folder()).envs(town.environment());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let said = process.stdout.take().ok_or("the server has no output")?;
        let first = BufReader::new(said).lines().next().transpose()?;
        let address = first.ok_or("the server did not start")?.parse()?;
        Ok(Self { process, address })
    }

    fn proc_file(&self, name: &str) -> Result<String, Failure> {
        Ok(std::fs::read_to_string(format!("/proc/{}/{name}", self.process.id()))?)
    }

    /// The processor time it took so far, its own and the kernel's for it.
    pub(crate) fn processor_time(&self) -> Result<Duration, Failure> {
        let stat = self.proc_file("stat")?;
        // The name in brackets may hold spaces; after it, user and system time are fields 12 and 13.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat is odd")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        let ticks: u32 = ticks.collect::<Result<Vec<_>, _>>()?.into_iter().sum();
        Ok(TICK * ticks)
    }

    /// The memory it holds, in KiB; what it shares with other processes in proportion.
    pub(crate) fn memory_kib(&self) -> Result<u64, Failure> {
        let rollup = self.proc_file("smaps_rollup")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        Ok(line.and_then(|line| line.split_whitespace().next()).ok_or("no Pss in smaps_rollup")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It serves a town that goes with it: nothing of it has to be saved.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether this process, and so the server, may hold as many connections.
pub(crate) fn check_open_files(connections: usize) -> Result<(), Failure> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let limit = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0");
    let wanted = connections + OTHER_FILES;
    if limit == "unlimited" || limit.parse::<usize>()? >= wanted {
        return Ok(());
    }
    Err(format!("{limit} open files are allowed and {wanted} needed: run `ulimit -n {wanted}` first").into())
}

/// The `serve` command: serves the folder on a free port, which it prints, until standard input closes.
pub(crate) async fn serve(folder: &Path) -> Result<(), Failure> {
    let settings = Settings::load(&file_in(folder), config::variables())?;
    let db = open_database(&settings, false).await?;
    let service = Service::begin(settings, db, Arc::new(SystemClock), Arc::new(SystemRandom::new())).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut output = std::io::stdout();
    writeln!(output, "{}", listener.local_addr()?)?;
    output.flush()?;
    let (closed, stop) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        // An error is an end as well.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(closed);
    });
    service.serve(listener, async { _ = stop.await }).await;
    Ok(())
}

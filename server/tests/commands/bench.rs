//! A server's folder, and the program that is run on it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use countersign_server::config::{Settings, file_in};
use tempfile::TempDir;

pub(crate) const ONE: &str = "https://one.example.com";

pub(crate) struct Bench {
    home: TempDir,
}

impl Bench {
    /// A server's folder without a tenant.
    pub(crate) fn empty() -> Self {
        let bench = Self { home: tempfile::tempdir().unwrap() };
        bench.said(&["init", bench.dir().to_str().unwrap()]);
        bench
    }

    /// A server's folder with two tenants in its database: [`ONE`], and another.
    pub(crate) fn with_two_tenants() -> Self {
        let bench = Self::empty();
        for name in ["one", "other"] {
            bench.said(&["tenant", "add", "--name", name, &format!("https://{name}.example.com")]);
        }
        bench
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.home.path().join("server")
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::load(&file_in(&self.dir()), []).unwrap()
    }

    /// Where a file beside the server's folder is.
    pub(crate) fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    /// A file beside the server's folder.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs a command, with `input` to read.
    pub(crate) fn run(&self, input: &str, arguments: &[&str]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments)
            .env("COUNTERSIGN_HOME", self.dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command says when it succeeds.
    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        self.said_of("", arguments)
    }

    /// As [`Bench::said`], with `input` to read.
    pub(crate) fn said_of(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.run(input, arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says when it fails.
    pub(crate) fn complaint(&self, arguments: &[&str]) -> String {
        let output = self.run("", arguments);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

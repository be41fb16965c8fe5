//! Child processes: what they say when they end, and how they are ended.

use std::path::PathBuf;
use std::time::Duration;

use stack::{Process, Program, eventually};

/// A file for output, gone with its value.
struct Log(PathBuf);

impl Log {
    fn new() -> Self {
        let name = format!("stack-it-{:016x}.log", rand::random::<u64>());
        Self(std::env::temp_dir().join(name))
    }

    async fn says(&self, text: &str) {
        eventually(text, Duration::from_secs(10), async || {
            let read = std::fs::read_to_string(&self.0).ok()?;
            read.contains(text).then_some(())
        })
        .await
        .unwrap();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn shell(log: &Log, script: &str) -> Program {
    Program::new("the script", "/bin/sh")
        .args(["-c", script])
        .log_to(&log.0)
}

#[tokio::test]
async fn a_program_that_fails_is_reported_with_its_last_lines() {
    let log = Log::new();

    let failed = shell(&log, "echo first; echo last >&2; exit 3").run().await;

    let report = failed.unwrap_err().to_string();
    assert!(
        report.starts_with("the script ended (exit status: 3)"),
        "{report}"
    );
    assert!(report.ends_with("first\n    last"), "{report}");
}

#[tokio::test]
async fn a_program_may_finish_what_it_is_at() {
    let log = Log::new();
    let script = "trap 'echo finished; exit 0' TERM; echo ready; while :; do sleep 0.01; done";
    let mut process = Process::start(shell(&log, script)).unwrap();
    log.says("ready").await;

    let status = process.stop().await.unwrap();

    assert!(status.success());
    log.says("finished").await;
}

#[tokio::test]
async fn a_paused_program_can_still_be_stopped() {
    let log = Log::new();
    let mut process = Process::start(shell(&log, "echo ready; exec sleep 600")).unwrap();
    log.says("ready").await;

    process.pause().unwrap();
    let status = process.stop().await.unwrap();

    assert!(!status.success());
}

#[tokio::test]
async fn a_killed_program_starts_again_with_the_same_settings() {
    let log = Log::new();
    let program = shell(&log, "echo $GREETING; exec sleep 600").env("GREETING", "buen día");
    let mut process = Process::start(program).unwrap();
    log.says("buen día\n").await;
    let first = process.id();

    process.kill9().unwrap();
    assert!(process.ended().unwrap().is_some());
    process.restart().unwrap();

    assert_ne!(process.id(), first);
    log.says("buen día\nbuen día\n").await;
}

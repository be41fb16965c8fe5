//! `stack services`: a command gets what it needs, and nothing is left of it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use stack::eventually;

/// `stack services` around a shell command, with a folder of its own for temporary files.
struct Stack {
    child: Child,
    temporary: PathBuf,
}

impl Stack {
    fn around(command: &str) -> Self {
        let temporary =
            std::env::temp_dir().join(format!("stack-it-{:016x}", rand::random::<u64>()));
        fs::create_dir(&temporary).unwrap();
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o755)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_stack"))
            .args(["services", "--", "sh", "-c", command])
            .env("TMPDIR", &temporary)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, temporary }
    }

    /// What the command prints until it has said where the services are, and its own process id.
    fn told(&mut self) -> Told {
        let mut out = BufReader::new(self.child.stdout.take().unwrap()).lines();
        let mut line = |begin: &str| {
            let found = out
                .by_ref()
                .map(Result::unwrap)
                .find(|it| it.starts_with(begin));
            found.unwrap().split_once('=').unwrap().1.to_owned()
        };
        let port = |url: &str| {
            url.rsplit(':')
                .next()
                .unwrap()
                .split('/')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        };
        let pid = Pid::from_raw(line("pid").parse().unwrap());
        let ports = ["database", "redis", "temporal"].map(|it| port(&line(it)));
        Told { pid, ports }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(pid, signal).unwrap();
    }

    fn leftovers(&self) -> usize {
        fs::read_dir(&self.temporary).unwrap().count()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = fs::remove_dir(&self.temporary);
    }
}

struct Told {
    pid: Pid,
    ports: [u16; 3],
}

impl Told {
    fn is_alive(&self) -> bool {
        kill(self.pid, None).is_ok()
    }

    fn listening(&self) -> usize {
        let listens = |port: &u16| TcpStream::connect(("127.0.0.1", *port)).is_ok();
        self.ports.iter().copied().filter(listens).count()
    }
}

const TELLS_AND_STAYS: &str = "echo pid=$$; echo database=$POSADA_TEST_DATABASE_URL; \
    echo redis=$POSADA_TEST_REDIS_URL; echo temporal=$POSADA_TEST_TEMPORAL_ADDRESS; exec sleep 600";

#[test]
fn a_command_has_the_services_and_its_exit_code_comes_back() {
    let mut stack = Stack::around("echo database=$POSADA_TEST_DATABASE_URL; exit 7");

    let mut out = String::new();
    stack
        .child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    let status = stack.child.wait().unwrap();

    assert_eq!(status.code(), Some(7));
    assert!(out.contains("database=postgres://"), "{out}");
    assert_eq!(stack.leftovers(), 0);
}

#[tokio::test]
async fn a_stack_that_is_killed_outright_leaves_neither_process_nor_folder() {
    let mut stack = Stack::around(TELLS_AND_STAYS);
    let told = stack.told();
    assert_eq!(told.listening(), 3);
    assert_eq!(stack.leftovers(), 1);

    stack.signal(Signal::SIGKILL);
    stack.child.wait().unwrap();

    eventually("nothing is left", Duration::from_secs(20), async || {
        let gone = !told.is_alive() && told.listening() == 0 && stack.leftovers() == 0;
        gone.then_some(())
    })
    .await
    .unwrap();
}

#[test]
fn an_interrupt_ends_the_command_and_the_services() {
    for (signal, code) in [
        (Signal::SIGINT, 130),
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
    ] {
        let mut stack = Stack::around(TELLS_AND_STAYS);
        let told = stack.told();

        stack.signal(signal);
        let status = stack.child.wait().unwrap();

        assert_eq!(status.code(), Some(code));
        assert!(!told.is_alive());
        assert_eq!(told.listening(), 0);
        assert_eq!(stack.leftovers(), 0);
    }
}

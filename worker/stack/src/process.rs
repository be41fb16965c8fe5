//! One child process: started with its output in a log file, ended politely or not, never left behind.
//!
//! Each child leads a process group, so that a Ctrl-C in the terminal reaches us alone and what the
//! child started ends with it. Dropping a [`Process`] ends it; the watchdog does when we can't.
//!
//! It doesn't restart what died: whoever started it decides what a death means.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::owner::Owner;
use crate::watchdog;

mod family;
mod usage;

pub use usage::Usage;

/// How long a child may take to end by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(10);

/// What to run and how: everything needed to start it once more.
#[derive(Clone)]
pub struct Program {
    name: String,
    path: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    removed_prefix: Option<&'static str>,
    owner: Owner,
    log: Option<PathBuf>,
    farewell: Signal,
}

impl Program {
    /// A program called `name` in what we tell people, to be run as ourselves, with our own output.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            path: path.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            removed_prefix: None,
            owner: Owner::Ourselves,
            log: None,
            farewell: Signal::SIGTERM,
        }
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// More arguments.
    #[must_use]
    pub fn args(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// One more environment variable, beside those that we have ourselves.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let pair = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.environment.push(pair);
        self
    }

    /// More environment variables.
    #[must_use]
    pub fn envs(
        self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> Self {
        variables
            .into_iter()
            .fold(self, |program, (name, value)| program.env(name, value))
    }

    /// Keeps our own variables that begin with `prefix` from it.
    #[must_use]
    pub(crate) fn without_env(mut self, prefix: &'static str) -> Self {
        self.removed_prefix = Some(prefix);
        self
    }

    /// Runs it as somebody else.
    #[must_use]
    pub(crate) fn owned_by(mut self, owner: Owner) -> Self {
        self.owner = owner;
        self
    }

    /// Appends what it writes to this file.
    #[must_use]
    pub fn log_to(mut self, log: impl Into<PathBuf>) -> Self {
        self.log = Some(log.into());
        self
    }

    /// The signal that asks it to end, SIGTERM unless told.
    #[must_use]
    pub(crate) fn ends_with(mut self, farewell: Signal) -> Self {
        self.farewell = farewell;
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    ///
    /// It could not be started, or it ended otherwise than well; the message has its last lines.
    pub async fn run(self) -> Result<()> {
        let mut process = Process::start(self)?;
        let status = process.wait().await?;
        if !status.success() {
            bail!(process.obituary(status));
        }
        Ok(())
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .process_group(0);
        if let Some(prefix) = self.removed_prefix {
            let ours = std::env::vars_os().map(|(name, _)| name);
            for name in ours.filter(|name| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(log) = &self.log {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(log)
                .with_context(|| format!("could not open the log file {}", log.display()))?;
            let same = file.try_clone().context("could not share a log file")?;
            command.stdout(file).stderr(same);
        }
        if let Owner::Other { user, group, .. } = self.owner {
            // Our own folder may be closed to it.
            command.uid(user).gid(group).current_dir("/");
        }
        Ok(command)
    }
}

/// A running program, or what is left of one.
pub struct Process {
    program: Program,
    child: Child,
    pid: Pid,
    status: Option<ExitStatus>,
}

impl Process {
    /// Starts the program and returns at once; being ready is something else.
    ///
    /// # Errors
    ///
    /// The program can't be started, or its log file not be opened.
    pub fn start(program: Program) -> Result<Self> {
        let (child, pid) = spawn(&program)?;
        Ok(Self {
            program,
            child,
            pid,
            status: None,
        })
    }

    /// What we call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// Its process id, of no use once it has ended.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it and all that it started have used so far.
    ///
    /// # Errors
    ///
    /// It has ended, or the system tells nothing about processes.
    pub fn usage(&self) -> Result<Usage> {
        usage::of(self.pid)
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    ///
    /// The system doesn't know the child.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.child.try_wait().context("could not look at a child")?;
            if self.status.is_some() {
                watchdog::ended(self.pid)?;
            }
        }
        Ok(self.status)
    }

    /// Waits for it to end by itself.
    ///
    /// # Errors
    ///
    /// The system doesn't know the child.
    pub async fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Asks it to end, waits, and kills it if it takes more than ten seconds.
    ///
    /// # Errors
    ///
    /// The system refuses to signal or to look at the child.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.signal(self.program.farewell)?;
        self.signal(Signal::SIGCONT)?;
        match tokio::time::timeout(PATIENCE, self.wait()).await {
            Ok(status) => status,
            Err(_elapsed) => {
                self.kill9()?;
                self.wait().await
            }
        }
    }

    /// Kills it as a power cut would, with all that it started: it can't finish anything. Returns when it is gone.
    ///
    /// # Errors
    ///
    /// The system refuses to signal or to look at the child.
    pub fn kill9(&mut self) -> Result<()> {
        if self.ended()?.is_none() {
            let family = family::descendants(self.pid);
            self.signal(Signal::SIGKILL)?;
            for relative in family {
                // Most went with the group.
                let _ = kill(relative, Signal::SIGKILL);
            }
            self.status = Some(self.child.wait().context("could not wait for a child")?);
            watchdog::ended(self.pid)?;
        }
        Ok(())
    }

    /// Freezes it where it is, with all that it started, connections open, as a stalled machine would.
    ///
    /// # Errors
    ///
    /// The system refuses to signal the child.
    pub fn pause(&mut self) -> Result<()> {
        // The first goes first: it starts nobody from then on.
        self.signal(Signal::SIGSTOP)?;
        for relative in family::descendants(self.pid) {
            // Whoever is gone meanwhile need not be stopped.
            let _ = kill(relative, Signal::SIGSTOP);
        }
        Ok(())
    }

    /// Lets it go on after [`pause`](Self::pause).
    ///
    /// # Errors
    ///
    /// The system refuses to signal the child.
    pub fn resume(&mut self) -> Result<()> {
        for relative in family::descendants(self.pid) {
            let _ = kill(relative, Signal::SIGCONT);
        }
        self.signal(Signal::SIGCONT)
    }

    /// Starts the same program with the same settings, killing it first if it still runs.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn restart(&mut self) -> Result<()> {
        self.kill9()?;
        (self.child, self.pid) = spawn(&self.program)?;
        self.status = None;
        Ok(())
    }

    /// From its next start on it is another build of the same program.
    pub fn becomes(&mut self, path: impl Into<PathBuf>) {
        self.program.path = path.into();
    }

    /// The last lines of its log, for whoever has to find out why it ended.
    #[must_use]
    pub fn last_words(&self, lines: usize) -> String {
        self.program
            .log
            .as_deref()
            .map(|log| tail(log, lines))
            .unwrap_or_default()
    }

    /// A sentence on how it ended, followed by the last lines it wrote.
    #[must_use]
    pub fn obituary(&self, status: ExitStatus) -> String {
        let name = self.name();
        let Some(log) = &self.program.log else {
            return format!("{name} ended ({status})");
        };
        let words = self.last_words(15).replace('\n', "\n    ");
        let log = log.display();
        format!("{name} ended ({status}). The last lines of {log}:\n    {words}")
    }

    fn signal(&mut self, signal: Signal) -> Result<()> {
        if self.ended()?.is_none() {
            killpg(self.pid, signal)
                .with_context(|| format!("could not send {signal} to {}", self.program.name))?;
        }
        Ok(())
    }

    /// What [`stop`](Self::stop) does, for when nothing can be awaited.
    fn end_now(&mut self) -> Result<()> {
        let quick = match self.program.farewell {
            Signal::SIGINT => Signal::SIGQUIT,
            _ => Signal::SIGKILL,
        };
        self.signal(quick)?;
        let deadline = Instant::now() + PATIENCE;
        while self.ended()?.is_none() && Instant::now() < deadline {
            std::thread::sleep(GLANCE);
        }
        self.kill9()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that the child is beyond our reach; the watchdog tries again after us.
        let _ = self.end_now();
    }
}

fn spawn(program: &Program) -> Result<(Child, Pid)> {
    let child = program.command()?.spawn().with_context(|| {
        format!(
            "could not start {} ({})",
            program.name,
            program.path.display()
        )
    })?;
    let pid = Pid::from_raw(i32::try_from(child.id()).context("a process id beyond any")?);
    watchdog::started(pid, program.farewell)?;
    Ok((child, pid))
}

/// The last lines of a file; nothing if it can't be read.
fn tail(path: &Path, lines: usize) -> String {
    let read = File::open(path).and_then(|mut file| {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut text)?;
        Ok(text)
    });
    let text = read.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    let skipped = all.len().saturating_sub(lines);
    all.into_iter().skip(skipped).collect::<Vec<_>>().join("\n")
}

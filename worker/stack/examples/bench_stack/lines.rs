//! What was measured: a table to read, and the same as JSON in `.posada/bench.json`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::drive::Measured;

/// The lines so far, and what the machine does without us.
pub(crate) struct Bench {
    lines: Vec<Value>,
    handler: f64,
    inserts: f64,
    load: String,
}

/// What a figure is compared with.
#[derive(Clone, Copy)]
pub(crate) enum Yardstick {
    Handler,
    Inserts,
}

impl Bench {
    pub(crate) fn begin(handler: f64, inserts: f64, clients: usize) -> Result<Self> {
        let load = load();
        println!("{}, {}, load {load} at the start", machine()?, profile());
        println!(
            "yardsticks: a bare handler {handler:.0}/s, durable inserts {inserts:.0}/s, {clients} clients\n"
        );
        println!(
            "| what | clients | seconds | measured | p50 | p95 | p99 | failed | of the yardstick |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        Ok(Self {
            lines: Vec::new(),
            handler,
            inserts,
            load,
        })
    }

    /// Requests of one kind.
    pub(crate) fn line(
        &mut self,
        what: &str,
        clients: &str,
        all: &Measured,
        yardstick: Yardstick,
    ) -> Result<()> {
        let per_second = all.per_second();
        let (name, ratio) = match yardstick {
            Yardstick::Handler => ("handler", per_second / self.handler),
            Yardstick::Inserts => ("inserts", per_second / self.inserts),
        };
        let part = |it| all.part(it).map(millis);
        let (p50, p95, p99) = (part(500)?, part(950)?, part(990)?);
        let (seconds, failed) = (all.lasted.as_secs_f64(), all.failed);
        println!(
            "| {what} | {clients} | {seconds:.1} | {per_second:.0}/s | {p50:.1} ms | {p95:.1} ms | {p99:.1} ms | {failed} | {ratio:.3} {name} |"
        );
        self.lines.push(json!({
            "what": what, "clients": clients, "seconds": seconds, "per_second": per_second,
            "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "failed": failed, "ratio": ratio, "of": name,
        }));
        Ok(())
    }

    /// One figure.
    pub(crate) fn says(&mut self, what: &str, figure: f64, unit: &str) {
        println!("| {what} | | | {figure:.1} {unit} | | | | | |");
        self.lines
            .push(json!({ "what": what, "figure": figure, "unit": unit }));
    }

    pub(crate) fn took(&mut self, what: &str, took: Duration) {
        self.says(what, millis(took), "ms");
    }

    pub(crate) fn write(&self) -> Result<()> {
        let whole = json!({
            "machine": machine()?, "profile": profile(), "load_at_the_start": self.load, "load_at_the_end": load(),
            "yardsticks": { "bare_handler_per_second": self.handler, "durable_inserts_per_second": self.inserts },
            "lines": self.lines,
        });
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.posada/bench.json");
        std::fs::write(&file, serde_json::to_string_pretty(&whole)?)
            .context("the figures could not be written")?;
        println!(
            "\nload {} at the end; the same as JSON in .posada/bench.json",
            load()
        );
        Ok(())
    }
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace()
        .next()
        .unwrap_or("unknown")
        .to_owned()
}

fn machine() -> Result<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name"));
    let model = model
        .and_then(|line| line.split(':').nth(1))
        .unwrap_or("unknown")
        .trim();
    let cores = std::thread::available_parallelism()?;
    Ok(format!("{cores} cores of {model}"))
}

const fn profile() -> &'static str {
    if cfg!(debug_assertions) {
        "built for development: these figures say little"
    } else {
        "built for release"
    }
}

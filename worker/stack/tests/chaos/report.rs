//! What came of it: a table to read, and the same as JSON in `.posada/chaos.json`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::matrix::{Component, Fault};
use crate::round::Outcome;

pub(crate) fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "\nSeconds from the component's return until the step had come to its end:\n\n| step |",
    );
    for outcome in outcomes {
        let _ = write!(
            text,
            " {} {} |",
            name(outcome.component),
            how(outcome.fault)
        );
    }
    text.push_str("\n| --- |");
    text.push_str(&" --- |".repeat(outcomes.len()));
    let steps = outcomes.first().map(|outcome| outcome.steps.as_slice());
    for (number, step) in steps.unwrap_or_default().iter().enumerate() {
        let _ = write!(text, "\n| {}: {} |", step.workflow, step.name);
        for outcome in outcomes {
            let resumed = outcome.resumed.get(number).copied().unwrap_or_default();
            let _ = write!(text, " {} |", seconds(resumed));
        }
    }
    text.push_str("\n\n| broken | away for | a notification meanwhile | a hold meanwhile | nights of a hold that ran out, free after | all at their end after | lost | twice | ended by themselves |");
    text.push_str("\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for outcome in outcomes {
        let _ = write!(
            text,
            "\n| {} {} | {} s | {} | {} | {} s | {} s | {} | {} | {} |",
            name(outcome.component),
            how(outcome.fault),
            seconds(outcome.away),
            answer(outcome.notification),
            answer(outcome.hold),
            seconds(outcome.expiry),
            seconds(slowest(outcome)),
            outcome.lost,
            outcome.twice.len(),
            outcome.ended.join(", "),
        );
    }
    text.push('\n');
    text
}

pub(crate) fn write(outcomes: &[Outcome]) -> Result<()> {
    let rounds: Vec<Value> = outcomes.iter().map(round).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("the checkout")?;
    let file = root.join(".posada/chaos.json");
    std::fs::write(&file, serde_json::to_string_pretty(&rounds)?)
        .with_context(|| format!("could not write {}", file.display()))
}

fn round(outcome: &Outcome) -> Value {
    let steps = outcome.steps.iter().zip(&outcome.resumed).map(|(step, resumed)| {
        json!({ "workflow": step.workflow, "step": step.name, "resumed_ms": millis(*resumed) })
    });
    json!({
        "component": name(outcome.component),
        "fault": how(outcome.fault),
        "away_ms": millis(outcome.away),
        "expiry_ms": millis(outcome.expiry),
        "notification": outcome.notification,
        "hold": outcome.hold,
        "lost": outcome.lost,
        "twice": outcome.twice,
        "ended": outcome.ended,
        "steps": steps.collect::<Vec<_>>(),
    })
}

pub(crate) const fn name(component: Component) -> &'static str {
    match component {
        Component::Api => "API",
        Component::Worker => "worker",
        Component::Postgres => "Postgres",
        Component::Redis => "Redis",
        Component::Temporal => "Temporal",
        Component::Providers => "providers",
    }
}

pub(crate) const fn how(fault: Fault) -> &'static str {
    match fault {
        Fault::Killed => "killed",
        Fault::Frozen => "frozen",
    }
}

fn slowest(outcome: &Outcome) -> Duration {
    outcome.resumed.iter().copied().max().unwrap_or_default()
}

fn answer(status: Option<u16>) -> String {
    status.map_or_else(|| "nobody answers".to_owned(), |it| it.to_string())
}

fn seconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f32())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! What every history must be like, and how histories are kept for later builds.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use temporalio_client::WorkflowHistory;
use temporalio_common::protos::temporal::api::{
    enums::v1::{EventType, WorkflowTaskFailedCause},
    history::v1::{HistoryEvent, history_event::Attributes},
};
use temporalio_sdk::workflow_replayer::{WorkflowReplayer, WorkflowReplayerOptions};
use workflows::{
    CalendarPreview, CalendarRounds, CalendarSync, Conversation, Housekeeping, Payment,
    Reconciliation, Reservation, Transcription, WaitingList, Webhook,
};

/// Set to anything, it makes the tests record the histories that later builds are held to.
const RECORD: &str = "POSADA_RECORD_HISTORIES";

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/histories")
}

pub(crate) fn replayer() -> Result<WorkflowReplayer> {
    let options = WorkflowReplayerOptions::new()
        .register_workflow::<Reservation>()?
        .register_workflow::<Conversation>()?
        .register_workflow::<Payment>()?
        .register_workflow::<Reconciliation>()?
        .register_workflow::<Housekeeping>()?
        .register_workflow::<Transcription>()?
        .register_workflow::<CalendarSync>()?
        .register_workflow::<CalendarRounds>()?
        .register_workflow::<CalendarPreview>()?
        .register_workflow::<WaitingList>()?
        .register_workflow::<Webhook>()?
        .build();
    Ok(WorkflowReplayer::new(options)?)
}

/// Checks what must be true of the history of any run that is over, and replays it. One that has a name is kept
/// for later builds when asked.
pub(crate) async fn check(name: Option<&str>, history: WorkflowHistory) -> Result<()> {
    let json = history.to_json().await?;
    let events = WorkflowHistory::from_json(&json)?.into_events().await?;
    ends_well(&events)?;
    leaves_no_timer(&events)?;
    leaves_nobody_waiting(&events)?;
    replayer()?
        .replay_workflow(WorkflowHistory::from_json(&json)?)
        .await
        .context("the history does not replay")?;
    match name {
        Some(name) if std::env::var_os(RECORD).is_some() => record(name, &json),
        _ => Ok(()),
    }
}

/// A story ends in an outcome, and no task of it failed on the way.
fn ends_well(events: &[HistoryEvent]) -> Result<()> {
    for event in events {
        if let Some(Attributes::WorkflowTaskFailedEventAttributes(failed)) = &event.attributes {
            // A signal that comes while the last task runs makes the server ask again; nothing is wrong then.
            ensure!(
                failed.cause() == WorkflowTaskFailedCause::UnhandledCommand,
                "event {}: a task failed: {:?}",
                event.event_id,
                failed.failure
            );
        }
    }
    let last = events.last().context("it has no events")?.event_type();
    ensure!(
        matches!(
            last,
            EventType::WorkflowExecutionCompleted | EventType::WorkflowExecutionContinuedAsNew
        ),
        "it ends with {last:?}"
    );
    Ok(())
}

fn leaves_no_timer(events: &[HistoryEvent]) -> Result<()> {
    let mut open = BTreeSet::new();
    for event in events {
        match &event.attributes {
            Some(Attributes::TimerStartedEventAttributes(timer)) => {
                open.insert(timer.timer_id.clone());
            }
            Some(Attributes::TimerFiredEventAttributes(timer)) => {
                open.remove(&timer.timer_id);
            }
            Some(Attributes::TimerCanceledEventAttributes(timer)) => {
                open.remove(&timer.timer_id);
            }
            _ => {}
        }
    }
    ensure!(open.is_empty(), "timers are left open: {open:?}");
    Ok(())
}

fn leaves_nobody_waiting(events: &[HistoryEvent]) -> Result<()> {
    let mut waiting = BTreeSet::new();
    for event in events {
        match &event.attributes {
            Some(Attributes::WorkflowExecutionUpdateAcceptedEventAttributes(_)) => {
                waiting.insert(event.event_id);
            }
            Some(Attributes::WorkflowExecutionUpdateCompletedEventAttributes(completed)) => {
                waiting.remove(&completed.accepted_event_id);
            }
            _ => {}
        }
    }
    ensure!(
        waiting.is_empty(),
        "callers are left without an answer: {waiting:?}"
    );
    Ok(())
}

/// One event a line, so that a change of a history can be read, without what says nothing about the story.
fn record(name: &str, json: &[u8]) -> Result<()> {
    let mut history: serde_json::Value = serde_json::from_slice(json)?;
    forget(&mut history);
    let events = history
        .get("events")
        .and_then(serde_json::Value::as_array)
        .context("a history has events")?;
    let lines: Vec<_> = events.iter().map(ToString::to_string).collect();
    let text = format!("{{\"events\": [\n{}\n]}}\n", lines.join(",\n"));
    std::fs::write(folder().join(format!("{name}.json")), text)?;
    Ok(())
}

/// What a replay does not look at, and what no other event says better.
const UNSAID: [&str; 8] = [
    "heartbeat_timeout",
    "metering_metadata",
    "priority",
    "retry_policy",
    "schedule_to_close_timeout",
    "schedule_to_start_timeout",
    "start_to_close_timeout",
    "worker_version",
];

fn forget(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            for name in UNSAID {
                fields.remove(name);
            }
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(forget);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

//! Histories of earlier builds: what is under way when a new build is installed must go on as it began.
//!
//! `POSADA_RECORD_HISTORIES=1` makes the other tests write them anew. That is for new branches; a history that
//! no longer replays is not recorded again but patched for, with both branches kept.

use std::{collections::BTreeMap, fs};

use anyhow::{Context as _, Result, ensure};
use temporalio_client::WorkflowHistory;
use temporalio_sdk::workflow_replayer::WorkflowReplayFailure;

use crate::{
    history::{folder, replayer},
    stage::in_time,
};

fn recorded() -> Result<BTreeMap<String, String>> {
    let mut histories = BTreeMap::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        let name = path.file_stem().context("a history has a name")?;
        let name = name.to_string_lossy().into_owned();
        histories.insert(name, fs::read_to_string(&path)?);
    }
    Ok(histories)
}

#[tokio::test]
async fn every_recorded_history_replays() -> Result<()> {
    let histories = recorded()?;
    for story in [
        "reservation",
        "conversation",
        "payment",
        "reconciliation",
        "calendar",
        "housekeeping",
        "webhook",
    ] {
        ensure!(
            histories.keys().any(|name| name.starts_with(story)),
            "no history of a {story} is recorded"
        );
    }
    let parsed: Vec<_> = histories
        .values()
        .map(|json| WorkflowHistory::from_json(json.as_bytes()))
        .collect::<Result<_, _>>()?;
    let results = in_time(replayer()?.replay_workflows(parsed)).await??;
    let broken: Vec<_> = histories
        .keys()
        .zip(results)
        .filter_map(|(name, result)| Some(format!("{name}: {}", result.replay_failure?)))
        .collect();
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

#[tokio::test]
async fn a_history_that_the_code_does_not_fit_is_told_by_its_event() -> Result<()> {
    let histories = recorded()?;
    let json = &histories["reservation-expired"];
    let other = json.replacen("inventory.expire", "inventory.forget", 1);
    ensure!(&other != json, "the history lets the nights go");
    let history = WorkflowHistory::from_json(other.as_bytes())?;
    let results = in_time(replayer()?.replay_workflows([history])).await??;
    let failure = results
        .first()
        .and_then(|result| result.replay_failure.clone());
    let Some(WorkflowReplayFailure::Nondeterminism { message }) = failure else {
        anyhow::bail!("the change went unnoticed: {failure:?}");
    };
    ensure!(message.contains("inventory.forget"), "{message}");
    Ok(())
}

//! The search for payments whose notification never came.

use anyhow::Result;
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowStartOptions,
};
use workflows::{Reconciliation, names, reconciliation::SearchOutcome};

use crate::{history, stage::Stage};

async fn search(stage: &Stage, history: &str) -> Result<SearchOutcome> {
    let id = names::reconciliation(&stage.queue);
    let options = WorkflowStartOptions::new(stage.queue.clone(), id).build();
    let handle = stage
        .client
        .start_workflow(Reconciliation::run, (), options)
        .await?;
    let outcome = handle
        .get_result(WorkflowGetResultOptions::default())
        .await?;
    history::check(
        Some(history),
        handle.fetch_history(WorkflowFetchHistoryOptions::default()),
    )
    .await?;
    Ok(outcome)
}

#[tokio::test]
async fn a_search_says_how_many_payments_it_found() -> Result<()> {
    let stage = Stage::set().await?;
    let outcome = search(&stage, "reconciliation-searched").await?;
    assert_eq!(outcome, SearchOutcome::Searched { payments: 2 });
    assert_eq!(stage.world.calls("payments.reconcile"), ["43200"]);
    Ok(())
}

#[tokio::test]
async fn a_search_that_fails_is_left_to_the_next_one() -> Result<()> {
    let stage = Stage::set().await?;
    stage.world.refuses("payments.reconcile");
    let outcome = search(&stage, "reconciliation-given-up").await?;
    assert_eq!(outcome, SearchOutcome::GivenUp);
    Ok(())
}

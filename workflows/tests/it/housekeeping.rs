//! What is done once a day.

use anyhow::Result;
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowStartOptions,
};
use workflows::{Housekeeping, contracts::housekeeping::Gone, names};

use crate::{history, stage::Stage};

#[tokio::test]
async fn a_day_lets_go_of_what_is_old_and_says_how_much() -> Result<()> {
    let stage = Stage::set().await?;
    let id = names::housekeeping(&stage.queue);
    let options = WorkflowStartOptions::new(stage.queue.clone(), id).build();
    let handle = stage
        .client
        .start_workflow(Housekeeping::run, (), options)
        .await?;
    let gone = handle
        .get_result(WorkflowGetResultOptions::default())
        .await?;
    assert_eq!(gone, Gone { rows: 7, guests: 1 });
    history::check(
        Some("housekeeping-day"),
        handle.fetch_history(WorkflowFetchHistoryOptions::default()),
    )
    .await
}

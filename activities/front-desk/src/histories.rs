//! How long the histories of our workflows get.

use futures::TryStreamExt as _;
use temporalio_client::{UntypedWorkflow, WorkflowListOptions};

use crate::{Error, FrontDesk, in_time, running, schedule::unexpected};

impl FrontDesk {
    /// How many events the longest history of all workflows has that are running on our queue.
    ///
    /// # Errors
    /// When Temporal does not answer.
    pub async fn longest_history(&self) -> Result<usize, Error> {
        let ours = format!(
            "TaskQueue = '{}' AND ExecutionStatus = 'Running'",
            self.task_queue
        );
        let found = self
            .client
            .list_workflows(ours, WorkflowListOptions::default());
        let found: Vec<_> = found.try_collect().await.map_err(unexpected)?;
        let mut longest = 0;
        for workflow in found {
            let handle = self
                .client
                .get_workflow_handle::<UntypedWorkflow>(workflow.id());
            // One that has ended meanwhile grows no more.
            let described = running(in_time(handle.describe(Default::default())).await)?;
            longest = longest.max(described.map_or(0, |it| it.history_length()));
        }
        Ok(longest)
    }
}

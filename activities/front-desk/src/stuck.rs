//! Which workflows get nowhere.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use temporalio_client::{UntypedWorkflow, WorkflowListOptions};
use temporalio_common::protos::temporal::api::workflowservice::v1::DescribeWorkflowExecutionResponse;

use crate::{Error, FrontDesk, in_time, running, schedule::unexpected};

/// How many workflows are looked at together.
const AT_ONCE: usize = 8;

/// A workflow that gets nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// Its id.
    pub workflow: String,
    /// What it is at: the name of an activity, or `workflow task` when the code does not fit its history.
    pub at: String,
    /// How often that was tried.
    pub attempts: u32,
    /// Why it failed last.
    pub why: String,
}

impl FrontDesk {
    /// The running workflows of our queue that are at something which was tried at least `attempts` times, those that
    /// tried most first. Every running workflow is looked at.
    ///
    /// # Errors
    /// When Temporal does not answer.
    pub async fn stuck(&self, attempts: u32) -> Result<Vec<Stuck>, Error> {
        let query = format!(
            "TaskQueue = '{}' AND ExecutionStatus = 'Running'",
            self.task_queue
        );
        let listed = self
            .client
            .list_workflows(query, WorkflowListOptions::default());
        let listed: Vec<_> = listed.try_collect().await.map_err(unexpected)?;
        let looked = stream::iter(listed.into_iter().map(|workflow| async move {
            let id = workflow.id().to_owned();
            let handle = self
                .client
                .get_workflow_handle::<UntypedWorkflow>(id.clone());
            // What has ended meanwhile is stuck no more.
            let found = running(in_time(handle.describe(Default::default())).await)?;
            Ok::<_, Error>(found.map_or_else(Vec::new, |found| told(&id, found.raw(), attempts)))
        }));
        let found: Vec<Vec<Stuck>> = looked.buffer_unordered(AT_ONCE).try_collect().await?;
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by(|a: &Stuck, b: &Stuck| {
            (b.attempts, &a.workflow).cmp(&(a.attempts, &b.workflow))
        });
        Ok(found)
    }
}

fn told(id: &str, found: &DescribeWorkflowExecutionResponse, attempts: u32) -> Vec<Stuck> {
    let stuck = |at: String, tried: i32, why: String| {
        let tried = u32::try_from(tried).unwrap_or(0);
        (tried >= attempts).then(|| Stuck {
            workflow: id.to_owned(),
            at,
            attempts: tried,
            why,
        })
    };
    let activities = found.pending_activities.iter().filter_map(|pending| {
        let name = pending.activity_type.as_ref().map(|it| it.name.clone());
        let why = pending.last_failure.as_ref().map(|it| it.message.clone());
        stuck(
            name.unwrap_or_default(),
            pending.attempt,
            why.unwrap_or_default(),
        )
    });
    let task = found.pending_workflow_task.as_ref().and_then(|pending| {
        let why = "its history says more: see WorkflowTaskFailed";
        stuck("workflow task".to_owned(), pending.attempt, why.to_owned())
    });
    activities.chain(task).collect()
}

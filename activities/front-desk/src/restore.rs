//! Beginning every story anew, after the books came out of a backup.

use chrono::{DateTime, SecondsFormat, Utc};
use futures::TryStreamExt as _;
use temporalio_client::{
    UntypedWorkflow, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowListOptions,
    WorkflowStartOptions, WorkflowTerminateOptions,
};
use workflows::{Reservation, names, reservation::ReservationInput};

use crate::{Error, FrontDesk, in_time, patiently, running, schedule::unexpected};

impl FrontDesk {
    /// Ends every workflow of ours that began before a moment, wherever it stands; answers how many.
    ///
    /// What they know is of other books.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn end_all_begun_before(
        &self,
        moment: DateTime<Utc>,
        reason: &str,
    ) -> Result<u32, Error> {
        let moment = moment.to_rfc3339_opts(SecondsFormat::Millis, true);
        let query = format!(
            "TaskQueue = '{}' AND ExecutionStatus = 'Running' AND StartTime < '{moment}'",
            self.task_queue
        );
        let found = self
            .client
            .list_workflows(query, WorkflowListOptions::default());
        let found: Vec<_> = found.try_collect().await.map_err(unexpected)?;
        let mut ended = 0;
        for workflow in found {
            let handle = self
                .client
                .get_workflow_handle::<UntypedWorkflow>(workflow.id());
            let options = WorkflowTerminateOptions::builder()
                .reason(reason.to_owned())
                .rpc_options(patiently())
                .build();
            if running(in_time(handle.terminate(options)).await)?.is_some() {
                ended += 1;
            }
        }
        Ok(ended)
    }

    /// Begins the story of a reservation anew from what Postgres knows, in the place of whatever is at it.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn begin_anew(&self, input: ReservationInput) -> Result<(), Error> {
        let options = WorkflowStartOptions::new(&self.task_queue, names::reservation(&input.code))
            .id_conflict_policy(WorkflowIdConflictPolicy::TerminateExisting)
            .id_reuse_policy(WorkflowIdReusePolicy::AllowDuplicate)
            .static_summary(input.summary())
            .rpc_options(patiently())
            .build();
        let started = self.client.start_workflow(Reservation::run, input, options);
        in_time(started).await.map(drop)
    }

    /// Begins the story of a booking that was brought along from elsewhere. Nothing happens when it has one.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn adopt(&self, input: ReservationInput) -> Result<(), Error> {
        let options = WorkflowStartOptions::new(&self.task_queue, names::reservation(&input.code))
            .id_conflict_policy(WorkflowIdConflictPolicy::UseExisting)
            .id_reuse_policy(WorkflowIdReusePolicy::AllowDuplicate)
            .static_summary(input.summary())
            .rpc_options(patiently())
            .build();
        let started = self.client.start_workflow(Reservation::run, input, options);
        in_time(started).await.map(drop)
    }
}

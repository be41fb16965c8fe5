//! What runs by the clock.

use std::time::Duration;

use temporalio_client::{
    schedules::{
        CreateScheduleOptions, ScheduleAction, ScheduleError, ScheduleHandle,
        ScheduleOverlapPolicy, ScheduleSpec, ScheduleUpdate,
    },
    tonic::Code,
};
use workflows::{Reconciliation, names};

use crate::{Error, FrontDesk};

/// How often payments are looked for whose notification never came.
const RECONCILE_EVERY: Duration = Duration::from_secs(300);

impl FrontDesk {
    /// Sees to it that everything that runs by the clock is scheduled. Idempotent.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn ensure_schedules(&self) -> Result<(), Error> {
        self.ensure_rounds().await?;
        self.ensure_housekeeping().await?;
        let id = names::reconciliation(&self.task_queue);
        let spec = ScheduleSpec::builder()
            .intervals(vec![RECONCILE_EVERY.into()])
            .jitter(Duration::from_secs(20))
            .build();
        let options = CreateScheduleOptions::builder()
            .action(ScheduleAction::start_workflow(
                Reconciliation::run,
                (),
                &self.task_queue,
                &id,
            ))
            .spec(spec)
            .overlap_policy(ScheduleOverlapPolicy::Skip)
            .build();
        match self.client.create_schedule(id, options).await {
            Ok(_) => {}
            Err(ScheduleError::Rpc(status)) if status.code() == Code::AlreadyExists => {}
            Err(error) => return Err(unexpected(error)),
        }
        // What was missed during an outage is not made up for: the next search looks back far enough.
        let catch_up = |schedule: &mut ScheduleUpdate| {
            schedule.set_catchup_window(RECONCILE_EVERY);
        };
        self.reconciliation()
            .update(catch_up, Default::default())
            .await
            .map_err(unexpected)
    }

    /// Looks for payments whose notification never came now, instead of in a few minutes. A search that is under way
    /// may have asked already, so another follows it.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn reconcile_now(&self) -> Result<(), Error> {
        let schedule = self.reconciliation();
        let now = schedule.trigger(ScheduleOverlapPolicy::BufferOne, Default::default());
        now.await.map_err(unexpected)
    }

    fn reconciliation(&self) -> ScheduleHandle<temporalio_client::Client> {
        self.client
            .get_schedule_handle(names::reconciliation(&self.task_queue))
    }
}

pub(crate) fn unexpected(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unexpected(Box::new(error))
}

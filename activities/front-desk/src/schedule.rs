//! What runs by the clock.

use std::time::Duration;

use temporalio_client::{

    schedules::{
        ScheduleError,
        CreateScheduleOptions, ScheduleAction, ScheduleOverlapPolicy, ScheduleSpec, ScheduleUpdate,
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
        let id = format!("{}/{}", names::RECONCILIATION_SCHEDULE, self.task_queue);
        let spec = ScheduleSpec::builder()
            .intervals(vec![RECONCILE_EVERY.into()])
            .jitter(Duration::from_secs(20))
            .build();
        let options = CreateScheduleOptions::builder()
            .action(ScheduleAction::start_workflow(Reconciliation::run, (), &self.task_queue, &id))
            .spec(spec)
            .overlap_policy(ScheduleOverlapPolicy::Skip)
            .build();
        match self.client.create_schedule(id.clone(), options).await {
            Ok(handle) => {
                // What was missed during an outage is not made up for: the next search looks back far enough.
                handle
                    .update(
                        |schedule: &mut ScheduleUpdate| {
                            schedule.set_catchup_window(RECONCILE_EVERY);
                        },
                        Default::default(),
                    )
                    .await
                    .map_err(unexpected)
            }
            Err(ScheduleError::Rpc(status)) if status.code() == Code::AlreadyExists => Ok(()),
            Err(error) => Err(unexpected(error)),
        }
    }
}

fn unexpected(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unexpected(Box::new(error))
}

//! The schedule of what is done once a day.

use std::time::Duration;

use temporalio_client::{
    schedules::{
        CreateScheduleOptions, ScheduleAction, ScheduleError, ScheduleIntervalSpec,
        ScheduleOverlapPolicy, ScheduleSpec,
    },
    tonic::Code,
};
use workflows::{Housekeeping, names};

use crate::{Error, FrontDesk, schedule::unexpected};

const DAILY: Duration = Duration::from_secs(24 * 3600);

/// Where guests sleep it is four in the morning then.
const AT: Duration = Duration::from_secs(7 * 3600);

impl FrontDesk {
    /// Sees to it that the house is kept every day. Idempotent. A day that was missed is made up for by the next.
    pub(crate) async fn ensure_housekeeping(&self) -> Result<(), Error> {
        let id = names::housekeeping(&self.task_queue);
        let day = ScheduleAction::start_workflow(Housekeeping::run, (), &self.task_queue, &id);
        let spec = ScheduleSpec::builder()
            .intervals(vec![ScheduleIntervalSpec::new(DAILY, Some(AT))])
            .build();
        let options = CreateScheduleOptions::builder()
            .action(day)
            .spec(spec)
            .overlap_policy(ScheduleOverlapPolicy::Skip)
            .build();
        match self.client.create_schedule(&id, options).await {
            Ok(_) => Ok(()),
            Err(ScheduleError::Rpc(status)) if status.code() == Code::AlreadyExists => Ok(()),
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Keeps the house now, instead of tonight.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn keep_house_now(&self) -> Result<(), Error> {
        let schedule = self
            .client
            .get_schedule_handle(names::housekeeping(&self.task_queue));
        let now = schedule.trigger(ScheduleOverlapPolicy::Skip, Default::default());
        now.await.map_err(unexpected)
    }
}

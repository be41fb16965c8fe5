//! When calendars are read: by the clock, one schedule a feed, and now.

use std::time::Duration;

use domain::FeedId;
use temporalio_client::{
    Client, WorkflowGetResultOptions, WorkflowStartOptions,
    schedules::{
        CreateScheduleOptions, ScheduleAction, ScheduleError, ScheduleHandle, ScheduleIntervalSpec,
        ScheduleOverlapPolicy, ScheduleSpec, ScheduleUpdate,
    },
    tonic::Code,
};
use workflows::{
    CalendarPreview, CalendarRounds, CalendarSync, calendar_sync::CalendarSyncInput,
    contracts::calendars::FeedRun, names,
};

use crate::{Error, FrontDesk, PATIENCE, in_time, patiently, schedule::unexpected};

/// How often it is seen to that every feed has its schedule.
const ROUNDS_EVERY: Duration = Duration::from_secs(300);

/// Feeds of one interval are not all read in the same moment.
const JITTER: Duration = Duration::from_secs(30);

/// Whoever thinks of adding a calendar waits so long for it.
const LOOKED_AFTER: Duration = Duration::from_secs(12);

/// How often a feed is read by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedTimes {
    /// Which.
    pub feed: FeedId,
    /// How often.
    pub every: Duration,
    /// Not at the moment.
    pub paused: bool,
}

impl FeedTimes {
    /// What the schedule says of itself, by which it is known whether it is still right.
    fn note(&self) -> String {
        let every = self.every.as_secs();
        if self.paused {
            format!("every {every} s, paused")
        } else {
            format!("every {every} s")
        }
    }

    fn spec(&self) -> ScheduleSpec {
        // Each feed has its own moment within the interval.
        let [.., a, b] = self.feed.uuid().into_bytes();
        let part = u32::from(u16::from_be_bytes([a, b]));
        let offset = self.every * part / 65_536;
        ScheduleSpec::builder()
            .intervals(vec![ScheduleIntervalSpec::new(
                self.every,
                Some(Duration::from_secs(offset.as_secs())),
            )])
            .jitter(JITTER)
            .build()
    }
}

impl FrontDesk {
    /// Reads a feed now, and says what came of it. It joins a reading that is under way.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when the reading goes on and its outcome is not known yet.
    pub async fn sync_calendar(&self, feed: FeedId) -> Result<FeedRun, Error> {
        self.begin_sync(feed).await?;
        let handle = self
            .client
            .get_workflow_handle::<CalendarSync>(names::calendar(feed));
        let result = handle.get_result(WorkflowGetResultOptions::default());
        match tokio::time::timeout(PATIENCE, result).await {
            Ok(answer) => answer.map_err(Into::into),
            Err(_elapsed) => Err(Error::NoAnswer),
        }
    }

    /// Has a feed read now, and does not wait for it.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn begin_sync(&self, feed: FeedId) -> Result<(), Error> {
        let input = CalendarSyncInput { feed, asked: true };
        let start = self.client.start_workflow(
            CalendarSync::run,
            input,
            self.resident(names::calendar(feed)),
        );
        in_time(start).await.map(drop)
    }

    /// Has somebody look at a calendar that was left under this name. Whether there was an answer in time.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn preview_calendar(&self, preview: FeedId) -> Result<bool, Error> {
        let options = WorkflowStartOptions::new(&self.task_queue, names::calendar_preview(preview))
            // Nobody waits for it any longer then.
            .execution_timeout(LOOKED_AFTER)
            .rpc_options(patiently())
            .build();
        let started = self
            .client
            .start_workflow(CalendarPreview::run, preview, options);
        let handle = in_time(started).await?;
        let result = handle.get_result(WorkflowGetResultOptions::default());
        match tokio::time::timeout(LOOKED_AFTER, result).await {
            Ok(answer) => answer.map_err(Into::into),
            Err(_elapsed) => Ok(false),
        }
    }

    /// Makes a feed be read by the clock as it says. Idempotent.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn schedule_feed(&self, times: FeedTimes) -> Result<(), Error> {
        let id = names::calendar(times.feed);
        let options = CreateScheduleOptions::builder()
            .action(self.reading(times.feed))
            .spec(times.spec())
            .overlap_policy(ScheduleOverlapPolicy::Skip)
            .build();
        let schedule = self.feed_schedule(times.feed);
        match self.client.create_schedule(id, options).await {
            Ok(_) => {}
            Err(ScheduleError::Rpc(status)) if status.code() == Code::AlreadyExists => {
                let found = schedule.describe(patiently()).await.map_err(unexpected)?;
                if found.note() == Some(times.note().as_str()) {
                    return Ok(());
                }
            }
            Err(error) => return Err(unexpected(error)),
        }
        let right = move |schedule: &mut ScheduleUpdate| {
            schedule
                .set_spec(times.spec())
                .set_paused(times.paused)
                .set_note(times.note())
                // What was missed during an outage is not made up for.
                .set_catchup_window(times.every)
                // A reading that somebody asked for has the same id: one at a time.
                .set_keep_original_workflow_id(true);
        };
        schedule
            .update(right, patiently())
            .await
            .map_err(unexpected)
    }

    /// Has the schedule of a feed begin a reading as if its hour had come.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn clock_reads(&self, feed: FeedId) -> Result<(), Error> {
        let schedule = self.feed_schedule(feed);
        let now = schedule.trigger(ScheduleOverlapPolicy::Skip, Default::default());
        now.await.map_err(unexpected)
    }

    /// Makes a feed be read by the clock no more. Idempotent.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn unschedule_feed(&self, feed: FeedId) -> Result<(), Error> {
        match self.feed_schedule(feed).delete(Default::default()).await {
            Ok(()) => Ok(()),
            Err(ScheduleError::Rpc(status)) if status.code() == Code::NotFound => Ok(()),
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Sees to it that rounds are made. Idempotent.
    pub(crate) async fn ensure_rounds(&self) -> Result<(), Error> {
        let id = names::calendar_rounds(&self.task_queue);
        let round = ScheduleAction::start_workflow(CalendarRounds::run, (), &self.task_queue, &id);
        let spec = ScheduleSpec::builder()
            .intervals(vec![ROUNDS_EVERY.into()])
            .jitter(JITTER)
            .build();
        let options = CreateScheduleOptions::builder()
            .action(round)
            .spec(spec)
            .overlap_policy(ScheduleOverlapPolicy::Skip)
            .build();
        match self.client.create_schedule(&id, options).await {
            Ok(_) => {}
            Err(ScheduleError::Rpc(status)) if status.code() == Code::AlreadyExists => {}
            Err(error) => return Err(unexpected(error)),
        }
        let catch_up = |schedule: &mut ScheduleUpdate| {
            schedule.set_catchup_window(ROUNDS_EVERY);
        };
        let rounds = self.client.get_schedule_handle(id);
        rounds
            .update(catch_up, Default::default())
            .await
            .map_err(unexpected)
    }

    fn reading(&self, feed: FeedId) -> ScheduleAction {
        let input = CalendarSyncInput { feed, asked: false };
        ScheduleAction::start_workflow(
            CalendarSync::run,
            input,
            &self.task_queue,
            names::calendar(feed),
        )
    }

    fn feed_schedule(&self, feed: FeedId) -> ScheduleHandle<Client> {
        self.client.get_schedule_handle(names::calendar(feed))
    }
}

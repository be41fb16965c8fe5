//! How long activities may take and how they are retried, each with its reason, in one place.
//!
//! Each call has a cancellation token of its own: asking a workflow to stop never interrupts what it is doing,
//! because a call that was interrupted may have been made.

use std::time::Duration;

use temporalio_workflow::{
    ActivityCancellationType, ActivityCloseTimeouts, ActivityOptions, RetryPolicy,
    WorkflowCancellationToken,
};

use crate::{contracts::speech::Patience, names::voice_queue};

/// Activities that talk to a provider say so often that they are alive: when their worker is killed, another
/// takes over after this time.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The longest note is fetched and listened to within this time, or not at all.
const LISTENING: Duration = Duration::from_secs(75);

/// A few statements in Postgres. Retried for ever: Postgres comes back, and nothing else can decide.
pub(crate) fn database_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_start_to_close_timeout(Duration::from_secs(5))
        .retry_policy(
            RetryPolicy::builder()
                .initial_interval(Duration::from_millis(200))
                .maximum_interval(Duration::from_secs(10))
                .build(),
        )
        .summary(summary.to_owned())
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

/// Much in Postgres, in small steps, that nobody waits for.
pub(crate) fn long_database_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_start_to_close_timeout(Duration::from_secs(3600))
        .heartbeat_timeout(HEARTBEAT)
        .retry_policy(
            RetryPolicy::builder()
                .initial_interval(Duration::from_secs(1))
                .maximum_interval(Duration::from_secs(300))
                .build(),
        )
        .summary(summary.to_owned())
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

/// A call to a provider that matters to the guest who waits: quick retries at first, then a patient minute.
pub(crate) fn provider_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_start_to_close_timeout(Duration::from_secs(30))
        .heartbeat_timeout(HEARTBEAT)
        .retry_policy(
            RetryPolicy::builder()
                .initial_interval(Duration::from_millis(500))
                .maximum_interval(Duration::from_secs(60))
                .build(),
        )
        .summary(summary.to_owned())
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

/// A channel's calendar, fetched, read and applied. The channel has 20 s; waiting for a turn at its host comes on
/// top. What the channel does is written down and is no failure, so this one is retried until Postgres is back.
pub(crate) fn feed_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_start_to_close_timeout(Duration::from_secs(120))
        .heartbeat_timeout(HEARTBEAT)
        .retry_policy(
            RetryPolicy::builder()
                .initial_interval(Duration::from_millis(500))
                .maximum_interval(Duration::from_secs(30))
                .build(),
        )
        .summary(summary.to_owned())
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

/// A look at a calendar for somebody who waits: the answer comes soon or not at all.
pub(crate) fn feed_preview(summary: &str) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(ActivityCloseTimeouts::ScheduleAndStartToClose {
        start_to_close: Duration::from_secs(10),
        schedule_to_close: Duration::from_secs(10),
    })
    .heartbeat_timeout(HEARTBEAT)
    .summary(summary.to_owned())
    .cancellation_token(WorkflowCancellationToken::new())
    .build()
}

/// The making of a payment link, given up when `wanted` is cancelled. What is under way then is waited for:
/// only a link that is known to be there can be closed.
pub(crate) fn link_making(summary: &str, wanted: &WorkflowCancellationToken) -> ActivityOptions {
    let mut options = provider_call(summary);
    options.cancellation_token = Some(wanted.clone());
    options.cancellation_type = ActivityCancellationType::WaitCancellationCompleted;
    options
}

/// A call to a provider that nobody waits for and that should be made all the same: tried for a day. No link
/// that matters lives longer without somebody looking.
pub(crate) fn patient_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(ActivityCloseTimeouts::ScheduleAndStartToClose {
        start_to_close: Duration::from_secs(30),
        schedule_to_close: Duration::from_secs(24 * 3600),
    })
    .heartbeat_timeout(HEARTBEAT)
    .retry_policy(
        RetryPolicy::builder()
            .initial_interval(Duration::from_millis(500))
            .maximum_interval(Duration::from_secs(60))
            .build(),
    )
    .summary(summary.to_owned())
    .cancellation_token(WorkflowCancellationToken::new())
    .build()
}

/// A call to a provider that is good to have made and that nothing depends on.
pub(crate) fn courtesy_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(ActivityCloseTimeouts::ScheduleAndStartToClose {
        start_to_close: Duration::from_secs(15),
        schedule_to_close: Duration::from_secs(120),
    })
    .heartbeat_timeout(HEARTBEAT)
    .summary(summary.to_owned())
    .cancellation_token(WorkflowCancellationToken::new())
    .build()
}

/// A message to a guest. The sender waits out rate limits and sends in doubt by itself; after a day the
/// message has lost its meaning.
pub(crate) fn message(summary: &str) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(ActivityCloseTimeouts::ScheduleAndStartToClose {
        start_to_close: Duration::from_secs(60),
        schedule_to_close: Duration::from_secs(24 * 3600),
    })
    .heartbeat_timeout(HEARTBEAT)
    .retry_policy(
        RetryPolicy::builder()
            .initial_interval(Duration::from_millis(500))
            .maximum_interval(Duration::from_secs(60))
            .build(),
    )
    .summary(summary.to_owned())
    .cancellation_token(WorkflowCancellationToken::new())
    .build()
}

/// A recording to be listened to, on the queue of those who can. Nobody there, or too many before it: it is given
/// up in time to ask the guest to write. One that brings its worker down does so four times at most.
pub(crate) fn transcription(
    summary: &str,
    task_queue: &str,
    patience: Patience,
) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(ActivityCloseTimeouts::ScheduleAndStartToClose {
        start_to_close: LISTENING.min(patience.end_within()),
        schedule_to_close: patience.end_within(),
    })
    .task_queue(voice_queue(task_queue))
    .schedule_to_start_timeout(patience.begin_within())
    .heartbeat_timeout(HEARTBEAT)
    .retry_policy(
        RetryPolicy::builder()
            .initial_interval(Duration::from_secs(1))
            .backoff_coefficient(3.0)
            .maximum_attempts(4)
            .build(),
    )
    .summary(summary.to_owned())
    .cancellation_token(WorkflowCancellationToken::new())
    .build()
}

/// Money to give back, tried ever more patiently for as long as `patience`.
pub(crate) fn refund(summary: &str, patience: Duration) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(ActivityCloseTimeouts::ScheduleAndStartToClose {
        start_to_close: Duration::from_secs(30),
        schedule_to_close: patience,
    })
    .heartbeat_timeout(HEARTBEAT)
    .retry_policy(
        RetryPolicy::builder()
            .initial_interval(Duration::from_secs(1))
            .maximum_interval(Duration::from_secs(3600))
            .build(),
    )
    .summary(summary.to_owned())
    .cancellation_token(WorkflowCancellationToken::new())
    .build()
}

/// A start, signal or update of another workflow.
pub(crate) fn workflow_call(summary: &str) -> ActivityOptions {
    ActivityOptions::with_start_to_close_timeout(Duration::from_secs(15))
        .retry_policy(
            RetryPolicy::builder()
                .initial_interval(Duration::from_millis(200))
                .maximum_interval(Duration::from_secs(10))
                .build(),
        )
        .summary(summary.to_owned())
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

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

const HOUR: Duration = Duration::from_secs(3600);

/// After this long, nobody waits for what was to be said or done any more.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A few statements in Postgres. Retried for ever: Postgres comes back, and nothing else can decide.
pub(crate) fn database_call(summary: &str) -> ActivityOptions {
    call(
        summary,
        for_ever(Duration::from_secs(5)),
        spaced(Duration::from_millis(200), Duration::from_secs(10)),
    )
}

/// Much in Postgres, in small steps, that nobody waits for.
pub(crate) fn long_database_call(summary: &str) -> ActivityOptions {
    beating(call(
        summary,
        for_ever(HOUR),
        spaced(Duration::from_secs(1), Duration::from_secs(300)),
    ))
}

/// A start, signal or update of another workflow.
pub(crate) fn workflow_call(summary: &str) -> ActivityOptions {
    call(
        summary,
        for_ever(Duration::from_secs(15)),
        spaced(Duration::from_millis(200), Duration::from_secs(10)),
    )
}

/// A call to a provider that matters to the guest who waits: quick retries at first, then a patient minute.
pub(crate) fn provider_call(summary: &str) -> ActivityOptions {
    beating(call(
        summary,
        for_ever(Duration::from_secs(30)),
        spaced(Duration::from_millis(500), Duration::from_secs(60)),
    ))
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
    beating(call(
        summary,
        given_up_after(DAY, Duration::from_secs(30)),
        spaced(Duration::from_millis(500), Duration::from_secs(60)),
    ))
}

/// A call to a provider that is good to have made and that nothing depends on.
pub(crate) fn courtesy_call(summary: &str) -> ActivityOptions {
    beating(call(
        summary,
        given_up_after(Duration::from_secs(120), Duration::from_secs(15)),
        RetryPolicy::default(),
    ))
}

/// A channel's calendar, fetched, read and applied. The channel has 20 s; waiting for a turn at its host comes on
/// top. What the channel does is written down and is no failure, so this one is retried until Postgres is back.
pub(crate) fn feed_call(summary: &str) -> ActivityOptions {
    beating(call(
        summary,
        for_ever(Duration::from_secs(120)),
        spaced(Duration::from_millis(500), Duration::from_secs(30)),
    ))
}

/// A look at a calendar for somebody who waits: the answer comes soon or not at all.
pub(crate) fn feed_preview(summary: &str) -> ActivityOptions {
    let patience = Duration::from_secs(10);
    beating(call(
        summary,
        given_up_after(patience, patience),
        RetryPolicy::default(),
    ))
}

/// An event for a program of somebody else's. What it answers is no failure; only our own stores are.
pub(crate) fn post(summary: &str) -> ActivityOptions {
    beating(call(
        summary,
        for_ever(Duration::from_secs(60)),
        spaced(Duration::from_millis(500), Duration::from_secs(30)),
    ))
}

/// A message to a guest. The sender waits out rate limits and sends in doubt by itself; after a day the
/// message has lost its meaning.
pub(crate) fn message(summary: &str) -> ActivityOptions {
    beating(call(
        summary,
        given_up_after(DAY, Duration::from_secs(60)),
        spaced(Duration::from_millis(500), Duration::from_secs(60)),
    ))
}

/// A recording to be listened to, on the queue of those who can. Nobody there, or too many before it: it is given
/// up in time to ask the guest to write. One that brings its worker down does so four times at most.
pub(crate) fn transcription(
    summary: &str,
    task_queue: &str,
    patience: Patience,
) -> ActivityOptions {
    let mut options = beating(call(
        summary,
        given_up_after(patience.end_within(), LISTENING.min(patience.end_within())),
        RetryPolicy::builder()
            .initial_interval(Duration::from_secs(1))
            .backoff_coefficient(3.0)
            .maximum_attempts(4)
            .build(),
    ));
    options.task_queue = Some(voice_queue(task_queue));
    options.schedule_to_start_timeout = Some(patience.begin_within());
    options
}

/// Money to give back, tried ever more patiently for as long as `patience`.
pub(crate) fn refund(summary: &str, patience: Duration) -> ActivityOptions {
    beating(call(
        summary,
        given_up_after(patience, Duration::from_secs(30)),
        spaced(Duration::from_secs(1), HOUR),
    ))
}

fn call(summary: &str, limits: ActivityCloseTimeouts, retries: RetryPolicy) -> ActivityOptions {
    ActivityOptions::with_close_timeouts(limits)
        .retry_policy(retries)
        .summary(summary)
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

/// Says every [`HEARTBEAT`] that it is alive.
const fn beating(mut options: ActivityOptions) -> ActivityOptions {
    options.heartbeat_timeout = Some(HEARTBEAT);
    options
}

/// One attempt may take `attempt`; there is always another.
const fn for_ever(attempt: Duration) -> ActivityCloseTimeouts {
    ActivityCloseTimeouts::StartToClose(attempt)
}

/// One attempt may take `attempt`, all of them together `patience`.
const fn given_up_after(patience: Duration, attempt: Duration) -> ActivityCloseTimeouts {
    ActivityCloseTimeouts::ScheduleAndStartToClose {
        schedule_to_close: patience,
        start_to_close: attempt,
    }
}

/// The second attempt follows after `first`, the others ever later, at most `longest` apart.
fn spaced(first: Duration, longest: Duration) -> RetryPolicy {
    RetryPolicy::builder()
        .initial_interval(first)
        .maximum_interval(longest)
        .build()
}

//! Waiting in a workflow: until an instant, for a fact, or for whichever comes first.
//!
//! No wait here ends because somebody asks the workflow to stop: a story that owns nights and money decides
//! for itself what that means, by waiting for [`WorkflowContext::cancelled`] like for any other fact.

use std::time::Duration;

use chrono::{DateTime, Utc};
use temporalio_workflow::{
    TimerOptions, WaitConditionOptions, WorkflowCancellationToken, WorkflowContext, select,
};

/// What ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The instant came.
    ByTime,
    /// The fact is there.
    ByFact,
}

/// The workflow's own time, the same on every replay.
pub(crate) fn now<W>(ctx: &WorkflowContext<W>) -> DateTime<Utc> {
    ctx.workflow_time()
        .map_or(DateTime::UNIX_EPOCH, DateTime::from)
}

/// Waits for a fact, for as long as it takes.
pub(crate) async fn known<W>(ctx: &WorkflowContext<W>, fact: impl Fn(&W) -> bool) {
    // A token that nobody else has is never cancelled, so there is no error to hear of.
    drop(ctx.wait_condition_with_options(fact, unbounded()).await);
}

/// Waits for a fact until something else is over; whether the fact came first.
pub(crate) async fn known_before<W>(
    ctx: &WorkflowContext<W>,
    over: &WorkflowCancellationToken,
    fact: impl Fn(&W) -> bool,
) -> bool {
    select! {
        _ = ctx.wait_condition_with_options(fact, unbounded()) => true,
        () = over.cancelled() => false,
    }
}

fn unbounded() -> WaitConditionOptions {
    WaitConditionOptions::builder()
        .cancellation_token(WorkflowCancellationToken::new())
        .build()
}

/// Waits until an instant or a fact, whichever comes first; a fact that is there already wins.
///
/// The timer that lost is cancelled on the server, where it would otherwise wake the workflow for nothing.
pub(crate) async fn wait_until<W>(
    ctx: &WorkflowContext<W>,
    at: DateTime<Utc>,
    summary: &str,
    fact: impl Fn(&W) -> bool,
) -> Woken {
    if ctx.state(&fact) {
        return Woken::ByFact;
    }
    let Ok(left) = at.signed_duration_since(now(ctx)).to_std() else {
        return Woken::ByTime;
    };
    wait_for(ctx, left, summary, fact).await
}

/// Waits for a fact, but no longer than `left`; a fact that is there already wins.
pub(crate) async fn wait_for<W>(
    ctx: &WorkflowContext<W>,
    left: Duration,
    summary: &str,
    fact: impl Fn(&W) -> bool,
) -> Woken {
    if ctx.state(&fact) {
        return Woken::ByFact;
    }
    let token = WorkflowCancellationToken::new();
    let timer = TimerOptions::builder(left)
        .summary(summary.to_owned())
        .cancellation_token(token.clone())
        .build();
    let woken = select! {
        _ = ctx.wait_condition_with_options(fact, unbounded()) => Woken::ByFact,
        _ = ctx.timer(timer) => Woken::ByTime,
    };
    token.cancel();
    woken
}

/// Lets handlers that still run finish, so that no caller is left without an answer.
pub(crate) async fn drain_handlers<W>(ctx: &WorkflowContext<W>) {
    known(ctx, |_| ctx.all_handlers_finished()).await;
}

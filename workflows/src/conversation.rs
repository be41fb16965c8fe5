//! The story of one guest's thread.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use domain::{GuestId, MessageId};
use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    ActivityExecutionError, ContinueAsNewOptions, SyncWorkflowContext, WorkflowContext,
    WorkflowContextView, WorkflowResult,
};

use crate::{
    beside::accompanied,
    clock::{Woken, drain_handlers, known, wait_for},
    contracts::{
        conversation::{Respond, Task, TaskResult, Turn, TurnEvent},
        messaging::{self, Deliver},
        payments::{self, Review},
        reservations::{self, Actor, CancelRequest, RevokeRequest},
        speech::{Hearing, Patience, Transcribe},
        waiting_list,
    },
    options::{database_call, message, transcription, workflow_call},
};

/// A conversation in which nobody says anything for so long goes to sleep. What the guest had chosen is in
/// Postgres, and the next word wakes it.
const QUIET: Duration = Duration::from_secs(24 * 3600);

/// A run hands over to a fresh one after so many turns, long before its history is large.
const TURNS_PER_RUN: u32 = 100;

/// The same, for turns in which much is done: a turn that holds nights takes some thirty events, one that only answers
/// a dozen. What comes in meanwhile is added to it, and no history of ours is to have more than 2,000 events.
const EVENTS_PER_RUN: u32 = 1_400;

/// How many message ids are remembered to tell a repeat from a new message. Postgres remembers all of them.
const REMEMBERED: usize = 200;

/// Whose conversation, and what a run hands to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationInput {
    /// Whose.
    pub guest_id: GuestId,
    /// What is not answered yet, in order.
    #[serde(default)]
    pub waiting: VecDeque<MessageId>,
    /// What could not be delivered and is not sent another way yet.
    #[serde(default)]
    pub undelivered: VecDeque<MessageId>,
    /// What has been heard lately.
    #[serde(default)]
    pub heard: VecDeque<MessageId>,
}

impl ConversationInput {
    /// The conversation of a guest who has said nothing yet.
    #[must_use]
    pub const fn of(guest_id: GuestId) -> Self {
        Self {
            guest_id,
            waiting: VecDeque::new(),
            undelivered: VecDeque::new(),
            heard: VecDeque::new(),
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationOutcome {
    /// Nobody said anything for a day.
    Asleep,
}

/// Answers one guest: every message once, in the order in which it came. A message that cannot be answered
/// never keeps the next one from it. Asked to cancel, it answers what waits and goes to sleep.
///
/// ```text
///  a recording ──▶ listen ──▶ respond
///  message ──▶ respond ──▶ deliver ──▶ (a task: hold, cancel, extend, change ──▶ respond ──▶ deliver) ──▶ next
///  a day of silence ──▶ asleep
/// ```
#[workflow]
#[derive(Debug)]
pub struct Conversation {
    thread: ConversationInput,
}

#[workflow_methods]
impl Conversation {
    #[init]
    const fn new(_ctx: &WorkflowContextView, thread: ConversationInput) -> Self {
        Self { thread }
    }

    /// Answers, turn by turn, and beside that sends again what did not arrive.
    #[run(name = "Conversation")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<ConversationOutcome> {
        accompanied(Self::take_turns(ctx), Self::recover_messages(ctx)).await
    }

    /// The guest wrote. The same message is heard once.
    #[signal]
    pub fn message_received(&mut self, _ctx: &mut SyncWorkflowContext<Self>, message: MessageId) {
        if self.thread.heard.contains(&message) {
            return;
        }
        self.thread.heard.push_back(message);
        if self.thread.heard.len() > REMEMBERED {
            self.thread.heard.pop_front();
        }
        self.thread.waiting.push_back(message);
    }

    /// WhatsApp could not deliver what it had accepted.
    #[signal]
    pub fn delivery_failed(&mut self, _ctx: &mut SyncWorkflowContext<Self>, message: MessageId) {
        if !self.thread.undelivered.contains(&message) {
            self.thread.undelivered.push_back(message);
        }
    }
}

impl Conversation {
    async fn take_turns(ctx: &WorkflowContext<Self>) -> WorkflowResult<ConversationOutcome> {
        let mut turns = 0;
        while turns < TURNS_PER_RUN
            && ctx.history_length() < EVENTS_PER_RUN
            && !ctx.continue_as_new_suggested()
        {
            let asked_to_stop = ctx.cancellation_token();
            let woken = wait_for(ctx, QUIET, "quiet", |s: &Self| {
                !s.thread.waiting.is_empty() || (asked_to_stop.is_cancelled() && s.has_no_work())
            })
            .await;
            if let Some(message) = ctx.state_mut(|s| s.thread.waiting.pop_front()) {
                Self::answer(ctx, message).await;
                turns += 1;
            } else if woken == Woken::ByFact || ctx.state(Self::has_no_work) {
                return Ok(ConversationOutcome::Asleep);
            }
        }
        drain_handlers(ctx).await;
        let thread = ctx.state(|s| s.thread.clone());
        ctx.continue_as_new(thread, ContinueAsNewOptions::default())?;
        Ok(ConversationOutcome::Asleep)
    }

    fn has_no_work(&self) -> bool {
        self.thread.waiting.is_empty() && self.thread.undelivered.is_empty()
    }

    /// Answers one message. What fails here for good is a bug of ours, which the owner must hear of; the
    /// guest's next message must still be answered.
    async fn answer(ctx: &WorkflowContext<Self>, message: MessageId) {
        if Self::take_turn(ctx, message).await.is_err() {
            let reason =
                "A message of a guest could not be answered. Read the conversation and answer it.";
            Self::ask_owner(ctx, "turn_failed", message, reason).await;
        }
    }

    async fn ask_owner(ctx: &WorkflowContext<Self>, kind: &str, about: MessageId, reason: &str) {
        let review = Review {
            kind: kind.to_owned(),
            reference: about.to_string(),
            reason: reason.to_owned(),
        };
        // Retried for ever; it fails only when the workflow is cancelled, and then nobody is asked.
        drop(
            ctx.execute_activity(payments::AskOwner, review, database_call("ask the owner"))
                .await,
        );
    }

    /// One turn: read or listen, decide, say, and do what was decided.
    async fn take_turn(
        ctx: &WorkflowContext<Self>,
        message: MessageId,
    ) -> Result<(), ActivityExecutionError> {
        let mut task = Self::respond(ctx, TurnEvent::Message { message }).await?;
        if let Some(Task::Listen { message, patience }) = task {
            let hearing = Self::listen(ctx, message, patience).await;
            let result = TaskResult::Heard { hearing };
            task = Self::respond(ctx, TurnEvent::Done { message, result }).await?;
        }
        if let Some(task) = task {
            let result = Self::carry_out(ctx, task).await?;
            Self::respond(ctx, TurnEvent::Done { message, result }).await?;
        }
        Ok(())
    }

    /// Has a recording listened to. Whatever keeps it from being heard, the guest is answered.
    async fn listen(
        ctx: &WorkflowContext<Self>,
        recording: MessageId,
        patience: Patience,
    ) -> Hearing {
        let listening = transcription("listen to the guest", ctx.task_queue(), patience);
        let heard = ctx.execute_activity(Transcribe, recording, listening).await;
        heard.unwrap_or(Hearing::Unavailable)
    }

    /// Decides what to say, says it, and returns what else is to be done.
    async fn respond(
        ctx: &WorkflowContext<Self>,
        event: TurnEvent,
    ) -> Result<Option<Task>, ActivityExecutionError> {
        let (TurnEvent::Message { message: about } | TurnEvent::Done { message: about, .. }) =
            event;
        let guest_id = ctx.state(|s| s.thread.guest_id);
        let turn = Turn { guest_id, event };
        let reply = ctx
            .execute_activity(Respond, turn, database_call("decide what to answer"))
            .await?;
        if !reply.messages.is_empty() {
            let deliver = Deliver {
                guest_id,
                messages: reply.messages,
            };
            let sent = ctx
                .execute_activity(
                    messaging::DeliverMessages,
                    deliver,
                    message("answer the guest"),
                )
                .await;
            // What was decided is still done.
            if sent.is_err() {
                let reason =
                    "An answer to a guest could not be sent. Read the conversation and answer it.";
                Self::ask_owner(ctx, "answer_not_sent", about, reason).await;
            }
        }
        Ok(reply.task)
    }

    async fn carry_out(
        ctx: &WorkflowContext<Self>,
        task: Task,
    ) -> Result<TaskResult, ActivityExecutionError> {
        match task {
            Task::Listen { message, patience } => Ok(TaskResult::Heard {
                hearing: Self::listen(ctx, message, patience).await,
            }),
            Task::PlaceHold { input } => {
                let code = input.code.clone();
                let outcome = ctx
                    .execute_activity(reservations::Open, *input, workflow_call("hold the nights"))
                    .await?;
                Ok(TaskResult::Hold { code, outcome })
            }
            Task::Cancel { code } => {
                let request = CancelRequest {
                    code: code.clone(),
                    by: Actor::Guest,
                    reason: "the guest asked in the chat".to_owned(),
                    stay: None,
                };
                let outcome = ctx
                    .execute_activity(
                        reservations::CancelReservation,
                        request,
                        workflow_call("cancel"),
                    )
                    .await?;
                Ok(TaskResult::Cancel { code, outcome })
            }
            Task::Revoke { code } => {
                let request = RevokeRequest {
                    code: code.clone(),
                    reason: "the guest revoked in the chat".to_owned(),
                };
                let revoking = workflow_call("revoke the purchase");
                let outcome = ctx
                    .execute_activity(reservations::RevokePurchase, request, revoking)
                    .await?;
                Ok(TaskResult::Revoke { code, outcome })
            }
            Task::OfferBalance { code } => {
                let asking = workflow_call("ask for a link over the balance");
                let outcome = ctx
                    .execute_activity(reservations::OfferBalance, code.clone(), asking)
                    .await?;
                Ok(TaskResult::Balance { code, outcome })
            }
            Task::Extend { code } => {
                let outcome = ctx
                    .execute_activity(
                        reservations::ExtendHold,
                        code.clone(),
                        workflow_call("extend the hold"),
                    )
                    .await?;
                Ok(TaskResult::Extend { code, outcome })
            }
            Task::JoinWaitingList { wish } => {
                let joining = workflow_call("join the waiting list");
                let entry = ctx
                    .execute_activity(waiting_list::Join, wish, joining)
                    .await?;
                Ok(TaskResult::Joined { entry })
            }
            Task::LeaveWaitingList { leaving } => {
                let parting = database_call("leave the waiting list");
                ctx.execute_activity(waiting_list::Leave, leaving, parting)
                    .await?;
                Ok(TaskResult::Left)
            }
            Task::ChangeDates { request } => {
                let code = request.code.clone();
                let outcome = ctx
                    .execute_activity(
                        reservations::ChangeReservation,
                        *request,
                        workflow_call("change the dates"),
                    )
                    .await?;
                Ok(TaskResult::ChangeDates { code, outcome })
            }
        }
    }

    /// Sends again, one by one, what WhatsApp could not deliver. A message is forgotten only when that is done,
    /// so that the next run takes over one that is on its way.
    async fn recover_messages(ctx: &WorkflowContext<Self>) -> Infallible {
        loop {
            known(ctx, |s| !s.thread.undelivered.is_empty()).await;
            if let Some(undelivered) = ctx.state(|s| s.thread.undelivered.front().copied()) {
                let sending = message("send it another way");
                drop(
                    ctx.execute_activity(messaging::Recover, undelivered, sending)
                        .await,
                );
                ctx.state_mut(|s| s.thread.undelivered.pop_front());
            }
        }
    }
}

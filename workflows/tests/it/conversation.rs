//! The stories of conversations.

use anyhow::Result;
use domain::{GuestId, MessageId, Money, ReservationStatus};
use temporalio_client::{
    Client, WorkflowCancelOptions, WorkflowFetchHistoryOptions, WorkflowGetResultOptions,
    WorkflowHandle, WorkflowIdConflictPolicy, WorkflowSignalOptions, WorkflowStartOptions,
};
use workflows::{
    Conversation,
    contracts::{
        conversation::{Reply, Task},
        inventory::HoldOutcome,
        reservations::{CancelOutcome, ExtendOutcome},
        speech::Patience,
    },
    conversation::{ConversationInput, ConversationOutcome},
    names,
};

use crate::{
    booking::{DAY, HOUR, in_thirty_days},
    history,
    stage::{Stage, in_time},
    world::{Trouble, World},
};

/// One guest's thread.
struct Chat {
    stage: Stage,
    guest: GuestId,
}

impl Chat {
    async fn begun() -> Result<Self> {
        Ok(Self {
            stage: Stage::set().await?,
            guest: GuestId::generate(),
        })
    }

    fn world(&self) -> &World {
        &self.stage.world
    }

    fn id(&self) -> String {
        names::conversation(self.guest)
    }

    fn handle(&self) -> WorkflowHandle<Client, Conversation> {
        self.stage
            .client
            .get_workflow_handle::<Conversation>(self.id())
    }

    async fn guest_writes(&self, message: MessageId) -> Result<()> {
        let options = WorkflowStartOptions::new(self.stage.queue.clone(), self.id())
            .id_conflict_policy(WorkflowIdConflictPolicy::UseExisting)
            .build();
        self.stage
            .client
            .signal_with_start_workflow(
                Conversation::run,
                ConversationInput::of(self.guest),
                Conversation::message_received,
                message,
                options,
            )
            .await?;
        Ok(())
    }

    async fn was_not_delivered(&self, message: MessageId) -> Result<()> {
        let options = WorkflowSignalOptions::default();
        self.handle()
            .signal(Conversation::delivery_failed, message, options)
            .await?;
        Ok(())
    }

    /// Waits until so many turns were taken.
    async fn has_answered(&self, turns: usize) {
        self.world()
            .eventually("the guest is answered", |world| {
                world.calls("conversation.respond").len() >= turns
            })
            .await;
    }

    /// What the guest wrote is answered with a message and a task; returns the id of the answer.
    fn will_do(&self, message: MessageId, task: Task) -> MessageId {
        let answer = MessageId::generate();
        let reply = Reply {
            messages: vec![answer],
            task: Some(task),
        };
        self.world().facts().replies.insert(message, reply);
        answer
    }

    /// Lets days pass until nobody is awake, and checks the history of the last run.
    async fn sleeps(self) -> Result<Stage> {
        self.asleep(None).await
    }

    /// As [`Chat::sleeps`], and the history is one of those that are kept.
    async fn sleeps_as(self, history: &str) -> Result<Stage> {
        self.asleep(Some(history)).await
    }

    async fn asleep(self, history: Option<&str>) -> Result<Stage> {
        let handle = self.handle();
        // A conversation that sleeps has no clock to move.
        drop(self.stage.let_time_fly(&self.id()).await);
        let outcome = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
        assert_eq!(outcome, ConversationOutcome::Asleep);
        let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
        history::check(history, events).await?;
        Ok(self.stage)
    }
}

fn messages<const N: usize>() -> [MessageId; N] {
    std::array::from_fn(|_| MessageId::generate())
}

fn texts(messages: &[MessageId]) -> Vec<String> {
    messages.iter().map(MessageId::to_string).collect()
}

#[tokio::test]
async fn every_message_is_answered_once_and_in_order() -> Result<()> {
    let chat = Chat::begun().await?;
    let said: [MessageId; 4] = messages();
    for message in [
        said[0], said[1], said[0], said[2], said[1], said[3], said[3],
    ] {
        chat.guest_writes(message).await?;
    }
    chat.has_answered(4).await;
    let stage = chat.sleeps_as("conversation-in-order").await?;
    assert_eq!(stage.world.calls("conversation.respond"), texts(&said));
    Ok(())
}

#[tokio::test]
async fn a_hold_that_the_guest_asks_for_is_placed_and_its_outcome_told() -> Result<()> {
    let chat = Chat::begun().await?;
    let input = in_thirty_days();
    let outcome = HoldOutcome::Held {
        expires_at: input.booked_at,
        paid: Money::ZERO,
    };
    chat.world().facts().hold = Some(outcome.clone());
    let [message] = messages();
    let code = input.code.clone();
    let input = Box::new(input);
    let answer = chat.will_do(message, Task::PlaceHold { input });
    chat.guest_writes(message).await?;
    chat.has_answered(2).await;
    let stage = chat.sleeps_as("conversation-hold").await?;
    assert_eq!(stage.world.calls("reservations.open"), [code.to_string()]);
    assert_eq!(stage.world.calls("messaging.deliver"), [answer.to_string()]);
    let turns = stage.world.calls("conversation.respond");
    assert!(turns[1].contains(&format!("{outcome:?}")), "{turns:?}");
    Ok(())
}

#[tokio::test]
async fn a_guest_cancels_and_extends_in_the_chat() -> Result<()> {
    let chat = Chat::begun().await?;
    let status = ReservationStatus::Expired;
    chat.world().facts().cancellation = Some(CancelOutcome::NotPossible { status });
    chat.world().facts().extension = Some(ExtendOutcome::AlreadyExtended);
    let [first, second] = messages();
    let code = in_thirty_days().code;
    chat.will_do(first, Task::Extend { code: code.clone() });
    chat.will_do(second, Task::Cancel { code });
    chat.guest_writes(first).await?;
    chat.guest_writes(second).await?;
    chat.has_answered(4).await;
    let stage = chat.sleeps_as("conversation-cancel").await?;
    assert_eq!(stage.world.calls("reservations.cancel"), ["by Guest"]);
    let turns = stage.world.calls("conversation.respond");
    assert!(turns[1].contains("AlreadyExtended"), "{turns:?}");
    assert!(turns[3].contains("NotPossible"), "{turns:?}");
    Ok(())
}

#[tokio::test]
async fn a_message_that_cannot_be_answered_never_keeps_the_next_one_from_it() -> Result<()> {
    let chat = Chat::begun().await?;
    let [first, second] = messages();
    chat.world().refuses_once("conversation.respond");
    chat.guest_writes(first).await?;
    chat.guest_writes(second).await?;
    chat.has_answered(1).await;
    let stage = chat.sleeps_as("conversation-turn-failed").await?;
    assert_eq!(stage.world.calls("conversation.respond"), texts(&[second]));
    assert_eq!(
        stage.world.asked_of_owner(),
        [format!("turn_failed {first}")]
    );
    Ok(())
}

#[tokio::test]
async fn an_answer_that_can_never_be_sent_does_not_end_the_conversation() -> Result<()> {
    let chat = Chat::begun().await?;
    let [first, second] = messages();
    chat.will_do(
        first,
        Task::Cancel {
            code: in_thirty_days().code,
        },
    );
    chat.world().refuses("messaging.deliver");
    chat.guest_writes(first).await?;
    chat.guest_writes(second).await?;
    chat.has_answered(3).await;
    let stage = chat.sleeps().await?;
    assert_eq!(stage.world.calls("reservations.cancel").len(), 1);
    assert_eq!(
        stage.world.asked_of_owner(),
        [format!("answer_not_sent {first}")]
    );
    Ok(())
}

#[tokio::test]
async fn what_did_not_arrive_is_sent_another_way_without_keeping_the_guest_waiting() -> Result<()> {
    let chat = Chat::begun().await?;
    let [first, second, lost] = messages();
    chat.guest_writes(first).await?;
    chat.has_answered(1).await;
    chat.world().is_down("messaging.recover");
    chat.was_not_delivered(lost).await?;
    chat.was_not_delivered(lost).await?;
    chat.guest_writes(second).await?;
    chat.has_answered(2).await;
    chat.world().recovers("messaging.recover");
    let stage = chat.sleeps_as("conversation-recovered").await?;
    assert_eq!(stage.world.calls("messaging.recover"), [lost.to_string()]);
    Ok(())
}

#[tokio::test]
async fn a_conversation_sleeps_after_a_day_of_silence_and_wakes() -> Result<()> {
    let chat = Chat::begun().await?;
    let [first, second] = messages();
    chat.guest_writes(first).await?;
    chat.has_answered(1).await;
    chat.stage.skip(&chat.id(), DAY - HOUR).await?;
    chat.guest_writes(second).await?;
    chat.has_answered(2).await;
    chat.stage.skip(&chat.id(), DAY - HOUR).await?;
    let guest = chat.guest;
    let stage = chat.sleeps().await?;
    let chat = Chat { stage, guest };
    let [third] = messages();
    chat.guest_writes(third).await?;
    chat.has_answered(3).await;
    let stage = chat.sleeps().await?;
    assert_eq!(
        stage.world.calls("conversation.respond"),
        texts(&[first, second, third])
    );
    Ok(())
}

#[tokio::test]
async fn a_long_conversation_continues_as_new_and_loses_nothing() -> Result<()> {
    let chat = Chat::begun().await?;
    let [first] = messages();
    chat.guest_writes(first).await?;
    let run = chat
        .handle()
        .describe(Default::default())
        .await?
        .run_id()
        .to_owned();
    let [lost] = messages();
    chat.world().is_down("messaging.recover");
    chat.was_not_delivered(lost).await?;
    let said: [MessageId; 250] = messages();
    for pair in said.chunks(2) {
        let (one, two, repeated) = (pair[0], pair[1], pair[0]);
        chat.guest_writes(one).await?;
        tokio::try_join!(chat.guest_writes(two), chat.guest_writes(repeated))?;
    }
    chat.has_answered(251).await;
    chat.world().recovers("messaging.recover");
    let handle = chat
        .stage
        .client
        .get_workflow_handle::<Conversation>(chat.id());
    let now = handle
        .describe(Default::default())
        .await?
        .run_id()
        .to_owned();
    assert_ne!(now, run, "the first run handed over to another");
    let stage = chat.sleeps().await?;
    let mut all = vec![first];
    all.extend(said);
    assert_eq!(stage.world.calls("conversation.respond"), texts(&all));
    assert_eq!(stage.world.calls("messaging.recover"), [lost.to_string()]);
    Ok(())
}

#[tokio::test]
async fn a_conversation_that_is_asked_to_stop_answers_what_waits_first() -> Result<()> {
    let mut chat = Chat::begun().await?;
    chat.stage.stop_worker().await?;
    let said: [MessageId; 2] = messages();
    for message in said {
        chat.guest_writes(message).await?;
    }
    chat.handle()
        .cancel(WorkflowCancelOptions::default())
        .await?;
    chat.stage.start_worker()?;
    let outcome = chat
        .handle()
        .get_result(WorkflowGetResultOptions::default())
        .await?;
    assert_eq!(outcome, ConversationOutcome::Asleep);
    assert_eq!(chat.world().calls("conversation.respond"), texts(&said));
    chat.sleeps_as("conversation-asked-to-stop").await?;
    Ok(())
}

#[tokio::test]
async fn a_conversation_is_the_same_when_every_step_fails_once_and_the_worker_restarts()
-> Result<()> {
    for trouble in [Trouble::FirstAttemptFails, Trouble::FirstAnswerIsLost] {
        let mut chat = Chat::begun().await?;
        chat.world().facts().trouble = trouble;
        let [first, second] = messages();
        chat.will_do(
            first,
            Task::Extend {
                code: in_thirty_days().code,
            },
        );
        chat.guest_writes(first).await?;
        chat.has_answered(1).await;
        chat.stage.stop_worker().await?;
        chat.guest_writes(second).await?;
        chat.stage.start_worker()?;
        chat.has_answered(3).await;
        let stage = chat.sleeps().await?;
        let turns = stage.world.calls("conversation.respond");
        assert_eq!(turns.len(), 3, "{turns:?}");
        assert_eq!(stage.world.calls("reservations.extend").len(), 1);
        assert_eq!(stage.world.calls("messaging.deliver").len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_recording_that_nobody_listens_to_is_answered_all_the_same() -> Result<()> {
    let chat = Chat::begun().await?;
    let [recording, text] = messages();
    let patience = Patience {
        begin_within_seconds: 1,
        end_within_seconds: 5,
    };
    let listen = Task::Listen {
        message: recording,
        patience,
    };
    chat.will_do(recording, listen);
    chat.guest_writes(recording).await?;
    chat.guest_writes(text).await?;
    chat.has_answered(3).await;
    let stage = chat.sleeps_as("conversation-unheard").await?;
    let turns = stage.world.calls("conversation.respond");
    assert_eq!(turns[0], recording.to_string());
    assert!(turns[1].contains("Unavailable"), "{}", turns[1]);
    assert_eq!(turns[2], text.to_string());
    Ok(())
}

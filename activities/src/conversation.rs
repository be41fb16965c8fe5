//! Reading what happened, deciding what to answer, and writing it down, all at once.

mod event;
mod facts;
mod heard;
mod owner;
mod receipt;
mod task;

use std::sync::Arc;

use chrono::Utc;
use database::{
    Database,
    dialogue::{self as memory, NewTurn},
    guests, messages,
    messages::Inbound,
};
use dialogue::{Command, Mode, Say, State, Step, Texts, owner::Order};
use domain::Language;
use front_desk::FrontDesk;
use serde_json::Value;
use telemetry::metrics;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use whatsapp::webhook::Content;
use workflows::contracts::conversation::{Reply, Respond, Task, TaskResult, Turn, TurnEvent};

use self::facts::Known;
pub(crate) use self::facts::reservation_input;
pub use self::owner::{NoNumber, OwnerNumber};
use crate::{
    Listeners, Words, World,
    failure::{garbled, missing, of_database},
    messaging::Written,
};

/// Fulfils the conversation contract: the dialogue engine between what Postgres knows and what it will.
#[derive(Debug)]
pub struct ConversationActivities {
    database: Database,
    whatsapp: whatsapp::Client,
    words: Words,
    front_desk: FrontDesk,
    listeners: Listeners,
    owner: Option<OwnerNumber>,
}

impl ConversationActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            whatsapp: world.whatsapp.clone(),
            words: world.words.clone(),
            front_desk: world.front_desk.clone(),
            listeners: world.listeners,
            owner: world.owner.clone(),
        }
    }
}

#[activities]
impl ConversationActivities {
    /// Idempotent on the guest's message and the event: the first decision stays and is returned.
    #[activity(definition = Respond)]
    pub async fn respond(
        self: Arc<Self>,
        _ctx: ActivityContext,
        turn: Turn,
    ) -> Result<Reply, ActivityError> {
        let key = key(&turn.event);
        if let Some(decided) = memory::reply(&self.database, &key)
            .await
            .map_err(of_database)?
        {
            return from_memory(decided);
        }
        let message = self.message(&turn.event).await?;
        let heard = heard::read(&self.database, &turn.event, &message).await?;
        let before = memory::state(&self.database, turn.guest_id)
            .await
            .map_err(of_database)?;
        let state = match &before {
            Some(remembered) => from_memory(remembered.clone())?,
            None => State::default(),
        };
        if heard.is_to_be_answered() && state.mode() == Mode::Bot {
            receipt::show(&self.database, &self.whatsapp, &message);
        }
        if let Some(task) = self.to_be_heard(&turn.event, &message, &state).await {
            let kept = (before, to_memory(&state)?);
            return self.listen_first(key, &turn, kept, task).await;
        }
        let known = Known::load(&self.database, turn.guest_id, &message).await?;
        if let Some(order) = self.ordered(&heard, &known) {
            return self
                .obey(&key, &known, (before, &state), &message, order)
                .await;
        }
        let event = event::read(heard, &message, &state, &known)?;
        let facts = known.facts();
        let texts = self.words.now().await;
        let step = match event {
            Some(event) => dialogue::step(state, event, &facts, &texts),
            None => Step {
                state,
                say: Vec::new(),
                command: None,
                asides: Vec::new(),
            },
        };
        self.keep_language(&known, &step.state).await?;
        let reply = self.carry_out(&key, &known, before, step, &texts).await?;
        let decided = memory::record(&self.database, &reply)
            .await
            .map_err(of_database)?;
        if matches!(turn.event, TurnEvent::Message { .. }) {
            metrics::MESSAGES_READ.inc(&[metrics::message_kind(&message.kind)]);
        }
        from_memory(decided)
    }
}

impl ConversationActivities {
    async fn message(&self, event: &TurnEvent) -> Result<Inbound, ActivityError> {
        let (TurnEvent::Message { message } | TurnEvent::Done { message, .. }) = event;
        let found = messages::inbound(&self.database, *message)
            .await
            .map_err(of_database)?;
        found.ok_or_else(|| missing("message"))
    }

    /// A recording is listened to before it is answered, where somebody can. A guest who wants no messages is not
    /// listened to.
    async fn to_be_heard(
        &self,
        event: &TurnEvent,
        message: &Inbound,
        state: &State,
    ) -> Option<Task> {
        let is_recording = matches!(
            serde_json::from_value(message.content.clone()),
            Ok(Content::Audio { .. })
        );
        let is_new = matches!(event, TurnEvent::Message { .. });
        if !is_new || !is_recording || state.mode() == Mode::OptedOut {
            return None;
        }
        let patience = match self.listeners {
            Listeners::Nobody => None,
            Listeners::Here(patience) => Some(patience),
            // Who cannot be asked after is waited for.
            Listeners::Elsewhere(patience) => {
                let listens = self.front_desk.listens().await.unwrap_or(true);
                listens.then_some(patience)
            }
        };
        patience.map(|patience| Task::Listen {
            message: message.id,
            patience,
        })
    }

    /// What the owner orders in a message from their own number.
    fn ordered(&self, heard: &heard::Heard<'_>, known: &Known) -> Option<Order> {
        let owner = self.owner.as_ref()?;
        let heard::Heard::Content(content) = heard else {
            return None;
        };
        if !owner.is(known.guest.wa_id.as_deref()) {
            return None;
        }
        owner::order(content, &known.inventory)
    }

    /// A turn of the owner's: done, and answered. Nothing of their own conversation changes.
    async fn obey(
        &self,
        key: &str,
        known: &Known,
        (before, state): (Option<Value>, &State),
        message: &Inbound,
        order: Order,
    ) -> Result<Reply, ActivityError> {
        let orders = owner::Orders {
            database: &self.database,
            front_desk: &self.front_desk,
            inventory: &known.inventory,
            message,
        };
        let answer = orders.carry_out(order).await?;
        let language = known.guest.language.unwrap_or(Language::Es);
        let texts = self.words.now().await;
        let say = dialogue::owner::say(&answer, language, known.facts().today(), &texts);
        let messages = written(key, known, say, &texts)?;
        let reply = Reply {
            messages: messages.iter().map(|message| message.id).collect(),
            task: None,
        };
        let turn = NewTurn {
            key: key.to_owned(),
            guest_id: known.guest.id,
            before,
            state: to_memory(state)?,
            reply: to_memory(&reply)?,
            messages,
        };
        let decided = memory::record(&self.database, &turn)
            .await
            .map_err(of_database)?;
        from_memory(decided)
    }

    /// A turn in which nothing is said yet.
    async fn listen_first(
        &self,
        key: String,
        turn: &Turn,
        (before, state): (Option<Value>, Value),
        task: Task,
    ) -> Result<Reply, ActivityError> {
        let reply = Reply {
            messages: Vec::new(),
            task: Some(task),
        };
        let turn = NewTurn {
            key,
            guest_id: turn.guest_id,
            before,
            state,
            reply: to_memory(&reply)?,
            messages: Vec::new(),
        };
        let decided = memory::record(&self.database, &turn)
            .await
            .map_err(of_database)?;
        from_memory(decided)
    }

    /// Notices speak the language in which the guest was last understood.
    async fn keep_language(&self, known: &Known, state: &State) -> Result<(), ActivityError> {
        let Some(language) = state
            .language()
            .filter(|spoken| known.guest.language != Some(*spoken))
        else {
            return Ok(());
        };
        guests::set_language(&self.database, known.guest.id, language)
            .await
            .map_err(of_database)
    }

    /// Does what touches the guest alone, and makes a task of what touches a reservation.
    async fn carry_out(
        &self,
        key: &str,
        known: &Known,
        before: Option<Value>,
        step: Step,
        texts: &Texts,
    ) -> Result<NewTurn, ActivityError> {
        let guest = known.guest.id;
        let Step {
            state,
            say,
            command,
            asides,
        } = step;
        for aside in asides {
            self.task(known, aside).await?;
        }
        let task = match command {
            Some(command) => self.task(known, command).await?,
            None => None,
        };
        let messages = written(key, known, say, texts)?;
        let reply = Reply {
            messages: messages.iter().map(|message| message.id).collect(),
            task,
        };
        Ok(NewTurn {
            key: key.to_owned(),
            guest_id: guest,
            before,
            state: to_memory(&state)?,
            reply: to_memory(&reply)?,
            messages,
        })
    }

    async fn task(&self, known: &Known, command: Command) -> Result<Option<Task>, ActivityError> {
        let guest = known.guest.id;
        let done = match command {
            Command::OptOut => guests::opt_out(&self.database, guest, Utc::now()).await,
            Command::OptIn => guests::opt_in(&self.database, guest).await,
            Command::SetName { name } => guests::rename(&self.database, guest, &name).await,
            Command::HandOver { reason } => {
                return task::hand_over(&self.database, guest, reason).await;
            }
            Command::HandBack => return task::hand_back(&self.database, guest).await,
            Command::PlaceHold { .. }
            | Command::Cancel { .. }
            | Command::Revoke { .. }
            | Command::OfferBalance { .. }
            | Command::Extend { .. }
            | Command::ChangeDates { .. }
            | Command::JoinWaitingList { .. }
            | Command::LeaveWaitingList { .. } => {
                return task::of_reservation(known, command).map(Some);
            }
        };
        done.map_err(of_database)?;
        Ok(None)
    }
}

/// What is said, as it is kept until it is sent.
fn written(
    key: &str,
    known: &Known,
    say: Vec<Say>,
    texts: &Texts,
) -> Result<Vec<messages::NewOutbound>, ActivityError> {
    let guest = &known.guest;
    let language = guest.language.unwrap_or(Language::Es);
    let template = dialogue::seen_late(guest.display_name(), language, texts);
    Written::together(say, template)
        .enumerate()
        .map(|(position, written)| written.outbound(guest.id, &format!("{key}/{position}")))
        .collect()
}

/// Names a turn by the message that caused it and by what happened.
fn key(event: &TurnEvent) -> String {
    match event {
        TurnEvent::Message { message } => message.to_string(),
        TurnEvent::Done {
            message,
            result: TaskResult::Heard { .. },
        } => format!("{message}/heard"),
        TurnEvent::Done { message, .. } => format!("{message}/done"),
    }
}

fn from_memory<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, ActivityError> {
    serde_json::from_value(value).map_err(|_unreadable| garbled("what a conversation remembers"))
}

fn to_memory(value: &impl serde::Serialize) -> Result<Value, ActivityError> {
    serde_json::to_value(value).map_err(|_unwritable| garbled("what a conversation remembers"))
}

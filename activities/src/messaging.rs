//! What guests are told: notices are written and sent, answers are sent as they were written.

mod notice;
mod outbox;
mod trouble;
mod wire;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use database::Database;
use dialogue::{Say, Template, Texts};
use domain::{GuestId, MessageId};
use serde::{Deserialize, Serialize};
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::contracts::messaging::{Deliver, DeliverMessages, Notify, Recover, SendNotice};

pub(crate) use self::notice::outbound;
use self::outbox::Outbox;
use crate::{World, alive::alive};

/// How long a status may take to tell that a message whose answer was lost did go out. Statuses come within
/// seconds.
const DOUBT: TimeDelta = TimeDelta::seconds(45);

/// A message as it is written down before it is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Written {
    /// What is said.
    pub(crate) say: Say,
    /// What is sent instead when only an approved template may go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) template: Option<Template>,
}

impl Written {
    pub(crate) const fn answer(say: Say) -> Self {
        Self {
            say,
            template: None,
        }
    }

    /// What kind of message it is, for people who look at the table.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.say {
            Say::Text { .. } => "text",
            Say::Buttons { .. } => "buttons",
            Say::List { .. } => "list",
            Say::Link { .. } => "link",
            Say::Image { .. } => "image",
            Say::Location { .. } => "location",
        }
    }
}

/// Fulfils the messaging contract with Postgres and WhatsApp.
#[derive(Debug)]
pub struct MessagingActivities {
    database: Database,
    whatsapp: whatsapp::Client,
    texts: Arc<Texts>,
    doubt: TimeDelta,
}

impl MessagingActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            whatsapp: world.whatsapp.clone(),
            texts: Arc::clone(&world.texts),
            doubt: DOUBT,
        }
    }

    /// The same, waiting for another time before a message whose answer was lost is sent again. What is
    /// shorter than statuses take sends messages twice.
    #[must_use]
    pub fn with_doubt(self, doubt: Duration) -> Self {
        let doubt = TimeDelta::from_std(doubt).unwrap_or(TimeDelta::MAX);
        Self { doubt, ..self }
    }
}

#[activities]
impl MessagingActivities {
    /// Idempotent on the code and the step.
    #[activity(definition = SendNotice)]
    pub async fn notify(
        self: Arc<Self>,
        ctx: ActivityContext,
        notify: Notify,
    ) -> Result<(), ActivityError> {
        let Some((guest, messages)) = notice::write(&self.database, &self.texts, &notify).await?
        else {
            return Ok(());
        };
        alive(&ctx, self.send_all(&ctx, guest, &messages)).await
    }

    /// Idempotent on each message.
    #[activity(definition = DeliverMessages)]
    pub async fn deliver(
        self: Arc<Self>,
        ctx: ActivityContext,
        deliver: Deliver,
    ) -> Result<(), ActivityError> {
        alive(
            &ctx,
            self.send_all(&ctx, deliver.guest_id, &deliver.messages),
        )
        .await
    }

    /// Idempotent on the message.
    #[activity(definition = Recover)]
    pub async fn recover(
        self: Arc<Self>,
        ctx: ActivityContext,
        message: MessageId,
    ) -> Result<(), ActivityError> {
        alive(&ctx, self.outbox(&ctx).recover(message)).await
    }
}

impl MessagingActivities {
    fn outbox(&self, ctx: &ActivityContext) -> Outbox<'_> {
        Outbox {
            db: &self.database,
            client: &self.whatsapp,
            doubt: self.doubt,
            attempt: ctx.info().attempt,
        }
    }

    /// One after the other: what was said first arrives first.
    async fn send_all(
        &self,
        ctx: &ActivityContext,
        guest: GuestId,
        messages: &[MessageId],
    ) -> Result<(), ActivityError> {
        for message in messages {
            self.outbox(ctx).send(guest, *message).await?;
        }
        Ok(())
    }
}

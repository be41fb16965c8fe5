//! What guests are told: notices are written and sent, answers are sent as they were written.

mod doubt;
mod incident;
mod notice;
mod outbox;
mod trouble;
mod wire;
mod written;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use database::Database;
use domain::{GuestId, MessageId};
use pace::{Pace, Urgency};
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::contracts::messaging::{Deliver, DeliverMessages, Notify, Recover, SendNotice};

pub(crate) use self::written::Written;
use self::{doubt::Doubt, incident::Incident, outbox::Outbox};
use crate::{Words, World, alive::alive};

/// How long a status may take to tell that a message whose answer was lost did go out. Statuses come within
/// seconds.
const DOUBT: Doubt = Doubt {
    in_silence: TimeDelta::seconds(45),
    among_others: TimeDelta::seconds(12),
};

/// Fulfils the messaging contract with Postgres and WhatsApp.
#[derive(Debug)]
pub struct MessagingActivities {
    database: Database,
    whatsapp: whatsapp::Client,
    pace: Pace,
    words: Words,
    doubt: Doubt,
    incident: Incident,
}

impl MessagingActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            whatsapp: world.whatsapp.clone(),
            pace: world.pace.clone(),
            words: world.words.clone(),
            doubt: DOUBT,
            incident: Incident::default(),
        }
    }

    /// The same, waiting for another time before a message whose answer was lost is sent again. What is
    /// shorter than statuses take sends messages twice.
    #[must_use]
    pub fn with_doubt(self, doubt: Duration) -> Self {
        let lasting = TimeDelta::from_std(doubt).unwrap_or(TimeDelta::MAX);
        let doubt = Doubt {
            in_silence: lasting,
            among_others: lasting,
        };
        Self { doubt, ..self }
    }

    /// The same, trying at other intervals whether what stopped all sending is mended.
    #[must_use]
    pub fn probing_every(self, probe: Duration) -> Self {
        let incident = Incident::probed_every(probe);
        Self { incident, ..self }
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
        let texts = self.words.now().await;
        let Some((guest, messages)) = notice::write(&self.database, &texts, &notify).await? else {
            return Ok(());
        };
        let outbox = self.outbox(&ctx, Urgency::Notice);
        alive(&ctx, send_all(&outbox, guest, &messages)).await
    }

    /// Idempotent on each message.
    #[activity(definition = DeliverMessages)]
    pub async fn deliver(
        self: Arc<Self>,
        ctx: ActivityContext,
        deliver: Deliver,
    ) -> Result<(), ActivityError> {
        let outbox = self.outbox(&ctx, Urgency::Answer);
        let sent = send_all(&outbox, deliver.guest_id, &deliver.messages);
        alive(&ctx, sent).await
    }

    /// Idempotent on the message.
    #[activity(definition = Recover)]
    pub async fn recover(
        self: Arc<Self>,
        ctx: ActivityContext,
        message: MessageId,
    ) -> Result<(), ActivityError> {
        let outbox = self.outbox(&ctx, Urgency::Notice);
        alive(&ctx, outbox.recover(message)).await
    }
}

impl MessagingActivities {
    fn outbox(&self, ctx: &ActivityContext, urgency: Urgency) -> Outbox<'_> {
        Outbox {
            db: &self.database,
            client: &self.whatsapp,
            pace: &self.pace,
            incident: &self.incident,
            urgency,
            doubt: self.doubt,
            attempt: ctx.info().attempt,
        }
    }
}

/// One after the other: what was said first arrives first.
async fn send_all(
    outbox: &Outbox<'_>,
    guest: GuestId,
    messages: &[MessageId],
) -> Result<(), ActivityError> {
    for message in messages {
        outbox.send(guest, *message).await?;
    }
    Ok(())
}

//! Events for programs of others, handed to the workflows that deliver them.

use domain::WebhookDeliveryId;
use workflows::{Webhook, names, webhook::WebhookInput};

use crate::{Error, FrontDesk, in_time};

impl FrontDesk {
    /// Has an event delivered. Nothing happens when it is under way.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn deliver_webhook(&self, delivery: WebhookDeliveryId) -> Result<(), Error> {
        let input = WebhookInput::of(delivery);
        let options = self.resident(names::webhook(delivery));
        let started = self.client.start_workflow(Webhook::run, input, options);
        in_time(started).await.map(drop)
    }

    /// Has an event sent now, whether or not it is under way.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send_webhook_now(&self, delivery: WebhookDeliveryId) -> Result<(), Error> {
        let told = self.client.signal_with_start_workflow(
            Webhook::run,
            WebhookInput::of(delivery),
            Webhook::send_now,
            (),
            self.resident(names::webhook(delivery)),
        );
        in_time(told).await.map(drop)
    }
}

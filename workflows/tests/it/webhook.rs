//! An event on its way to somebody's program.

use anyhow::Result;
use domain::WebhookDeliveryId;
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowHandle, WorkflowStartOptions,
};
use workflows::{
    Webhook,
    contracts::webhooks::Tried,
    names,
    webhook::{WebhookInput, WebhookOutcome},
};

use crate::{history, stage::Stage};

const LATER: Tried = Tried::NotTaken { retry_after: None };

struct Story {
    stage: Stage,
    id: String,
    delivery: WebhookDeliveryId,
}

impl Story {
    /// Of a program that answers this, and then takes what it is sent.
    async fn of(answers: &[Tried]) -> Result<Self> {
        let stage = Stage::set().await?;
        stage.world.facts().tries.extend(answers.iter().copied());
        let delivery = WebhookDeliveryId::generate();
        Ok(Self {
            stage,
            id: names::webhook(delivery),
            delivery,
        })
    }

    fn handle(&self) -> WorkflowHandle<temporalio_client::Client, Webhook> {
        self.stage.client.get_workflow_handle::<Webhook>(&self.id)
    }

    async fn begin(&self) -> Result<()> {
        let options = WorkflowStartOptions::new(self.stage.queue.clone(), self.id.clone()).build();
        let input = WebhookInput::of(self.delivery);
        let client = &self.stage.client;
        client.start_workflow(Webhook::run, input, options).await?;
        Ok(())
    }

    /// How it ended, after so many attempts.
    async fn ends(&self, name: &str) -> Result<(WebhookOutcome, usize)> {
        let handle = self.handle();
        let outcome = handle
            .get_result(WorkflowGetResultOptions::default())
            .await?;
        let tried = self.stage.world.calls("webhooks.try").len();
        history::check(
            Some(name),
            handle.fetch_history(WorkflowFetchHistoryOptions::default()),
        )
        .await?;
        Ok((outcome, tried))
    }
}

#[tokio::test]
async fn what_is_not_taken_is_tried_ever_later() -> Result<()> {
    let story = Story::of(&[
        LATER,
        Tried::NotTaken {
            retry_after: Some(600),
        },
        LATER,
    ])
    .await?;
    story.begin().await?;
    story.stage.let_time_fly(&story.id).await?;
    assert_eq!(
        story.ends("webhook-delivered").await?,
        (WebhookOutcome::Delivered, 4)
    );
    assert!(story.stage.world.calls("webhooks.give_up").is_empty());
    Ok(())
}

#[tokio::test]
async fn after_three_days_it_is_given_up() -> Result<()> {
    let story = Story::of(&[LATER; 20]).await?;
    story.begin().await?;
    story.stage.let_time_fly(&story.id).await?;
    assert_eq!(
        story.ends("webhook-given-up").await?,
        (WebhookOutcome::GivenUp, 10)
    );
    assert_eq!(story.stage.world.calls("webhooks.give_up").len(), 1);
    Ok(())
}

#[tokio::test]
async fn who_is_gone_is_not_asked_again() -> Result<()> {
    let story = Story::of(&[Tried::Nobody]).await?;
    story.begin().await?;
    assert_eq!(
        story.ends("webhook-nobody").await?,
        (WebhookOutcome::GivenUp, 1)
    );
    Ok(())
}

#[tokio::test]
async fn whoever_presses_send_again_does_not_wait() -> Result<()> {
    let story = Story::of(&[LATER, LATER]).await?;
    story.begin().await?;
    let world = &story.stage.world;
    for tried in [1, 2] {
        world
            .eventually("it was tried", |world| {
                world.calls("webhooks.try").len() == tried
            })
            .await;
        // The first pause is five seconds, the second five minutes.
        story
            .handle()
            .signal(Webhook::send_now, (), Default::default())
            .await?;
    }
    assert_eq!(
        story.ends("webhook-hurried").await?,
        (WebhookOutcome::Delivered, 3)
    );
    Ok(())
}

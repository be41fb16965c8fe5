//! Telling programs of others what happened.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Utc;
use database::{
    Database,
    webhooks::{self, Attempt, ClosedSecret, Errand},
};
use domain::{WebhookDeliveryId, WebhookEndpointId, WebhookStatus};
use feed_fetcher::{Fetcher, Posted};
use keyring::Keyring;
use standard_webhooks::{ID, SIGNATURE, Secret, TIMESTAMP, sign};
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::contracts::webhooks::{GiveUp, Tried, TryOnce};

use crate::{
    World,
    alive::alive,
    failure::{garbled, of_database},
};

/// What receivers are told we are.
const AGENT: &str = "Posada/1 (webhooks)";

/// How long an endpoint may take: it should write the event down and do its work later.
const PATIENCE: Duration = Duration::from_secs(15);

/// What an endpoint answers that wants nothing any more.
const GONE: u16 = 410;

/// Fulfils the contract with HTTP and Postgres.
#[derive(Debug)]
pub struct WebhookActivities {
    database: Database,
    fetcher: Fetcher,
    keys: Keyring,
}

impl WebhookActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            fetcher: world.fetcher.clone(),
            keys: world.keys.clone(),
        }
    }

    /// Tries it, and says for how many seconds the endpoint asks to be left alone.
    async fn send(&self, errand: &Errand) -> Result<(Attempt, Option<u32>), ActivityError> {
        let at = Utc::now();
        let began = Instant::now();
        let answer = match self.fetcher.policy().parse(&errand.url) {
            // What may be fetched may have changed since the address was typed.
            Err(refused) => Err(refused.code()),
            Ok(url) => {
                let headers = self.headers(errand, at.timestamp())?;
                let posted = self
                    .fetcher
                    .post(&url, &headers, errand.body.clone(), PATIENCE);
                posted.await.map_err(|error| error.code())
            }
        };
        let attempt = Attempt {
            at,
            http_status: answer.ok().map(|posted| posted.status.into()),
            error: answer.err().map(str::to_owned),
            milliseconds: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
        };
        Ok((attempt, answer.ok().and_then(asked_for)))
    }

    fn headers(
        &self,
        errand: &Errand,
        now: i64,
    ) -> Result<Vec<(&'static str, String)>, ActivityError> {
        let secrets = errand
            .secrets
            .iter()
            .map(|secret| self.open(errand.endpoint, secret));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let id = errand.event.to_string();
        let signed = sign(&secrets, &id, now, errand.body.as_bytes());
        Ok(vec![
            ("content-type", "application/json".to_owned()),
            ("user-agent", AGENT.to_owned()),
            (ID, id),
            (TIMESTAMP, now.to_string()),
            (SIGNATURE, signed),
        ])
    }

    fn open(
        &self,
        endpoint: WebhookEndpointId,
        secret: &ClosedSecret,
    ) -> Result<Secret, ActivityError> {
        let opened = self.keys.open(
            &webhooks::purpose(endpoint),
            &secret.key_name,
            &secret.closed,
        )?;
        let text = String::from_utf8(opened).map_err(|_not_text| garbled("a webhook secret"))?;
        Secret::parse(&text).map_err(|_no_secret| garbled("a webhook secret"))
    }
}

fn asked_for(posted: Posted) -> Option<u32> {
    let pause = posted.retry_after?;
    Some(u32::try_from(pause.as_secs()).unwrap_or(u32::MAX))
}

/// What an answer means.
fn judged(attempt: &Attempt, retry_after: Option<u32>) -> Tried {
    match attempt.http_status.map(u16::try_from) {
        Some(Ok(200..=299)) => Tried::Taken,
        Some(Ok(GONE)) => Tried::Nobody,
        _ => Tried::NotTaken { retry_after },
    }
}

#[activities]
impl WebhookActivities {
    /// Idempotent on the call.
    #[activity(definition = TryOnce)]
    pub async fn try_once(
        self: Arc<Self>,
        ctx: ActivityContext,
        delivery: WebhookDeliveryId,
    ) -> Result<Tried, ActivityError> {
        let info = ctx.info();
        let run = info.workflow_run_id.as_deref().unwrap_or_default();
        let key = format!("{run}/{}", info.activity_id);
        let errand = webhooks::errand(&self.database, delivery, &key, Utc::now()).await;
        let Some(errand) = errand.map_err(of_database)? else {
            return Ok(Tried::Nobody);
        };
        if let Some(known) = &errand.known {
            return Ok(judged(known, None));
        }
        if errand.status == WebhookStatus::Delivered {
            return Ok(Tried::Taken);
        }
        let (attempt, retry_after) = alive(&ctx, self.send(&errand)).await?;
        let outcome = judged(&attempt, retry_after);
        tracing::debug!(
            webhook.delivery = %delivery,
            http.status = attempt.http_status,
            error = attempt.error,
            "an event was sent"
        );
        let tried = webhooks::Tried {
            key,
            attempt,
            taken: outcome == Tried::Taken,
        };
        let written = webhooks::tried(&self.database, delivery, &tried).await;
        written.map_err(of_database)?;
        Ok(outcome)
    }

    /// Idempotent on the delivery.
    #[activity(definition = GiveUp)]
    pub async fn give_up(
        self: Arc<Self>,
        _ctx: ActivityContext,
        delivery: WebhookDeliveryId,
    ) -> Result<(), ActivityError> {
        let (db, now) = (&self.database, Utc::now());
        let silent = webhooks::given_up(db, delivery, now).await;
        let Some(endpoint) = silent.map_err(of_database)? else {
            return Ok(());
        };
        let stopped = webhooks::stop_sending_to(db, endpoint, "silent", now).await;
        if stopped.map_err(of_database)? {
            tracing::warn!(webhook.endpoint = %endpoint, "an endpoint took no events and is switched off");
        }
        Ok(())
    }
}

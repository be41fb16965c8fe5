//! Builds the world, registers everything, and serves the queue until told to stop.

use std::time::Duration;

use activities::{
    CalendarActivities, CalendarSettings, ConversationActivities, HousekeepingActivities,
    InventoryActivities, MessagingActivities, OwnerNumber, PaymentActivities, PaymentSettings,
    ReservationActivities, SpeechActivities, WaitingActivities, WebhookActivities, Words, World,
};
use anyhow::Context;
use chrono::TimeDelta;
use clips::Clips;
use database::Database;
use domain::Retention;
use feed_fetcher::{Fetcher, Limits};
use front_desk::FrontDesk;
use night_locks::NightLocks;
use pace::{Pace, Rates};
use secrecy::{ExposeSecret, SecretString};
use speech::Transcriber;
use telemetry::metrics;
use temporalio_client::Client;
use temporalio_sdk::{
    Runtime, Worker, WorkerOptions,
    runtime::{
        RuntimeOptions,
        worker_tuner::{FixedSizeSlotSupplier, TunerHolder},
    },
};
use tokio::signal::unix::{SignalKind, signal};
use workflows::{
    CalendarPreview, CalendarRounds, CalendarSync, Conversation, Housekeeping, Payment,
    Reconciliation, Reservation, StaffMessage, Transcription, WaitingList, Webhook, names,
};

use crate::{
    Config,
    config::WhatsAppConfig,
    monitor::{self, TemporalMetrics, Watched},
    voice::Voice,
};

/// How long activities may go on after the worker was told to stop; what is not done by then is retried
/// elsewhere.
const GRACE: Duration = Duration::from_secs(5);

/// A task for a worker that has died is given to another after this time.
const STICKY: Duration = Duration::from_secs(3);

/// How long Postgres may be away at the start before it is tried again.
const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// Runs a worker until it is told to stop by SIGTERM or Ctrl-C.
///
/// # Errors
/// When the configuration cannot work; what is only away is waited for.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let listener = monitor::listen(config.listen).await?;
    let client = connect(&config).await?;
    let front_desk = FrontDesk::new(client.clone(), &config.temporal.task_queue);
    let database = database(&config.database_url, config.database_connections).await;
    let voice = Voice::open(&config.speech, &database).await?;
    let world = world(&config, database, front_desk.clone(), &voice)?;
    let (temporal, telemetry) = TemporalMetrics::start()?;
    let watched = Watched {
        database: world.database.clone(),
        locks: world.locks.clone(),
        front_desk: front_desk.clone(),
        temporal,
        remark: voice.remark(),
    };
    let monitor = tokio::spawn(monitor::serve(listener, watched));
    front_desk
        .ensure_schedules()
        .await
        .context("the schedules could not be made")?;
    begin_anew(&world).await;

    let runtime = RuntimeOptions::builder()
        .telemetry_options(telemetry)
        .build()
        .map_err(anyhow::Error::msg)?;
    let runtime = Runtime::from_current_tokio(runtime)?;
    let mut worker = Worker::new(
        &runtime,
        client.clone(),
        options(&config.temporal.task_queue, &world, config.retention.days())?,
    )?;
    let hears = matches!(voice, Voice::Here(_));
    metrics::LISTENS.set(&[], if hears { 1.0 } else { 0.0 });
    let mut listener = match voice {
        Voice::Here(transcriber) => Some(Worker::new(
            &runtime,
            client,
            listening(&config.temporal.task_queue, &world, transcriber),
        )?),
        Voice::Elsewhere | Voice::Nobody(_) => None,
    };
    let stop = worker.shutdown_handle();
    let stop_listening = listener.as_ref().map(Worker::shutdown_handle);
    let told = tokio::spawn(async move {
        told_to_stop().await?;
        tracing::info!("told to stop, finishing what is under way");
        stop();
        if let Some(stop) = stop_listening {
            stop();
        }
        anyhow::Ok(())
    });
    tracing::info!(
        task_queue = config.temporal.task_queue,
        "the worker is ready"
    );
    let listen = async {
        match &mut listener {
            Some(listener) => listener.run().await,
            None => Ok(()),
        }
    };
    tokio::try_join!(worker.run(), listen).map_err(|error| anyhow::anyhow!(error.to_string()))?;
    told.abort();
    monitor.abort();
    Ok(())
}

async fn connect(config: &Config) -> anyhow::Result<Client> {
    let identity = format!("worker/{}", std::process::id());
    let keys = config
        .temporal
        .keys()
        .context("POSADA_PAYLOAD_KEYS cannot be used")?;
    front_desk::connect(
        &config.temporal.address,
        &config.temporal.namespace,
        &identity,
        &keys,
    )
    .await
    .context("TEMPORAL_ADDRESS cannot be used")
}

/// The number from which the owner gives orders in the chat.
fn owner(config: &WhatsAppConfig) -> anyhow::Result<Option<OwnerNumber>> {
    if config.owner.is_empty() {
        return Ok(None);
    }
    let number = config.owner.parse();
    number
        .map(Some)
        .context("POSADA_OWNER_WHATSAPP cannot be used")
}

fn world(
    config: &Config,
    database: Database,
    front_desk: FrontDesk,
    voice: &Voice,
) -> anyhow::Result<World> {
    let notification_url = format!(
        "{}/api/v1/webhooks/mercadopago?source_news=webhooks",
        config.public_url.trim_end_matches('/')
    );
    let provider = &config.mercado_pago;
    Ok(World {
        locks: NightLocks::new(config.redis_url.expose_secret())
            .context("REDIS_URL cannot be used")?,
        front_desk,
        whatsapp: whatsapp(&config.whatsapp)?,
        pace: pace(config)?,
        mercado_pago: mercado_pago::Client::new(&provider.base_url, provider.access_token.clone())
            .context("MERCADOPAGO_BASE_URL cannot be used")?,
        clips: Clips::new(config.redis_url.expose_secret()).context("REDIS_URL cannot be used")?,
        listeners: voice.listeners(&config.speech),
        owner: owner(&config.whatsapp)?,
        words: Words::new(database.clone()).context("the texts cannot be used")?,
        database,
        fetcher: Fetcher::new(
            config.calendars.policy(&config.public_url),
            Limits::default(),
        ),
        calendars: CalendarSettings {
            feed_domain: calendar_feed::feed_domain(&config.public_url),
            floor: TimeDelta::seconds(config.calendars.floor_seconds.into()),
        },
        keys: config
            .temporal
            .keys()
            .context("POSADA_PAYLOAD_KEYS cannot be used")?,
        payments: PaymentSettings {
            collector_id: provider.collector_id.clone(),
            notification_url,
            statement_descriptor: provider.statement_descriptor.clone(),
            webhook_patience: TimeDelta::seconds(provider.webhook_patience_seconds.into()),
        },
    })
}

/// After a restore nothing is served before every story was begun anew.
async fn begin_anew(world: &World) {
    loop {
        match activities::begin_all_anew(world).await {
            Ok(None) => return,
            Ok(Some(begun)) => {
                return tracing::warn!(
                    workflows.ended = begun.ended,
                    reservations = begun.reservations,
                    webhooks = begun.webhooks,
                    messages = begun.messages,
                    doubtful = begun.doubtful,
                    "the database was restored, and every story was begun anew"
                );
            }
            Err(error) => {
                tracing::warn!(?error, "stories cannot be begun anew yet, trying again");
                tokio::time::sleep(DATABASE_PAUSE).await;
            }
        }
    }
}

/// Postgres, waited for as long as it is away.
async fn database(url: &SecretString, connections: u32) -> Database {
    loop {
        match Database::connect(url, connections).await {
            Ok(database) => return database,
            Err(error) => {
                tracing::warn!(%error, "postgres is away, trying again");
                tokio::time::sleep(DATABASE_PAUSE).await;
            }
        }
    }
}

fn whatsapp(config: &WhatsAppConfig) -> anyhow::Result<whatsapp::Client> {
    whatsapp::Client::new(whatsapp::Config {
        base_url: config.base_url.clone(),
        version: config.version.clone(),
        phone_number_id: config.phone_number_id.clone(),
        token: config.access_token.clone(),
        media_hosts: whatsapp::Config::META_MEDIA_HOSTS
            .map(str::to_owned)
            .to_vec(),
        argentina_strip_nine_on_send: config.strip_nine,
    })
    .context("the WhatsApp configuration cannot be used")
}

fn pace(config: &Config) -> anyhow::Result<Pace> {
    let rates = Rates {
        per_second: config.whatsapp.per_second,
        ..Rates::default()
    };
    let number = &config.whatsapp.phone_number_id;
    Pace::new(config.redis_url.expose_secret(), number, rates).context("REDIS_URL cannot be used")
}

fn options(task_queue: &str, world: &World, retention: Retention) -> anyhow::Result<WorkerOptions> {
    Ok(WorkerOptions::new(task_queue)
        .max_cached_workflows(2000_usize)
        .graceful_shutdown_period(GRACE)
        .sticky_queue_schedule_to_start_timeout(STICKY)
        .register_activities(InventoryActivities::new(world))
        .register_activities(PaymentActivities::new(world))
        .register_activities(MessagingActivities::new(world))
        .register_activities(ConversationActivities::new(world))
        .register_activities(ReservationActivities::new(world))
        .register_activities(HousekeepingActivities::new(world, retention))
        .register_activities(CalendarActivities::new(world))
        .register_activities(WaitingActivities::new(world))
        .register_activities(WebhookActivities::new(world))
        .register_workflow::<Reservation>()?
        .register_workflow::<Conversation>()?
        .register_workflow::<Payment>()?
        .register_workflow::<Reconciliation>()?
        .register_workflow::<Housekeeping>()?
        .register_workflow::<Transcription>()?
        .register_workflow::<CalendarSync>()?
        .register_workflow::<CalendarRounds>()?
        .register_workflow::<StaffMessage>()?
        .register_workflow::<CalendarPreview>()?
        .register_workflow::<WaitingList>()?
        .register_workflow::<Webhook>()?
        .build())
}

/// One recording at a time, on a queue of its own: two at once take longer than one after the other.
fn listening(task_queue: &str, world: &World, transcriber: Transcriber) -> WorkerOptions {
    let one = FixedSizeSlotSupplier::new(1);
    let tuner = TunerHolder::builder()
        .workflow_task_slot_supplier(one)
        .activity_task_slot_supplier(one)
        .local_activity_task_slot_supplier(one)
        .nexus_task_slot_supplier(one)
        .build();
    WorkerOptions::new(names::voice_queue(task_queue))
        .tuner(tuner)
        .graceful_shutdown_period(GRACE)
        .register_activities(SpeechActivities::new(world, transcriber))
        .build()
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

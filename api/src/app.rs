//! What every handler can reach.

use std::{ops::Deref, sync::Arc, time::Duration};

use clips::Clips;
use database::Database;
use front_desk::FrontDesk;
use ipnet::IpNet;
use keyring::{Codec, InvalidKeys, Keyring};
use night_locks::NightLocks;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::{
    acknowledging::Acknowledging,
    admin::live::Live,
    audio,
    auth::Tokens,
    backlog::Backlog,
    config::{Config, TemporalConfig},
    dispatch,
    error::{Error, chain},
    hints::Hints,
    limits::Limits,
    metrics::Metrics,
    slot::Slot,
};

/// The longest pause between two attempts to reach the database.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct App(Arc<Parts>);

/// What it is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    database: Slot<Database>,
    desk: Slot<FrontDesk>,
    pub(crate) locks: NightLocks,
    pub(crate) limits: Limits,
    pub(crate) tokens: Tokens,
    pub(crate) metrics: Metrics,
    pub(crate) backlog: Backlog,
    pub(crate) hints: Hints,
    pub(crate) whatsapp: WhatsApp,
    pub(crate) mercado_pago_secret: SecretString,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) open_analysis: bool,
    pub(crate) clips: Clips,
    /// How many clips may still be taken in.
    pub(crate) transcriptions: Semaphore,
    /// Who hands events over at this moment.
    pub(crate) deliveries: Semaphore,
    /// Who waits for a webhook to be written down.
    pub(crate) acknowledging: Acknowledging,
    pub(crate) is_https: bool,
    /// Which links of other channels may be kept.
    pub(crate) feeds: feed_fetcher::Policy,
    /// The address by which others reach us.
    pub(crate) public_url: String,
    /// Tells open pages what changes.
    pub(crate) live: Live,
    workflows: Option<WorkflowPages>,
    /// What secrets are kept closed with.
    pub(crate) keys: Keyring,
    /// Opens what Temporal keeps closed.
    pub(crate) codec: Codec,
}

/// Where Temporal shows workflows.
#[derive(Debug)]
struct WorkflowPages {
    url: String,
    namespace: String,
}

impl WorkflowPages {
    fn of(config: &TemporalConfig) -> Option<Self> {
        let url = config.ui_url.as_ref().filter(|url| !url.is_empty());
        url.map(|url| Self {
            url: url.trim_end_matches('/').to_owned(),
            namespace: config.namespace.clone(),
        })
    }
}

/// What webhooks of WhatsApp are checked with.
#[derive(Debug)]
pub(crate) struct WhatsApp {
    pub(crate) secret: whatsapp::signature::Secret,
    pub(crate) verify_token: whatsapp::signature::VerifyToken,
    pub(crate) phone_number_id: String,
}

/// The app cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address of Redis cannot be read.
    #[error("REDIS_URL cannot be read; it looks like redis://host:6379")]
    Redis(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What goes to Temporal cannot be closed.
    #[error("POSADA_PAYLOAD_KEYS cannot be used")]
    Keys(#[from] InvalidKeys),
    /// Two metrics have one name.
    #[error("the metrics cannot be registered")]
    Metrics(#[from] prometheus::Error),
    /// Somebody listens there already, or we may not.
    #[error("cannot listen on {address}; set POSADA_API_LISTEN to a free address")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts everything together. Postgres and Temporal are reached in the background, for as long as it takes.
    ///
    /// # Errors
    /// When something is configured that cannot be.
    pub(crate) fn new(config: Config) -> Result<Self, StartError> {
        let redis = config.stores.redis_url.expose_secret();
        let access = config.access;
        let keys = config.temporal.keys()?;
        let parts = Parts {
            locks: NightLocks::new(redis).map_err(|error| StartError::Redis(error.into()))?,
            limits: Limits::new(redis, access.rate_limit_per_minute)
                .map_err(|error| StartError::Redis(error.into()))?,
            tokens: Tokens::new(access.operator_token, access.guest_token_secret),
            metrics: Metrics::new()?,
            backlog: Backlog::default(),
            hints: Hints::default(),
            whatsapp: WhatsApp {
                secret: whatsapp::signature::Secret::new(config.whatsapp.app_secret),
                verify_token: whatsapp::signature::VerifyToken::new(config.whatsapp.verify_token),
                phone_number_id: config.whatsapp.phone_number_id,
            },
            mercado_pago_secret: config.mercado_pago.webhook_secret,
            trusted_proxies: access.trusted_proxies,
            open_analysis: access.open_analysis,
            clips: Clips::new(redis).map_err(|error| StartError::Redis(error.into()))?,
            transcriptions: Semaphore::new(audio::AT_ONCE),
            deliveries: Semaphore::new(dispatch::AT_ONCE),
            acknowledging: Acknowledging::default(),
            feeds: config.feeds.policy(&config.public_url),
            is_https: config.public_url.starts_with("https://"),
            public_url: config.public_url,
            live: Live::new(config.stores.database_url.clone()),
            codec: Codec::new(&keys),
            keys: keys.clone(),
            workflows: WorkflowPages::of(&config.temporal),
            database: Slot::fill(connect_database(
                config.stores.database_url,
                config.stores.database_connections,
            )),
            desk: Slot::fill(connect_desk(config.temporal, keys)),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Where Temporal shows a workflow, if we were told where its pages are.
    pub(crate) fn workflow_url(&self, id: &str) -> Option<String> {
        let WorkflowPages { url, namespace } = self.workflows.as_ref()?;
        let id = id.replace('/', "%2F");
        Some(format!("{url}/namespaces/{namespace}/workflows/{id}"))
    }

    /// The origin of Temporal's pages, as browsers name it.
    pub(crate) fn workflow_origin(&self) -> Option<&str> {
        let url = self.workflows.as_ref()?.url.as_str();
        let (scheme, rest) = url.split_once("://")?;
        let host = rest.split('/').next()?;
        url.get(..scheme.len() + "://".len() + host.len())
    }

    /// Postgres.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while it has never been there.
    pub(crate) fn database(&self) -> Result<Database, Error> {
        self.database.get().ok_or(Error::away("the database"))
    }

    /// The way into the workflows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while Temporal has never been there.
    pub(crate) fn desk(&self) -> Result<FrontDesk, Error> {
        self.desk.get().ok_or(Error::away("the reservation desk"))
    }
}

async fn connect_database(url: SecretString, connections: u32) -> Option<Database> {
    let mut pause = Duration::from_millis(100);
    let mut logged = false;
    loop {
        match Database::connect(&url, connections).await {
            Ok(database) => return Some(database),
            Err(error) if !logged => {
                tracing::warn!(error = chain(&error), "the database is away, trying again");
                logged = true;
            }
            Err(_still_away) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn connect_desk(config: TemporalConfig, keys: Keyring) -> Option<FrontDesk> {
    let identity = format!("api@{}", std::process::id());
    let connected = front_desk::connect(&config.address, &config.namespace, &identity, &keys);
    match connected.await {
        Ok(client) => Some(FrontDesk::new(client, config.task_queue)),
        Err(error) => {
            tracing::error!(
                error = chain(&error),
                "TEMPORAL_ADDRESS cannot be used: nothing reaches a workflow until it is corrected"
            );
            None
        }
    }
}

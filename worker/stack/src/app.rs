//! The whole of Posada for one test: our three programs as they are in production, on free ports.
//!
//! Each has a database cloned from a template, a Redis database and a Temporal task queue of its own,
//! so tests run beside each other. The services below are those of `stack services`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::database::Database;
use crate::environment::Environment;
use crate::folders::TemporaryFolder;
use crate::platform::{self, Platform, PlatformPorts, Settings, local};
use crate::ports::free_port;
use crate::process::Process;
use crate::secrets::Secrets;
use crate::services::NAMESPACE;

/// As many as our Redis has, less the first, which counts them.
const REDIS_DATABASES: u64 = 4095;

/// All requests of a test come from one address, as if one client had sent them.
const BASE_VARIABLES: [(&str, &str); 1] = [("POSADA_RATE_LIMIT_PER_MINUTE", "0")];

/// A running Posada with the demo's three cabins. Dropping it ends it and its database.
pub struct App {
    /// `http://127.0.0.1:PORT` of the API, without a slash at the end.
    pub api_url: String,
    /// The same of the sandbox.
    pub sandbox_url: String,
    /// The same of the worker's health.
    pub worker_url: String,
    /// The worker, to be killed and restarted.
    pub worker: Process,
    /// The API.
    pub api: Process,
    /// The pretend providers; what they know goes when they are restarted.
    pub sandbox: Process,
    /// What the providers and the operator share with us.
    pub secrets: Secrets,
    /// Its own task queue.
    pub task_queue: String,
    /// Its own Redis database.
    pub redis_url: String,
    /// The addresses of the services.
    pub environment: Environment,
    /// A client for requests of all kinds.
    pub http: reqwest::Client,
    /// Its own database.
    pub database: Database,
    folder: TemporaryFolder,
}

impl App {
    /// Starts everything and returns when all of it is ready.
    ///
    /// # Errors
    ///
    /// The test runs without `stack services`, our programs are not built, or one does not start.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// The same, with more environment variables for all three programs.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_with(variables: &[(&str, &str)]) -> Result<Self> {
        Self::start_on(Environment::read()?, variables).await
    }

    /// The same on other services than those of `stack services`, such as some that are to be killed.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_on(environment: Environment, variables: &[(&str, &str)]) -> Result<Self> {
        let folder = TemporaryFolder::new()?;
        let ports = PlatformPorts {
            api: free_port()?,
            sandbox: free_port()?,
            worker: free_port()?,
        };
        let database = Database::seeded_on(&environment, &local(ports.api)).await?;
        let redis_url = redis_database(&environment.redis_url).await?;
        let secrets = Secrets::generate();
        let task_queue = format!("posada-{:08x}", rand::random::<u32>());
        let variables = BASE_VARIABLES.iter().chain(variables);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let platform = Platform::start(&Settings {
            database_url: database.url().to_owned(),
            redis_url: redis_url.clone(),
            temporal_address: environment.temporal_address.clone(),
            namespace: NAMESPACE.to_owned(),
            task_queue: task_queue.clone(),
            secrets: secrets.clone(),
            ports,
            logs: folder.path().to_owned(),
            variables: variables.map(owned).collect(),
        })
        .await?;
        Ok(Self {
            api_url: platform.api_url,
            sandbox_url: platform.sandbox_url,
            worker_url: platform.worker_url,
            worker: platform.worker,
            api: platform.api,
            sandbox: platform.sandbox,
            secrets,
            task_queue,
            redis_url,
            environment,
            http: client()?,
            database,
            folder,
        })
    }

    /// Starts the worker again, however it ended, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// It does not become ready.
    pub async fn restart_worker(&mut self) -> Result<()> {
        self.worker.restart()?;
        platform::worker_ready(&mut self.worker, &self.worker_url).await
    }

    /// Starts the API again, however it ended, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// It does not become ready.
    pub async fn restart_api(&mut self) -> Result<()> {
        self.api.restart()?;
        platform::api_ready(&mut self.api, &self.api_url).await
    }

    /// Runs the owner's command line to its end; answers its exit code, and what it said.
    ///
    /// # Errors
    ///
    /// It is not built, or cannot be run.
    pub async fn posada(&self, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let ours = [
            ("DATABASE_URL", self.database.url()),
            ("MERCADOPAGO_BASE_URL", &self.sandbox_url),
            ("MERCADOPAGO_COLLECTOR_ID", platform::COLLECTOR_ID),
            ("TEMPORAL_ADDRESS", &self.environment.temporal_address),
            ("POSADA_TASK_QUEUE", &self.task_queue),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let shared = self.secrets.variables();
        let shared = shared.map(|(name, value)| (name.to_owned(), value.to_owned()));
        crate::posada(arguments, shared.into_iter().chain(ours.map(owned))).await
    }

    /// A folder that goes with this value.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything our programs have logged so far.
    #[must_use]
    pub fn logs(&self) -> String {
        let programs = [&self.api, &self.worker, &self.sandbox];
        programs.map(|it| it.last_words(usize::MAX)).join("\n")
    }

    fn last_words(&self) -> String {
        let programs = [&self.api, &self.worker, &self.sandbox];
        let words = programs.map(|it| format!("--- {}\n{}", it.name(), it.last_words(25)));
        format!("{}\n{}", self.folder.path().display(), words.join("\n"))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[expect(
                clippy::print_stderr,
                reason = "the test harness shows it with the failed test, and only then"
            )]
            {
                eprintln!("The last lines of the logs in {}", self.last_words());
            }
        }
    }
}

fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .context("could not make an HTTP client")
}

/// A database of this Redis that nobody was given lately.
async fn redis_database(url: &str) -> Result<String> {
    let asked = async {
        let client = redis::Client::open(url)?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("INCR")
            .arg("posada:tests:databases")
            .query_async::<u64>(&mut connection)
            .await
    };
    let count = asked.await.context("could not ask Redis for a database")?;
    Ok(format!("{url}/{}", count % REDIS_DATABASES + 1))
}

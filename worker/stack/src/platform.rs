//! Our own programs: the pretend providers, the API and the worker, told where everything is.
//!
//! The demo and the tests both start them here, so that what the tests prove is what the demo shows.
//! The whole difference to production is the environment: providers' addresses that point at the
//! sandbox, and secrets made up on the spot.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::folders::{built, checkout, kept};
use crate::process::{Process, Program};
use crate::secrets::Secrets;
use crate::waiting::ready;

/// The longest a program of ours may take to become ready on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The business number and the seller that the sandbox knows.
const PHONE_NUMBER_ID: &str = "106540352242922";
pub(crate) const COLLECTOR_ID: &str = "724484980";
const GRAPH_API_VERSION: &str = "v25.0";

/// Whom the house calls when something is wrong with a calendar: another phone of the sandbox's.
pub const OWNERS_PHONE: &str = "5491155559999";

/// Of the model that set-up fetches, `worker/stack/setup/models.py`.
const MODEL_SHA256: &str = "422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898";

/// What our programs need to know to find everything and each other.
pub(crate) struct Settings {
    pub(crate) database_url: String,
    pub(crate) redis_url: String,
    pub(crate) temporal_address: String,
    pub(crate) namespace: String,
    pub(crate) task_queue: String,
    pub(crate) secrets: Secrets,
    pub(crate) ports: PlatformPorts,
    /// The folder for their logs.
    pub(crate) logs: PathBuf,
    /// More environment variables, which win over ours.
    pub(crate) variables: Vec<(String, String)>,
}

/// Where our programs listen.
#[derive(Clone, Copy)]
pub(crate) struct PlatformPorts {
    pub(crate) api: u16,
    pub(crate) sandbox: u16,
    pub(crate) worker: u16,
}

/// The three programs, running.
pub(crate) struct Platform {
    pub(crate) api_url: String,
    pub(crate) sandbox_url: String,
    pub(crate) worker_url: String,
    pub(crate) worker: Process,
    pub(crate) api: Process,
    pub(crate) sandbox: Process,
}

impl Platform {
    /// Starts all three at once and returns when all are ready.
    pub(crate) async fn start(settings: &Settings) -> Result<Self> {
        let start = |name: &str| Process::start(program(name, settings)?);
        let mut platform = Self {
            api_url: local(settings.ports.api),
            sandbox_url: local(settings.ports.sandbox),
            worker_url: local(settings.ports.worker),
            worker: start("worker")?,
            api: start("api")?,
            sandbox: start("sandbox")?,
        };
        tokio::try_join!(
            sandbox_ready(&mut platform.sandbox, &platform.sandbox_url),
            api_ready(&mut platform.api, &platform.api_url),
            worker_ready(&mut platform.worker, &platform.worker_url),
        )?;
        Ok(platform)
    }

    /// Asks all of them to end, and sees to it. The worker may finish what it is at.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        tokio::try_join!(self.worker.stop(), self.api.stop(), self.sandbox.stop())?;
        Ok(())
    }

    pub(crate) fn processes(&mut self) -> [&mut Process; 3] {
        [&mut self.worker, &mut self.api, &mut self.sandbox]
    }
}

pub(crate) async fn sandbox_ready(sandbox: &mut Process, url: &str) -> Result<()> {
    let page = format!("{url}/");
    ready(sandbox, PATIENCE, async || answers(&page).await).await
}

pub(crate) async fn api_ready(api: &mut Process, url: &str) -> Result<()> {
    let page = format!("{url}/api/v1/readyz");
    ready(api, PATIENCE, async || answers(&page).await).await
}

pub(crate) async fn worker_ready(worker: &mut Process, url: &str) -> Result<()> {
    let page = format!("{url}/readyz");
    ready(worker, PATIENCE, async || answers(&page).await).await
}

fn program(name: &str, settings: &Settings) -> Result<Program> {
    let program = Program::new(name, built(name)?)
        // What somebody set for their own Temporal must not lead ours astray.
        .without_env("TEMPORAL_")
        .envs(connections(settings))
        .envs(providers(settings))
        .envs(settings.secrets.variables())
        .envs(models())
        // Its output goes to a file.
        .env("NO_COLOR", "1")
        .envs(settings.variables.iter().map(|(name, value)| (name, value)))
        .log_to(settings.logs.join(format!("{name}.log")));
    Ok(program)
}

fn connections(settings: &Settings) -> Vec<(&'static str, String)> {
    let ports = settings.ports;
    vec![
        ("DATABASE_URL", settings.database_url.clone()),
        ("REDIS_URL", settings.redis_url.clone()),
        ("TEMPORAL_ADDRESS", settings.temporal_address.clone()),
        ("TEMPORAL_NAMESPACE", settings.namespace.clone()),
        ("POSADA_TASK_QUEUE", settings.task_queue.clone()),
        ("POSADA_API_LISTEN", listen(ports.api)),
        ("POSADA_PUBLIC_URL", local(ports.api)),
        // Nothing here is real: anybody may try what the bot reads and hears.
        ("POSADA_OPEN_ANALYSIS", "true".to_owned()),
        ("POSADA_WORKER_LISTEN", listen(ports.worker)),
        ("SANDBOX_LISTEN", listen(ports.sandbox)),
        ("SANDBOX_PUBLIC_URL", local(ports.sandbox)),
        ("SANDBOX_TEMPLATES", manifest().display().to_string()),
        ("SANDBOX_TEMPLATES_APPROVED", "listed".to_owned()),
    ]
}

/// The templates that we submit to Meta: nothing else may be sent as one here either.
fn manifest() -> PathBuf {
    checkout().join("workflows/dialogue/templates/approved.json")
}

fn providers(settings: &Settings) -> Vec<(&'static str, String)> {
    let sandbox = local(settings.ports.sandbox);
    let webhooks = format!("{}/api/v1/webhooks", local(settings.ports.api));
    vec![
        ("WHATSAPP_BASE_URL", sandbox.clone()),
        ("WHATSAPP_API_VERSION", GRAPH_API_VERSION.to_owned()),
        ("WHATSAPP_PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
        ("WHATSAPP_WEBHOOK_URL", format!("{webhooks}/whatsapp")),
        ("MERCADOPAGO_BASE_URL", sandbox.clone()),
        ("MERCADOPAGO_COLLECTOR_ID", COLLECTOR_ID.to_owned()),
        ("MERCADOPAGO_WEBHOOK_URL", format!("{webhooks}/mercadopago")),
        // The other channels are pretended too; whoever looks need not wait a minute to look again.
        ("POSADA_FEEDS_TRUSTED", sandbox),
        ("POSADA_FEEDS_FLOOR_SECONDS", "0".to_owned()),
        ("POSADA_OWNER_WHATSAPP", OWNERS_PHONE.to_owned()),
    ]
}

/// What set-up fetched for voice notes. Where it could not, the worker says so and works without.
fn models() -> [(&'static str, String); 3] {
    let model = |name: &str| kept().join("models").join(name).display().to_string();
    [
        ("SPEECH_MODEL", model("ggml-base-q5_1.bin")),
        ("SPEECH_MODEL_SHA256", MODEL_SHA256.to_owned()),
        ("SPEECH_VAD_MODEL", model("ggml-silero-v6.2.0.bin")),
    ]
}

fn listen(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

pub(crate) fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

async fn answers(url: &str) -> bool {
    let asked = reqwest::get(url).await;
    asked.is_ok_and(|answer| answer.status().is_success())
}

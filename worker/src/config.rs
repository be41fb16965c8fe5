//! Everything the worker is told, read once. Nothing else reads the environment.

use std::net::SocketAddr;

use calendar_feed::feed_domain;
use clap::{Parser, ValueEnum};
use feed_fetcher::{Origin, Policy};
use keyring::{InvalidKeys, Keyring};
use secrecy::{ExposeSecret, SecretString};

/// The worker's configuration; each option can be given by the environment variable that its help names.
#[derive(Debug, Parser)]
#[command(name = "worker", about = "Runs Posada's workflows and activities")]
pub struct Config {
    /// Where health is served.
    #[arg(long, env = "POSADA_WORKER_LISTEN", default_value = "127.0.0.1:8002")]
    pub listen: SocketAddr,
    /// How logs are written.
    #[arg(long, env = "POSADA_LOG", default_value = "pretty")]
    pub log: LogFormat,
    /// The address under which the API is reached from outside; providers report there.
    #[arg(long, env = "POSADA_PUBLIC_URL")]
    pub public_url: String,
    /// Postgres.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: SecretString,
    /// How many connections to Postgres are kept at most.
    #[arg(long, env = "POSADA_WORKER_DATABASE_CONNECTIONS", default_value_t = 20)]
    pub database_connections: u32,
    /// Redis.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: SecretString,
    /// Temporal.
    #[command(flatten)]
    pub temporal: TemporalConfig,
    /// WhatsApp.
    #[command(flatten)]
    pub whatsapp: WhatsAppConfig,
    /// Mercado Pago.
    #[command(flatten)]
    pub mercado_pago: MercadoPagoConfig,
    /// Calendars of other channels.
    #[command(flatten)]
    pub calendars: CalendarConfig,
    /// Voice notes.
    #[command(flatten)]
    pub speech: SpeechConfig,
    /// Personal data.
    #[command(flatten)]
    pub retention: RetentionConfig,
}

/// What `worker/docker/secrets.sh` leaves where a provider's secret belongs.
const PLACEHOLDER: &str = "fill-me-in";

/// The most that fits on a statement.
const LONGEST_DESCRIPTOR: usize = 13;

/// Everything that cannot work, so that nobody mends one thing to hear of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfig(pub Vec<String>);

impl std::fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the configuration cannot work:")?;
        for problem in &self.0 {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidConfig {}

impl Config {
    /// Checks what single values cannot tell.
    ///
    /// # Errors
    /// [`InvalidConfig`], whose text tells the operator what to do about each.
    pub fn check(&self) -> Result<(), InvalidConfig> {
        let mut problems = Vec::new();
        for (variable, url) in [
            ("POSADA_PUBLIC_URL", &self.public_url),
            ("WHATSAPP_BASE_URL", &self.whatsapp.base_url),
            ("MERCADOPAGO_BASE_URL", &self.mercado_pago.base_url),
        ] {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                problems.push(format!("{variable} must begin with http:// or https://"));
            }
        }
        for (variable, value) in self.named() {
            if value.trim().is_empty() {
                problems.push(format!("{variable} is empty; set it"));
            } else if value == PLACEHOLDER {
                problems.push(format!(
                    "{variable} still says {PLACEHOLDER}; put there what the provider's dashboard shows, see \
                     docs/install.md"
                ));
            }
        }
        if let Err(invalid) = self.temporal.keys() {
            problems.push(format!("POSADA_PAYLOAD_KEYS cannot be used: {invalid}"));
        }
        if self.mercado_pago.statement_descriptor.chars().count() > LONGEST_DESCRIPTOR {
            problems.push(format!(
                "MERCADOPAGO_STATEMENT_DESCRIPTOR has more than {LONGEST_DESCRIPTOR} characters; shorten it"
            ));
        }
        if !self.speech.model.is_empty() && self.speech.model_sha256.is_empty() {
            problems.push(
                "SPEECH_MODEL is set and SPEECH_MODEL_SHA256 is not; set it to what sha256sum prints of a file that \
                 you trust"
                    .to_owned(),
            );
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(InvalidConfig(problems))
        }
    }

    /// What must say something.
    fn named(&self) -> [(&'static str, &str); 5] {
        [
            (
                "WHATSAPP_PHONE_NUMBER_ID",
                self.whatsapp.phone_number_id.as_str(),
            ),
            (
                "WHATSAPP_ACCESS_TOKEN",
                self.whatsapp.access_token.expose_secret(),
            ),
            (
                "MERCADOPAGO_ACCESS_TOKEN",
                self.mercado_pago.access_token.expose_secret(),
            ),
            (
                "MERCADOPAGO_COLLECTOR_ID",
                self.mercado_pago.collector_id.as_str(),
            ),
            ("POSADA_TASK_QUEUE", self.temporal.task_queue.as_str()),
        ]
    }
}

/// Where Temporal is.
#[derive(Debug, clap::Args)]
pub struct TemporalConfig {
    /// The server, as `host:port`.
    #[arg(
        id = "temporal-address",
        long,
        env = "TEMPORAL_ADDRESS",
        default_value = "127.0.0.1:7233"
    )]
    pub address: String,
    /// The namespace.
    #[arg(
        id = "temporal-namespace",
        long,
        env = "TEMPORAL_NAMESPACE",
        default_value = "default"
    )]
    pub namespace: String,
    /// The task queue.
    #[arg(long, env = "POSADA_TASK_QUEUE", default_value = workflows::names::TASK_QUEUE)]
    pub task_queue: String,
    /// What goes to Temporal is closed with the first of these keys and opened with any, `NAME:64 hexadecimal digits`
    /// each, separated by commas. All programs are told the same.
    #[arg(long, env = "POSADA_PAYLOAD_KEYS", hide_env_values = true)]
    pub payload_keys: SecretString,
}

impl TemporalConfig {
    /// The keys that payloads are closed with.
    ///
    /// # Errors
    /// [`InvalidKeys`].
    pub fn keys(&self) -> Result<Keyring, InvalidKeys> {
        self.payload_keys.expose_secret().parse()
    }
}

/// The business number that guests write to.
#[derive(Debug, clap::Args)]
pub struct WhatsAppConfig {
    /// `https://graph.facebook.com`, or the sandbox.
    #[arg(id = "whatsapp-base-url", long, env = "WHATSAPP_BASE_URL")]
    pub base_url: String,
    /// The pinned version of the Graph API.
    #[arg(
        id = "whatsapp-api-version",
        long,
        env = "WHATSAPP_API_VERSION",
        default_value = "v25.0"
    )]
    pub version: String,
    /// The API id of the number.
    #[arg(
        id = "whatsapp-phone-number-id",
        long,
        env = "WHATSAPP_PHONE_NUMBER_ID"
    )]
    pub phone_number_id: String,
    /// A system user's token.
    #[arg(
        id = "whatsapp-access-token",
        long,
        env = "WHATSAPP_ACCESS_TOKEN",
        hide_env_values = true
    )]
    pub access_token: SecretString,
    /// The number from which the owner gives orders in the chat, and which hears of what is wrong with calendars, with
    /// its country; empty when the chat takes none and only the owner's queue is told.
    #[arg(
        id = "owner-whatsapp",
        long,
        env = "POSADA_OWNER_WHATSAPP",
        default_value = ""
    )]
    pub owner: String,
    /// Set for Argentine test numbers, which are written to without the 9.
    #[arg(
        id = "whatsapp-strip-nine",
        long,
        env = "WHATSAPP_STRIP_NINE",
        default_value_t = false
    )]
    pub strip_nine: bool,
    /// Messages a second that all workers together send. The platform allows 80, and counts what comes in too.
    #[arg(
        id = "whatsapp-per-second",
        long,
        env = "WHATSAPP_MESSAGES_PER_SECOND",
        default_value_t = 40
    )]
    pub per_second: u32,
}

/// The account that deposits go to.
#[derive(Debug, clap::Args)]
pub struct MercadoPagoConfig {
    /// `https://api.mercadopago.com`, or the sandbox.
    #[arg(id = "mercadopago-base-url", long, env = "MERCADOPAGO_BASE_URL")]
    pub base_url: String,
    /// The seller's token.
    #[arg(
        id = "mercadopago-access-token",
        long,
        env = "MERCADOPAGO_ACCESS_TOKEN",
        hide_env_values = true
    )]
    pub access_token: SecretString,
    /// The seller's id; a payment to anybody else is not ours.
    #[arg(
        id = "mercadopago-collector-id",
        long,
        env = "MERCADOPAGO_COLLECTOR_ID"
    )]
    pub collector_id: String,
    /// What the payer reads on the statement, at most 13 characters.
    #[arg(
        id = "mercadopago-descriptor",
        long,
        env = "MERCADOPAGO_STATEMENT_DESCRIPTOR",
        default_value = "POSADA"
    )]
    pub statement_descriptor: String,
    /// How long a payment's notification may take before the owner hears that none came, in seconds.
    #[arg(
        id = "mercadopago-webhook-patience",
        long,
        env = "MERCADOPAGO_WEBHOOK_PATIENCE_SECONDS",
        default_value_t = 300
    )]
    pub webhook_patience_seconds: u32,
}

/// Where calendars of other channels may be.
#[derive(Debug, clap::Args)]
pub struct CalendarConfig {
    /// Set where calendars may come over `http` as well.
    #[arg(
        id = "feeds-over-http",
        long,
        env = "POSADA_FEEDS_OVER_HTTP",
        default_value_t = false
    )]
    pub over_http: bool,
    /// Origins such as `http://sandbox:8004` that calendars are read from although they are not public. Only for
    /// the sandbox: whoever adds a feed reaches everything there.
    #[arg(
        id = "feeds-trusted",
        long,
        env = "POSADA_FEEDS_TRUSTED",
        default_value = "",
        hide_default_value = true,
        value_parser = listed::<Origin>,
    )]
    // Spelled out, so that the list is one value: an empty variable is a list of nothing.
    pub trusted: std::vec::Vec<Origin>,
    /// A calendar is not read again within this time, whoever asks, in seconds.
    #[arg(
        id = "feeds-floor",
        long,
        env = "POSADA_FEEDS_FLOOR_SECONDS",
        default_value_t = 60
    )]
    pub floor_seconds: u32,
}

impl CalendarConfig {
    /// Which addresses may be fetched.
    pub(crate) fn policy(&self, public_url: &str) -> Policy {
        Policy {
            http: self.over_http,
            own_hosts: vec![feed_domain(public_url)],
            trusted: self.trusted.clone(),
        }
    }
}

/// What voice notes are heard with. Without a model everything else works, and guests who talk are asked to write.
#[derive(Debug, clap::Args)]
pub struct SpeechConfig {
    /// Whisper's weights, such as `ggml-base-q8_0.bin`; empty when this worker does not listen.
    #[arg(id = "speech-model", long, env = "SPEECH_MODEL", default_value = "")]
    pub model: String,
    /// The SHA-256 that they must have.
    #[arg(
        id = "speech-model-sha256",
        long,
        env = "SPEECH_MODEL_SHA256",
        default_value = ""
    )]
    pub model_sha256: String,
    /// The voice detector's weights, `ggml-silero-v6.2.0.bin`.
    #[arg(
        id = "speech-vad-model",
        long,
        env = "SPEECH_VAD_MODEL",
        default_value = ""
    )]
    pub vad_model: String,
    /// The SHA-256 that they must have.
    #[arg(
        id = "speech-vad-model-sha256",
        long,
        env = "SPEECH_VAD_MODEL_SHA256",
        default_value = "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987"
    )]
    pub vad_model_sha256: String,
    /// The longest note that is listened to, in seconds.
    #[arg(
        id = "speech-longest-seconds",
        long,
        env = "SPEECH_LONGEST_SECONDS",
        default_value_t = 90
    )]
    pub longest_seconds: u32,
    /// How long a guest who talked waits for somebody to begin listening, in seconds, before they are asked to
    /// write.
    #[arg(
        id = "speech-begin-within-seconds",
        long,
        env = "SPEECH_BEGIN_WITHIN_SECONDS",
        default_value_t = 30
    )]
    pub begin_within_seconds: u32,
    /// How long they wait for the end of it, whatever goes wrong.
    #[arg(
        id = "speech-end-within-seconds",
        long,
        env = "SPEECH_END_WITHIN_SECONDS",
        default_value_t = 120
    )]
    pub end_within_seconds: u32,
    /// Set where this worker has no model and others on the same task queue do.
    #[arg(
        id = "speech-elsewhere",
        long,
        env = "SPEECH_ELSEWHERE",
        default_value_t = false
    )]
    pub elsewhere: bool,
}

/// For how long what is known of guests is kept. Amounts and dates of stays and payments are kept for good, without
/// names.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct RetentionConfig {
    /// Days that what providers sent is kept, to look into what went wrong.
    #[arg(
        id = "retention-webhooks-days",
        long,
        env = "POSADA_RETENTION_WEBHOOKS_DAYS",
        default_value_t = 30
    )]
    pub webhooks_days: u32,
    /// Days that the bot remembers a conversation.
    #[arg(
        id = "retention-conversations-days",
        long,
        env = "POSADA_RETENTION_CONVERSATIONS_DAYS",
        default_value_t = 90
    )]
    pub conversations_days: u32,
    /// Days that what guests and the bot said is kept.
    #[arg(
        id = "retention-messages-days",
        long,
        env = "POSADA_RETENTION_MESSAGES_DAYS",
        default_value_t = 365
    )]
    pub messages_days: u32,
    /// Days that what the provider tells of a payment is kept, beside amounts; refunds can be made for 180.
    #[arg(
        id = "retention-payments-days",
        long,
        env = "POSADA_RETENTION_PAYMENTS_DAYS",
        default_value_t = 365
    )]
    pub payments_days: u32,
    /// Days that names and addresses are kept after a guest's last word and last stay.
    #[arg(
        id = "retention-guests-days",
        long,
        env = "POSADA_RETENTION_GUESTS_DAYS",
        default_value_t = 1825
    )]
    pub guests_days: u32,
}

impl RetentionConfig {
    /// The policy.
    #[must_use]
    pub const fn days(self) -> domain::Retention {
        domain::Retention {
            webhooks_days: self.webhooks_days,
            conversations_days: self.conversations_days,
            messages_days: self.messages_days,
            payments_days: self.payments_days,
            guests_days: self.guests_days,
        }
    }
}

/// What stands between commas. Compose and clusters set variables that nobody filled in to nothing at all.
fn listed<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, T::Err> {
    let items = text.split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(str::parse)
        .collect()
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Config::command().debug_assert();
    }

    fn config(changed: &[(&str, &str)]) -> Config {
        let mut arguments = vec![
            ("--public-url", "https://example.org"),
            ("--database-url", "postgres://localhost/posada"),
            ("--redis-url", "redis://localhost"),
            ("--whatsapp-base-url", "https://graph.facebook.com"),
            ("--whatsapp-phone-number-id", "106540352242922"),
            (
                "--payload-keys",
                "k1:1111111111111111111111111111111111111111111111111111111111111111",
            ),
            ("--whatsapp-access-token", "a-token-of-meta"),
            ("--mercadopago-base-url", "https://api.mercadopago.com"),
            ("--mercadopago-access-token", "APP_USR-a-token"),
            ("--mercadopago-collector-id", "724484980"),
        ];
        for (name, value) in changed {
            arguments.retain(|(given, _)| given != name);
            arguments.push((name, value));
        }
        let words = arguments
            .into_iter()
            .flat_map(|(name, value)| [name, value]);
        Config::try_parse_from(std::iter::once("worker").chain(words)).unwrap()
    }

    #[test]
    fn everything_that_cannot_work_is_said_at_once_and_how_to_mend_it() {
        assert_eq!(config(&[]).check(), Ok(()));
        let refused = config(&[
            ("--public-url", "example.org"),
            ("--whatsapp-access-token", "fill-me-in"),
            ("--mercadopago-collector-id", ""),
            ("--mercadopago-descriptor", "CABANAS DEL BOSQUE"),
            ("--speech-model", "/models/ggml-base-q8_0.bin"),
            ("--payload-keys", "k1"),
        ])
        .check()
        .unwrap_err();
        assert_eq!(refused.0.len(), 6, "{refused}");
        let said = refused.to_string();
        for mended in [
            "POSADA_PUBLIC_URL must begin with http",
            "WHATSAPP_ACCESS_TOKEN still says fill-me-in",
            "MERCADOPAGO_COLLECTOR_ID is empty; set it",
            "shorten it",
            "POSADA_PAYLOAD_KEYS cannot be used",
            "sha256sum",
        ] {
            assert!(said.contains(mended), "«{mended}» is missing in {said}");
        }
    }

    #[test]
    fn a_list_that_nobody_filled_in_is_empty() {
        assert_eq!(config(&[("--feeds-trusted", "")]).calendars.trusted, []);
        let some = config(&[("--feeds-trusted", "http://door:8001, http://sandbox:8004")]);
        assert_eq!(some.calendars.trusted.len(), 2);
    }

    #[test]
    fn what_is_not_said_is_kept_as_the_policy_has_it() {
        let command = Config::command();
        let default = |name: &str| {
            let argument = command
                .get_arguments()
                .find(|argument| argument.get_id() == name)
                .unwrap();
            let days = argument.get_default_values().first().unwrap();
            days.to_str().unwrap().parse::<u32>().unwrap()
        };
        let configured = RetentionConfig {
            webhooks_days: default("retention-webhooks-days"),
            conversations_days: default("retention-conversations-days"),
            messages_days: default("retention-messages-days"),
            payments_days: default("retention-payments-days"),
            guests_days: default("retention-guests-days"),
        };
        assert_eq!(configured.days(), domain::Retention::default());
    }
}

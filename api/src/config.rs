//! Everything the process is told from outside, read once in `main`.
//!
//! Nothing else reads the environment. Secrets have no defaults, and a combination that cannot work is
//! refused at the start with a sentence that says what to do.

use std::net::SocketAddr;

use calendar_feed::feed_domain;
use clap::{Args, Parser, ValueEnum};
use feed_fetcher::{Origin, Policy};
use ipnet::IpNet;
use keyring::{InvalidKeys, Keyring};
use secrecy::{ExposeSecret, SecretString};

/// Secrets that are ours to choose must be at least so long.
const SHORTEST_SECRET: usize = 16;

/// What `worker/docker/secrets.sh` leaves where a provider's secret belongs.
const PLACEHOLDER: &str = "fill-me-in";

/// Posada's HTTP interface: webhooks in, reservations, and answers from Postgres.
#[derive(Debug, Clone, Parser)]
#[command(name = "api", version)]
pub struct Config {
    /// Where to listen.
    #[arg(long, env = "POSADA_API_LISTEN", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// The address by which others reach us, without a slash at the end.
    #[arg(
        long,
        env = "POSADA_PUBLIC_URL",
        default_value = "http://127.0.0.1:8000"
    )]
    pub public_url: String,
    /// How logs are written.
    #[arg(long, env = "POSADA_LOG", value_enum, default_value_t = LogFormat::Json)]
    pub log: LogFormat,
    /// What is logged: levels by module, as `tracing` reads them.
    #[arg(long, env = "RUST_LOG", default_value = "info")]
    pub log_filter: String,
    /// Where things are kept.
    #[command(flatten)]
    pub stores: StoreConfig,
    /// Where the workflows are.
    #[command(flatten)]
    pub temporal: TemporalConfig,
    /// Who may do what.
    #[command(flatten)]
    pub access: AccessConfig,
    /// What Meta sends.
    #[command(flatten)]
    pub whatsapp: WhatsAppConfig,
    /// What Mercado Pago sends.
    #[command(flatten)]
    pub mercado_pago: MercadoPagoConfig,
    /// Calendars of other channels.
    #[command(flatten)]
    pub feeds: FeedsConfig,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people.
    Pretty,
}

/// Postgres and Redis.
#[derive(Debug, Clone, Args)]
pub struct StoreConfig {
    /// Postgres, as `postgres://user:password@host/database`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = secret)]
    pub database_url: SecretString,
    /// The most connections to Postgres.
    #[arg(long, env = "POSADA_DATABASE_CONNECTIONS", default_value_t = 16)]
    pub database_connections: u32,
    /// Redis, as `redis://host:6379`. It may be away.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = secret)]
    pub redis_url: SecretString,
}

/// The Temporal server.
#[derive(Debug, Clone, Args)]
pub struct TemporalConfig {
    /// Its address, `host:port` or a URL.
    #[arg(
        long = "temporal-address",
        env = "TEMPORAL_ADDRESS",
        default_value = "127.0.0.1:7233"
    )]
    pub address: String,
    /// The namespace of our workflows.
    #[arg(
        long = "temporal-namespace",
        env = "TEMPORAL_NAMESPACE",
        default_value = "default"
    )]
    pub namespace: String,
    /// Where its pages are, for links from the admin pages; none without it.
    #[arg(long = "temporal-ui-url", env = "POSADA_TEMPORAL_UI_URL")]
    pub ui_url: Option<String>,
    /// The task queue that our workers serve.
    #[arg(long, env = "POSADA_TASK_QUEUE", default_value = workflows::names::TASK_QUEUE)]
    pub task_queue: String,
    /// What goes to Temporal is closed with the first of these keys and opened with any, `NAME:64 hexadecimal digits`
    /// each, separated by commas. All programs are told the same.
    #[arg(long, env = "POSADA_PAYLOAD_KEYS", hide_env_values = true, value_parser = secret)]
    pub payload_keys: SecretString,
}

impl TemporalConfig {
    /// The keys that payloads are closed with.
    pub(crate) fn keys(&self) -> Result<Keyring, InvalidKeys> {
        self.payload_keys.expose_secret().parse()
    }
}

/// Tokens, limits and proxies.
#[derive(Debug, Clone, Args)]
pub struct AccessConfig {
    /// What operators send as their bearer token.
    #[arg(long, env = "POSADA_OPERATOR_TOKEN", hide_env_values = true, value_parser = secret)]
    pub operator_token: SecretString,
    /// The key that guests' tokens are made with. Changing it invalidates all of them.
    #[arg(long, env = "POSADA_GUEST_TOKEN_SECRET", hide_env_values = true, value_parser = secret)]
    pub guest_token_secret: SecretString,
    /// Whether anybody may ask what the bot reads in a text; otherwise operators only.
    #[arg(
        long,
        env = "POSADA_OPEN_ANALYSIS",
        num_args = 0..=1,
        default_value_t = false,
        default_missing_value = "true",
        action = clap::ArgAction::Set,
        value_parser = clap::builder::BoolishValueParser::new(),
    )]
    pub open_analysis: bool,
    /// How many requests a client may make in a minute on public routes; 0 for no limit.
    #[arg(long, env = "POSADA_RATE_LIMIT_PER_MINUTE", default_value_t = 60)]
    pub rate_limit_per_minute: u32,
    /// Networks of the proxies in front of us, separated by commas. Only they are believed when they say
    /// who a client is.
    #[arg(long, env = "POSADA_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
}

/// The webhooks of the WhatsApp Business Cloud API.
#[derive(Debug, Clone, Args)]
pub struct WhatsAppConfig {
    /// The app secret of the Meta dashboard, which signs every webhook.
    #[arg(
        id = "whatsapp_app_secret",
        long = "whatsapp-app-secret",
        env = "WHATSAPP_APP_SECRET",
        hide_env_values = true,
        value_parser = secret,
    )]
    pub app_secret: SecretString,
    /// The token that Meta repeats when the webhook's address is registered.
    #[arg(
        id = "whatsapp_verify_token",
        long = "whatsapp-verify-token",
        env = "WHATSAPP_VERIFY_TOKEN",
        hide_env_values = true,
        value_parser = secret,
    )]
    pub verify_token: SecretString,
    /// The API id of our business number. What is meant for another number is written down and left alone.
    #[arg(
        id = "whatsapp_phone_number_id",
        long = "whatsapp-phone-number-id",
        env = "WHATSAPP_PHONE_NUMBER_ID"
    )]
    pub phone_number_id: String,
}

/// The notifications of Mercado Pago.
#[derive(Debug, Clone, Args)]
pub struct MercadoPagoConfig {
    /// The secret of the webhook in the dashboard; there is another one for test accounts.
    #[arg(
        id = "mercadopago_webhook_secret",
        long = "mercadopago-webhook-secret",
        env = "MERCADOPAGO_WEBHOOK_SECRET",
        hide_env_values = true,
        value_parser = secret,
    )]
    pub webhook_secret: SecretString,
}

/// Where calendars of other channels may be. The worker is told the same.
#[derive(Debug, Clone, Args)]
pub struct FeedsConfig {
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
}

impl FeedsConfig {
    /// Which links may be kept.
    pub(crate) fn policy(&self, public_url: &str) -> Policy {
        Policy {
            http: self.over_http,
            own_hosts: vec![feed_domain(public_url)],
            trusted: self.trusted.clone(),
        }
    }
}

/// A combination that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConfig {
    /// A secret that can be guessed.
    #[error(
        "{variable} is shorter than {SHORTEST_SECRET} characters; make one with `openssl rand -hex 24`"
    )]
    ShortSecret {
        /// Which.
        variable: &'static str,
    },
    /// One secret for two purposes.
    #[error(
        "POSADA_OPERATOR_TOKEN and POSADA_GUEST_TOKEN_SECRET are the same; whoever sees one must not have the other, so give them different values"
    )]
    SharedSecret,
    /// Something that must be named is not.
    #[error("{variable} is empty; set it, or remove it to use the default if there is one")]
    Empty {
        /// Which.
        variable: &'static str,
    },
    /// What stands where a provider's secret belongs.
    #[error(
        "{variable} still says {PLACEHOLDER}; put there what the provider's dashboard shows, see docs/install.md"
    )]
    Placeholder {
        /// Which.
        variable: &'static str,
    },
    /// Keys that close nothing.
    #[error("POSADA_PAYLOAD_KEYS cannot be used: {0}")]
    Keys(InvalidKeys),
    /// An address that others cannot use.
    #[error("POSADA_PUBLIC_URL must begin with http:// or https:// and have no slash at its end")]
    PublicUrl,
}

/// Everything that cannot work, so that nobody mends one thing to hear of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfigs(pub Vec<InvalidConfig>);

impl std::fmt::Display for InvalidConfigs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the configuration cannot work:")?;
        for problem in &self.0 {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidConfigs {}

impl Config {
    /// Checks what single values cannot tell.
    ///
    /// # Errors
    /// [`InvalidConfigs`], whose text tells the operator what to do about each.
    pub fn check(&self) -> Result<(), InvalidConfigs> {
        let access = &self.access;
        let mut problems = Vec::new();
        for (variable, secret) in [
            ("POSADA_OPERATOR_TOKEN", &access.operator_token),
            ("POSADA_GUEST_TOKEN_SECRET", &access.guest_token_secret),
        ] {
            if secret.expose_secret().len() < SHORTEST_SECRET {
                problems.push(InvalidConfig::ShortSecret { variable });
            }
        }
        if access.operator_token.expose_secret() == access.guest_token_secret.expose_secret() {
            problems.push(InvalidConfig::SharedSecret);
        }
        for (variable, value) in self.named() {
            if value.trim().is_empty() {
                problems.push(InvalidConfig::Empty { variable });
            } else if value == PLACEHOLDER {
                problems.push(InvalidConfig::Placeholder { variable });
            }
        }
        if let Err(invalid) = self.temporal.keys() {
            problems.push(InvalidConfig::Keys(invalid));
        }
        let is_web =
            self.public_url.starts_with("http://") || self.public_url.starts_with("https://");
        if !is_web || self.public_url.ends_with('/') {
            problems.push(InvalidConfig::PublicUrl);
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(InvalidConfigs(problems))
        }
    }

    /// What must say something.
    fn named(&self) -> [(&'static str, &str); 6] {
        [
            (
                "WHATSAPP_APP_SECRET",
                self.whatsapp.app_secret.expose_secret(),
            ),
            (
                "WHATSAPP_VERIFY_TOKEN",
                self.whatsapp.verify_token.expose_secret(),
            ),
            (
                "WHATSAPP_PHONE_NUMBER_ID",
                self.whatsapp.phone_number_id.as_str(),
            ),
            (
                "MERCADOPAGO_WEBHOOK_SECRET",
                self.mercado_pago.webhook_secret.expose_secret(),
            ),
            ("TEMPORAL_ADDRESS", self.temporal.address.as_str()),
            ("POSADA_TASK_QUEUE", self.temporal.task_queue.as_str()),
        ]
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that clap asks for")]
fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

/// What stands between commas. Compose and clusters set variables that nobody filled in to nothing at all.
fn listed<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, T::Err> {
    let items = text.split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(str::parse)
        .collect()
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, ipnet::AddrParseError> {
    let text = text.trim();
    text.parse().or_else(|invalid| {
        text.parse::<std::net::IpAddr>()
            .map(IpNet::from)
            .map_err(|_not_an_address| invalid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "k1:1111111111111111111111111111111111111111111111111111111111111111";

    fn config(changed: &[(&str, &str)]) -> Result<Config, clap::Error> {
        let mut arguments = vec![
            ("--database-url", "postgres://localhost/posada"),
            ("--redis-url", "redis://localhost"),
            ("--operator-token", "an-operator-token-of-ours"),
            ("--guest-token-secret", "the-key-of-the-guests-tokens"),
            ("--payload-keys", KEYS),
            ("--whatsapp-app-secret", "app-secret"),
            ("--whatsapp-verify-token", "verify-token"),
            ("--whatsapp-phone-number-id", "106540352242922"),
            ("--mercadopago-webhook-secret", "webhook-secret"),
        ];
        for (name, value) in changed {
            arguments.retain(|(given, _)| given != name);
            arguments.push((name, value));
        }
        let words = arguments
            .into_iter()
            .flat_map(|(name, value)| [name, value]);
        Config::try_parse_from(std::iter::once("api").chain(words))
    }

    #[test]
    fn a_whole_configuration_is_accepted() {
        assert_eq!(config(&[]).unwrap().check(), Ok(()));
    }

    #[test]
    fn a_missing_secret_is_named() {
        let refused = Config::try_parse_from(["api"]).unwrap_err().to_string();
        assert!(refused.contains("--operator-token"), "{refused}");
    }

    #[test]
    fn a_short_secret_is_refused_by_name() {
        let short = config(&[("--guest-token-secret", "short")]).unwrap();
        let refused = short.check().unwrap_err().to_string();
        assert!(refused.contains("- POSADA_GUEST_TOKEN_SECRET"), "{refused}");
    }

    #[test]
    fn one_secret_for_two_purposes_is_refused() {
        let shared = config(&[("--guest-token-secret", "an-operator-token-of-ours")]).unwrap();
        let refused = shared.check().unwrap_err();
        assert_eq!(refused.0, [InvalidConfig::SharedSecret]);
    }

    #[test]
    fn everything_that_cannot_work_is_said_at_once_and_how_to_mend_it() {
        let broken = config(&[
            ("--guest-token-secret", "short"),
            ("--whatsapp-app-secret", "fill-me-in"),
            ("--mercadopago-webhook-secret", " "),
            ("--public-url", "example.org/"),
            ("--payload-keys", "k1:1234"),
        ]);
        let refused = broken.unwrap().check().unwrap_err();
        assert_eq!(refused.0.len(), 5, "{refused}");
        let said = refused.to_string();
        for mended in [
            "openssl rand -hex 24",
            "WHATSAPP_APP_SECRET still says fill-me-in",
            "MERCADOPAGO_WEBHOOK_SECRET is empty; set it",
            "POSADA_PUBLIC_URL must begin with http",
            "POSADA_PAYLOAD_KEYS cannot be used",
        ] {
            assert!(said.contains(mended), "«{mended}» is missing in {said}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let shown = format!("{:?}", config(&[]).unwrap());
        assert!(
            !shown.contains("app-secret")
                && !shown.contains("1111")
                && !shown.contains("an-operator-token"),
            "{shown}"
        );
    }

    #[test]
    fn a_list_that_nobody_filled_in_is_empty() {
        let none = config(&[("--feeds-trusted", "")]).unwrap();
        assert_eq!(none.feeds.trusted, []);
        let some = config(&[("--feeds-trusted", "http://door:8001, http://sandbox:8004")]);
        assert_eq!(some.unwrap().feeds.trusted.len(), 2);
    }

    #[test]
    fn proxies_are_networks_or_addresses() {
        let config = config(&[("--trusted-proxies", "10.0.0.0/8, 192.0.2.1")]).unwrap();
        assert_eq!(config.access.trusted_proxies.len(), 2);
    }
}

//! What the sandbox is told at start: where it listens and which credentials it honours.
//!
//! The defaults describe the demo, in which the product runs on its usual port and is pointed here by
//! configuration alone.
//! Nothing outside this module reads the environment.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use secrecy::SecretString;

/// Settings of one sandbox; every field has a variable and a default fit for the demo.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "sandbox",
    about = "Pretend WhatsApp and Mercado Pago, from memory"
)]
pub struct Config {
    /// Address to listen on.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:8001")]
    pub listen: SocketAddr,

    /// How browsers and the product reach this sandbox; by default the address it listens on.
    #[arg(long, env = "SANDBOX_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// WhatsApp side.
    #[command(flatten)]
    pub whatsapp: WhatsAppConfig,

    /// Mercado Pago side.
    #[command(flatten)]
    pub mercado_pago: MercadoPagoConfig,
}

/// The pretend Meta: one business number and the app that serves it.
#[derive(Clone, Debug, clap::Args)]
pub struct WhatsAppConfig {
    /// Where messages and statuses are posted.
    #[arg(
        id = "whatsapp-webhook-url",
        long = "whatsapp-webhook-url",
        env = "WHATSAPP_WEBHOOK_URL",
        default_value = "http://127.0.0.1:8000/api/v1/webhooks/whatsapp"
    )]
    pub webhook_url: String,

    /// Key that signs webhooks.
    #[arg(
        id = "whatsapp-app-secret",
        long = "whatsapp-app-secret",
        env = "WHATSAPP_APP_SECRET",
        hide_env_values = true,
        default_value = "sandbox-app-secret"
    )]
    pub app_secret: SecretString,

    /// Token of the webhook handshake.
    #[arg(
        id = "whatsapp-verify-token",
        long = "whatsapp-verify-token",
        env = "WHATSAPP_VERIFY_TOKEN",
        hide_env_values = true,
        default_value = "sandbox-verify-token"
    )]
    pub verify_token: SecretString,

    /// The only bearer token that the Graph API accepts here.
    #[arg(
        id = "whatsapp-access-token",
        long = "whatsapp-access-token",
        env = "WHATSAPP_ACCESS_TOKEN",
        hide_env_values = true,
        default_value = "sandbox-access-token"
    )]
    pub access_token: SecretString,

    /// The only phone number id that the Graph API knows here.
    #[arg(
        id = "whatsapp-phone-number-id",
        long = "whatsapp-phone-number-id",
        env = "WHATSAPP_PHONE_NUMBER_ID",
        default_value = "106540352242922"
    )]
    pub phone_number_id: String,

    /// Account that owns the number; `entry[].id` of every webhook.
    #[arg(
        id = "whatsapp-business-account-id",
        long = "whatsapp-business-account-id",
        env = "WHATSAPP_BUSINESS_ACCOUNT_ID",
        default_value = "102290129340398"
    )]
    pub business_account_id: String,

    /// The number as guests see it, digits only.
    #[arg(
        id = "whatsapp-display-phone-number",
        long = "whatsapp-display-phone-number",
        env = "WHATSAPP_DISPLAY_PHONE_NUMBER",
        default_value = "5491150001111"
    )]
    pub display_phone_number: String,

    /// How the platform behaves where it may be set per demo or test.
    #[command(flatten)]
    pub behaviour: WhatsAppBehaviour,
}

/// Switches of the pretend Meta that a demo keeps generous and a test may tighten.
#[derive(Clone, Debug, clap::Args)]
pub struct WhatsAppBehaviour {
    /// `all` treats every template name as approved; `listed` only those created through the API.
    #[arg(
        long = "templates-approved",
        env = "SANDBOX_TEMPLATES_APPROVED",
        value_enum,
        default_value = "all"
    )]
    pub templates_approved: TemplatesApproved,

    /// Templates that are approved from the start: a JSON array of what submits them.
    #[arg(long, env = "SANDBOX_TEMPLATES")]
    pub templates: Option<PathBuf>,

    /// Messages to one guest that may go out at once; the contract's figure is 45.
    #[arg(long, env = "SANDBOX_PAIR_BURST", default_value_t = 45)]
    pub pair_burst: u32,

    /// Milliseconds after which one more message to the same guest is allowed; the contract's figure
    /// is 6000.
    #[arg(long, env = "SANDBOX_PAIR_REFILL_MS", default_value_t = 1000)]
    pub pair_refill_ms: u64,

    /// Messages per second of the number, to all guests together.
    #[arg(long, env = "SANDBOX_THROUGHPUT_PER_SECOND", default_value_t = 1000)]
    pub throughput_per_second: u32,

    /// Milliseconds between the statuses `sent`, `delivered` and `read` of one message.
    #[arg(long, env = "SANDBOX_STATUS_DELAY_MS", default_value_t = 150)]
    pub status_delay_ms: u64,

    /// Answers 131047 in the response instead of in a later status when the window is closed.
    #[arg(long, env = "SANDBOX_WINDOW_SYNC", default_value_t = false)]
    pub window_sync: bool,

    /// Behaves as a test number, whose allow list knows Argentine guests as `54…`: `549…` is 131030.
    #[arg(long, env = "SANDBOX_ARGENTINA_TEST_NUMBER", default_value_t = false)]
    pub argentina_test_number: bool,

    /// Sends the webhook shape of before 2026: no business-scoped ids, no contacts on statuses.
    #[arg(long, env = "SANDBOX_LEGACY_WEBHOOKS", default_value_t = false)]
    pub legacy_webhooks: bool,
}

/// Which templates may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum TemplatesApproved {
    /// Any name: the demo has no approval process.
    All,
    /// Only those approved from the start or created through `message_templates`.
    Listed,
}

/// The pretend Mercado Pago: one seller.
#[derive(Clone, Debug, clap::Args)]
pub struct MercadoPagoConfig {
    /// Where notifications go when the preference names no `notification_url`.
    #[arg(
        id = "mercadopago-webhook-url",
        long = "mercadopago-webhook-url",
        env = "MERCADOPAGO_WEBHOOK_URL",
        default_value = "http://127.0.0.1:8000/api/v1/webhooks/mercadopago"
    )]
    pub webhook_url: String,

    /// Key that signs webhooks.
    #[arg(
        id = "mercadopago-webhook-secret",
        long = "mercadopago-webhook-secret",
        env = "MERCADOPAGO_WEBHOOK_SECRET",
        hide_env_values = true,
        default_value = "sandbox-webhook-secret"
    )]
    pub webhook_secret: SecretString,

    /// The only bearer token that the API accepts here.
    #[arg(
        id = "mercadopago-access-token",
        long = "mercadopago-access-token",
        env = "MERCADOPAGO_ACCESS_TOKEN",
        hide_env_values = true,
        default_value = "APP_USR-sandbox-token"
    )]
    pub access_token: SecretString,

    /// The seller's id.
    #[arg(
        id = "mercadopago-collector-id",
        long = "mercadopago-collector-id",
        env = "MERCADOPAGO_COLLECTOR_ID",
        default_value_t = 724_484_980
    )]
    pub collector_id: u64,
}

impl Default for Config {
    /// The demo's values, regardless of the environment.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8001)),
            public_url: None,
            whatsapp: WhatsAppConfig {
                webhook_url: "http://127.0.0.1:8000/api/v1/webhooks/whatsapp".to_owned(),
                app_secret: "sandbox-app-secret".into(),
                verify_token: "sandbox-verify-token".into(),
                access_token: "sandbox-access-token".into(),
                phone_number_id: "106540352242922".to_owned(),
                business_account_id: "102290129340398".to_owned(),
                display_phone_number: "5491150001111".to_owned(),
                behaviour: WhatsAppBehaviour {
                    templates_approved: TemplatesApproved::All,
                    templates: None,
                    pair_burst: 45,
                    pair_refill_ms: 1000,
                    throughput_per_second: 1000,
                    status_delay_ms: 150,
                    window_sync: false,
                    argentina_test_number: false,
                    legacy_webhooks: false,
                },
            },
            mercado_pago: MercadoPagoConfig {
                webhook_url: "http://127.0.0.1:8000/api/v1/webhooks/mercadopago".to_owned(),
                webhook_secret: "sandbox-webhook-secret".into(),
                access_token: "APP_USR-sandbox-token".into(),
                collector_id: 724_484_980,
            },
        }
    }
}

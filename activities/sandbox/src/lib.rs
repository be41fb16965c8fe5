#![doc = include_str!("../README.md")]

mod config;
mod connection;
mod delivery;
mod faults;
mod feeds;
mod mercado_pago;
mod pages;
mod problem;
mod receiver;
mod whatsapp;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing,
};
use tokio::net::TcpListener;

pub use config::{Config, MercadoPagoConfig, TemplatesApproved, WhatsAppBehaviour, WhatsAppConfig};

use crate::{
    delivery::Courier,
    faults::{Faults, Target},
};

/// The largest medium that WhatsApp takes is a document of 100 MB; this leaves room for its form.
const LARGEST_BODY: usize = 110 * 1024 * 1024;

/// Everything the sandbox remembers; it lives as long as the process or until a reset.
pub(crate) struct Sandbox {
    pub(crate) config: Config,
    /// How browsers and the product reach this sandbox, without a trailing slash.
    pub(crate) public_url: String,
    pub(crate) faults: Faults,
    pub(crate) feeds: feeds::Feeds,
    pub(crate) receivers: receiver::Receivers,
    pub(crate) whatsapp: whatsapp::Platform,
    pub(crate) whatsapp_webhooks: Courier,
    pub(crate) mercado_pago_webhooks: Courier,
    pub(crate) mercado_pago: mercado_pago::Books,
}

impl Sandbox {
    fn new(config: Config, public_url: String) -> std::io::Result<Self> {
        let faults = Faults::default();
        Ok(Self {
            public_url,
            feeds: feeds::Feeds::default(),
            receivers: receiver::Receivers::default(),
            mercado_pago: mercado_pago::Books::default(),
            whatsapp: whatsapp::Platform::new(&config.whatsapp.behaviour)?,
            whatsapp_webhooks: Courier::new(Target::WhatsAppWebhook, faults.clone()),
            mercado_pago_webhooks: Courier::new(Target::MercadoPagoWebhook, faults.clone()),
            faults,
            config,
        })
    }

    /// Forgets everything: messages, payments, feeds, faults and webhooks still on their way.
    fn reset(&self) {
        self.whatsapp_webhooks.forget();
        self.mercado_pago_webhooks.forget();
        self.faults.clear();
        self.feeds.clear();
        self.receivers.clear();
        self.whatsapp.clear();
        self.mercado_pago.clear();
    }
}

/// Serves the sandbox on `listener` until the future is dropped.
///
/// Webhooks that wait for a receiver stop with it.
///
/// # Errors
///
/// When the listener itself fails, or the templates to approve cannot be read; a failing connection only ends that connection.
pub async fn serve(listener: TcpListener, config: Config) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let public_url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let sandbox = Arc::new(Sandbox::new(
        config,
        public_url.trim_end_matches('/').to_owned(),
    )?);
    let _stop = StopCouriers(Arc::clone(&sandbox));
    whatsapp::start(&sandbox);
    tracing::info!(url = %sandbox.public_url, "the sandbox is listening");
    connection::serve(listener, router(sandbox)).await
}

/// Every route of the sandbox: the two providers, their control, and the guest's phone.
fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .merge(whatsapp::router(&sandbox))
        .merge(mercado_pago::router(&sandbox))
        .merge(feeds::router())
        .merge(receiver::router())
        .merge(faults::router())
        .merge(pages::router())
        .route("/sandbox/reset", routing::post(reset))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(sandbox)
}

async fn reset(State(sandbox): State<Arc<Sandbox>>) -> StatusCode {
    sandbox.reset();
    StatusCode::NO_CONTENT
}

/// Ends the deliveries still waiting when the server's future is dropped.
struct StopCouriers(Arc<Sandbox>);

impl Drop for StopCouriers {
    fn drop(&mut self) {
        self.0.whatsapp_webhooks.forget();
        self.0.mercado_pago_webhooks.forget();
    }
}

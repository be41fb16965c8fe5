//! How soon notifications of payments are acknowledged once they are durable: `make bench-webhooks`.
//!
//! Signed notifications, each of another payment, so many on their way at once; every one is written to the
//! inbox before it is answered. It says what it measured and judges nothing.

#![expect(clippy::print_stdout, reason = "what was measured is what it is for")]

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use mercado_pago::notification::sign;
use serde_json::json;
use stack::App;

const NOTIFICATIONS: u64 = 2_000;
const AT_ONCE: [u8; 3] = [1, 8, 50];

#[tokio::main]
async fn main() -> Result<()> {
    let app = App::start().await?;
    for at_once in AT_ONCE {
        let mut took: Vec<Duration> = stream::iter(0..NOTIFICATIONS)
            .map(|number| acknowledged(&app, number + 1_000_000_000 * u64::from(at_once)))
            .buffer_unordered(at_once.into())
            .try_collect()
            .await?;
        took.sort_unstable();
        let part = |of_a_thousand: usize| took.get((took.len() - 1) * of_a_thousand / 1_000);
        println!(
            "{NOTIFICATIONS} notifications, {at_once} at once: p50 {:?}, p95 {:?}, p99 {:?}, slowest {:?}",
            part(500).context("some")?,
            part(950).context("some")?,
            part(990).context("some")?,
            part(1_000).context("some")?,
        );
    }
    Ok(())
}

async fn acknowledged(app: &App, payment: u64) -> Result<Duration> {
    let (id, request_id) = (payment.to_string(), format!("request-{payment}"));
    let secret = app.secrets.get("MERCADOPAGO_WEBHOOK_SECRET").into();
    let signature = sign(&secret, Some(&id), Some(&request_id), "1767225600");
    let url = format!(
        "{}/api/v1/webhooks/mercadopago?data.id={id}&type=payment",
        app.api_url
    );
    let body = json!({ "id": payment, "type": "payment", "action": "payment.created", "data": { "id": id } });
    let request = app.http.post(url).header("x-signature", signature);
    let request = request.header("x-request-id", request_id).json(&body);
    let began = Instant::now();
    let answer = request.send().await?;
    let took = began.elapsed();
    ensure!(answer.status() == 200, "answered {}", answer.status());
    Ok(took)
}

//! What is still answered, and how, when something is away.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use stack::{Environment, eventually};

use crate::{
    app::{Answer, MERCADO_PAGO_SECRET, SOON, TestApp, VERIFY_TOKEN, day, envelope, text},
    gate::Gate,
};

/// An address at which nobody listens.
const NOBODY: &str = "127.0.0.1:1";

#[tokio::test]
async fn without_postgres_webhooks_are_sent_again_and_the_handshake_works() -> Result<()> {
    let away = format!("postgres://posada:secret@{NOBODY}/posada");
    let app = TestApp::start_with(|config| config.stores.database_url = away.into()).await?;
    let webhook = app
        .whatsapp_says(&envelope(&[text("549", "wamid.1", "Hola")], &[]))
        .await?;
    assert_eq!(webhook.code(), (503, "unavailable"));
    assert!(!webhook.header("retry-after").is_empty());
    // Of a payment too, signed or not: what is not written down is not acknowledged.
    for query in [
        "data.id=90210044871&type=payment",
        "id=90210044871&topic=payment",
    ] {
        let signature = mercado_pago::notification::sign(
            &MERCADO_PAGO_SECRET.into(),
            Some("90210044871"),
            None,
            "1767225600",
        );
        let told = app
            .request(
                Method::POST,
                &format!("/api/v1/webhooks/mercadopago?{query}"),
            )
            .header("x-signature", signature)
            .send()
            .await?;
        assert_eq!(
            Answer::of(told).await?.code(),
            (503, "unavailable"),
            "{query}"
        );
    }
    let query = format!("hub.mode=subscribe&hub.challenge=1&hub.verify_token={VERIFY_TOKEN}");
    assert_eq!(
        app.get(&format!("/api/v1/webhooks/whatsapp?{query}"))
            .await?
            .status,
        200
    );
    assert_eq!(
        app.get("/api/v1/accommodations").await?.code(),
        (503, "unavailable")
    );
    assert_eq!(
        app.get("/api/v1/readyz").await?.code(),
        (503, "unavailable")
    );
    let health = app.get("/api/v1/healthz").await?;
    assert_eq!(
        (health.status, &health.body["status"]),
        (503, &json!("unhealthy"))
    );
    assert_eq!(health.body["checks"]["postgres"]["status"], "down");
    Ok(())
}

#[tokio::test]
async fn a_webhook_that_met_an_outage_of_postgres_is_taken_in_when_it_is_sent_again() -> Result<()>
{
    let url = Environment::read()?.database_url;
    let target = url
        .rsplit('@')
        .next()
        .and_then(|rest| rest.split('/').next())
        .unwrap()
        .to_owned();
    let gate = Gate::before(&target, true).await?;
    let behind = gate.address.to_string();
    let app = TestApp::start_with(|config| {
        use secrecy::ExposeSecret as _;
        let url = config
            .stores
            .database_url
            .expose_secret()
            .replace(&target, &behind);
        config.stores.database_url = url.into();
    })
    .await?;
    app.is_ready().await?;
    gate.close();
    let message = envelope(&[text("5491122334455", "wamid.1", "Hola")], &[]);
    assert_eq!(
        app.whatsapp_says(&message).await?.code(),
        (503, "unavailable")
    );
    gate.open();
    eventually("the webhook is taken in", SOON, async || {
        (app.whatsapp_says(&message).await.ok()?.status == 200).then_some(())
    })
    .await?;
    assert_eq!(app.inbox().await?.len(), 1);
    app.inbox_is_delivered().await
}

#[tokio::test]
async fn without_redis_and_temporal_reads_and_webhooks_work_and_health_is_degraded() -> Result<()> {
    let app = TestApp::start_with(|config| {
        config.stores.redis_url = format!("redis://{NOBODY}").into();
        config.temporal.address = NOBODY.to_owned();
        config.access.rate_limit_per_minute = 1;
    })
    .await?;
    eventually("the database is there", SOON, async || {
        (app.get("/api/v1/readyz").await.ok()?.status == 200).then_some(())
    })
    .await?;
    let health = app.get("/api/v1/healthz").await?;
    assert_eq!(
        (health.status, &health.body["status"]),
        (200, &json!("degraded"))
    );
    assert_eq!(health.body["checks"]["redis"]["status"], "down");
    assert_eq!(health.body["checks"]["temporal"]["status"], "down");
    for _ in 0..5 {
        let read = app.get("/api/v1/accommodations").await?;
        assert_eq!(
            read.status, 200,
            "nobody is turned away without Redis: {}",
            read.body
        );
    }
    let taken = app
        .whatsapp_says(&envelope(&[text("5491122334455", "wamid.1", "Hola")], &[]))
        .await?;
    assert_eq!(taken.status, 200);

    let cabin = app.cabin_for(4).await?;
    let hold =
        json!({ "accommodation_id": cabin, "check_in": day(0), "check_out": day(5), "guests": 2 });
    let answer = app.post("/api/v1/reservations", &hold).await?;
    assert_eq!(
        answer.code(),
        (503, "unavailable"),
        "nobody can decide about a hold"
    );
    Ok(())
}

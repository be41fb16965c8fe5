//! So many requests a minute, of whom, and on what.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use crate::app::{Answer, OPERATOR, TestApp, envelope};

async fn limited(proxied: bool) -> Result<TestApp> {
    let app = TestApp::start_with(|config| {
        config.access.rate_limit_per_minute = 3;
        if proxied {
            config.access.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        }
    })
    .await?;
    app.is_ready().await?;
    Ok(app)
}

async fn asks(app: &TestApp, forwarded_for: &str) -> Result<Answer> {
    let request = app
        .request(Method::GET, "/api/v1/accommodations")
        .header("x-forwarded-for", forwarded_for);
    Answer::of(request.send().await?).await
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() -> Result<()> {
    let app = limited(false).await?;
    for _ in 0..3 {
        assert_eq!(app.get("/api/v1/accommodations").await?.status, 200);
    }
    let limited = app.get("/api/v1/availability").await?;
    assert_eq!(limited.code(), (429, "rate_limited"));
    let seconds: u64 = limited.header("retry-after").parse()?;
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(
        asks(&app, "203.0.113.9").await?.status,
        429,
        "a stranger cannot pose as another"
    );
    Ok(())
}

#[tokio::test]
async fn operators_webhooks_and_health_are_not_counted() -> Result<()> {
    let app = limited(false).await?;
    for _ in 0..8 {
        assert_eq!(
            app.get_as(OPERATOR, "/api/v1/accommodations").await?.status,
            200
        );
        assert_eq!(app.whatsapp_says(&envelope(&[], &[])).await?.status, 200);
        assert_eq!(app.whatsapp(json!({}).to_string(), None).await?.status, 401);
        assert_eq!(app.get("/api/v1/healthz").await?.status, 200);
    }
    Ok(())
}

#[tokio::test]
async fn behind_a_proxy_of_ours_each_client_has_a_count_of_its_own() -> Result<()> {
    let app = limited(true).await?;
    for _ in 0..3 {
        assert_eq!(asks(&app, "198.51.100.7, 203.0.113.9").await?.status, 200);
    }
    assert_eq!(
        asks(&app, "192.0.2.1, 203.0.113.9").await?.status,
        429,
        "the nearest hop counts"
    );
    assert_eq!(asks(&app, "203.0.113.10").await?.status, 200);
    Ok(())
}

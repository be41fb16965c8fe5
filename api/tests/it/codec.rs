//! What Temporal's pages are opened, and for whom.

use anyhow::Result;
use domain::{Role, Scope};
use keyring::{Codec, wire::Payloads};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    admin::browser::{Browser, user},
    app::{Answer, OPERATOR, PAYLOAD_KEYS, TestApp},
};

const THERE: &str = "http://temporal.example:8233";

async fn app() -> Result<TestApp> {
    let app = TestApp::start_with(|config| {
        config.temporal.ui_url = Some(format!("{THERE}/temporal"));
    })
    .await?;
    app.is_ready().await?;
    Ok(app)
}

/// `"hola"`, as `json/plain`.
fn open() -> Value {
    json!({ "payloads": [{ "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "ImhvbGEi" }] })
}

fn closed() -> Result<Value> {
    let open: Payloads = serde_json::from_value(open())?;
    Ok(json!(open.close(&Codec::new(&PAYLOAD_KEYS.parse()?))?))
}

fn decode(app: &TestApp, body: &Value) -> RequestBuilder {
    app.request(Method::POST, "/api/v1/codec/decode").json(body)
}

#[tokio::test]
async fn an_operators_token_opens_what_temporal_keeps_closed() -> Result<()> {
    let app = app().await?;
    let asked = decode(&app, &closed()?).bearer_auth(OPERATOR);
    let answer = Answer::of(asked.send().await?).await?;
    assert_eq!((answer.status, answer.body), (200, open()));
    let encode = app.request(Method::POST, "/api/v1/codec/encode");
    let asked = encode.json(&open()).bearer_auth(OPERATOR);
    let answer = Answer::of(asked.send().await?).await?;
    // `binary/encrypted`.
    assert_eq!(
        answer.body["payloads"][0]["metadata"]["encoding"],
        "YmluYXJ5L2VuY3J5cHRlZA=="
    );
    let asked = decode(&app, &answer.body).bearer_auth(OPERATOR);
    assert_eq!(Answer::of(asked.send().await?).await?.body, open());
    Ok(())
}

#[tokio::test]
async fn nobody_else_opens_anything() -> Result<()> {
    let app = app().await?;
    let closed = closed()?;
    let status =
        async |request: RequestBuilder| Ok::<_, anyhow::Error>(request.send().await?.status());
    assert_eq!(status(decode(&app, &closed)).await?, 401);
    assert_eq!(
        status(decode(&app, &closed).bearer_auth("posada_guess")).await?,
        401
    );
    let owner = user(&app, Role::Owner).await?;
    let token = async |scope| {
        let by = database::acts::Actor::Program("tests");
        let now = chrono::Utc::now();
        database::api_tokens::create(&app.store, "codec", scope, owner.id, &by, now).await
    };
    let (reads, operates) = (token(Scope::Read).await?, token(Scope::Operate).await?);
    assert_eq!(
        status(decode(&app, &closed).bearer_auth(reads.expose_secret())).await?,
        403
    );
    assert_eq!(
        status(decode(&app, &closed).bearer_auth(operates.expose_secret())).await?,
        200
    );
    Ok(())
}

#[tokio::test]
async fn an_owner_reads_on_temporals_pages_and_on_no_others() -> Result<()> {
    let app = app().await?;
    for (role, origin, expected) in [
        (Role::Owner, THERE, 200),
        (Role::Owner, "http://evil.example", 403),
        (Role::Staff, THERE, 403),
        (Role::ReadOnly, THERE, 403),
    ] {
        let browser = Browser::of(&app, role).await?;
        let asked = browser.request(Method::POST, "/api/v1/codec/decode");
        let asked = asked.header("origin", origin).json(&closed()?);
        let answer = asked.send().await?;
        assert_eq!(answer.status(), expected, "{role:?} from {origin}");
        let shared = answer.headers().get("access-control-allow-origin");
        let shared = shared.and_then(|value| value.to_str().ok());
        assert_eq!(shared, (origin == THERE).then_some(THERE), "{origin}");
    }
    Ok(())
}

#[tokio::test]
async fn browsers_are_told_whose_pages_may_ask() -> Result<()> {
    let app = app().await?;
    let ask = |origin: &'static str| {
        app.request(Method::OPTIONS, "/api/v1/codec/decode")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,x-namespace")
            .send()
    };
    let there = ask(THERE).await?;
    assert_eq!(there.status(), 204);
    assert_eq!(there.headers()["access-control-allow-origin"], THERE);
    assert_eq!(there.headers()["access-control-allow-credentials"], "true");
    assert_eq!(there.headers()["vary"], "origin");
    let elsewhere = ask("http://evil.example").await?;
    assert!(
        elsewhere
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    assert!(
        elsewhere
            .headers()
            .get("access-control-allow-credentials")
            .is_none()
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_opened_is_said() -> Result<()> {
    let app = app().await?;
    let other = format!("old:{}", "2".repeat(64));
    let open: Payloads = serde_json::from_value(open())?;
    let unknown = json!(open.close(&Codec::new(&other.parse()?))?);
    let mut forged = closed()?;
    forged["payloads"][0]["data"] = json!("AAAA");
    let mut garbled = forged.clone();
    garbled["payloads"][0]["data"] = json!("¿?");
    for (body, code) in [
        (unknown, "unknown_key"),
        (forged, "forged"),
        (garbled, "invalid"),
    ] {
        let answer = Answer::of(decode(&app, &body).bearer_auth(OPERATOR).send().await?).await?;
        assert_eq!(answer.code(), (422, code));
    }
    Ok(())
}

//! Endpoints of webhooks over the API and on the page, and what becomes of an event.

use anyhow::{Context as _, Result};
use database::{inbox, webhooks};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use stack::{Environment, eventually};
use workflows::{Webhook, names};

use crate::{
    admin::browser::{Browser, text},
    app::{Answer, OPERATOR, PAYLOAD_KEYS, SOON, TestApp},
};

const ENDPOINTS: &str = "/api/v1/webhooks/endpoints";

impl TestApp {
    async fn asks(&self, method: Method, path: &str, body: Value) -> Result<Answer> {
        let mut request = self.request(method, path).bearer_auth(OPERATOR);
        if !body.is_null() {
            request = request.json(&body);
        }
        Answer::of(request.send().await?).await
    }

    async fn endpoint(&self) -> Result<(String, String)> {
        let body = json!({ "url": "https://example.com/hooks/abcdef", "name": "Books" });
        let answer = self.asks(Method::POST, ENDPOINTS, body).await?;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let word = |name: &str| answer.body[name].as_str().map(str::to_owned);
        Ok((
            word("id").context("it has an id")?,
            word("secret").context("it has a secret")?,
        ))
    }
}

#[tokio::test]
async fn an_endpoint_is_added_changed_and_removed() -> Result<()> {
    let app = TestApp::ready().await?;
    let (id, secret) = app.endpoint().await?;
    assert!(secret.starts_with("whsec_"));
    let one = format!("{ENDPOINTS}/{id}");
    let shown = app.asks(Method::GET, &one, Value::Null).await?.body;
    assert!(shown.get("secret").is_none());
    assert!(!shown["url"].as_str().unwrap().contains("abc"), "{shown}");
    let change = json!({ "name": "Ledger", "events": ["payment.approved", "payment.approved"] });
    let changed = app.asks(Method::PATCH, &one, change).await?.body;
    assert_eq!(changed["name"], "Ledger");
    assert_eq!(changed["events"], json!(["payment.approved"]));
    let replaced = app
        .asks(Method::POST, &format!("{one}/secret"), Value::Null)
        .await?;
    assert_ne!(replaced.body["secret"], secret.as_str());
    assert_eq!(
        app.asks(Method::DELETE, &one, Value::Null).await?.status,
        204
    );
    let gone = app.asks(Method::GET, &one, Value::Null).await?;
    assert_eq!(gone.code(), (404, "not_found"));
    let left = app.asks(Method::GET, ENDPOINTS, Value::Null).await?.body;
    assert_eq!(left["items"], json!([]));
    // Neither secret lies open in the database.
    let trail = database::acts::list(&app.store, database::Page::first(20)).await?;
    assert!(!format!("{trail:?}").contains("whsec_"));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused_by_its_field() -> Result<()> {
    let app = TestApp::ready().await?;
    for (url, name, events, code) in [
        ("http://example.com/", "Books", json!([]), "url_scheme"),
        ("https://10.0.0.1/", "Books", json!([]), "url_address"),
        ("https://[::1]/", "Books", json!([]), "url_address"),
        ("https://example.com:6379/", "Books", json!([]), "url_port"),
        (
            "https://user:pass@example.com/",
            "Books",
            json!([]),
            "url_user_info",
        ),
        ("nonsense", "Books", json!([]), "url_malformed"),
        ("https://example.com/", " ", json!([]), "invalid"),
        (
            "https://example.com/",
            "Books",
            json!(["everything"]),
            "unknown_event",
        ),
    ] {
        let body = json!({ "url": url, "name": name, "events": events });
        let answer = app.asks(Method::POST, ENDPOINTS, body).await?;
        assert_eq!(answer.code(), (422, code), "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn nobody_but_operators_reaches_them() -> Result<()> {
    let app = TestApp::ready().await?;
    let body = json!({ "url": "https://example.com/", "name": "Books" });
    let added = app
        .request(Method::POST, ENDPOINTS)
        .json(&body)
        .send()
        .await?;
    assert_eq!(Answer::of(added).await?.code(), (401, "unauthorized"));
    assert_eq!(app.get(ENDPOINTS).await?.code(), (401, "unauthorized"));
    Ok(())
}

#[tokio::test]
async fn an_event_reaches_its_workflow_and_is_sent_again_from_the_page() -> Result<()> {
    let app = TestApp::ready().await?;
    let (id, _secret) = app.endpoint().await?;
    let cabin = app.cabin_for(4).await?;
    crate::app::taken(&app, &cabin, crate::app::day(0), crate::app::day(3)).await?;
    let log = format!("{ENDPOINTS}/{id}/deliveries");
    let sent = app.asks(Method::GET, &log, Value::Null).await?.body;
    let delivery = &sent["items"][0];
    assert_eq!(delivery["event"], "reservation.held");
    assert_eq!(delivery["status"], "pending");
    app.inbox_is_delivered().await?;
    let name = delivery["id"].as_str().context("a delivery has an id")?;
    let keys = PAYLOAD_KEYS.parse()?;
    let address = Environment::read()?.temporal_address;
    let client = front_desk::connect(&address, "default", "api tests", &keys).await?;
    let workflow = client.get_workflow_handle::<Webhook>(names::webhook(name.parse()?));
    let runs = workflow.describe(Default::default()).await?;
    assert!(
        !runs.raw().pending_activities.is_empty() || runs.raw().pending_workflow_task.is_some()
    );

    let browser = Browser::of(&app, Role::Owner).await?;
    let page = browser.get(&format!("/admin/webhooks/{id}")).await?;
    assert!(text(&page).contains("reservation.held"), "{}", text(&page));
    let key = uuid::Uuid::new_v4().to_string();
    let again = format!("/admin/webhooks/deliveries/{name}/resend");
    for _ in 0..2 {
        let answer = browser.send(&again, &[("key", &key)]).await?;
        assert_eq!(answer.status, 303, "{}", text(&answer));
    }
    let wishes = async || {
        let found = inbox::recent(&app.store, database::Page::first(50))
            .await
            .ok()?;
        let wishes = found.iter().filter(|event| event.kind == "outbound_resend");
        let (count, waiting) = wishes.fold((0, 0), |(count, waiting), event| {
            (count + 1, waiting + i32::from(event.delivered_at.is_none()))
        });
        (count == 1 && waiting == 0).then_some(())
    };
    eventually("the wish is handed over once", SOON, wishes).await?;
    let unknown = webhooks::find(&app.store, domain::WebhookDeliveryId::generate()).await?;
    assert_eq!(unknown, None);
    Ok(())
}

#[tokio::test]
async fn the_owner_adds_one_on_the_page_and_sees_its_secret_once() -> Result<()> {
    let app = TestApp::ready().await?;
    let browser = Browser::of(&app, Role::Owner).await?;
    let refused = [
        ("name", "Books"),
        ("url", "https://10.0.0.1/"),
        ("events", ""),
    ];
    let refused = browser.send("/admin/webhooks", &refused).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("https://10.0.0.1/"));
    let given = [
        ("name", "Books"),
        ("url", "https://example.com/h"),
        ("events", ""),
    ];
    let added = browser.send("/admin/webhooks", &given).await?;
    assert!(text(&added).contains("whsec_"), "{}", text(&added));
    let list = browser.get("/admin/webhooks").await?;
    assert!(text(&list).contains("Books") && !text(&list).contains("whsec_"));
    let endpoint = webhooks::all(&app.store).await?.remove(0);
    let one = format!("/admin/webhooks/{}", endpoint.id);
    assert!(!text(&browser.get(&one).await?).contains("whsec_"));
    let replaced = browser.send(&format!("{one}/secret"), &[]).await?;
    assert!(text(&replaced).contains("whsec_"));
    assert_eq!(
        browser.send(&format!("{one}/remove"), &[]).await?.status,
        303
    );
    assert!(webhooks::all(&app.store).await?.is_empty());
    Ok(())
}

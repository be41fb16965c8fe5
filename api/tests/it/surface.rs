//! What every answer has in common, and what is for those who look.

use std::collections::BTreeSet;

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn document(app: &TestApp) -> Result<Value> {
    Ok(app.get("/api/openapi.json").await?.body)
}

#[tokio::test]
async fn every_path_of_the_document_is_there() -> Result<()> {
    let app = TestApp::ready().await?;
    let document = document(&app).await?;
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let real = path
            .replace("{id}", "acc_00000000000000000000000000000000")
            .replace("{code}", "RES270115ABC123")
            .replace("{accommodation_id}", "acc_00000000000000000000000000000000")
            .replace("{token}", "no-token-of-ours");
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse()?;
            let answer = Answer::of(app.request(method.clone(), &real).send().await?).await?;
            assert!(answer.status != 405, "{method} {path}");
            assert!(
                answer.body["detail"] != "there is no such page",
                "{method} {path}"
            );
            described.insert(format!("{method} {path}"));
        }
    }
    assert_eq!(described.len(), 55, "{described:#?}");
    Ok(())
}

#[tokio::test]
async fn the_documentation_loads_nothing_from_elsewhere() -> Result<()> {
    let app = TestApp::ready().await?;
    let page = app.get("/docs/").await?;
    assert_eq!(page.status, 200);
    let html = page.body.as_str().unwrap();
    assert!(
        html.contains("swagger-ui") && !html.contains("//cdn") && !html.contains("https://"),
        "{html}"
    );
    assert!(
        !html.contains("<script>"),
        "the policy forbids scripts in the page itself"
    );
    let script = app.get("/docs/swagger-initializer.js").await?;
    assert!(script.body.as_str().unwrap().contains("/api/openapi.json"));
    assert_eq!(app.get("/docs").await?.status, 303);
    Ok(())
}

#[tokio::test]
async fn the_bare_address_says_where_to_look_and_pictures_are_served() -> Result<()> {
    let app = TestApp::ready().await?;
    let welcome = app.get("/").await?;
    assert!(welcome.body.as_str().unwrap().contains("/docs"));
    let cabins = app.get("/api/v1/accommodations").await?.body;
    for cabin in cabins["items"].as_array().unwrap() {
        for photo in cabin["photos"].as_array().unwrap() {
            let url = photo["url"].as_str().unwrap();
            let path = url.split_once("8000").unwrap().1;
            let answer = app.request(Method::GET, path).send().await?;
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()["content-type"], "image/jpeg");
            assert!(answer.bytes().await?.starts_with(&[0xff, 0xd8]), "{path}");
        }
    }
    assert_eq!(
        app.get("/photos/none.jpg").await?.code(),
        (404, "not_found")
    );
    assert_eq!(
        app.get("/photos/..%2Fwelcome.html").await?.code(),
        (404, "not_found")
    );
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_like_any_other() -> Result<()> {
    let app = TestApp::ready().await?;
    let missing = app.get("/api/v1/nothing").await?;
    assert_eq!(missing.code(), (404, "not_found"));
    assert_eq!(missing.header("content-type"), "application/problem+json");
    assert_eq!(
        missing.body["trace_id"],
        json!(missing.header("x-trace-id"))
    );
    assert_eq!(missing.body["type"], "urn:posada:problem:not_found");
    let answer = Answer::of(
        app.request(Method::DELETE, "/api/v1/accommodations")
            .send()
            .await?,
    )
    .await?;
    assert_eq!(answer.code(), (405, "method_not_allowed"));
    let malformed = app
        .request(Method::POST, "/api/v1/reservations")
        .body("{")
        .send()
        .await?;
    assert_eq!(Answer::of(malformed).await?.code(), (400, "malformed_json"));
    let huge = app
        .request(Method::POST, "/api/v1/reservations")
        .body(" ".repeat(100_000))
        .send()
        .await?;
    assert_eq!(Answer::of(huge).await?.code(), (413, "body_too_large"));
    Ok(())
}

#[tokio::test]
async fn every_answer_has_a_trace_id_and_the_headers_that_guard_it() -> Result<()> {
    let app = TestApp::ready().await?;
    let given = app
        .request(Method::GET, "/")
        .header("X-Trace-Id", "4bf92f3577b34da6")
        .send()
        .await?;
    assert_eq!(given.headers()["x-trace-id"], "4bf92f3577b34da6");
    for path in [
        "/",
        "/docs/",
        "/api/v1/nothing",
        "/metrics",
        "/api/openapi.json",
    ] {
        let answer = app.get(path).await?;
        assert_eq!(answer.header("x-trace-id").len(), 32, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'self'"),
            "{path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn health_names_its_parts_and_requests_are_counted_by_route() -> Result<()> {
    let app = TestApp::ready().await?;
    let health = app.get("/api/v1/healthz").await?;
    for part in ["postgres", "redis", "temporal"] {
        assert_eq!(health.body["checks"][part]["status"], "up");
        assert!(health.body["checks"][part]["latency_ms"].is_u64());
    }
    assert_eq!(app.get("/api/v1/readyz").await?.body["status"], "ready");
    app.get("/api/v1/accommodations/acc_00000000000000000000000000000000")
        .await?;
    let metrics = app.get("/metrics").await?.body;
    let counted = r#"posada_http_requests_total{method="GET",route="/api/v1/accommodations/{id}",status="404"} 1"#;
    assert!(metrics.as_str().unwrap().contains(counted), "{metrics}");
    Ok(())
}

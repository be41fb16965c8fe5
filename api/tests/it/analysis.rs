//! What the bot reads and hears, asked over HTTP by those who mean harm and those who slip.

use std::time::Duration;

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, OPERATOR, TestApp};

const ANALYZE: &str = "/api/v1/nlu/analyze";
const TRANSCRIBE: &str = "/api/v1/audio/transcribe";

/// Every field of a reading.
const FIELDS: [&str; 11] = [
    "intent",
    "check_in",
    "check_out",
    "nights",
    "guests",
    "children",
    "pets",
    "accommodation",
    "reservation_code",
    "date_error",
    "language",
];

async fn raw(app: &TestApp, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Result<Answer> {
    let request = app
        .request(Method::POST, path)
        .bearer_auth(OPERATOR)
        .header("content-type", kind)
        .body(body.into());
    Answer::of(request.send().await?).await
}

#[tokio::test]
async fn whatever_is_to_be_read_is_read_or_refused_with_a_code() -> Result<()> {
    let app = TestApp::ready().await?;
    let text = |text: &str| json!({ "text": text });
    let refused = [
        (text(""), 422, "required", "text"),
        (text(" \n\t "), 422, "required", "text"),
        (text(&"a".repeat(100_000)), 413, "body_too_large", ""),
        (text(&"a".repeat(5000)), 422, "too_long", "text"),
        (json!({}), 422, "invalid_field", "text"),
        (json!({ "text": null }), 422, "invalid_field", "text"),
        (json!({ "text": 7 }), 422, "invalid_field", "text"),
        (json!({ "text": ["hola"] }), 422, "invalid_field", "text"),
        (json!([]), 422, "invalid_field", "body"),
        (json!("hola"), 422, "invalid_field", "body"),
        (
            json!({ "text": "x", "now": "soon" }),
            422,
            "invalid_field",
            "now",
        ),
        (
            json!({ "text": "x", "now": "" }),
            422,
            "invalid_field",
            "now",
        ),
        (
            json!({ "text": "x", "now": 5 }),
            422,
            "invalid_field",
            "now",
        ),
        (
            json!({ "text": "el 5", "now": "+262142-12-31" }),
            422,
            "invalid_field",
            "now",
        ),
        (
            json!({ "text": "x", "context": 5 }),
            422,
            "invalid_field",
            "context",
        ),
        (
            json!({ "text": "x", "context": { "check_in": "mañana" } }),
            422,
            "invalid_field",
            "context.check_in",
        ),
        (
            json!({ "text": "x", "context": { "guests": -1 } }),
            422,
            "invalid_field",
            "context.guests",
        ),
        (
            json!({ "text": "x", "context": { "guests": 300 } }),
            422,
            "invalid_field",
            "context.guests",
        ),
        (
            json!({ "text": "x", "context": { "language": "fr" } }),
            422,
            "invalid_field",
            "context.language",
        ),
        (
            json!({ "text": "x", "context": { "accommodations": vec![json!({ "id": "a", "names": ["x"] }); 201] } }),
            422,
            "too_long",
            "context.accommodations",
        ),
        (
            json!({ "text": "x", "context": { "accommodations": [{ "id": "a", "names": ["x".repeat(101)] }] } }),
            422,
            "too_long",
            "context.accommodations",
        ),
    ];
    for (body, status, code, field) in refused {
        let answer = app.post_as(OPERATOR, ANALYZE, &body).await?;
        let shown = body.to_string().chars().take(80).collect::<String>();
        assert_eq!(answer.code(), (status, code), "{shown}: {}", answer.body);
        if !field.is_empty() {
            assert_eq!(answer.body["field"], field, "{shown}");
        }
    }
    for (kind, body) in [
        ("application/json", "hola"),
        ("application/json", ""),
        ("application/json", "{\"text\": \"hola\""),
        ("text/plain", "\u{0}\u{1}\u{2}"),
        ("application/x-www-form-urlencoded", "text=hola"),
    ] {
        let answer = raw(&app, ANALYZE, kind, body).await?;
        assert_eq!(answer.code(), (400, "malformed_json"), "{kind}: {body:?}");
    }
    let not_utf8 = raw(
        &app,
        ANALYZE,
        "application/json",
        b"{\"text\": \"\xff\xfe\"}".to_vec(),
    )
    .await?;
    assert_eq!(not_utf8.code(), (400, "malformed_json"));
    Ok(())
}

#[tokio::test]
async fn strange_texts_are_read_as_what_they_are() -> Result<()> {
    let app = TestApp::ready().await?;
    let long = "quiero reservar ".repeat(250);
    let strange = [
        "😀😀😀",
        "\u{0}\u{1}\u{7f}",
        "\u{202e}abc\u{200b}",
        "مرحبا",
        "'; DROP TABLE reservations; --",
        "<script>alert(1)</script>",
        "99999999999999999999 al 99999999999999999999",
        "del 4294967296 al 4294967297 de enero de 99999",
        "{\"text\": 1}",
        long.as_str(),
    ];
    for text in strange {
        let body = json!({ "text": text, "now": "2026-11-24T10:00:00-03:00" });
        let answer = app.post_as(OPERATOR, ANALYZE, &body).await?;
        assert_eq!(answer.status, 200, "{text:?}: {}", answer.body);
        assert!(answer.body["intent"].is_string(), "{text:?}");
        for field in ["check_in", "check_out"] {
            assert_eq!(answer.body[field], Value::Null, "{text:?}");
        }
        let read = answer.body.as_object().map(|read| read.len());
        assert_eq!(read, Some(FIELDS.len()), "{text:?}");
        assert!(FIELDS.iter().all(|field| answer.body.get(field).is_some()));
    }
    Ok(())
}

#[tokio::test]
async fn what_a_context_says_beside_what_we_know_is_no_trouble() -> Result<()> {
    let app = TestApp::ready().await?;
    let body = json!({
        "text": "seis",
        "now": "2026-11-24",
        "context": { "awaiting": "guests", "mood": "sunny", "check_in": "2400-01-01", "check_out": "1999-01-01" },
    });
    let answer = app.post_as(OPERATOR, ANALYZE, &body).await?;
    assert_eq!((answer.status, &answer.body["guests"]), (200, &json!(6)));
    let unknown = json!({ "text": "seis", "context": { "awaiting": "the moon" } });
    let answer = app.post_as(OPERATOR, ANALYZE, &unknown).await?;
    assert_eq!((answer.status, &answer.body["guests"]), (200, &Value::Null));
    let absent = json!({ "text": "hola", "now": null, "context": null });
    let answer = app.post_as(OPERATOR, ANALYZE, &absent).await?;
    assert_eq!(
        (answer.status, &answer.body["intent"]),
        (200, &json!("greeting"))
    );
    Ok(())
}

fn form(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.ogg\"\r\nContent-Type: audio/ogg\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat()
}

const FORM: &str = "multipart/form-data; boundary=edge";

#[tokio::test]
async fn clips_that_cannot_be_taken_are_refused_before_anybody_listens() -> Result<()> {
    let app = TestApp::ready().await?;
    let stranger = app.request(Method::POST, TRANSCRIBE).body("OggS");
    assert_eq!(
        Answer::of(stranger.send().await?).await?.code(),
        (401, "unauthorized")
    );

    let large = vec![0_u8; 17 * 1024 * 1024];
    let answer = raw(&app, TRANSCRIBE, "audio/ogg", large.clone()).await?;
    assert_eq!(answer.code(), (413, "body_too_large"));
    let answer = raw(&app, TRANSCRIBE, FORM, form("file", &large)).await?;
    assert_eq!(answer.code(), (413, "body_too_large"));

    for (kind, body) in [
        ("multipart/form-data", form("file", b"OggS")),
        (FORM, b"no form at all".to_vec()),
        (FORM, form("file", b"OggS").into_iter().take(60).collect()),
    ] {
        let answer = raw(&app, TRANSCRIBE, kind, body).await?;
        assert_eq!(answer.code(), (400, "malformed_request"), "{kind}");
    }

    for (kind, body) in [
        ("audio/ogg", Vec::new()),
        (FORM, form("file", b"")),
        (FORM, b"--edge--\r\n".to_vec()),
    ] {
        let answer = raw(&app, TRANSCRIBE, kind, body).await?;
        let told = (&answer.body["result"], &answer.body["reason"]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(told, (&json!("rejected"), &json!("empty")));
        assert_eq!(answer.body["text"], Value::Null);
    }
    let read = app.request(Method::GET, TRANSCRIBE).send().await?;
    assert_eq!(read.status().as_u16(), 405);
    Ok(())
}

#[tokio::test]
async fn a_clip_that_nobody_listens_to_is_refused_at_once() -> Result<()> {
    let app = TestApp::ready().await?;
    // No worker runs here: whoever waited for one would wait for a minute.
    let asked = raw(&app, TRANSCRIBE, "audio/ogg", b"OggS".to_vec());
    let answer = tokio::time::timeout(Duration::from_secs(20), asked).await??;
    assert_eq!(answer.code(), (503, "nobody_listens"));
    Ok(())
}

#[tokio::test]
async fn where_nobody_listens_health_says_so_and_stays_healthy() -> Result<()> {
    let app = TestApp::ready().await?;
    let health = app.get("/api/v1/healthz").await?;
    assert_eq!(health.body["status"], "healthy");
    assert_eq!(health.body["checks"]["voice"]["status"], "down");
    Ok(())
}

//! Meta's webhooks: who is let in, and what is written down.

use anyhow::Result;
use serde_json::json;

use crate::app::{Answer, OUR_NUMBER, TestApp, VERIFY_TOKEN, envelope, text};

const ANA: &str = "5491122334455";

/// The published vectors: what Meta signs, and the same text written in another way.
const ESCAPED: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"messages","value":{"note":"ma\u00f1ana 10hs \/ cancha 2 \ud83c\udfbe"}}]}]}"#;
const PLAIN: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"messages","value":{"note":"mañana 10hs / cancha 2 🎾"}}]}]}"#;
const SIGNATURE_OF_ESCAPED: &str =
    "sha256=0cb1f78872210c78d4db2256937d4fc000794acd82c147921e9a2456fed27986";

async fn handshake(app: &TestApp, mode: &str, token: &str) -> Result<Answer> {
    let query = format!("hub.mode={mode}&hub.challenge=1158201444&hub.verify_token={token}");
    app.get(&format!("/api/v1/webhooks/whatsapp?{query}")).await
}

#[tokio::test]
async fn the_handshake_repeats_the_challenge_and_nothing_else() -> Result<()> {
    let app = TestApp::ready().await?;
    let accepted = handshake(&app, "subscribe", VERIFY_TOKEN).await?;
    assert_eq!(
        (accepted.status, accepted.header("content-type")),
        (200, "text/plain")
    );
    assert_eq!(accepted.body, json!(1_158_201_444), "unquoted, as it came");
    assert_eq!(
        handshake(&app, "subscribe", "another").await?.code(),
        (403, "forbidden")
    );
    assert_eq!(
        handshake(&app, "unsubscribe", VERIFY_TOKEN).await?.code(),
        (403, "forbidden")
    );
    assert_eq!(
        app.get("/api/v1/webhooks/whatsapp").await?.code(),
        (403, "forbidden")
    );
    Ok(())
}

#[tokio::test]
async fn the_signature_covers_the_bytes_and_not_their_meaning() -> Result<()> {
    let app = TestApp::ready().await?;
    assert_eq!(
        app.whatsapp(ESCAPED, Some(SIGNATURE_OF_ESCAPED))
            .await?
            .status,
        200
    );
    let forged = app.whatsapp(PLAIN, Some(SIGNATURE_OF_ESCAPED)).await?;
    assert_eq!(forged.code(), (403, "signature_invalid"));
    Ok(())
}

#[tokio::test]
async fn an_unsigned_webhook_is_refused_before_anything_reads_it() -> Result<()> {
    let app = TestApp::ready().await?;
    assert_eq!(
        app.whatsapp("not even JSON", None).await?.code(),
        (401, "signature_missing")
    );
    for wrong in ["", "sha256=", "sha1=00", "sha256=zz", SIGNATURE_OF_ESCAPED] {
        assert_eq!(
            app.whatsapp("not even JSON", Some(wrong)).await?.code(),
            (403, "signature_invalid")
        );
    }
    assert!(app.inbox().await?.is_empty());
    let metrics = app.get("/metrics").await?.body.as_str().unwrap().to_owned();
    assert!(
        metrics.contains(r#"posada_webhooks_total{outcome="unsigned",provider="whatsapp"} 1"#),
        "{metrics}"
    );
    assert!(
        metrics.contains(r#"posada_webhooks_total{outcome="forged",provider="whatsapp"} 5"#),
        "{metrics}"
    );
    Ok(())
}

#[tokio::test]
async fn a_signed_body_that_is_not_json_is_malformed_and_a_huge_one_too_large() -> Result<()> {
    let app = TestApp::ready().await?;
    let secret = whatsapp::signature::Secret::new(crate::app::APP_SECRET);
    let cut_off = r#"{"object":"#;
    let signature = secret.sign(cut_off.as_bytes());
    assert_eq!(
        app.whatsapp(cut_off, Some(&signature)).await?.code(),
        (400, "malformed_json")
    );

    let padded = |bytes: usize| format!("{{{}}}", " ".repeat(bytes - 2));
    let large = padded(3 * 1024 * 1024);
    let signature = secret.sign(large.as_bytes());
    assert_eq!(app.whatsapp(large, Some(&signature)).await?.status, 200);
    let huge = padded(5 * 1024 * 1024);
    assert_eq!(
        app.whatsapp(huge, None).await?.code(),
        (413, "body_too_large")
    );
    Ok(())
}

#[tokio::test]
async fn every_event_of_a_batch_is_written_down_once_however_often_it_comes() -> Result<()> {
    let app = TestApp::ready().await?;
    let status = json!({ "id": "wamid.out", "status": "delivered", "timestamp": "1767225600", "recipient_id": ANA });
    let other = json!({ "from": "5491199999999", "id": "wamid.3", "type": "holograph", "timestamp": "1767225600" });
    let batch = envelope(
        &[
            text(ANA, "wamid.1", "Hola"),
            text(ANA, "wamid.2", "¿Hay lugar?"),
            other,
        ],
        &[status],
    );
    for _ in 0..5 {
        assert_eq!(app.whatsapp_says(&batch).await?.status, 200);
    }
    let again = envelope(
        &[
            text(ANA, "wamid.2", "¿Hay lugar?"),
            text(ANA, "wamid.4", "Somos 4"),
        ],
        &[],
    );
    assert_eq!(app.whatsapp_says(&again).await?.status, 200);

    let events = app.inbox().await?;
    let names: Vec<_> = events.iter().map(|event| event.event_id.as_str()).collect();
    assert_eq!(
        names,
        [
            "wamid.1",
            "wamid.2",
            "wamid.3",
            "wamid.out:delivered",
            "wamid.4"
        ]
    );
    let ana = events[0].guest_id.unwrap();
    assert_eq!(
        events[4].guest_id,
        Some(ana),
        "one guest, whichever webhook"
    );
    let said = database::messages::thread(&app.store, ana, database::Page::first(10)).await?;
    assert_eq!(said.len(), 3);
    app.inbox_is_delivered().await
}

#[tokio::test]
async fn a_guest_with_a_new_number_is_the_same_guest() -> Result<()> {
    const NEW: &str = "5491166778899";
    let app = TestApp::ready().await?;
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.1", "Hola")], &[]))
        .await?;
    let changed = json!({ "from": ANA, "id": "wamid.2", "timestamp": chrono::Utc::now().timestamp().to_string(), "type": "system",
        "system": { "type": "user_changed_number", "wa_id": NEW, "body": "Ana cambió de número" } });
    let change = envelope(&[changed], &[]);
    for _ in 0..2 {
        assert_eq!(app.whatsapp_says(&change).await?.status, 200);
    }
    app.inbox_is_delivered().await?;
    app.whatsapp_says(&envelope(&[text(NEW, "wamid.3", "Soy Ana")], &[]))
        .await?;
    let events = app.inbox().await?;
    let guests: Vec<_> = events.iter().filter_map(|event| event.guest_id).collect();
    assert_eq!(guests.len(), 2, "the notice is nobody's message");
    assert_eq!(guests[0], guests[1]);
    Ok(())
}

#[tokio::test]
async fn what_is_meant_for_another_number_is_kept_and_concerns_no_guest() -> Result<()> {
    let app = TestApp::ready().await?;
    let mut foreign = envelope(&[text(ANA, "wamid.1", "Hola")], &[]);
    foreign["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = json!("999");
    assert_ne!(OUR_NUMBER, "999");
    assert_eq!(app.whatsapp_says(&foreign).await?.status, 200);
    let events = app.inbox().await?;
    assert_eq!(
        (events[0].kind.as_str(), events[0].guest_id),
        ("other_number", None)
    );
    app.inbox_is_delivered().await
}

#[tokio::test]
async fn an_object_of_another_kind_is_acknowledged_and_ignored() -> Result<()> {
    let app = TestApp::ready().await?;
    assert_eq!(
        app.whatsapp_says(&json!({ "object": "page", "entry": [] }))
            .await?
            .status,
        200
    );
    assert_eq!(app.whatsapp_says(&json!({})).await?.status, 200);
    assert!(app.inbox().await?.is_empty());
    Ok(())
}

//! The guest sends through the control API, and the product receives what Meta would post.

use serde_json::{Value, json};
use whatsapp::webhook::{Content, Event};

use super::stage::{ANA, Stage};

#[tokio::test]
async fn a_text_arrives_with_its_writer() {
    let stage = Stage::set().await;
    let content = json!({
        "text": "Hola, ¿tenés lugar? 🏕", "profile_name": "Ana Gómez",
        "message_id": "wamid.mine", "timestamp": 1_767_225_600,
    });
    assert_eq!(stage.guest_sends(ANA, content).await, "wamid.mine");
    let message = stage.product.message().await;
    assert_eq!(message.id, "wamid.mine");
    assert_eq!(message.timestamp, 1_767_225_600);
    assert_eq!(message.sender.wa_id.as_deref(), Some(ANA));
    assert_eq!(message.sender.profile_name.as_deref(), Some("Ana Gómez"));
    assert!(message.sender.user_id.unwrap().starts_with("AR."));
    assert_eq!(message.phone_number_id.as_deref(), Some("106540352242922"));
    let body = "Hola, ¿tenés lugar? 🏕".to_owned();
    assert_eq!(message.content, Content::Text { body });
}

#[tokio::test]
async fn a_tap_answers_what_the_latest_message_offers() {
    let stage = Stage::set().await;
    let offer = json!({ "type": "interactive", "interactive": { "type": "list",
        "body": { "text": "?" }, "action": { "button": "Ver", "sections": [{ "rows": [
            { "id": "acc_1", "title": "Cabaña del Lago", "description": "3 noches" },
        ] }] } } });
    stage.say(offer).await;
    let question = json!({ "type": "interactive", "interactive": { "type": "button",
        "body": { "text": "?" }, "action": { "buttons": [
            { "type": "reply", "reply": { "id": "yes", "title": "Sí" } },
        ] } } });
    stage.say(question).await;
    let template = json!({ "type": "template", "template": {
        "name": "recordatorio", "language": { "code": "es" }, "components": [
            { "type": "button", "sub_type": "quick_reply", "index": 0,
                "parameters": [{ "type": "payload", "payload": "confirm:1" }] },
        ] } });
    stage.say(template).await;
    let offered = stage.thread(ANA).await;

    let taps = [
        (
            "acc_1",
            Some(0),
            Content::ListReply {
                id: "acc_1".to_owned(),
                title: "Cabaña del Lago".to_owned(),
                description: Some("3 noches".to_owned()),
            },
        ),
        (
            "yes",
            Some(1),
            Content::ButtonReply {
                id: "yes".to_owned(),
                title: "Sí".to_owned(),
            },
        ),
        (
            "confirm:1",
            Some(2),
            Content::TemplateButton {
                payload: "confirm:1".to_owned(),
                text: "confirm:1".to_owned(),
            },
        ),
        // A button of another day, which no message of this thread offers.
        (
            "old",
            None,
            Content::ButtonReply {
                id: "old".to_owned(),
                title: "old".to_owned(),
            },
        ),
    ];
    for (id, offer, content) in taps {
        stage.guest_sends(ANA, json!({ "button": id })).await;
        let message = loop {
            if let Event::Message(message) = stage.product.event().await {
                break message;
            }
        };
        assert_eq!(message.content, content);
        let expected = offer.map(|index: usize| offered[index]["id"].as_str().unwrap().to_owned());
        assert_eq!(message.context_id, expected);
    }
}

#[tokio::test]
async fn a_place_arrives_as_a_location() {
    let stage = Stage::set().await;
    let place =
        json!({ "location": { "latitude": -41.13, "longitude": -71.31, "name": "Centro" } });
    stage.guest_sends(ANA, place).await;
    assert!(matches!(
        stage.product.message().await.content,
        Content::Location { name: Some(name), .. } if name == "Centro"
    ));
}

#[tokio::test]
async fn a_raw_message_is_completed_but_not_corrected() {
    let stage = Stage::set().await;
    stage
        .guest_sends(
            ANA,
            json!({ "raw": { "type": "hologram", "hologram": { "id": 1 }, "from": null } }),
        )
        .await;
    let message = stage.product.message().await;
    assert_eq!(
        message.content,
        Content::Unknown {
            kind: "hologram".to_owned()
        }
    );
    assert_eq!(
        message.raw.get("from"),
        None,
        "what is given as null is left out"
    );
    assert_eq!(
        message.sender.wa_id.as_deref(),
        Some(ANA),
        "the contact still tells"
    );

    let notice = json!({ "raw": { "type": "system",
        "system": { "type": "user_changed_number", "wa_id": "5491166778899" } } });
    stage.guest_sends(ANA, notice).await;
    let message = stage.product.message().await;
    assert_eq!(
        message.sender.profile_name, None,
        "a notice comes without contacts"
    );
}

#[tokio::test]
async fn a_raw_webhook_is_posted_as_it_is() {
    let stage = Stage::set().await;
    let message =
        |id: &str| json!({ "id": id, "from": ANA, "type": "text", "text": { "body": id } });
    let batch = json!({ "raw": { "object": "whatsapp_business_account", "entry": [
        { "id": "1", "changes": [{ "field": "messages", "value": { "messages": [message("a"), message("b")] } }] },
        { "id": "1", "changes": [{ "field": "messages", "value": { "messages": [message("c")] } }] },
    ] } });
    stage.guest_sends(ANA, batch).await;
    for id in ["a", "b", "c"] {
        assert_eq!(stage.product.message().await.id, id);
    }
}

#[tokio::test]
async fn the_same_message_twice_is_two_webhooks_and_one_entry() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        let content = json!({ "text": "hola", "message_id": "wamid.same" });
        stage.guest_sends(ANA, content).await;
        assert_eq!(stage.product.message().await.id, "wamid.same");
    }
    assert_eq!(stage.thread(ANA).await.len(), 1);
}

#[tokio::test]
async fn a_thread_is_read_on_from_where_one_was() {
    let stage = Stage::set().await;
    stage.ana_writes("uno").await;
    stage.send("dos").await.unwrap();
    stage
        .guest_sends("34600000000", json!({ "text": "de otro" }))
        .await;
    let thread = stage.thread(ANA).await;
    let texts: Vec<&str> = thread
        .iter()
        .map(|entry| entry["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["uno", "dos"]);
    let after = thread[0]["seq"].as_u64().unwrap();
    let path = format!("/sandbox/guests/{ANA}/messages?after={after}");
    let (_, rest) = stage.control("GET", &path, Value::Null).await;
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_eq!(rest[0]["text"], "dos");
}

#[tokio::test]
async fn what_no_guest_could_send_is_refused() {
    let stage = Stage::set().await;
    let path = format!("/sandbox/guests/{ANA}/messages");
    for content in [
        json!({}),
        json!({ "text": "a", "button": "b" }),
        json!({ "txet": "a" }),
        json!({ "audio": "!!" }),
        json!({ "text": "a", "timestamp": "soon" }),
    ] {
        let (status, answer) = stage.control("POST", &path, content.clone()).await;
        assert_eq!(status, 422, "{content}");
        assert!(answer["error"].is_string(), "{content}");
    }
    let (status, _) = stage
        .control(
            "POST",
            "/sandbox/guests/nobody/messages",
            json!({ "text": "a" }),
        )
        .await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn a_reset_empties_the_sandbox() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    stage
        .faults(json!({ "whatsapp.send": { "status": 500 } }))
        .await;
    let (status, _) = stage.control("POST", "/sandbox/reset", Value::Null).await;
    assert_eq!(status, 204);
    assert!(stage.thread(ANA).await.is_empty());
    let (_, faults) = stage.control("GET", "/sandbox/faults", Value::Null).await;
    assert_eq!(faults, json!({}));
}

#[tokio::test]
async fn the_phone_is_a_page_without_foreign_assets() {
    let stage = Stage::set().await;
    let get = async |path: &str| {
        let response = stage
            .http
            .get(format!("{}{path}", stage.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    };
    let page = get("/").await;
    for (_, address) in page
        .match_indices("src=\"")
        .chain(page.match_indices("href=\""))
        .map(|(at, key)| {
            let rest = &page[at + key.len()..];
            (at, rest.split('"').next().unwrap())
        })
    {
        if address.starts_with("/sandbox/assets/") {
            get(address).await;
        } else {
            assert!(
                address.starts_with('/') || address.starts_with('#'),
                "{address}"
            );
        }
    }
}

//! The product sends: accepted, shown to the guest, told of by statuses; refused where Meta refuses.

use serde_json::{Value, json};
use whatsapp::{
    Class, Client, Error, Message, Recipient,
    message::{Body, Button, ButtonId, ButtonTitle, Buttons, CtaUrl, List, Row, RowId, RowTitle},
    webhook::DeliveryStatus,
};

use super::stage::{ANA, NUMBER, Stage, TOKEN};

#[tokio::test]
async fn a_message_is_accepted_shown_and_followed_to_the_end() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    let accepted = stage.send("¡Hola, Ana!").await.unwrap();
    assert_eq!(accepted.wa_id.as_deref(), Some(ANA));

    let statuses = stage.product.statuses_until(DeliveryStatus::Read).await;
    let words: Vec<&str> = statuses
        .iter()
        .map(|status| status.status.as_str())
        .collect();
    assert_eq!(words, ["sent", "delivered", "read"]);
    for status in &statuses {
        assert_eq!(status.id, accepted.message_id);
        assert_eq!(status.callback_data.as_deref(), Some("outbox:1"));
        assert_eq!(status.recipient.wa_id.as_deref(), Some(ANA));
        assert!(status.recipient.user_id.is_some());
        assert!(status.pricing.as_ref().unwrap().billable);
    }

    let thread = stage.thread(ANA).await;
    assert_eq!(thread[1]["text"], "¡Hola, Ana!");
    assert_eq!(thread[1]["from"], "business");
    assert_eq!(thread[1]["status"], "read");
    assert_eq!(thread[1]["id"], accepted.message_id);
}

#[tokio::test]
async fn buttons_lists_and_links_are_shown_as_such() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    let body = || Body::parse("¿Entonces?").unwrap();
    let title = |text| ButtonTitle::parse(text).unwrap();
    let button = Button {
        id: ButtonId::parse("yes").unwrap(),
        title: title("Sí"),
    };
    let row = Row {
        id: RowId::parse("acc_1").unwrap(),
        title: RowTitle::parse("Cabaña del Lago").unwrap(),
        description: None,
    };
    let messages: [Message; 3] = [
        Buttons::new(body(), vec![button]).unwrap().into(),
        List::of_rows(body(), title("Ver"), vec![row])
            .unwrap()
            .into(),
        CtaUrl::new(body(), title("Pagar"), "https://pagos.example/1")
            .unwrap()
            .into(),
    ];
    let ana = Recipient::parse(ANA).unwrap();
    for message in &messages {
        stage.client.send(&ana, message, "").await.unwrap();
    }
    let thread = stage.thread(ANA).await;
    assert_eq!(
        thread[1]["buttons"],
        json!([{ "id": "yes", "title": "Sí" }])
    );
    assert_eq!(
        thread[2]["rows"],
        json!([{ "id": "acc_1", "title": "Cabaña del Lago" }])
    );
    assert_eq!(thread[2]["list_button"], "Ver");
    assert_eq!(
        thread[3]["link"],
        json!({ "title": "Pagar", "url": "https://pagos.example/1" })
    );
    for entry in &thread[1..] {
        assert_eq!(
            (&entry["type"], &entry["text"]),
            (&json!("interactive"), &json!("¿Entonces?"))
        );
    }
}

#[tokio::test]
async fn an_argentine_guest_is_reached_in_both_spellings() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    let accepted = stage.send_to("541122334455", "hola").await.unwrap();
    assert_eq!(accepted.wa_id.as_deref(), Some(ANA));
    assert_eq!(stage.thread(ANA).await.len(), 2);
}

#[tokio::test]
async fn a_test_number_knows_argentine_guests_without_their_nine() {
    let stage =
        Stage::set_with(|config| config.whatsapp.behaviour.argentina_test_number = true).await;
    let error = stage.send_to(ANA, "hola").await.unwrap_err();
    assert_eq!(error.code(), Some(131_030), "{error:?}");
    let accepted = stage.send_to("541122334455", "hola").await.unwrap();
    assert_eq!(accepted.wa_id.as_deref(), Some(ANA));
}

#[tokio::test]
async fn a_guest_with_a_hidden_phone_is_reached_by_scoped_id() {
    let stage = Stage::set().await;
    stage
        .guest_sends(
            "AR.1349",
            json!({ "text": "hola", "profile_name": "Bruno" }),
        )
        .await;
    let message = stage.product.message().await;
    assert_eq!(message.sender.wa_id, None);
    assert_eq!(message.sender.user_id.as_deref(), Some("AR.1349"));
    assert_eq!(message.sender.profile_name.as_deref(), Some("Bruno"));

    let accepted = stage.send_to("AR.1349", "¡Hola!").await.unwrap();
    assert_eq!(
        (accepted.wa_id, accepted.user_id.as_deref()),
        (None, Some("AR.1349"))
    );
    let status = stage.product.status().await;
    assert_eq!(status.recipient.wa_id, None);
    assert_eq!(status.recipient.user_id.as_deref(), Some("AR.1349"));

    let error = stage.send_to("AR.9999", "¿?").await.unwrap_err();
    assert_eq!(error.code(), Some(131_009), "{error:?}");
}

#[tokio::test]
async fn outside_the_window_a_message_fails_later_and_a_template_goes_out() {
    let stage = Stage::set().await;
    let accepted = stage.send("¿Seguís ahí?").await.unwrap();
    let status = stage.product.status().await;
    assert_eq!(status.id, accepted.message_id);
    assert_eq!(status.status, DeliveryStatus::Failed);
    assert_eq!(status.failure(), Some(Class::WindowClosed));
    let thread = stage.thread(ANA).await;
    assert_eq!(thread[0]["status"], "failed");
    assert_eq!(thread[0]["error_code"], 131_047);

    let template = json!({ "type": "template", "template": {
        "name": "recordatorio", "language": { "code": "es_AR" },
    } });
    assert_eq!(stage.say(template).await, (200, None));
    assert_eq!(stage.product.status().await.status, DeliveryStatus::Sent);
}

#[tokio::test]
async fn the_window_closes_a_day_after_the_guest_wrote() {
    let stage = Stage::set_with(|config| config.whatsapp.behaviour.window_sync = true).await;
    let seconds = |offset: i64| chrono::Utc::now().timestamp() - offset;
    let writes = async |ago: i64| {
        let content = json!({ "text": "hola", "timestamp": seconds(ago) });
        stage.guest_sends(ANA, content).await;
    };
    writes(24 * 3600 + 60).await;
    let error = stage.send("tarde").await.unwrap_err();
    assert!(matches!(error, Error::WindowClosed), "{error:?}");
    writes(23 * 3600).await;
    stage.send("a tiempo").await.unwrap();
}

#[tokio::test]
async fn a_read_receipt_marks_all_before_it_and_shows_typing() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    let second = stage.ana_writes("¿están?").await;
    stage.ana_writes("¡hola!").await;
    stage.client.mark_read(&second.id, true).await.unwrap();
    let thread = stage.thread(ANA).await;
    let states: Vec<&str> = thread
        .iter()
        .map(|entry| entry["status"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["read", "read", "sent"]);
    let is_typing = async || {
        let (_, guests) = stage.control("GET", "/sandbox/guests", Value::Null).await;
        guests[0]["business_is_typing"].as_bool().unwrap()
    };
    assert!(is_typing().await);
    stage.send("Acá estamos").await.unwrap();
    assert!(!is_typing().await, "an answer ends the typing");

    let error = stage
        .client
        .mark_read("wamid.unknown", false)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(131_009));
}

#[tokio::test]
async fn the_gate_refuses_a_wrong_token_number_and_version() {
    let stage = Stage::set().await;
    let client = |version: &str, number: &str, token: &str| {
        Client::new(whatsapp::Config {
            base_url: stage.url.clone(),
            version: version.to_owned(),
            phone_number_id: number.to_owned(),
            token: token.into(),
            media_hosts: Vec::new(),
            argentina_strip_nine_on_send: false,
        })
        .unwrap()
    };
    let ana = Recipient::parse(ANA).unwrap();
    let hello = Message::from(whatsapp::message::Text::parse("hola").unwrap());
    let error = client("v25.0", NUMBER, "wrong")
        .send(&ana, &hello, "")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unauthorized), "{error:?}");
    let error = client("v25.0", "1", TOKEN)
        .send(&ana, &hello, "")
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(100), "{error:?}");
    client("v21.0", NUMBER, TOKEN)
        .send(&ana, &hello, "")
        .await
        .unwrap();

    let unversioned = format!("{}/latest/{NUMBER}/messages", stage.url);
    let response = stage
        .http
        .post(unversioned)
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn every_limit_of_the_contract_is_kept() {
    let stage = Stage::set().await;
    let long = |length: usize| "ñ".repeat(length);
    let buttons = |buttons: Value| {
        json!({ "type": "interactive", "interactive": { "type": "button",
            "body": { "text": "?" }, "action": { "buttons": buttons } } })
    };
    let reply =
        |id: &str, title: &str| json!({ "type": "reply", "reply": { "id": id, "title": title } });
    let list = |sections: Value| {
        json!({ "type": "interactive", "interactive": { "type": "list",
            "body": { "text": "?" }, "action": { "button": "Ver", "sections": sections } } })
    };
    let rows = |count: usize, prefix: &str| -> Value {
        (0..count)
            .map(|n| json!({ "id": format!("{prefix}{n}"), "title": "x" }))
            .collect()
    };
    let row = |key: &str, text: String| {
        let mut row = json!({ "id": "a", "title": "x" });
        row[key] = text.into();
        list(json!([{ "rows": [row] }]))
    };
    let table = [
        (
            json!({ "type": "text", "text": { "body": long(4096) } }),
            None,
        ),
        (
            json!({ "type": "text", "text": { "body": long(4097) } }),
            Some(131_009),
        ),
        (
            json!({ "type": "text", "text": { "body": " " } }),
            Some(131_009),
        ),
        (json!({ "type": "text", "text": {} }), Some(131_008)),
        (json!({ "type": "text" }), Some(131_008)),
        (json!({ "type": "hologram", "hologram": {} }), Some(100)),
        (json!({ "type": "text", "text": { "body": 7 } }), Some(100)),
        (
            json!({ "type": "text", "text": { "body": "x" }, "messaging_product": "sms" }),
            Some(100),
        ),
        (
            json!({ "type": "text", "text": { "body": "x" }, "to": "nobody" }),
            Some(131_009),
        ),
        (
            json!({ "type": "text", "text": { "body": "x" }, "to": null }),
            Some(131_008),
        ),
        (
            json!({ "type": "text", "text": { "body": "x" }, "to": "5491150001111" }),
            Some(131_021),
        ),
        (
            json!({ "type": "text", "text": { "body": "x" }, "biz_opaque_callback_data": long(513) }),
            Some(131_009),
        ),
        (
            buttons(json!([
                reply("a", &long(20)),
                reply("b", "B"),
                reply("c", "C")
            ])),
            None,
        ),
        (buttons(json!([reply("a", &long(21))])), Some(131_009)),
        (buttons(json!([reply(&long(257), "A")])), Some(131_009)),
        (buttons(json!([reply(" a", "A")])), Some(131_009)),
        (
            buttons(json!([reply("a", "A"), reply("a", "B")])),
            Some(131_009),
        ),
        (
            buttons(json!([reply("a", "A"), reply("b", "A")])),
            Some(131_009),
        ),
        (buttons(json!([])), Some(131_009)),
        (
            buttons(json!([
                reply("a", "A"),
                reply("b", "B"),
                reply("c", "C"),
                reply("d", "D")
            ])),
            Some(131_009),
        ),
        (list(json!([{ "rows": rows(10, "r") }])), None),
        (list(json!([{ "rows": rows(11, "r") }])), Some(131_009)),
        (
            list(
                json!([{ "title": "A", "rows": rows(6, "a") }, { "title": "B", "rows": rows(5, "b") }]),
            ),
            Some(131_009),
        ),
        (
            list(json!([{ "title": "A", "rows": rows(1, "a") }, { "rows": rows(1, "b") }])),
            Some(131_008),
        ),
        (
            list(
                json!([{ "title": "A", "rows": rows(1, "a") }, { "title": "B", "rows": rows(1, "a") }]),
            ),
            Some(131_009),
        ),
        (row("title", long(24)), None),
        (row("title", long(25)), Some(131_009)),
        (row("description", long(72)), None),
        (row("description", long(73)), Some(131_009)),
        (row("id", long(201)), Some(131_009)),
        (
            json!({ "type": "interactive", "interactive": { "type": "cta_url", "body": { "text": "?" },
                "action": { "name": "cta_url", "parameters": { "display_text": "Ir", "url": "nowhere" } } } }),
            Some(131_009),
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "button", "body": { "text": long(1025) },
                "action": { "buttons": [reply("a", "A")] } } }),
            Some(131_009),
        ),
        (
            json!({ "type": "image", "image": { "link": "https://fotos.example/1.jpg", "caption": long(1024) } }),
            None,
        ),
        (
            json!({ "type": "image", "image": { "link": "https://fotos.example/1.jpg", "caption": long(1025) } }),
            Some(131_009),
        ),
        (json!({ "type": "image", "image": {} }), Some(131_008)),
        (
            json!({ "type": "image", "image": { "id": "404" } }),
            Some(100),
        ),
        (
            json!({ "type": "location", "location": { "latitude": -41.1, "longitude": -71.3 } }),
            None,
        ),
        (
            json!({ "type": "location", "location": { "latitude": 91, "longitude": 0 } }),
            Some(131_009),
        ),
        (
            json!({ "type": "location", "location": { "latitude": 1 } }),
            Some(131_008),
        ),
    ];
    for (message, code) in table {
        let (status, answered) = stage.say(message.clone()).await;
        assert_eq!(answered, code, "{message}");
        assert_eq!(status == 200, code.is_none(), "{message}");
    }
}

#[tokio::test]
async fn a_guest_is_not_flooded_and_the_others_do_not_wait() {
    let stage = Stage::set_with(|config| {
        config.whatsapp.behaviour.pair_burst = 2;
        config.whatsapp.behaviour.pair_refill_ms = 3_600_000;
    })
    .await;
    stage.send("1").await.unwrap();
    stage.send("2").await.unwrap();
    let error = stage.send("3").await.unwrap_err();
    assert!(matches!(error, Error::PairLimited), "{error:?}");
    stage.send_to("34600000000", "1").await.unwrap();
}

#[tokio::test]
async fn the_number_has_a_throughput_of_its_own() {
    let stage = Stage::set_with(|config| config.whatsapp.behaviour.throughput_per_second = 1).await;
    stage.send("1").await.unwrap();
    let error = stage.send_to("34600000000", "2").await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::RateLimited {
                retry_after: Some(_)
            }
        ),
        "{error:?}"
    );
}

//! Reading webhooks: every kind, every gap, and never at the cost of a neighbour.

use serde_json::{Value, json};
use whatsapp::{
    Class,
    webhook::{Content, DeliveryStatus, Event, InboundMessage, Malformed, StatusUpdate, parse},
};

fn envelope(value: &Value) -> Value {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "messages", "value": value }] }],
    })
}

fn events(value: &Value) -> Vec<Event> {
    parse(envelope(value).to_string().as_bytes()).unwrap()
}

fn value_with(key: &str, items: Value) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "5491150001111", "phone_number_id": "106540352242922" },
        "contacts": [{
            "profile": { "name": "Ana Gómez", "username": "anita.g" },
            "wa_id": "5491122334455",
            "user_id": "AR.13491208655302741918",
        }],
        key: items,
    })
}

fn message(mut fields: Value) -> InboundMessage {
    let object = fields.as_object_mut().unwrap();
    for (key, default) in [
        ("id", "wamid.IN1"),
        ("from", "5491122334455"),
        ("from_user_id", "AR.13491208655302741918"),
        ("timestamp", "1767225600"),
    ] {
        object.entry(key).or_insert_with(|| default.into());
    }
    let events = events(&value_with("messages", json!([fields])));
    let [Event::Message(message)] = events.as_slice() else {
        panic!("one message expected, got {events:?}");
    };
    message.clone()
}

fn content(fields: Value) -> Content {
    message(fields).content
}

fn status(fields: Value) -> StatusUpdate {
    let events = events(&value_with("statuses", json!([fields])));
    let [Event::Status(status)] = events.as_slice() else {
        panic!("one status expected, got {events:?}");
    };
    status.clone()
}

#[test]
fn a_text_tells_who_when_where_and_what() {
    let message = message(json!({
        "type": "text", "text": { "body": "Hola, ¿tenés lugar? 🏕" }, "context": { "id": "wamid.OUT1" },
    }));
    assert_eq!(message.id, "wamid.IN1");
    assert_eq!(message.timestamp, 1_767_225_600);
    assert_eq!(message.phone_number_id.as_deref(), Some("106540352242922"));
    assert_eq!(message.context_id.as_deref(), Some("wamid.OUT1"));
    assert_eq!(message.sender.wa_id.as_deref(), Some("5491122334455"));
    assert_eq!(
        message.sender.user_id.as_deref(),
        Some("AR.13491208655302741918")
    );
    assert_eq!(message.sender.profile_name.as_deref(), Some("Ana Gómez"));
    assert_eq!(
        message.content,
        Content::Text {
            body: "Hola, ¿tenés lugar? 🏕".to_owned()
        }
    );
}

#[test]
fn a_timestamp_may_be_text_or_a_number_or_missing() {
    let at =
        |timestamp: Value| message(json!({ "type": "text", "timestamp": timestamp })).timestamp;
    assert_eq!(at(json!("1767225600")), 1_767_225_600);
    assert_eq!(at(json!(1_767_225_600)), 1_767_225_600);
    assert_eq!(at(json!(null)), 0);
}

#[test]
fn a_guest_without_a_phone_is_known_by_the_scoped_id() {
    let value = json!({
        "contacts": [
            { "profile": { "name": "Otra" }, "wa_id": "5491100000000", "user_id": "AR.2" },
            { "profile": { "name": "Ana" }, "wa_id": "", "user_id": "AR.1" },
        ],
        "messages": [{ "id": "wamid.1", "from_user_id": "AR.1", "type": "text", "text": { "body": "hola" } }],
    });
    let events = events(&value);
    let [Event::Message(message)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(message.sender.wa_id, None);
    assert_eq!(message.sender.user_id.as_deref(), Some("AR.1"));
    assert_eq!(message.sender.profile_name.as_deref(), Some("Ana"));
}

#[test]
fn a_contact_is_found_by_id_and_lends_the_id_that_the_message_lacks() {
    let value = json!({
        "contacts": [
            { "profile": { "name": "Otra" }, "wa_id": "5491100000000", "user_id": "AR.2" },
            { "profile": { "name": "Ana" }, "wa_id": "5491122334455", "user_id": "AR.1" },
        ],
        "messages": [
            { "id": "wamid.1", "from": "5491122334455", "type": "text", "text": { "body": "1" } },
            { "id": "wamid.2", "from": "34600000000", "type": "text", "text": { "body": "2" } },
        ],
    });
    let events = events(&value);
    let [Event::Message(ana), Event::Message(stranger)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(ana.sender.user_id.as_deref(), Some("AR.1"));
    assert_eq!(ana.sender.profile_name.as_deref(), Some("Ana"));
    assert_eq!(stranger.sender.user_id, None);
    assert_eq!(stranger.sender.profile_name, None);
}

#[test]
fn every_kind_of_message_is_read() {
    let text = |s: &str| s.to_owned();
    let some = |s: &str| Some(s.to_owned());
    let table = [
        (
            json!({ "type": "audio", "audio": { "id": "m1", "mime_type": "audio/ogg; codecs=opus", "voice": true } }),
            Content::Audio {
                media_id: text("m1"),
                mime: text("audio/ogg; codecs=opus"),
                voice: true,
            },
        ),
        (
            json!({ "type": "image", "image": { "id": "m2", "mime_type": "image/jpeg", "caption": "el lago" } }),
            Content::Image {
                media_id: text("m2"),
                mime: text("image/jpeg"),
                caption: some("el lago"),
            },
        ),
        (
            json!({ "type": "video", "video": { "id": "m3", "mime_type": "video/mp4" } }),
            Content::Video {
                media_id: text("m3"),
                mime: text("video/mp4"),
                caption: None,
            },
        ),
        (
            json!({ "type": "document", "document": { "id": "m4", "filename": "dni.pdf" } }),
            Content::Document {
                media_id: text("m4"),
                mime: text("application/octet-stream"),
                filename: some("dni.pdf"),
                caption: None,
            },
        ),
        (
            json!({ "type": "sticker", "sticker": { "id": "m5", "mime_type": "image/webp", "animated": false } }),
            Content::Sticker {
                media_id: text("m5"),
                mime: text("image/webp"),
            },
        ),
        (
            json!({ "type": "location", "location": { "latitude": -41.1, "longitude": "-71.3" } }),
            Content::Location {
                latitude: -41.1,
                longitude: -71.3,
                name: None,
                address: None,
            },
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "button_reply",
                "button_reply": { "id": "confirm:res_7Q2", "title": "Confirmar" } } }),
            Content::ButtonReply {
                id: text("confirm:res_7Q2"),
                title: text("Confirmar"),
            },
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "list_reply",
                "list_reply": { "id": "acc_1", "title": "Cabaña Lago" } } }),
            Content::ListReply {
                id: text("acc_1"),
                title: text("Cabaña Lago"),
                description: None,
            },
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "nfm_reply",
                "nfm_reply": { "name": "flow", "response_json": "{\"date\":\"2026-12-12\"}" } } }),
            Content::Flow {
                name: some("flow"),
                response: Some(json!({ "date": "2026-12-12" })),
            },
        ),
        (
            json!({ "type": "button", "button": { "payload": "cancel:res_7Q2", "text": "Cancelar" } }),
            Content::TemplateButton {
                payload: text("cancel:res_7Q2"),
                text: text("Cancelar"),
            },
        ),
        (
            json!({ "type": "button", "button": { "text": "Cancelar" } }),
            Content::TemplateButton {
                payload: text("Cancelar"),
                text: text("Cancelar"),
            },
        ),
        (
            json!({ "type": "reaction", "reaction": { "message_id": "wamid.OUT1", "emoji": "👍" } }),
            Content::Reaction {
                message_id: text("wamid.OUT1"),
                emoji: some("👍"),
            },
        ),
        (
            json!({ "type": "reaction", "reaction": { "message_id": "wamid.OUT1", "emoji": "" } }),
            Content::Reaction {
                message_id: text("wamid.OUT1"),
                emoji: None,
            },
        ),
        (
            json!({ "type": "order", "order": { "catalog_id": "c1", "product_items": [] } }),
            Content::Order {
                catalog_id: some("c1"),
                text: None,
            },
        ),
        (
            json!({ "type": "system", "system": { "type": "user_changed_number", "wa_id": "5491166778899" } }),
            Content::System {
                kind: text("user_changed_number"),
                body: None,
                new_wa_id: some("5491166778899"),
                new_user_id: None,
            },
        ),
        (
            json!({ "type": "edit", "edit": { "original_message_id": "wamid.0",
                "message": { "type": "text", "text": { "body": "del 16 al 19" } } } }),
            Content::Edit {
                original_message_id: text("wamid.0"),
                text: some("del 16 al 19"),
            },
        ),
        (
            json!({ "type": "revoke", "revoke": { "original_message_id": "wamid.0" } }),
            Content::Revoke {
                original_message_id: text("wamid.0"),
            },
        ),
        (
            json!({ "type": "request_welcome" }),
            Content::RequestWelcome,
        ),
        (
            json!({ "type": "unsupported", "unsupported": { "type": "poll" } }),
            Content::Unsupported { kind: some("poll") },
        ),
        (
            json!({ "type": "unknown" }),
            Content::Unsupported { kind: None },
        ),
        (
            json!({ "type": "hologram" }),
            Content::Unknown {
                kind: text("hologram"),
            },
        ),
    ];
    for (fields, expected) in table {
        assert_eq!(content(fields.clone()), expected, "{fields}");
    }
}

#[test]
fn only_an_answer_to_our_request_vouches_for_a_phone() {
    let card = |origin: Value| {
        let card = json!({ "origin": origin, "phones": [{ "phone": "+54 9 11 2233-4455" }, {}] });
        match content(json!({ "type": "contacts", "contacts": [card] })) {
            Content::Contacts { cards } => cards[0].clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(card(json!("contact_request")).requested);
    assert!(!card(json!("other")).requested);
    assert!(!card(json!(null)).requested);
    assert_eq!(card(json!(null)).phones, ["+54 9 11 2233-4455"]);
}

#[test]
fn a_known_type_without_its_payload_is_unknown_and_keeps_its_problem() {
    for kind in [
        "text",
        "audio",
        "image",
        "video",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "button",
        "reaction",
        "order",
        "system",
        "edit",
        "revoke",
    ] {
        for payload in [json!(null), json!({}), json!([]), json!("?"), json!(7)] {
            let read = content(json!({ "type": kind, kind: payload }));
            let is_empty_cards = matches!(&read, Content::Contacts { cards } if cards.is_empty());
            let is_order = matches!(&read, Content::Order { .. });
            assert!(
                read == Content::Unknown {
                    kind: kind.to_owned()
                } || is_empty_cards
                    || is_order,
                "{kind} {payload}: {read:?}"
            );
        }
    }
    let message = message(json!({
        "type": "interactive", "errors": [{ "code": 131_000, "title": "Unsupported webhook payload" }],
    }));
    assert_eq!(message.problems[0].code, 131_000);
}

#[test]
fn a_failed_status_tells_what_it_asks_of_us() {
    let status = status(json!({
        "id": "wamid.OUT7", "status": "failed", "timestamp": "1767229999",
        "recipient_id": "5491122334455", "biz_opaque_callback_data": "outbox:1",
        "errors": [{ "code": 131_047, "title": "Re-engagement message",
            "error_data": { "details": "more than 24 hours" } }],
    }));
    assert_eq!(status.status, DeliveryStatus::Failed);
    assert_eq!(status.failure(), Some(Class::WindowClosed));
    assert_eq!(status.callback_data.as_deref(), Some("outbox:1"));
    assert_eq!(
        status.problems[0].details.as_deref(),
        Some("more than 24 hours")
    );
    assert_eq!(status.recipient.profile_name.as_deref(), Some("Ana Gómez"));
}

#[test]
fn a_price_is_billable_by_flag_or_else_by_kind() {
    let billable = |pricing: Value| {
        let fields = json!({ "id": "wamid.1", "status": "sent", "pricing": pricing });
        status(fields).pricing.map(|pricing| pricing.billable)
    };
    assert_eq!(
        billable(json!({ "billable": true, "type": "free_entry_point" })),
        Some(true)
    );
    assert_eq!(billable(json!({ "type": "regular" })), Some(true));
    assert_eq!(
        billable(json!({ "type": "free_customer_service" })),
        Some(false)
    );
    assert_eq!(billable(json!(null)), None);
}

#[test]
fn a_status_of_the_future_is_kept_by_its_word() {
    let status = status(json!({ "id": "wamid.1", "status": "warmed" }));
    assert_eq!(status.status, DeliveryStatus::Unknown("warmed".to_owned()));
    assert_eq!(status.status.rank(), None);
    assert_eq!(Event::Status(status).event_id(), "wamid.1:warmed");
}

#[test]
fn a_batch_nests_at_every_level_and_nothing_odd_costs_a_neighbour() {
    let good = |id: &str| json!({ "id": id, "from": "5491122334455", "type": "text", "text": { "body": id } });
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [
            "not an entry",
            { "id": "1", "changes": null },
            { "id": "2", "time": 1_767_225_601, "changes": [
                7,
                { "field": "messages", "value": "not a value" },
                { "field": "messages", "value": {
                    "messages": [good("a"), 42, { "type": "text" }, good("b")],
                    "statuses": [{ "id": "o", "status": "read" }, { "status": "read" }],
                    "errors": [{ "code": 130_429 }],
                } },
                { "field": "account_update", "value": { "event": "X" } },
            ] },
            { "id": "3", "changes": [{ "field": "messages", "value": { "messages": [good("c")] } }] },
        ],
    });
    let events = parse(body.to_string().as_bytes()).unwrap();
    let messages: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Message(message) => Some(message.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(messages, ["a", "b", "c"]);
    let statuses = events
        .iter()
        .filter(|event| matches!(event, Event::Status(_)));
    assert_eq!(statuses.count(), 1);
    let others: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Other(other) => Some(other.field.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        others,
        [
            "",
            "messages",
            "messages",
            "messages",
            "errors",
            "account_update"
        ]
    );
    // A message without a time takes the entry's.
    let Some(Event::Message(first)) = events.iter().find(|event| event.event_id() == "a") else {
        panic!("{events:?}")
    };
    assert_eq!(first.timestamp, 1_767_225_601);
}

#[test]
fn only_a_body_that_is_not_an_object_is_malformed() {
    assert!(matches!(parse(b"{\"object\":"), Err(Malformed::NotJson(_))));
    assert!(matches!(parse(b"\xff\xfe"), Err(Malformed::NotJson(_))));
    assert!(matches!(parse(b"[]"), Err(Malformed::NotAnObject)));
    assert!(matches!(parse(b"null"), Err(Malformed::NotAnObject)));
    assert_eq!(parse(b"{}").unwrap(), []);
    assert_eq!(parse(br#"{"object":"page","entry":[{}]}"#).unwrap(), []);
}

#[test]
fn a_repetition_has_the_same_event_id_and_another_status_another() {
    let delivered = events(&value_with(
        "statuses",
        json!([{ "id": "w", "status": "delivered" }]),
    ));
    let read = events(&value_with(
        "statuses",
        json!([{ "id": "w", "status": "read" }]),
    ));
    assert_eq!(delivered[0].event_id(), "w:delivered");
    assert_eq!(read[0].event_id(), "w:read");
    let other = || {
        let events = events(&json!({ "errors": [{ "code": 1 }] }));
        events[0].event_id()
    };
    assert_eq!(other(), other());
}

#[test]
fn an_event_survives_being_stored() {
    let mut stored = events(&value_with(
        "messages",
        json!([
            { "id": "1", "type": "text", "text": { "body": "hola" } },
            { "id": "2", "type": "location", "location": { "latitude": -41.1, "longitude": -71.3 } },
            { "id": "3", "type": "request_welcome" },
        ]),
    ));
    stored.extend(events(&value_with(
        "statuses",
        json!([{ "id": "w", "status": "warmed" }]),
    )));
    stored.extend(events(&json!({ "errors": [{ "code": 1 }] })));
    for event in stored {
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    }
}

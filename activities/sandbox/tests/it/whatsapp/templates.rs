//! The template store and its rules.

use sandbox::TemplatesApproved;
use serde_json::{Value, json};
use whatsapp::webhook::Event;

use super::stage::{ACCOUNT, ANA, Stage};

fn reminder(status: Option<&str>) -> Value {
    let mut template = json!({
        "name": "recordatorio", "language": "es_AR", "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            { "type": "BODY", "text": "Hola {{cliente}}, te esperamos el {{fecha}}. ¡Buen viaje!" },
            { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Confirmo" }] },
        ],
    });
    if let Some(status) = status {
        template["status"] = status.into();
    }
    template
}

fn send(parameters: Value) -> Value {
    json!({ "type": "template", "template": {
        "name": "recordatorio", "language": { "code": "es_AR" },
        "components": [
            { "type": "BODY", "parameters": parameters },
            { "type": "button", "sub_type": "QUICK_REPLY", "index": "0",
                "parameters": [{ "type": "payload", "payload": "confirm:1" }] },
        ],
    } })
}

fn named(name: &str, text: &str) -> Value {
    json!({ "type": "text", "parameter_name": name, "text": text })
}

async fn strict() -> Stage {
    Stage::set_with(|config| {
        config.whatsapp.behaviour.templates_approved = TemplatesApproved::Listed;
    })
    .await
}

async fn register(stage: &Stage, template: Value) -> (u16, Option<u64>) {
    stage
        .graph(&format!("{ACCOUNT}/message_templates"), template)
        .await
}

#[tokio::test]
async fn a_template_is_registered_approved_and_filled_in() {
    let stage = strict().await;
    let full = || {
        send(json!([
            named("cliente", "Ana"),
            named("fecha", "viernes 15/01")
        ]))
    };
    assert_eq!(stage.say(full()).await, (404, Some(132_001)));

    assert_eq!(register(&stage, reminder(None)).await, (200, None));
    let Event::Other(review) = stage.product.event().await else {
        panic!("the review is told by a webhook");
    };
    assert_eq!(review.field, "message_template_status_update");
    assert_eq!(review.raw["value"]["event"], "APPROVED");
    assert!(review.raw["value"]["message_template_id"].is_u64());

    assert_eq!(stage.say(full()).await, (200, None));
    let thread = stage.thread(ANA).await;
    assert_eq!(
        thread[0]["text"],
        "Hola Ana, te esperamos el viernes 15/01. ¡Buen viaje!"
    );
    assert_eq!(thread[0]["template"], "recordatorio");
    assert_eq!(
        thread[0]["buttons"],
        json!([{ "id": "confirm:1", "title": "Confirmo" }])
    );
}

#[tokio::test]
async fn a_template_filled_in_wrongly_is_refused() {
    let stage = strict().await;
    register(&stage, reminder(None)).await;
    let table = [
        (json!([named("cliente", "Ana")]), 132_000),
        (
            json!([named("cliente", "Ana"), named("cuando", "hoy")]),
            132_012,
        ),
        (
            json!([named("cliente", "Ana\nGómez"), named("fecha", "hoy")]),
            132_018,
        ),
        (
            json!([named("cliente", "Ana     Gómez"), named("fecha", "hoy")]),
            132_018,
        ),
    ];
    for (parameters, code) in table {
        assert_eq!(
            stage.say(send(parameters.clone())).await.1,
            Some(code),
            "{parameters}"
        );
    }
}

#[tokio::test]
async fn a_template_out_of_favour_is_refused_with_its_reason() {
    for (status, code) in [
        ("PENDING", 132_001),
        ("PAUSED", 132_015),
        ("DISABLED", 132_016),
    ] {
        let stage = strict().await;
        register(&stage, reminder(Some(status))).await;
        let full = send(json!([named("cliente", "Ana"), named("fecha", "hoy")]));
        assert_eq!(stage.say(full).await.1, Some(code), "{status}");
    }
}

//! From the inbox to the workflows: in order, whatever was away, and again when in doubt.

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use database::messages::{self, Attempt, Delivery, NewOutbound};
use domain::{GuestId, MessageId};
use front_desk::FrontDesk;
use keyring::Codec;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::{Value, json};
use stack::{Environment, eventually};
use temporalio_common::protos::temporal::api::history::v1::history_event::Attributes;
use workflows::{Conversation, names};

use crate::{
    app::{PAYLOAD_KEYS, SOON, TestApp, envelope, text},
    gate::Gate,
};

const ANA: &str = "5491122334455";

async fn desk(app: &TestApp) -> Result<FrontDesk> {
    let address = Environment::read()?.temporal_address;
    let keys = PAYLOAD_KEYS.parse()?;
    let client = front_desk::connect(&address, "default", "api tests", &keys).await?;
    Ok(FrontDesk::new(client, &app.task_queue))
}

/// What a conversation was told, in order: signal and message.
async fn heard(desk: &FrontDesk, guest: GuestId) -> Result<Vec<(String, MessageId)>> {
    let handle = desk
        .client()
        .get_workflow_handle::<Conversation>(names::conversation(guest));
    let events = handle
        .fetch_history(Default::default())
        .into_events()
        .await?;
    let signals = events
        .into_iter()
        .filter_map(|event| match event.attributes {
            Some(Attributes::WorkflowExecutionSignaledEventAttributes(signal)) => Some(signal),
            _ => None,
        });
    signals
        .map(|signal| {
            let payload = signal
                .input
                .and_then(|input| input.payloads.into_iter().next());
            let closed = payload.context("a signal carries a message")?;
            // Nobody who looks at the history reads it.
            ensure!(
                serde_json::from_slice::<Value>(&closed.data).is_err(),
                "it lies open"
            );
            let payload = Codec::new(&PAYLOAD_KEYS.parse()?).open(closed)?;
            Ok((signal.signal_name, serde_json::from_slice(&payload.data)?))
        })
        .collect()
}

/// The same in Postgres: what the guest said, in the order in which it came.
async fn said(app: &TestApp) -> Result<(GuestId, Vec<MessageId>)> {
    let events = app.inbox().await?;
    let guest = events
        .first()
        .and_then(|event| event.guest_id)
        .context("somebody wrote")?;
    Ok((
        guest,
        events
            .into_iter()
            .filter_map(|event| event.message_id)
            .collect(),
    ))
}

#[tokio::test]
async fn a_message_reaches_its_conversation_at_once() -> Result<()> {
    let app = TestApp::ready().await?;
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.1", "Hola")], &[]))
        .await?;
    app.inbox_is_delivered().await?;
    let (guest, messages) = said(&app).await?;
    let heard = heard(&desk(&app).await?, guest).await?;
    assert_eq!(heard, [("message_received".to_owned(), messages[0])]);
    Ok(())
}

#[tokio::test]
async fn messages_taken_in_while_temporal_is_away_arrive_later_in_order() -> Result<()> {
    let temporal = Environment::read()?.temporal_address;
    let gate = Gate::before(temporal.trim_start_matches("http://"), false).await?;
    let behind = gate.address.to_string();
    let app = TestApp::start_with(|config| config.temporal.address = behind).await?;
    eventually("the webhooks are taken in", SOON, async || {
        (app.get("/api/v1/readyz").await.ok()?.status == 200).then_some(())
    })
    .await?;
    for n in 1..=12 {
        let message = text(ANA, &format!("wamid.{n}"), &format!("mensaje {n}"));
        let taken = app.whatsapp_says(&envelope(&[message], &[])).await?;
        assert_eq!(taken.status, 200, "away since the start: {}", taken.body);
    }
    assert!(
        app.inbox()
            .await?
            .iter()
            .all(|event| event.delivered_at.is_none())
    );

    gate.open();
    // What comes now must not overtake what waits.
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.13", "¿hola?")], &[]))
        .await?;
    app.inbox_is_delivered().await?;
    let (guest, messages) = said(&app).await?;
    assert_eq!(messages.len(), 13);
    let mut heard: Vec<_> = heard(&desk(&app).await?, guest)
        .await?
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    heard.dedup();
    assert_eq!(heard, messages);
    Ok(())
}

#[tokio::test]
async fn an_outage_of_temporal_in_the_middle_loses_nothing() -> Result<()> {
    let temporal = Environment::read()?.temporal_address;
    let gate = Gate::before(temporal.trim_start_matches("http://"), true).await?;
    let behind = gate.address.to_string();
    let app = TestApp::start_with(|config| config.temporal.address = behind).await?;
    app.is_ready().await?;
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.1", "Hola")], &[]))
        .await?;
    app.inbox_is_delivered().await?;
    gate.close();
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.2", "¿Hay lugar?")], &[]))
        .await?;
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.3", "Somos 4")], &[]))
        .await?;
    gate.open();
    app.inbox_is_delivered().await?;
    let (guest, messages) = said(&app).await?;
    let mut heard: Vec<_> = heard(&desk(&app).await?, guest)
        .await?
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    heard.dedup();
    assert_eq!(heard, messages);
    Ok(())
}

#[tokio::test]
async fn a_failed_delivery_is_told_to_the_conversation_and_the_others_only_to_postgres()
-> Result<()> {
    let app = TestApp::ready().await?;
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.in", "Hola")], &[]))
        .await?;
    let (guest, _) = said(&app).await?;
    let sent = |step: &str| sent(&app, guest, step.to_owned());
    let (first, second) = (sent("1").await?, sent("2").await?);

    let status =
        |wamid: &str, word: &str| json!({ "id": wamid, "status": word, "timestamp": "1767225600" });
    let mut failed = status("wamid.out.2", "failed");
    failed["biz_opaque_callback_data"] = json!(second.to_string());
    failed["errors"] = json!([{ "code": 131_047, "title": "Re-engagement message" }]);
    app.whatsapp_says(&envelope(
        &[],
        &[
            status("wamid.out.1", "read"),
            status("wamid.out.1", "delivered"),
            failed,
        ],
    ))
    .await?;
    app.inbox_is_delivered().await?;

    let delivery = async |id| {
        messages::outbound(&app.store, id)
            .await?
            .context("it is there")
    };
    assert_eq!(
        delivery(first).await?.delivery,
        Delivery::Read,
        "late news take nothing back"
    );
    let second_now = delivery(second).await?;
    assert_eq!(second_now.delivery, Delivery::Failed);
    assert_eq!(
        second_now.failure.and_then(|failure| failure.code),
        Some(131_047)
    );
    let heard = heard(&desk(&app).await?, guest).await?;
    let failures: Vec<_> = heard
        .iter()
        .filter(|(signal, _)| signal == "delivery_failed")
        .collect();
    assert_eq!(failures, [&("delivery_failed".to_owned(), second)]);
    Ok(())
}

#[tokio::test]
async fn a_status_whose_message_somebody_holds_keeps_nobody_else_waiting() -> Result<()> {
    let app = TestApp::start_with(|config| {
        use secrecy::ExposeSecret as _;
        // Whoever waits for a row gives up soon; in production it takes the time of a statement.
        let url = config.stores.database_url.expose_secret();
        let url = format!("{url}?options=-c%20lock_timeout=300ms");
        config.stores.database_url = url.into();
    })
    .await?;
    app.is_ready().await?;
    app.whatsapp_says(&envelope(&[text(ANA, "wamid.1", "Hola")], &[]))
        .await?;
    app.inbox_is_delivered().await?;
    let (guest, _) = said(&app).await?;
    let held = sent(&app, guest, "held".to_owned()).await?;

    let holder = sea_orm::Database::connect(app.database_url()).await?;
    let holding = holder.begin().await?;
    holding
        .execute_unprepared("SELECT FROM messages WHERE step = 'held' FOR UPDATE")
        .await?;
    let read = json!({ "id": "wamid.out.held", "status": "read", "timestamp": "1767225600" });
    app.whatsapp_says(&envelope(&[], &[read])).await?;
    let other = text("5491166778899", "wamid.2", "Hola");
    app.whatsapp_says(&envelope(&[other], &[])).await?;
    eventually("the other one is heard", SOON, async || {
        let events = app.inbox().await.ok()?;
        let heard = |it: &&database::inbox::Event| it.delivered_at.is_some();
        (events.iter().filter(heard).count() == 2).then_some(())
    })
    .await?;
    let waiting = app.inbox().await?;
    assert_eq!(
        waiting
            .iter()
            .filter(|it| it.delivered_at.is_none())
            .count(),
        1
    );

    holding.rollback().await?;
    app.inbox_is_delivered().await?;
    let told = messages::outbound(&app.store, held).await?;
    assert_eq!(told.context("it is there")?.delivery, Delivery::Read);
    Ok(())
}

/// A message of ours that the platform took.
async fn sent(app: &TestApp, guest: GuestId, step: String) -> Result<MessageId> {
    let id = MessageId::for_step(&step);
    let outbound = NewOutbound {
        id,
        guest_id: guest,
        step: step.clone(),
        kind: "text".to_owned(),
        content: json!({ "text": "¡Hola!" }),
    };
    messages::compose(&app.store, &[outbound]).await?;
    let attempt = messages::begin_attempt(&app.store, id, Utc::now()).await?;
    assert!(matches!(attempt, Attempt::Fresh(_)), "{attempt:?}");
    messages::mark_accepted(&app.store, id, &format!("wamid.out.{step}"), Utc::now()).await?;
    Ok(id)
}

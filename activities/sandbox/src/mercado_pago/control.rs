//! The control of the pretend provider: pay, decide, look into the books.
//!
//! These calls say what happened at the provider, whatever the link allows: a payment after the link
//! has closed is one that was begun before.
//! Moves that no payment makes are refused with 409.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing,
};
use chrono::Utc;
use mercado_pago::{Amount, PaymentId, PaymentStatus, RefundStatus};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    books::{Attempt, Instead, Unmoved},
    notify,
    payment::{Method, Payment},
    switches::Switches,
};
use crate::{Sandbox, problem::Problem};

pub(super) fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route(
            "/sandbox/checkout/{preference_id}/payments",
            routing::post(pay),
        )
        .route("/sandbox/payments", routing::get(payments))
        .route("/sandbox/payments/{id}", routing::patch(turn))
        .route(
            "/sandbox/payments/{id}/notifications",
            routing::post(notify_again),
        )
        .route("/sandbox/refunds", routing::get(refunds))
        .route("/sandbox/refunds/{id}", routing::patch(decide_refund))
        .route("/sandbox/preferences", routing::get(preferences))
        .route(
            "/sandbox/mercadopago/switches",
            routing::get(switches).patch(switch),
        )
}

/// What a guest does at the checkout; everything but the status may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pay {
    #[serde(default = "approved")]
    status: PaymentStatus,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    status_detail: Option<String>,
    #[serde(default)]
    amount: Option<Amount>,
    #[serde(default)]
    currency_id: Option<String>,
    #[serde(default)]
    collector_id: Option<u64>,
    #[serde(default)]
    external_reference: Option<String>,
    /// False for a notification that never comes.
    #[serde(default = "yes")]
    notify: bool,
}

fn approved() -> PaymentStatus {
    PaymentStatus::Approved
}

fn yes() -> bool {
    true
}

async fn pay(
    State(sandbox): State<Arc<Sandbox>>,
    Path(preference_id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let pay: Pay = read(&body)?;
    let method = pay.method.as_deref().unwrap_or("card");
    let method = Method::named(method)
        .ok_or_else(|| Problem::unprocessable(format!("no such method: {method}")))?;
    let attempt = Attempt {
        preference_id,
        method,
        status: pay.status,
        status_detail: pay.status_detail,
        instead: Instead {
            amount: pay.amount,
            currency_id: pay.currency_id,
            collector_id: pay.collector_id,
            external_reference: pay.external_reference,
        },
    };
    let payment = sandbox
        .mercado_pago
        .ledger()
        .pay(attempt, &sandbox.config.mercado_pago, Utc::now())
        .map_err(|unmoved| match unmoved {
            Unmoved::Forbidden(message) => Problem::unprocessable(message),
            unknown @ Unmoved::Unknown(_) => refuse(unknown),
        })?;
    if pay.notify {
        notify::created(&sandbox, &payment);
    }
    let answer = json!({ "payment_id": payment.id, "status": payment.status });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What becomes of a payment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    status: PaymentStatus,
    #[serde(default)]
    status_detail: Option<String>,
    /// How much is returned, with status `refunded`; the whole remainder if absent.
    #[serde(default)]
    amount: Option<Amount>,
    #[serde(default = "yes")]
    notify: bool,
}

/// Repeating the present status changes nothing and notifies again.
async fn turn(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let turn: Turn = read(&body)?;
    let id = payment_id(&id)?;
    let payment = apply(&sandbox, id, &turn).map_err(refuse)?;
    if turn.notify {
        notify::changed(&sandbox, &payment);
        if payment.status == PaymentStatus::ChargedBack {
            notify::disputed(&sandbox, &payment);
        }
    }
    Ok(Json(document(&sandbox, &payment)))
}

fn apply(sandbox: &Sandbox, id: PaymentId, turn: &Turn) -> Result<Payment, Unmoved> {
    let mut ledger = sandbox.mercado_pago.ledger();
    let payment = ledger
        .payments
        .get(&id)
        .ok_or(Unmoved::Unknown("payment"))?;
    let same = payment.status == turn.status && turn.status_detail.is_none();
    if same {
        return Ok(payment.clone());
    }
    let now = Utc::now();
    if turn.status == PaymentStatus::Refunded {
        return ledger.return_by_provider(id, turn.amount, now);
    }
    ledger.turn(id, turn.status.clone(), turn.status_detail.clone(), now)
}

async fn notify_again(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = payment_id(&id)?;
    let payment = sandbox.mercado_pago.ledger().payments.get(&id).cloned();
    let payment = payment.ok_or_else(|| refuse(Unmoved::Unknown("payment")))?;
    notify::changed(&sandbox, &payment);
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    status: RefundStatus,
}

async fn decide_refund(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<i64>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let decision: Decision = read(&body)?;
    let (document, payment) = {
        let mut ledger = sandbox.mercado_pago.ledger();
        let refund = ledger
            .decide_refund(id, decision.status, Utc::now())
            .map_err(refuse)?;
        let payment = ledger.payments.get(&refund.payment_id).cloned();
        (refund.document(&ledger.switches), payment)
    };
    if let Some(payment) = payment {
        notify::changed(&sandbox, &payment);
    }
    Ok(Json(document))
}

async fn payments(State(sandbox): State<Arc<Sandbox>>) -> Json<Vec<Value>> {
    let payments: Vec<Payment> = sandbox
        .mercado_pago
        .ledger()
        .payments
        .values()
        .cloned()
        .collect();
    Json(
        payments
            .iter()
            .map(|payment| document(&sandbox, payment))
            .collect(),
    )
}

async fn refunds(State(sandbox): State<Arc<Sandbox>>) -> Json<Vec<Value>> {
    let ledger = sandbox.mercado_pago.ledger();
    let refunds = ledger.refunds.values();
    Json(
        refunds
            .map(|refund| refund.document(&ledger.switches))
            .collect(),
    )
}

async fn preferences(State(sandbox): State<Arc<Sandbox>>) -> Json<Vec<Value>> {
    let collector_id = sandbox.config.mercado_pago.collector_id;
    let ledger = sandbox.mercado_pago.ledger();
    let preferences = ledger.preferences.iter();
    Json(
        preferences
            .map(|made| made.document(&sandbox.public_url, collector_id))
            .collect(),
    )
}

async fn switches(State(sandbox): State<Arc<Sandbox>>) -> Json<Switches> {
    Json(sandbox.mercado_pago.ledger().switches.clone())
}

/// Changes the switches it names.
async fn switch(
    State(sandbox): State<Arc<Sandbox>>,
    body: Bytes,
) -> Result<Json<Switches>, Problem> {
    let change: serde_json::Map<String, Value> = read(&body)?;
    let mut ledger = sandbox.mercado_pago.ledger();
    let mut switches = json!(ledger.switches);
    if let Some(fields) = switches.as_object_mut() {
        fields.extend(change);
    }
    ledger.switches = serde_json::from_value(switches)
        .map_err(|error| Problem::unprocessable(error.to_string()))?;
    Ok(Json(ledger.switches.clone()))
}

/// A payment as the API shows it, with the link it was made on.
fn document(sandbox: &Sandbox, payment: &Payment) -> Value {
    let ledger = sandbox.mercado_pago.ledger();
    let mut document = ledger.payment_document(payment, &sandbox.public_url);
    if let Some(fields) = document.as_object_mut() {
        fields.insert("preference_id".to_owned(), json!(payment.preference_id));
    }
    document
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::unprocessable(error.to_string()))
}

fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    text.parse()
        .ok()
        .ok_or_else(|| refuse(Unmoved::Unknown("payment")))
}

fn refuse(unmoved: Unmoved) -> Problem {
    match unmoved {
        Unmoved::Unknown(_) => Problem::not_found(unmoved.to_string()),
        Unmoved::Forbidden(message) => Problem::conflict(message),
    }
}

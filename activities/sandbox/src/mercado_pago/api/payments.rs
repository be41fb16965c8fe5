//! Single payments: read, cancel; and the dispute of one.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use chrono::{Duration, Utc};
use mercado_pago::{PaymentId, PaymentStatus, date};
use serde_json::{Value, json};

use super::object;
use crate::{
    Sandbox,
    mercado_pago::{
        books::{Ledger, Unmoved},
        notify,
        payment::Payment,
        refusal::Refusal,
    },
};

pub(super) async fn read(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let ledger = sandbox.mercado_pago.ledger();
    let payment = find(&ledger, &id)?;
    let unknown_for = Duration::milliseconds(ledger.switches.unknown_for_ms.into());
    if Utc::now() < payment.created + unknown_for {
        return Err(Refusal::payment_not_found());
    }
    Ok(Json(ledger.payment_document(payment, &sandbox.public_url)))
}

/// `{"status": "cancelled"}` is the only change a seller can ask for.
pub(super) async fn cancel(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let change = object(&body)?;
    if change.get("status").and_then(Value::as_str) != Some("cancelled") {
        return Err(Refusal::bad_request("status must be cancelled"));
    }
    let (payment, document) = {
        let mut ledger = sandbox.mercado_pago.ledger();
        let id = find(&ledger, &id)?.id;
        let by_collector = Some("by_collector".to_owned());
        let payment = ledger
            .turn(id, PaymentStatus::Cancelled, by_collector, Utc::now())
            .map_err(refuse)?;
        let document = ledger.payment_document(&payment, &sandbox.public_url);
        (payment, document)
    };
    notify::changed(&sandbox, &payment);
    Ok(Json(document))
}

/// The dispute of a payment, which exists as long as the payment says so.
pub(super) async fn chargeback(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let ledger = sandbox.mercado_pago.ledger();
    let payment = ledger
        .payments
        .values()
        .find(|payment| notify::dispute_id(payment) == id)
        .filter(|payment| payment.status == PaymentStatus::ChargedBack)
        .ok_or_else(Refusal::payment_not_found)?;
    Ok(Json(json!({
        "id": id,
        "payments": [payment.id],
        "amount": ledger.switches.money(payment.amount),
        "currency_id": payment.currency_id,
        "status": payment.status_detail,
        "reason": "unrecognized",
        "date_created": date::format(payment.updated),
        "last_modified": date::format(payment.updated),
    })))
}

/// What is not a number is no payment either.
pub(super) fn find<'a>(ledger: &'a Ledger, id: &str) -> Result<&'a Payment, Refusal> {
    let id: Option<PaymentId> = id.parse().ok();
    id.and_then(|id| ledger.payments.get(&id))
        .ok_or_else(Refusal::payment_not_found)
}

fn refuse(unmoved: Unmoved) -> Refusal {
    match unmoved {
        Unmoved::Unknown(_) => Refusal::payment_not_found(),
        Unmoved::Forbidden(message) => Refusal::coded(2018, message),
    }
}

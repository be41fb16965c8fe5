//! Refunds of a payment, under a mandatory key.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use chrono::Utc;
use mercado_pago::{Amount, IdempotencyKey, RefundStatus};
use serde_json::Value;

use super::{object, payments::find};
use crate::{
    Sandbox,
    mercado_pago::{
        notify,
        refund::{Refund, RefundRequest},
        refusal::Refusal,
    },
};

pub(super) async fn create(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let key = key(&headers)?;
    let amount = amount(&body)?;
    let (earlier, patience) = {
        let mut ledger = sandbox.mercado_pago.ledger();
        let payment_id = find(&ledger, &id)?.id;
        let request = RefundRequest { payment_id, amount };
        let patience = Duration::from_millis(ledger.switches.refund_takes_ms.into());
        (
            ledger.take_key(key.as_str(), request)?.ok_or(request),
            patience,
        )
    };
    let refund = match earlier {
        Ok(refund) => refund,
        Err(request) => execute(&sandbox, key, request, patience).await?,
    };
    Ok((StatusCode::CREATED, Json(document(&sandbox, &refund))))
}

/// The key stays locked until the refund is decided, even if the caller hangs up meanwhile.
async fn execute(
    sandbox: &Arc<Sandbox>,
    key: IdempotencyKey,
    request: RefundRequest,
    patience: Duration,
) -> Result<Refund, Refusal> {
    let sandbox = Arc::clone(sandbox);
    let work = tokio::spawn(async move {
        tokio::time::sleep(patience).await;
        let (refund, payment) = {
            let mut ledger = sandbox.mercado_pago.ledger();
            let refund = ledger.refund(key.as_str(), request, Utc::now())?;
            (refund, ledger.payments.get(&request.payment_id).cloned())
        };
        if let Some(payment) = payment.filter(|_| refund.status == RefundStatus::Approved) {
            notify::changed(&sandbox, &payment);
        }
        Ok(refund)
    });
    work.await
        .map_err(|error| Refusal::bad_request(error.to_string()))?
}

pub(super) async fn list(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Result<Json<Vec<Value>>, Refusal> {
    let ledger = sandbox.mercado_pago.ledger();
    let payment = find(&ledger, &id)?;
    let refunds = ledger.refunds_of(payment.id);
    let documents = refunds
        .iter()
        .map(|refund| refund.document(&ledger.switches));
    Ok(Json(documents.collect()))
}

pub(super) async fn read(
    State(sandbox): State<Arc<Sandbox>>,
    Path((id, refund_id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let ledger = sandbox.mercado_pago.ledger();
    let payment = find(&ledger, &id)?;
    let refunds = ledger.refunds_of(payment.id);
    let refund = refunds
        .iter()
        .find(|refund| refund.id.to_string() == refund_id);
    let refund = refund.ok_or_else(Refusal::payment_not_found)?;
    Ok(Json(refund.document(&ledger.switches)))
}

fn key(headers: &HeaderMap) -> Result<IdempotencyKey, Refusal> {
    let header = headers
        .get("x-idempotency-key")
        .and_then(|key| key.to_str().ok());
    header
        .and_then(|key| IdempotencyKey::parse(key).ok())
        .ok_or_else(|| Refusal::coded(4292, "Header X-Idempotency-Key can't be null"))
}

/// Nothing, or nothing about an amount, means the whole remainder.
fn amount(body: &Bytes) -> Result<Option<Amount>, Refusal> {
    match object(body)?.remove("amount") {
        None | Some(Value::Null) => Ok(None),
        Some(amount) => serde_json::from_value(amount)
            .map(Some)
            .map_err(|error| Refusal::coded(4037, format!("Invalid amount: {error}"))),
    }
}

fn document(sandbox: &Sandbox, refund: &Refund) -> Value {
    refund.document(&sandbox.mercado_pago.ledger().switches)
}

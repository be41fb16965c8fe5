//! Payment links: make, read, search, change.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use chrono::Utc;
use serde_json::{Value, json};

use super::object;
use crate::{
    Sandbox,
    mercado_pago::{preference::Preference, refusal::Refusal},
};

pub(super) async fn create(
    State(sandbox): State<Arc<Sandbox>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let sent = object(&body)?;
    let collector_id = sandbox.config.mercado_pago.collector_id;
    let mut ledger = sandbox.mercado_pago.ledger();
    let preference = ledger.add_preference(sent, collector_id, Utc::now())?;
    Ok((StatusCode::CREATED, Json(document(&sandbox, &preference))))
}

pub(super) async fn read(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let ledger = sandbox.mercado_pago.ledger();
    let preference = ledger
        .preference(&id)
        .ok_or_else(Refusal::preference_not_found)?;
    Ok(Json(document(&sandbox, preference)))
}

pub(super) async fn change(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let change = object(&body)?;
    let preference = sandbox
        .mercado_pago
        .ledger()
        .change_preference(&id, change)?;
    Ok(Json(document(&sandbox, &preference)))
}

pub(super) async fn search(
    State(sandbox): State<Arc<Sandbox>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let number = |name: &str| {
        query
            .get(name)
            .and_then(|value| value.parse::<usize>().ok())
    };
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(50));
    let reference = query.get("external_reference");
    let ledger = sandbox.mercado_pago.ledger();
    let found: Vec<&Preference> = ledger
        .preferences
        .iter()
        .filter(|found| reference.is_none() || found.terms.external_reference.as_ref() == reference)
        .collect();
    let page = found.iter().skip(offset).take(limit);
    let elements: Vec<Value> = page.map(|found| document(&sandbox, found)).collect();
    let next_offset = offset.saturating_add(elements.len());
    Json(json!({ "elements": elements, "next_offset": next_offset, "total": found.len() }))
}

fn document(sandbox: &Sandbox, preference: &Preference) -> Value {
    preference.document(
        &sandbox.public_url,
        sandbox.config.mercado_pago.collector_id,
    )
}

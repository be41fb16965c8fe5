//! The hosted page: what a payer sees at `init_point`, and what happens when they choose.
//!
//! The page keeps to the rules of its link: what is excluded is not offered, nothing is under review in
//! binary mode, and nothing is paid before the link opens or after it closes.
//! Afterwards the browser goes where the link says, with everything the real service adds to the
//! address; without such a place it stays on a page of ours.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing,
};
use chrono::Utc;
use mercado_pago::{PaymentId, PaymentStatus};
use reqwest::Url;
use serde::Deserialize;

use self::offer::{Choice, Offer};
use super::{
    books::{Attempt, Instead, Ledger},
    notify,
    payment::Payment,
    preference::{Availability, Preference},
};
use crate::Sandbox;

mod offer;
mod pages;

pub(super) fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/checkout/v1/redirect", routing::get(open).post(pay))
        .route("/checkout/v1/result", routing::get(result))
        .route(
            "/checkout/v1/vouchers/{payment_id}",
            routing::post(pay_voucher),
        )
}

#[derive(Deserialize)]
struct Link {
    pref_id: String,
}

async fn open(
    State(sandbox): State<Arc<Sandbox>>,
    Query(link): Query<Link>,
) -> Result<Html<String>, Notice> {
    let ledger = sandbox.mercado_pago.ledger();
    let preference = openable(&ledger, &link.pref_id)?;
    let paid = has_been_paid(&ledger, &preference.id);
    Ok(Html(pages::checkout(preference, paid)))
}

/// Why a page has nothing to pay on it.
struct Notice {
    status: StatusCode,
    title: &'static str,
    text: &'static str,
}

const UNKNOWN: Notice = Notice {
    status: StatusCode::NOT_FOUND,
    title: "No encontramos este pago",
    text: "Revisá que el link esté completo. Si la demo se reinició, pedí uno nuevo.",
};
const NOT_YET: Notice = Notice {
    status: StatusCode::OK,
    title: "El link aún no está disponible",
    text: "Todavía no se puede pagar. Probá más tarde.",
};
const OVER: Notice = Notice {
    status: StatusCode::GONE,
    title: "Este link venció",
    text: "El plazo para pagar terminó. Volvé al chat y pedí un link nuevo.",
};
const NOT_OFFERED: Notice = Notice {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "No se puede pagar así",
    text: "Ese medio de pago no está disponible para este link.",
};
const VOUCHER_OVER: Notice = Notice {
    status: StatusCode::CONFLICT,
    title: "Este cupón no se puede pagar",
    text: "El cupón ya se pagó, venció o fue anulado.",
};

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        (self.status, Html(pages::message(self.title, self.text))).into_response()
    }
}

/// The link if a payer can use it now.
fn openable<'a>(ledger: &'a Ledger, id: &str) -> Result<&'a Preference, Notice> {
    let preference = ledger.preference(id).ok_or(UNKNOWN)?;
    match preference.availability(Utc::now()) {
        Availability::Open => Ok(preference),
        Availability::NotYet => Err(NOT_YET),
        Availability::Over => Err(OVER),
    }
}

fn has_been_paid(ledger: &Ledger, preference_id: &str) -> bool {
    ledger.payments.values().any(|payment| {
        payment.preference_id == preference_id && payment.status == PaymentStatus::Approved
    })
}

async fn pay(
    State(sandbox): State<Arc<Sandbox>>,
    Query(link): Query<Link>,
    Form(choice): Form<Choice>,
) -> Result<Redirect, Notice> {
    let (payment, destination) = {
        let mut ledger = sandbox.mercado_pago.ledger();
        let preference = openable(&ledger, &link.pref_id)?.clone();
        let (method, outcome) = Offer::chosen(&preference.terms, &choice).ok_or(NOT_OFFERED)?;
        let attempt = Attempt {
            preference_id: preference.id.clone(),
            method,
            status: outcome.status(),
            status_detail: None,
            instead: Instead::default(),
        };
        let payment = ledger
            .pay(attempt, &sandbox.config.mercado_pago, Utc::now())
            .or(Err(NOT_OFFERED))?;
        let destination = destination(&preference, &payment);
        (payment, destination)
    };
    notify::created(&sandbox, &payment);
    Ok(Redirect::to(&destination))
}

/// The return address of the outcome with its query, or our own page about it.
fn destination(preference: &Preference, payment: &Payment) -> String {
    let urls = &preference.terms.back_urls;
    let url = match payment.status {
        PaymentStatus::Approved => &urls.success,
        PaymentStatus::Rejected => &urls.failure,
        _ => &urls.pending,
    };
    url.as_ref().map_or_else(
        || format!("/checkout/v1/result?payment_id={}", payment.id),
        |url| return_address(url, payment),
    )
}

/// Everything the real service adds; what is missing is the word `null`.
fn return_address(url: &Url, payment: &Payment) -> String {
    let (id, order) = (payment.id.to_string(), payment.order_id.to_string());
    let reference = payment.external_reference.as_deref().unwrap_or("null");
    let mut url = url.clone();
    url.query_pairs_mut().extend_pairs([
        ("collection_id", id.as_str()),
        ("collection_status", payment.status.as_str()),
        ("payment_id", &id),
        ("status", payment.status.as_str()),
        ("external_reference", reference),
        ("payment_type", payment.method.kind),
        ("merchant_order_id", &order),
        ("preference_id", &payment.preference_id),
        ("site_id", "MLA"),
        ("processing_mode", "aggregator"),
        ("merchant_account_id", "null"),
    ]);
    url.to_string()
}

#[derive(Deserialize)]
struct Paid {
    payment_id: String,
}

async fn result(
    State(sandbox): State<Arc<Sandbox>>,
    Query(paid): Query<Paid>,
) -> Result<Html<String>, Notice> {
    let ledger = sandbox.mercado_pago.ledger();
    let id: Option<PaymentId> = paid.payment_id.parse().ok();
    let payment = id.and_then(|id| ledger.payments.get(&id)).ok_or(UNKNOWN)?;
    let retry = openable(&ledger, &payment.preference_id).is_ok();
    Ok(Html(pages::result(payment, retry)))
}

/// The payer walks into the shop, or the transfer arrives.
async fn pay_voucher(
    State(sandbox): State<Arc<Sandbox>>,
    Path(payment_id): Path<String>,
) -> Result<Redirect, Notice> {
    let id: PaymentId = payment_id.parse().or(Err(VOUCHER_OVER))?;
    let payment = sandbox
        .mercado_pago
        .ledger()
        .turn(id, PaymentStatus::Approved, None, Utc::now())
        .or(Err(VOUCHER_OVER))?;
    notify::changed(&sandbox, &payment);
    let page = format!("/checkout/v1/result?payment_id={}", payment.id);
    Ok(Redirect::to(&page))
}

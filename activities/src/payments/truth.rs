//! What the provider says of a payment, checked against what we expect.

use chrono::Utc;
use database::{
    Database,
    payments::{self, PaymentSnapshot},
    refunds::{self, RefundStatus},
    reservations,
};
use domain::{
    Currency, Money, ReservationCode,
    payment::{HandMethod, Misfit, PaymentId, PaymentReport, PaymentStatus},
    settlement::Purpose,
};
use mercado_pago::{Client, Payment, PaymentStatus as Word};
use telemetry::metrics;
use temporalio_sdk::activities::ActivityError;
use workflows::contracts::payments::{SettlePayment, Truth};

use super::{PaymentSettings, link};
use crate::failure::{of_database, of_mercado_pago};

/// Asks, records, and checks collector, currency and reference.
pub(super) async fn read(
    db: &Database,
    provider: &Client,
    settings: &PaymentSettings,
    payment_id: &PaymentId,
) -> Result<Truth, ActivityError> {
    // The provider's ids are numbers; what is none, nobody knows.
    let Ok(id) = payment_id.0.parse() else {
        return Ok(Truth::Unknown);
    };
    let Some(payment) = provider.payment(id).await.map_err(of_mercado_pago)? else {
        return Ok(Truth::Unknown);
    };
    let code = known_reservation(db, &payment).await?;
    let said = snapshot(payment_id, &payment, code, settings);
    // An answer that was overtaken by a newer one is not the truth any more.
    let known = payments::record(db, &said)
        .await
        .map_err(of_database)?
        .current
        .latest;
    metrics::PAYMENTS_READ.inc(&[known.status.as_str()]);
    let report = report(db, &known).await?;
    Ok(match misfit(&known) {
        Some(misfit) => Truth::Misfit { report, misfit },
        None => Truth::Ours { report },
    })
}

fn misfit(payment: &PaymentSnapshot) -> Option<Misfit> {
    if !payment.collected {
        Some(Misfit::WrongCollector)
    } else if payment.currency != Currency::Ars.code() {
        Some(Misfit::WrongCurrency)
    } else if payment.code.is_none() {
        Some(Misfit::UnknownReference)
    } else {
        None
    }
}

async fn known_reservation(
    db: &Database,
    payment: &Payment,
) -> Result<Option<ReservationCode>, ActivityError> {
    let named = payment
        .external_reference
        .as_deref()
        .and_then(|text| text.parse().ok());
    let Some(code) = named else { return Ok(None) };
    let found = reservations::by_code(db, &code)
        .await
        .map_err(of_database)?;
    Ok(found.map(|reservation| reservation.code))
}

async fn report(db: &Database, payment: &PaymentSnapshot) -> Result<PaymentReport, ActivityError> {
    let ours = refunds::of_payment(db, &payment.id)
        .await
        .map_err(of_database)?;
    let refunded_by_us = ours
        .into_iter()
        .filter(|refund| refund.status != RefundStatus::Failed)
        .map(|refund| refund.amount)
        .sum();
    let decided = match &payment.code {
        Some(code) => payments::settlements_of(db, code)
            .await
            .map_err(of_database)?
            .iter()
            .any(|settled| settled.payment_id == payment.id),
        None => false,
    };
    Ok(PaymentReport {
        payment_id: payment.id.clone(),
        code: payment.code.clone(),
        purpose: payment.purpose.unwrap_or_default(),
        status: payment.status,
        amount: Money::ars(payment.amount_centavos),
        refunded: Money::ars(payment.refunded_centavos),
        refunded_by_us,
        decided,
        updated_at: payment.provider_updated_at,
    })
}

fn purpose(payment: &Payment) -> Purpose {
    let said = payment
        .metadata
        .get(link::PURPOSE)
        .and_then(|word| word.as_str());
    if said == Some(link::word(Purpose::Balance)) {
        Purpose::Balance
    } else {
        Purpose::Deposit
    }
}

fn status(payment: &Payment) -> PaymentStatus {
    match &payment.status {
        Word::Approved => PaymentStatus::Approved,
        Word::Rejected => PaymentStatus::Rejected,
        Word::Cancelled => PaymentStatus::Cancelled,
        Word::Refunded => PaymentStatus::Refunded,
        // The seller got it back: the money is ours.
        Word::ChargedBack if payment.status_detail.as_deref() == Some("reimbursed") => {
            PaymentStatus::Approved
        }
        Word::ChargedBack | Word::InMediation => PaymentStatus::ChargedBack,
        Word::Pending | Word::InProcess | Word::Authorized | Word::Unknown(_) => {
            PaymentStatus::Pending
        }
    }
}

fn snapshot(
    payment_id: &PaymentId,
    payment: &Payment,
    code: Option<ReservationCode>,
    settings: &PaymentSettings,
) -> PaymentSnapshot {
    let collector_id = payment.collector_id.clone().unwrap_or_default();
    PaymentSnapshot {
        id: payment_id.clone(),
        code,
        status: status(payment),
        status_detail: payment.status_detail.clone().unwrap_or_default(),
        amount_centavos: payment.transaction_amount.centavos(),
        refunded_centavos: payment.transaction_amount_refunded.centavos(),
        fee_centavos: payment.fee().centavos(),
        currency: payment.currency_id.clone(),
        collected: collector_id == settings.collector_id,
        collector_id,
        external_reference: payment.external_reference.clone(),
        purpose: Some(purpose(payment)),
        method: payment.payment_method_id.clone().unwrap_or_default(),
        approved_at: payment.date_approved,
        provider_updated_at: payment.date_last_updated,
        snapshot: serde_json::json!({ "status": payment.status.as_str(), "detail": payment.status_detail }),
    }
}

/// Writes down a payment that the owner saw elsewhere, as if the provider had told of it. What was written
/// first stays.
pub(super) async fn record_by_hand(
    db: &Database,
    settle: &SettlePayment,
) -> Result<(), ActivityError> {
    let known = payments::by_id(db, &settle.payment_id)
        .await
        .map_err(of_database)?;
    if known.is_none() {
        payments::record(db, &by_hand(settle))
            .await
            .map_err(of_database)?;
    }
    Ok(())
}

fn by_hand(settle: &SettlePayment) -> PaymentSnapshot {
    let now = Utc::now();
    let amount = settle.settlement.applied + settle.settlement.returned;
    PaymentSnapshot {
        id: settle.payment_id.clone(),
        code: Some(settle.code.clone()),
        status: PaymentStatus::Approved,
        status_detail: "by_hand".to_owned(),
        amount_centavos: amount.centavos,
        refunded_centavos: 0,
        fee_centavos: 0,
        currency: amount.currency.code().to_owned(),
        collector_id: String::new(),
        collected: true,
        external_reference: Some(settle.code.to_string()),
        purpose: Some(Purpose::Deposit),
        method: settle
            .payment_id
            .hand_method()
            .map_or("by_hand", HandMethod::as_str)
            .to_owned(),
        approved_at: Some(now),
        provider_updated_at: now,
        snapshot: serde_json::json!({}),
    }
}

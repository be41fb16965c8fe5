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
    payment::{Misfit, PaymentId, PaymentReport, PaymentStatus},
    settlement::Purpose,
};
use mercado_pago::{Client, Payment, PaymentStatus as Word};
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
    let Ok(id) = payment_id.0.parse() else { return Ok(Truth::Unknown) };
    let Some(payment) = provider.payment(id).await.map_err(of_mercado_pago)? else {
        return Ok(Truth::Unknown);
    };
    let code = known_reservation(db, &payment).await?;
    let report = report(db, payment_id, &payment, code.clone()).await?;
    payments::record(db, &snapshot(payment_id, &payment, code)).await.map_err(of_database)?;
    Ok(match misfit(&payment, &report, settings) {
        Some(misfit) => Truth::Misfit { report, misfit },
        None => Truth::Ours { report },
    })
}

fn misfit(payment: &Payment, report: &PaymentReport, settings: &PaymentSettings) -> Option<Misfit> {
    if payment.collector_id.as_deref() != Some(settings.collector_id.as_str()) {
        Some(Misfit::WrongCollector)
    } else if payment.currency_id != Currency::Ars.code() {
        Some(Misfit::WrongCurrency)
    } else if report.code.is_none() {
        Some(Misfit::UnknownReference)
    } else {
        None
    }
}

async fn known_reservation(db: &Database, payment: &Payment) -> Result<Option<ReservationCode>, ActivityError> {
    let named = payment.external_reference.as_deref().and_then(|text| text.parse().ok());
    let Some(code) = named else { return Ok(None) };
    let found = reservations::by_code(db, &code).await.map_err(of_database)?;
    Ok(found.map(|reservation| reservation.code))
}

async fn report(
    db: &Database,
    payment_id: &PaymentId,
    payment: &Payment,
    code: Option<ReservationCode>,
) -> Result<PaymentReport, ActivityError> {
    let ours = refunds::of_payment(db, payment_id).await.map_err(of_database)?;
    let refunded_by_us = ours
        .into_iter()
        .filter(|refund| refund.status != RefundStatus::Failed)
        .map(|refund| refund.amount)
        .sum();
    Ok(PaymentReport {
        payment_id: payment_id.clone(),
        code,
        purpose: purpose(payment),
        status: status(payment),
        amount: Money::ars(payment.transaction_amount.centavos()),
        refunded: Money::ars(payment.transaction_amount_refunded.centavos()),
        refunded_by_us,
        updated_at: payment.date_last_updated,
    })
}

fn purpose(payment: &Payment) -> Purpose {
    let said = payment.metadata.get(link::PURPOSE).and_then(|word| word.as_str());
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
        Word::ChargedBack if payment.status_detail.as_deref() == Some("reimbursed") => PaymentStatus::Approved,
        Word::ChargedBack | Word::InMediation => PaymentStatus::ChargedBack,
        Word::Pending | Word::InProcess | Word::Authorized | Word::Unknown(_) => PaymentStatus::Pending,
    }
}

fn snapshot(payment_id: &PaymentId, payment: &Payment, code: Option<ReservationCode>) -> PaymentSnapshot {
    PaymentSnapshot {
        id: payment_id.clone(),
        code,
        status: status(payment),
        status_detail: payment.status_detail.clone().unwrap_or_default(),
        amount_centavos: payment.transaction_amount.centavos(),
        refunded_centavos: payment.transaction_amount_refunded.centavos(),
        currency: payment.currency_id.clone(),
        collector_id: payment.collector_id.clone().unwrap_or_default(),
        external_reference: payment.external_reference.clone(),
        purpose: Some(purpose(payment)),
        method: payment.payment_method_id.clone().unwrap_or_default(),
        approved_at: payment.date_approved,
        provider_updated_at: payment.date_last_updated,
        snapshot: serde_json::json!({ "status": payment.status.as_str(), "detail": payment.status_detail }),
    }
}

/// A payment that the owner saw elsewhere, as if the provider had told of it.
pub(super) fn by_hand(settle: &SettlePayment) -> PaymentSnapshot {
    let now = Utc::now();
    PaymentSnapshot {
        id: settle.payment_id.clone(),
        code: Some(settle.code.clone()),
        status: PaymentStatus::Approved,
        status_detail: "by_hand".to_owned(),
        amount_centavos: settle.settlement.applied.centavos,
        refunded_centavos: 0,
        currency: settle.settlement.applied.currency.code().to_owned(),
        collector_id: String::new(),
        external_reference: Some(settle.code.to_string()),
        purpose: Some(Purpose::Deposit),
        method: "by_hand".to_owned(),
        approved_at: Some(now),
        provider_updated_at: now,
        snapshot: serde_json::json!({}),
    }
}

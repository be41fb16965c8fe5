//! Giving money back, always to the payment it came from.

use std::time::Duration;

use chrono::Utc;
use database::{
    Database,
    payments::settlements_of,
    refunds::{self, Intent, NewRefund, RefundStatus},
    review_queue,
};
use domain::{Money, payment::PaymentId};
use mercado_pago::{Amount, Client, IdempotencyKey, RefundAmount, RefundStatus as Word};
use temporalio_sdk::activities::ActivityError;
use workflows::contracts::payments::{GiveBack, RefundRequest};

use crate::failure::{again_in, of_database, of_mercado_pago, permanent};

/// How soon it is worth asking whether a refund in process is through.
const IN_PROCESS_PAUSE: Duration = Duration::from_secs(60);

/// The part of a payment that was never applied goes back under keys of this ending.
const EXCESS: &str = ":excess";

#[derive(Debug, thiserror::Error)]
enum NotRefunded {
    #[error("more would be given back than was paid")]
    Exceeds,
    #[error("the provider is still at it")]
    InProcess,
    #[error("the provider ended the refund as {0}")]
    Ended(String),
    #[error("the key or the payment cannot be used at the provider")]
    Unusable,
}

/// Writes the intention down, then asks the provider with the same key.
pub(super) async fn refund(db: &Database, provider: &Client, request: RefundRequest) -> Result<(), ActivityError> {
    let intended = intend(db, &request).await?;
    if intended.status == RefundStatus::Approved {
        return Ok(());
    }
    let unusable = || permanent("RefundUnusable", NotRefunded::Unusable);
    let key = IdempotencyKey::parse(request.key.as_str()).map_err(|_| unusable())?;
    let payment = request.payment_id.0.parse().map_err(|_| unusable())?;
    let amount = RefundAmount::Exactly(Amount::from_centavos(request.amount.centavos));
    let done = match provider.refund(payment, amount, &key).await {
        Ok(done) => done,
        Err(error) => {
            // After an outage nobody knows whether it happened: the intention stands until the answer is had.
            if matches!(error, mercado_pago::Error::Rejected { .. }) {
                refunds::failed(db, &request.key, &error.to_string()).await.map_err(of_database)?;
            }
            return Err(of_mercado_pago(error));
        }
    };
    let status = match &done.status {
        Word::Approved => RefundStatus::Approved,
        Word::InProcess | Word::Authorized | Word::Unknown(_) => RefundStatus::InProcess,
        Word::Rejected | Word::Cancelled => RefundStatus::Failed,
    };
    refunds::complete(db, &request.key, &done.id, status, Utc::now()).await.map_err(of_database)?;
    match status {
        RefundStatus::Approved => Ok(()),
        RefundStatus::Intended | RefundStatus::InProcess => {
            Err(again_in(IN_PROCESS_PAUSE, "RefundInProcess", NotRefunded::InProcess))
        }
        RefundStatus::Failed => {
            Err(permanent("RefundEnded", NotRefunded::Ended(done.status.as_str().to_owned())))
        }
    }
}

async fn intend(db: &Database, request: &RefundRequest) -> Result<refunds::Refund, ActivityError> {
    let new = NewRefund {
        key: request.key.clone(),
        payment_id: request.payment_id.clone(),
        code: Some(request.code.clone()),
        amount: request.amount,
        reason: request.reason.clone(),
    };
    match refunds::intend(db, &new).await.map_err(of_database)? {
        Intent::Intended(refund) => Ok(refund),
        Intent::Exceeds { .. } => Err(permanent("RefundExceeds", NotRefunded::Exceeds)),
    }
}

/// Which payments an amount goes back to, the latest first, none for more than was applied of it.
pub(super) async fn plan(db: &Database, give_back: &GiveBack) -> Result<Vec<RefundRequest>, ActivityError> {
    let mut left = give_back.amount;
    let mut requests = Vec::new();
    let settlements = settlements_of(db, &give_back.code).await.map_err(of_database)?;
    for settled in settlements.into_iter().rev() {
        let payment_id = settled.payment_id;
        let key = format!("refund:{}:{payment_id}:{}", give_back.code, give_back.step);
        let returned = given_back(db, &payment_id, &key).await?;
        let amount = left.min(settled.settlement.applied.less(returned));
        if !amount.is_positive() {
            continue;
        }
        left = left.less(amount);
        if payment_id.is_by_hand() {
            ask_owner(db, &key, amount).await?;
        } else {
            requests.push(RefundRequest {
                key,
                payment_id,
                code: give_back.code.clone(),
                amount,
                reason: give_back.reason.clone(),
            });
        }
    }
    Ok(requests)
}

/// What other steps gave back of what was applied of a payment.
async fn given_back(db: &Database, payment: &PaymentId, key: &str) -> Result<Money, ActivityError> {
    let others = refunds::of_payment(db, payment).await.map_err(of_database)?;
    Ok(others
        .into_iter()
        .filter(|refund| refund.key != key && !refund.key.ends_with(EXCESS))
        .filter(|refund| refund.status != RefundStatus::Failed)
        .map(|refund| refund.amount)
        .sum())
}

/// What was paid outside the provider can only be given back outside it.
async fn ask_owner(db: &Database, reference: &str, amount: Money) -> Result<(), ActivityError> {
    let matter = review_queue::NewMatter {
        kind: "give_back_by_hand".to_owned(),
        reference: reference.to_owned(),
        reason: format!("Give back {amount}: it was paid by transfer or in cash and confirmed by hand."),
        details: serde_json::json!({}),
        deadline: Some(Utc::now() + super::OWNER_HAS),
    };
    review_queue::raise(db, &matter).await.map_err(of_database)?;
    Ok(())
}

//! Money on its way back. Written down before the provider is asked, under the key that is sent with every
//! attempt; never more than was paid.

mod plan;

use chrono::{DateTime, Utc};
use domain::{Money, ReservationCode, payment::PaymentId};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    raw_sql,
};

use crate::{
    Database, Error,
    entity::refund::{Column, Entity, Model},
    ledger,
    payments::lock_payment,
    retry::until_settled,
    row,
};

pub use plan::{GiveBack, plan};

/// A part of a payment that goes back to who paid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its name, derived from the payment and the step, and the provider's idempotency key.
    pub key: String,
    /// The payment it is a part of.
    pub payment_id: PaymentId,
    /// The reservation it was for.
    pub code: Option<ReservationCode>,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// The provider's name for it.
    pub provider_refund_id: Option<String>,
    /// How far it has got.
    pub status: RefundStatus,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// When the provider gave the money back.
    pub completed_at: Option<DateTime<Utc>>,
}

/// How far a refund has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundStatus {
    /// Decided; the provider may or may not know.
    Intended,
    /// The provider is at it.
    InProcess,
    /// The money is on its way to the guest.
    Approved,
    /// The provider will not do it. The amount can be refunded in another way.
    Failed,
}

/// Part of a payment to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// Its name: the same refund is decided once.
    pub key: String,
    /// The payment it is a part of.
    pub payment_id: PaymentId,
    /// The reservation it was for.
    pub code: Option<ReservationCode>,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

/// Whether a refund can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// It is decided, by this call or an earlier one, and stands as it is now.
    Intended(Refund),
    /// More than is left of the payment.
    Exceeds {
        /// What is left.
        left: Money,
    },
}

/// Decides a refund, if the payment has that much left.
///
/// Idempotent on the key. A refund that failed is decided anew. What was given back at the provider by other
/// hands counts as given back.
///
/// # Errors
/// [`Error::NotFound`] when there is no such payment, [`Error::Conflict`] when the key names another refund.
pub async fn intend(db: &Database, new: &NewRefund) -> Result<Intent, Error> {
    until_settled(|| intend_once(db, new)).await
}

async fn intend_once(db: &Database, new: &NewRefund) -> Result<Intent, Error> {
    let turn = db.begin().await?;
    if !lock_payment(&turn, &new.payment_id).await? {
        return Err(Error::NotFound { what: "payment" });
    }
    if let Some(earlier) = in_turn(&turn, &new.key).await? {
        if earlier.payment_id != new.payment_id || earlier.amount != new.amount {
            return Err(Error::conflict("refunds_pkey"));
        }
        if earlier.status != RefundStatus::Failed {
            return Ok(Intent::Intended(earlier));
        }
    }
    let left = left_of(&turn, &new.payment_id).await?;
    if new.amount.centavos > left.centavos {
        return Ok(Intent::Exceeds { left });
    }
    let refund = insert(&turn, new).await?;
    ledger::follow_payment(&turn, &new.payment_id, Utc::now()).await?;
    turn.commit().await?;
    Ok(Intent::Intended(refund))
}

#[derive(FromQueryResult)]
struct Left {
    left_centavos: i64,
    currency: String,
}

/// What can still be given back of a payment.
async fn left_of(turn: &DatabaseTransaction, payment_id: &PaymentId) -> Result<Money, Error> {
    let id = payment_id.0.as_str();
    let left = Left::find_by_statement(raw_sql!(
        Postgres,
        "SELECT payment_left(id) AS left_centavos, currency FROM payments WHERE id = {id}"
    ));
    let left = left
        .one(turn)
        .await?
        .ok_or(Error::NotFound { what: "payment" })?;
    row::money(left.left_centavos.max(0), &left.currency)
}

async fn in_turn(turn: &DatabaseTransaction, key: &str) -> Result<Option<Refund>, Error> {
    let row = Entity::find_by_id(key.to_owned()).one(turn).await?;
    row.map(Refund::try_from).transpose()
}

async fn insert(turn: &DatabaseTransaction, new: &NewRefund) -> Result<Refund, Error> {
    let (key, payment_id, reason) = (
        new.key.as_str(),
        new.payment_id.0.as_str(),
        new.reason.as_str(),
    );
    let code = new.code.as_ref().map(ReservationCode::as_str);
    let (amount, currency) = (new.amount.centavos, new.amount.currency.code());
    let inserted = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"INSERT INTO refunds (key, payment_id, code, amount_centavos, currency, reason)
              VALUES ({key}, {payment_id}, {code}, {amount}, {currency}, {reason})
              ON CONFLICT (key) DO UPDATE SET status = 'intended', updated_at = now()
              RETURNING *"
        ))
        .one(turn)
        .await?;
    inserted
        .ok_or_else(|| Error::unexpected("an upsert answered no row"))?
        .try_into()
}

/// Remembers what the provider made of a refund. One that is approved stays so.
///
/// # Errors
/// [`Error::NotFound`] when it was not intended.
pub async fn complete(
    db: &Database,
    key: &str,
    provider_refund_id: &str,
    status: RefundStatus,
    at: DateTime<Utc>,
) -> Result<Refund, Error> {
    let outcome = Outcome {
        status,
        provider_refund_id: Some(provider_refund_id),
        error: None,
        at,
    };
    until_settled(|| remember(db, key, outcome)).await
}

/// Remembers that the provider will not make a refund. One that is approved stays so.
///
/// # Errors
/// [`Error::NotFound`] when it was not intended.
pub async fn failed(db: &Database, key: &str, error: &str) -> Result<Refund, Error> {
    let outcome = Outcome {
        status: RefundStatus::Failed,
        provider_refund_id: None,
        error: Some(error),
        at: Utc::now(),
    };
    until_settled(|| remember(db, key, outcome)).await
}

/// What became of a refund.
#[derive(Clone, Copy)]
struct Outcome<'a> {
    status: RefundStatus,
    provider_refund_id: Option<&'a str>,
    error: Option<&'a str>,
    at: DateTime<Utc>,
}

/// Writes an outcome down, and what it changes in the ledger and in what is paid.
async fn remember(db: &Database, key: &str, outcome: Outcome<'_>) -> Result<Refund, Error> {
    let turn = db.begin().await?;
    let known = in_turn(&turn, key)
        .await?
        .ok_or(Error::NotFound { what: "refund" })?;
    // The payment first, as everywhere: the trigger on refunds would lock it after the refund.
    lock_payment(&turn, &known.payment_id).await?;
    let Outcome {
        provider_refund_id,
        error,
        at,
        ..
    } = outcome;
    let word = outcome.status.as_str();
    let completed_at = (outcome.status == RefundStatus::Approved).then_some(at);
    let changed = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE refunds SET
                  status = CASE WHEN status = 'approved' THEN status ELSE {word} END,
                  provider_refund_id = coalesce(provider_refund_id, {provider_refund_id}),
                  last_error = coalesce({error}, last_error),
                  completed_at = coalesce(completed_at, {completed_at}), updated_at = now()
              WHERE key = {key} RETURNING *"
        ))
        .one(&turn)
        .await?
        .ok_or(Error::NotFound { what: "refund" })?;
    ledger::follow_payment(&turn, &known.payment_id, at).await?;
    turn.commit().await?;
    changed.try_into()
}

/// The refund of this key.
///
/// # Errors
/// See [`Error`].
pub async fn by_key(db: &Database, key: &str) -> Result<Option<Refund>, Error> {
    let row = Entity::find_by_id(key.to_owned()).one(db.pool()).await?;
    row.map(Refund::try_from).transpose()
}

/// The refunds of a payment, the first first.
///
/// # Errors
/// See [`Error`].
pub async fn of_payment(db: &Database, payment_id: &PaymentId) -> Result<Vec<Refund>, Error> {
    all(db, Column::PaymentId, &payment_id.0).await
}

/// The refunds of a reservation, the first first.
///
/// # Errors
/// See [`Error`].
pub async fn of_reservation(db: &Database, code: &ReservationCode) -> Result<Vec<Refund>, Error> {
    all(db, Column::Code, code.as_str()).await
}

async fn all(db: &Database, column: Column, value: &str) -> Result<Vec<Refund>, Error> {
    let rows = Entity::find()
        .filter(column.eq(value))
        .order_by_asc(Column::CreatedAt)
        .all(db.pool())
        .await?;
    rows.into_iter().map(Refund::try_from).collect()
}

impl RefundStatus {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::InProcess => "in_process",
            Self::Approved => "approved",
            Self::Failed => "failed",
        }
    }
}

/// A word that is no state of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an unknown state of a refund")]
pub struct UnknownRefundStatus;

impl std::str::FromStr for RefundStatus {
    type Err = UnknownRefundStatus;

    fn from_str(word: &str) -> Result<Self, UnknownRefundStatus> {
        Ok(match word {
            "intended" => Self::Intended,
            "in_process" => Self::InProcess,
            "approved" => Self::Approved,
            "failed" => Self::Failed,
            _ => return Err(UnknownRefundStatus),
        })
    }
}

impl TryFrom<Model> for Refund {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        Ok(Self {
            code: found.code.as_deref().map(row::word).transpose()?,
            amount: row::money(found.amount_centavos, &found.currency)?,
            status: row::word(&found.status)?,
            key: found.key,
            payment_id: PaymentId(found.payment_id),
            reason: found.reason,
            provider_refund_id: found.provider_refund_id,
            last_error: found.last_error,
            created_at: found.created_at,
            completed_at: found.completed_at,
        })
    }
}

//! What the provider says of each payment, and what became of it.
//!
//! Whether a payment counts is not decided here: currency, collector and reference are stored as they came.

mod follow_up;
mod record;
mod settlement;
mod unannounced;

use chrono::{DateTime, Utc};
use domain::{
    Currency, Money, ReservationCode,
    payment::{PaymentId, PaymentStatus},
    settlement::Purpose,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::{
    Database, Error, Page,
    entity::payment::{Column, Entity, Model},
    row,
};

pub use follow_up::{adrift, is_followed_up, left_undone, mark_reported, unplaced};
pub use record::{Recorded, record};
pub use settlement::{Settled, SettlementRecord, settle, settlements_of};
pub(crate) use settlement::{lock_payment, refresh_paid};
pub use unannounced::unannounced;

/// A payment as the provider described it at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentSnapshot {
    /// The provider's name for it.
    pub id: PaymentId,
    /// The reservation its reference names. One that we do not have is forgotten.
    pub code: Option<ReservationCode>,
    /// What it is.
    pub status: PaymentStatus,
    /// Why, in the provider's words.
    pub status_detail: String,
    /// How much, in hundredths of `currency`.
    pub amount_centavos: i64,
    /// How much of it has been given back in all.
    pub refunded_centavos: i64,
    /// What the provider keeps of it.
    pub fee_centavos: i64,
    /// ISO 4217, whatever it is.
    pub currency: String,
    /// Whose account it went to.
    pub collector_id: String,
    /// Whether that is ours. Money that went to somebody else is not in our ledger.
    pub collected: bool,
    /// What it says it is for, as it came.
    pub external_reference: Option<String>,
    /// The part of the price it is for, when known.
    pub purpose: Option<Purpose>,
    /// How it was paid, in the provider's words.
    pub method: String,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the provider last changed it.
    pub provider_updated_at: DateTime<Utc>,
    /// All of it, as it came, but for what is personal.
    pub snapshot: Value,
}

/// A payment as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// The newest that the provider said of it.
    pub latest: PaymentSnapshot,
    /// How often it was recorded.
    pub notifications: i32,
    /// When we first heard of it.
    pub created_at: DateTime<Utc>,
}

impl PaymentSnapshot {
    /// The amount, when it is of a currency we charge in.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        self.money(self.amount_centavos)
    }

    /// What has been given back, when it is of a currency we charge in.
    #[must_use]
    pub fn refunded(&self) -> Option<Money> {
        self.money(self.refunded_centavos)
    }

    fn money(&self, centavos: i64) -> Option<Money> {
        (self.currency == Currency::Ars.code()).then_some(Money {
            centavos,
            currency: Currency::Ars,
        })
    }
}

/// The payment of this id.
///
/// # Errors
/// See [`Error`].
pub async fn by_id(db: &Database, id: &PaymentId) -> Result<Option<Payment>, Error> {
    let row = Entity::find_by_id(id.0.clone()).one(db.pool()).await?;
    row.map(Payment::try_from).transpose()
}

/// The payments whose reference names a reservation, the first first.
///
/// # Errors
/// See [`Error`].
pub async fn of_reservation(db: &Database, code: &ReservationCode) -> Result<Vec<Payment>, Error> {
    let rows = Entity::find()
        .filter(Column::Code.eq(code.as_str()))
        .order_by_asc(Column::CreatedAt)
        .all(db.pool())
        .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// All payments, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn list(db: &Database, page: Page) -> Result<Vec<Payment>, Error> {
    let rows = Entity::find()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(page.limit())
        .offset(page.offset())
        .all(db.pool())
        .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

impl TryFrom<Model> for Payment {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        let latest = PaymentSnapshot {
            id: PaymentId(found.id),
            code: found.code.as_deref().map(row::word).transpose()?,
            status: row::document(found.status.into())?,
            status_detail: found.status_detail,
            amount_centavos: found.amount_centavos,
            refunded_centavos: found.refunded_centavos,
            fee_centavos: found.fee_centavos,
            currency: found.currency,
            collector_id: found.collector_id,
            collected: found.collected,
            external_reference: found.external_reference,
            purpose: found
                .purpose
                .map(|word| row::document(word.into()))
                .transpose()?,
            method: found.method,
            approved_at: found.approved_at,
            provider_updated_at: found.provider_updated_at,
            snapshot: found.snapshot,
        };
        Ok(Self {
            latest,
            notifications: found.notifications,
            created_at: found.created_at,
        })
    }
}

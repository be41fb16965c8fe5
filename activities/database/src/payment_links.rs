//! Where guests pay. There is one open link for each purpose of a reservation: the first wins.

use chrono::{DateTime, Utc};
use domain::{Money, ReservationCode, ReservationStatus, settlement::Purpose};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, raw_sql};

use crate::{
    Database, Error,
    entity::payment_link::{Column, Entity, Model},
    row,
};

/// A link to the provider's checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// What it pays for.
    pub code: ReservationCode,
    /// Which part of it.
    pub purpose: Purpose,
    /// The provider's name for it.
    pub preference_id: String,
    /// Where it leads.
    pub url: String,
    /// How much it asks for.
    pub amount: Money,
    /// Until when it can be paid.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The word for a purpose in the database.
pub(crate) const fn purpose_word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Deposit => "deposit",
        Purpose::Balance => "balance",
    }
}

/// The open link for a purpose.
///
/// # Errors
/// See [`Error`].
pub async fn find(
    db: &Database,
    code: &ReservationCode,
    purpose: Purpose,
) -> Result<Option<PaymentLink>, Error> {
    let row = Entity::find()
        .filter(Column::Code.eq(code.as_str()))
        .filter(Column::Purpose.eq(purpose_word(purpose)))
        .filter(Column::ClosedAt.is_null())
        .one(db.pool())
        .await?;
    row.map(PaymentLink::try_from).transpose()
}

/// The open link for a purpose, when it was made for the dates as they are: the one that guests are shown.
///
/// # Errors
/// See [`Error`].
pub async fn payable(
    db: &Database,
    code: &ReservationCode,
    purpose: Purpose,
) -> Result<Option<PaymentLink>, Error> {
    let row = Entity::find()
        .filter(Column::Code.eq(code.as_str()))
        .filter(Column::Purpose.eq(purpose_word(purpose)))
        .filter(Column::ClosedAt.is_null())
        .filter(Column::Outdated.eq(false))
        .one(db.pool())
        .await?;
    row.map(PaymentLink::try_from).transpose()
}

/// The status in which a reservation has something to pay on a link of this purpose.
#[must_use]
pub const fn wanted_in(purpose: Purpose) -> ReservationStatus {
    match purpose {
        Purpose::Deposit => ReservationStatus::PreReserved,
        Purpose::Balance => ReservationStatus::Confirmed,
    }
}

/// Stores a link unless one is open for its purpose, and answers the one that is open now: two who make one
/// at the same time send the guest the same.
///
/// `None` when the reservation is past it, or less is owed: a link is
/// never left open behind the end of its hold, whichever of the two was first.
///
/// # Errors
/// See [`Error`].
pub async fn insert_first_wins(
    db: &Database,
    link: &PaymentLink,
) -> Result<Option<PaymentLink>, Error> {
    let (code, purpose) = (link.code.as_str(), purpose_word(link.purpose));
    let (preference_id, url) = (link.preference_id.as_str(), link.url.as_str());
    let (amount, currency) = (link.amount.centavos, link.amount.currency.code());
    let expires_at = link.expires_at;
    let wanted_in = wanted_in(link.purpose).as_str();
    // The lock waits for whoever is changing the status: after it, the link is either seen and closed by them,
    // or not stored.
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO payment_links
                  (code, purpose, preference_id, url, amount_centavos, currency, expires_at)
              SELECT reservations.code, {purpose}, {preference_id}, {url}, {amount}, {currency}, {expires_at}
              FROM reservations
              WHERE code = {code} AND reservation_status = {wanted_in} AND total_centavos - paid_centavos >= {amount}
              FOR SHARE
              ON CONFLICT DO NOTHING"
        ))
        .await?;
    find(db, &link.code, link.purpose).await
}

/// Moves the end of a link that is open, as long as the reservation has something to pay on it. Answers whether
/// it did.
///
/// # Errors
/// See [`Error`].
pub async fn extend(
    db: &Database,
    link: &PaymentLink,
    expires_at: DateTime<Utc>,
) -> Result<bool, Error> {
    let preference_id = link.preference_id.as_str();
    let wanted_in = wanted_in(link.purpose).as_str();
    let moved = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE payment_links SET expires_at = {expires_at}
              WHERE preference_id = {preference_id} AND closed_at IS NULL AND code IN (
                  SELECT code FROM reservations
                  WHERE code = payment_links.code AND reservation_status = {wanted_in} FOR SHARE)"
        ))
        .await?;
    Ok(moved.rows_affected() > 0)
}

/// Closes the open link for a purpose and answers it, so that the provider can be told; `None` when it was
/// closed before.
///
/// # Errors
/// See [`Error`].
pub async fn close(
    db: &Database,
    code: &ReservationCode,
    purpose: Purpose,
    at: DateTime<Utc>,
) -> Result<Option<PaymentLink>, Error> {
    let (code, purpose) = (code.as_str(), purpose_word(purpose));
    let row = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE payment_links SET closed_at = {at}
              WHERE code = {code} AND purpose = {purpose} AND closed_at IS NULL RETURNING *"
        ))
        .one(db.pool())
        .await?;
    row.map(PaymentLink::try_from).transpose()
}

impl TryFrom<Model> for PaymentLink {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        Ok(Self {
            code: row::word(&found.code)?,
            purpose: row::document(found.purpose.into())?,
            preference_id: found.preference_id,
            url: found.url,
            amount: row::money(found.amount_centavos, &found.currency)?,
            expires_at: found.expires_at,
        })
    }
}

//! What became of an approved payment, decided once, and what that leaves paid on its reservation.

use chrono::{DateTime, Utc};
use domain::{Money, ReservationCode, payment::PaymentId, settlement::Settlement};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};

use crate::{Database, Error, ledger, retry::until_settled, row};

/// What became of one payment, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementRecord {
    /// The payment.
    pub payment_id: PaymentId,
    /// The reservation.
    pub code: ReservationCode,
    /// What counts, and what is given back.
    pub settlement: Settlement,
}

/// What a call to [`settle`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What became of the payment, by this call or the first one.
    pub record: SettlementRecord,
    /// Whether this call decided it.
    pub fresh: bool,
    /// Everything that is applied to the reservation and not given back.
    pub paid: Money,
}

#[derive(FromQueryResult)]
struct Row {
    payment_id: String,
    code: String,
    applied_centavos: i64,
    returned_centavos: i64,
    currency: String,
}

impl TryFrom<Row> for SettlementRecord {
    type Error = Error;

    fn try_from(found: Row) -> Result<Self, Error> {
        Ok(Self {
            code: row::word(&found.code)?,
            settlement: Settlement {
                applied: row::money(found.applied_centavos, &found.currency)?,
                returned: row::money(found.returned_centavos, &found.currency)?,
            },
            payment_id: PaymentId(found.payment_id),
        })
    }
}

/// Decides what becomes of a payment and adds what is applied to the reservation.
///
/// Idempotent on the payment: it is settled once, and later calls answer how.
///
/// # Errors
/// [`Error::Conflict`] when the payment was not recorded, [`Error::NotFound`] when there is no such
/// reservation.
pub async fn settle(
    db: &Database,
    payment_id: &PaymentId,
    code: &ReservationCode,
    settlement: Settlement,
) -> Result<Settled, Error> {
    until_settled(|| settle_once(db, payment_id, code, settlement)).await
}

async fn settle_once(
    db: &Database,
    payment_id: &PaymentId,
    code: &ReservationCode,
    settlement: Settlement,
) -> Result<Settled, Error> {
    let turn = db.begin().await?;
    lock_payment(&turn, payment_id).await?;
    lock_reservation(&turn, code.as_str()).await?;
    let inserted = insert(&turn, payment_id, code, settlement).await?;
    let fresh = inserted.is_some();
    let stored = match inserted {
        Some(inserted) => inserted,
        None => find(&turn, payment_id).await?,
    };
    let paid = ledger::follow_payment(&turn, payment_id, Utc::now()).await?;
    let paid = paid.ok_or_else(|| Error::unexpected("a settled payment is paid for nothing"))?;
    turn.commit().await?;
    Ok(Settled {
        paid: Money {
            centavos: paid,
            ..settlement.applied
        },
        record: stored.try_into()?,
        fresh,
    })
}

async fn insert(
    turn: &DatabaseTransaction,
    payment_id: &PaymentId,
    code: &ReservationCode,
    settlement: Settlement,
) -> Result<Option<Row>, Error> {
    let (payment_id, code) = (payment_id.0.as_str(), code.as_str());
    let (applied, returned) = (settlement.applied.centavos, settlement.returned.centavos);
    let currency = settlement.applied.currency.code();
    let inserted = Row::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO settlements (payment_id, code, applied_centavos, returned_centavos, currency)
          VALUES ({payment_id}, {code}, {applied}, {returned}, {currency})
          ON CONFLICT (payment_id) DO NOTHING RETURNING *"
    ));
    Ok(inserted.one(turn).await?)
}

async fn find(turn: &DatabaseTransaction, payment_id: &PaymentId) -> Result<Row, Error> {
    let payment_id = payment_id.0.as_str();
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM settlements WHERE payment_id = {payment_id}"
    ));
    found
        .one(turn)
        .await?
        .ok_or(Error::NotFound { what: "settlement" })
}

#[derive(FromQueryResult)]
struct Paid {
    paid_centavos: i64,
}

/// Makes whoever else decides about this payment wait.
///
/// A statement of its own: what it waited for is seen only by the statements after it.
pub(crate) async fn lock_payment(
    turn: &DatabaseTransaction,
    payment_id: &PaymentId,
) -> Result<bool, Error> {
    let id = payment_id.0.as_str();
    let locked = turn
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT 1 FROM payments WHERE id = {id} FOR NO KEY UPDATE"
        ))
        .await?;
    Ok(locked.is_some())
}

/// Locks a reservation for a change of what is paid. Whoever also locks a payment does that first.
async fn lock_reservation(turn: &DatabaseTransaction, code: &str) -> Result<(), Error> {
    let locked = turn
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT 1 FROM reservations WHERE code = {code} FOR NO KEY UPDATE"
        ))
        .await?;
    locked.map(|_| ()).ok_or(Error::NotFound {
        what: "reservation",
    })
}

/// Adds up anew what is applied to a reservation and not given back, in centavos, and what it owes after that.
///
/// Of each payment that is what was applied, or what is left of the payment when that is less; money on its
/// way back has left, by our hand or at the provider.
pub(crate) async fn refresh_paid(
    turn: &DatabaseTransaction,
    code: &str,
    at: DateTime<Utc>,
) -> Result<i64, Error> {
    lock_reservation(turn, code).await?;
    let refreshed = Paid::find_by_statement(raw_sql!(
        Postgres,
        r"UPDATE reservations SET paid_centavos = (
              SELECT coalesce(sum(greatest(least(applied_centavos, payment_left(payment_id)), 0)), 0)
              FROM settlements WHERE settlements.code = reservations.code)
          WHERE code = {code} RETURNING paid_centavos"
    ));
    let refreshed = refreshed.one(turn).await?.ok_or(Error::NotFound {
        what: "reservation",
    })?;
    ledger::follow_reservation(turn, code, at).await?;
    Ok(refreshed.paid_centavos)
}

/// What became of the payments of a reservation, the first first.
///
/// # Errors
/// See [`Error`].
pub async fn settlements_of(
    db: &Database,
    code: &ReservationCode,
) -> Result<Vec<SettlementRecord>, Error> {
    let code = code.as_str();
    let rows = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM settlements WHERE code = {code} ORDER BY created_at, payment_id"
    ))
    .all(db.pool())
    .await?;
    rows.into_iter().map(SettlementRecord::try_from).collect()
}

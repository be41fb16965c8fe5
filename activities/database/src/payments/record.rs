//! Writing down what the provider says. Notifications come late, twice and in any order; what is stored only
//! moves forward.

use chrono::Utc;
use domain::payment::{Misfit, PaymentId, PaymentStatus};
use sea_orm::{DatabaseTransaction, EntityTrait, raw_sql};

use super::{Payment, PaymentSnapshot};
use crate::{
    Database, Error,
    entity::payment::{Entity, Model},
    ledger,
    payment_links::purpose_word,
    retry::until_settled,
    review_queue::resolve_about_in,
};

/// What a snapshot changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// What was known before; `None` for a payment that is new.
    pub previous: Option<Payment>,
    /// What is known now.
    pub current: Payment,
    /// Whether the snapshot was news, or names a reservation that was not there before.
    pub changed: bool,
}

/// Writes a snapshot down, unless what is known is further along or newer.
///
/// Every call counts as a notification. A reservation that was written after its payment is found by the next call,
/// and the owner is not asked about it any more.
///
/// # Errors
/// See [`Error`].
pub async fn record(db: &Database, snapshot: &PaymentSnapshot) -> Result<Recorded, Error> {
    until_settled(|| record_once(db, snapshot)).await
}

async fn record_once(db: &Database, snapshot: &PaymentSnapshot) -> Result<Recorded, Error> {
    let turn = db.begin().await?;
    let recorded = match insert(&turn, snapshot).await? {
        Some(inserted) => Recorded {
            previous: None,
            current: inserted.try_into()?,
            changed: true,
        },
        None => {
            let previous: Payment = lock(&turn, &snapshot.id).await?.try_into()?;
            let changed = supersedes(snapshot, &previous.latest);
            let current = if changed {
                replace(&turn, snapshot).await?
            } else {
                count(&turn, snapshot).await?
            };
            let current: Payment = current.try_into()?;
            let found = previous.latest.code.is_none() && current.latest.code.is_some();
            if found {
                take_back(&turn, &snapshot.id).await?;
            }
            Recorded {
                previous: Some(previous),
                current,
                changed: changed || found,
            }
        }
    };
    if recorded.changed {
        ledger::follow_payment(&turn, &snapshot.id, snapshot.provider_updated_at).await?;
    }
    turn.commit().await?;
    Ok(recorded)
}

/// Whether `next` is news after `known`: further along, or the same and newer, or a dispute that was won. A
/// dispute is the one thing that a payment comes back from.
///
/// The same moment told again is news when we understand more of it: its fee, or that it is ours after all.
fn supersedes(next: &PaymentSnapshot, known: &PaymentSnapshot) -> bool {
    let newer = next.provider_updated_at > known.provider_updated_at;
    let (after, before) = (next.status.rank(), known.status.rank());
    let more_refunded = next.refunded_centavos > known.refunded_centavos;
    let dispute_won =
        known.status == PaymentStatus::ChargedBack && next.status == PaymentStatus::Approved;
    let understood = next.provider_updated_at == known.provider_updated_at
        && ((next.collected && !known.collected) || next.fee_centavos != known.fee_centavos);
    after > before
        || (after == before && (newer || more_refunded || understood))
        || (dispute_won && newer)
}

async fn insert(
    turn: &DatabaseTransaction,
    snapshot: &PaymentSnapshot,
) -> Result<Option<Model>, Error> {
    let PaymentSnapshot {
        id: PaymentId(id),
        status_detail,
        amount_centavos,
        refunded_centavos,
        fee_centavos,
        currency,
        collector_id,
        collected,
        external_reference,
        method,
        approved_at,
        provider_updated_at,
        snapshot: document,
        ..
    } = snapshot.clone();
    let code = snapshot.code.as_ref().map(|code| code.as_str());
    let status = snapshot.status.as_str();
    let purpose = snapshot.purpose.map(purpose_word);
    let inserted = Entity::find().from_raw_sql(raw_sql!(
        Postgres,
        r"INSERT INTO payments (
              id, code, status, status_detail, amount_centavos, refunded_centavos, fee_centavos, currency,
              collector_id, collected, external_reference, purpose, method, approved_at, provider_updated_at,
              snapshot)
          VALUES (
              {id}, (SELECT code FROM reservations WHERE code = {code}), {status}, {status_detail},
              {amount_centavos}, {refunded_centavos}, {fee_centavos}, {currency}, {collector_id},
              {collected}, {external_reference}, {purpose}, {method}, {approved_at}, {provider_updated_at},
              {document})
          ON CONFLICT (id) DO NOTHING RETURNING *"
    ));
    Ok(inserted.one(turn).await?)
}

async fn lock(turn: &DatabaseTransaction, id: &PaymentId) -> Result<Model, Error> {
    let id = id.0.as_str();
    let locked = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            "SELECT * FROM payments WHERE id = {id} FOR NO KEY UPDATE"
        ))
        .one(turn)
        .await?;
    locked.ok_or(Error::NotFound { what: "payment" })
}

async fn replace(turn: &DatabaseTransaction, snapshot: &PaymentSnapshot) -> Result<Model, Error> {
    let PaymentSnapshot {
        id: PaymentId(id),
        status_detail,
        amount_centavos,
        refunded_centavos,
        fee_centavos,
        collector_id,
        collected,
        external_reference,
        method,
        approved_at,
        provider_updated_at,
        snapshot: document,
        ..
    } = snapshot.clone();
    let code = snapshot.code.as_ref().map(|code| code.as_str());
    let status = snapshot.status.as_str();
    let purpose = snapshot.purpose.map(purpose_word);
    let replaced = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE payments SET
                  code = coalesce(code, (SELECT code FROM reservations WHERE code = {code})),
                  status = {status}, status_detail = {status_detail}, amount_centavos = {amount_centavos},
                  refunded_centavos = greatest(refunded_centavos, {refunded_centavos}),
                  fee_centavos = {fee_centavos},
                  collector_id = {collector_id}, collected = collected OR {collected},
                  external_reference = coalesce({external_reference}, external_reference),
                  purpose = coalesce({purpose}, purpose), method = {method},
                  approved_at = coalesce({approved_at}, approved_at),
                  provider_updated_at = {provider_updated_at}, snapshot = {document},
                  notifications = notifications + 1, updated_at = now()
              WHERE id = {id} RETURNING *"
        ))
        .one(turn)
        .await?;
    replaced.ok_or(Error::NotFound { what: "payment" })
}

/// Counts a notification that said nothing new of the payment itself. The reservation that it names may be there
/// only now.
async fn count(turn: &DatabaseTransaction, snapshot: &PaymentSnapshot) -> Result<Model, Error> {
    let id = snapshot.id.0.as_str();
    let code = snapshot.code.as_ref().map(|code| code.as_str());
    let counted = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE payments SET
                  code = coalesce(code, (SELECT code FROM reservations WHERE code = {code})),
                  notifications = notifications + 1
              WHERE id = {id} RETURNING *"
        ))
        .one(turn)
        .await?;
    counted.ok_or(Error::NotFound { what: "payment" })
}

/// Its reservation was found: nobody needs to find out any more whose it is.
async fn take_back(turn: &DatabaseTransaction, id: &PaymentId) -> Result<(), Error> {
    let kind = Misfit::UnknownReference.as_str();
    let how = "Its reservation was found.";
    resolve_about_in(turn, kind, &id.0, how, Utc::now()).await
}

//! Numbers and accounts come and go; the guest stays.
//!
//! What a guest has given up may be somebody else's by now. It leads to its old holder only for what was
//! written before.

use chrono::{DateTime, Utc};
use domain::GuestId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};
use uuid::Uuid;

use super::{
    Identity,
    resolve::{Known, merge, phone, take_number},
};
use crate::{Database, Error, entity::guest::Model, retry::until_settled};

/// The platform says that whoever had the ids `from` has the ids `to` since `at`. Answers whose they are;
/// nothing when nobody here had them, and then nothing is changed.
///
/// A guest who already wrote from the new ids becomes one with this one. Whoever had them before `at` and has not
/// written since is somebody else, who has lost them. Idempotent.
///
/// # Errors
/// See [`Error`].
pub async fn moved(
    db: &Database,
    from: &Identity,
    to: &Identity,
    at: DateTime<Utc>,
) -> Result<Option<GuestId>, Error> {
    until_settled(|| async {
        let turn = db.begin().await?;
        let id = move_once(&turn, from, to, at).await?;
        turn.commit().await?;
        Ok(id)
    })
    .await
}

async fn move_once(
    turn: &DatabaseTransaction,
    from: &Identity,
    to: &Identity,
    at: DateTime<Utc>,
) -> Result<Option<GuestId>, Error> {
    let holders = Known::look_up(turn, from).await?;
    let Some(guest) = holders
        .whose(from)
        .filter(|guest| was_here(guest, at))
        .cloned()
    else {
        return Ok(None);
    };
    let mut bsuid = to.bsuid.clone();
    for other in Known::look_up(turn, to).await?.everybody() {
        if other.id == guest.id {
            continue;
        }
        if is_same_person(other, to, at) {
            bsuid = bsuid.or_else(|| other.bsuid.clone());
            merge(turn, other.id, guest.id).await?;
        } else {
            take_number(turn, other.id).await?;
        }
    }
    // An account ends with its number.
    let keeps_number = to.wa_id.is_none() || to.wa_id == guest.wa_id;
    let becomes = Identity {
        bsuid: bsuid.or_else(|| guest.bsuid.clone().filter(|_| keeps_number)),
        wa_id: to.wa_id.clone().or_else(|| guest.wa_id.clone()),
        profile_name: None,
    };
    give(turn, &guest, &becomes, at).await?;
    Ok(Some(GuestId::from_uuid(guest.id)))
}

/// Whether a guest had their ids at this moment: who has come since is somebody else.
fn was_here(guest: &Model, at: DateTime<Utc>) -> bool {
    guest.created_at <= at || guest.last_inbound_at.is_some_and(|wrote| wrote <= at)
}

/// Whether a record under the new ids is the same person's: made when they wrote from there, or when they booked
/// elsewhere with that number.
fn is_same_person(other: &Model, to: &Identity, at: DateTime<Utc>) -> bool {
    let is_account = to.bsuid.is_some() && other.bsuid == to.bsuid;
    let wrote_since = other.last_inbound_at.is_some_and(|wrote| wrote >= at);
    let never_wrote = other.wa_id.is_none() && other.bsuid.is_none();
    is_account || wrote_since || never_wrote
}

/// Gives a guest their ids of now and remembers those of before.
async fn give(
    turn: &DatabaseTransaction,
    guest: &Model,
    becomes: &Identity,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = guest.id;
    for (old, new) in [
        (&guest.wa_id, &becomes.wa_id),
        (&guest.bsuid, &becomes.bsuid),
    ] {
        if let Some(address) = old.as_deref().filter(|_| old != new) {
            turn.execute_raw(raw_sql!(
                Postgres,
                r"INSERT INTO guest_aliases (address, guest_id, until) VALUES ({address}, {id}, {at})
                  ON CONFLICT DO NOTHING"
            ))
            .await?;
        }
    }
    let Identity { bsuid, wa_id, .. } = becomes.clone();
    let phone = phone(becomes);
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE guests SET bsuid = {bsuid}, wa_id = {wa_id}, phone_e164 = coalesce({phone}, phone_e164)
          WHERE id = {id}"
    ))
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Holder {
    guest_id: Uuid,
}

/// Who had one of these ids when something was written with it.
pub(super) async fn holder(
    turn: &DatabaseTransaction,
    identity: &Identity,
    written_at: DateTime<Utc>,
) -> Result<Option<Uuid>, Error> {
    let (bsuid, wa_id) = (identity.bsuid.as_deref(), identity.wa_id.as_deref());
    let found = Holder::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT guest_id FROM guest_aliases
          WHERE address IN ({bsuid}, {wa_id}) AND until >= {written_at}
          ORDER BY until LIMIT 1"
    ));
    Ok(found.one(turn).await?.map(|found| found.guest_id))
}

/// Remembers the WhatsApp number that the platform names for a guest who was written to by another id, unless
/// somebody else has it.
///
/// # Errors
/// See [`Error`].
pub async fn learn_number(db: &Database, id: GuestId, wa_id: &str) -> Result<(), Error> {
    let id = id.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE guests SET wa_id = {wa_id}
              WHERE id = {id} AND wa_id IS NULL AND merged_into IS NULL
                AND NOT EXISTS (SELECT FROM guests WHERE wa_id = {wa_id})"
        ))
        .await?;
    Ok(())
}

/// Remembers the phone number that a guest shared, with `+` and country, unless somebody else has it. Answers still go
/// where the guest writes from.
///
/// # Errors
/// See [`Error`].
pub async fn learn_phone(db: &Database, id: GuestId, phone_e164: &str) -> Result<(), Error> {
    let id = id.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE guests SET phone_e164 = {phone_e164}
              WHERE id = {id} AND merged_into IS NULL
                AND NOT EXISTS (SELECT FROM guests WHERE phone_e164 = {phone_e164})"
        ))
        .await?;
    Ok(())
}

//! What the owner changes about an accommodation: under a lock, on the trail, and never over somebody else's change.

use chrono::{DateTime, Utc};
use domain::{Accommodation, AccommodationId};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde_json::{Map, Value};

use super::{id, to_row};
use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    entity::accommodation::{Column, Entity, Model},
    row,
};

/// An accommodation as it is edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Editable {
    /// What it is.
    pub accommodation: Accommodation,
    /// Whether it can be booked.
    pub active: bool,
    /// Which state of it this is. Every change makes another.
    pub version: i64,
}

/// What came of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited<E> {
    /// It is so.
    Done,
    /// Somebody changed it after it was shown; nothing was done.
    Stale,
    /// The change cannot be made to it.
    Refused(E),
}

impl TryFrom<Model> for Editable {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        Ok(Self {
            version: found.updated_at.timestamp_micros(),
            active: found.active,
            accommodation: found.try_into()?,
        })
    }
}

/// All of them, those that can be booked first, the smallest first.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Vec<Editable>, Error> {
    let rows = Entity::find()
        .order_by_desc(Column::Active)
        .order_by_asc(Column::Capacity)
        .order_by_asc(Column::Name)
        .all(db.pool())
        .await?;
    rows.into_iter().map(Editable::try_from).collect()
}

/// One of them, with the version that its forms carry.
///
/// # Errors
/// See [`Error`].
pub async fn editable(db: &Database, id: AccommodationId) -> Result<Option<Editable>, Error> {
    let row = Entity::find_by_id(id.uuid()).one(db.pool()).await?;
    row.map(Editable::try_from).transpose()
}

/// Adds one. Idempotent on its identifier: it is there once, as it was first said.
///
/// # Errors
/// See [`Error`].
pub async fn add(
    db: &Database,
    new: &Accommodation,
    active: bool,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    let there = OnConflict::column(Column::Id).do_nothing().to_owned();
    let added = Entity::insert(to_row(new, active)?)
        .on_conflict(there)
        .exec_without_returning(&turn)
        .await?;
    if added > 0 {
        let act = NewAct {
            act: "accommodation.add",
            subject: new.id.to_string(),
            before: Value::Null,
            after: row::to_document(&told(new, active)?)?,
        };
        record_in(&turn, by, &act, at).await?;
    }
    Ok(turn.commit().await?)
}

/// Changes one, if it is still as it was shown. What is held or booked keeps its price and its terms.
///
/// The trail is told what differs; a change that changes nothing is not on it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such accommodation.
pub async fn edit<E>(
    db: &Database,
    (id_, version): (AccommodationId, i64),
    by: &Actor,
    at: DateTime<Utc>,
    change: impl FnOnce(&mut Accommodation, &mut bool) -> Result<(), E>,
) -> Result<Edited<E>, Error> {
    let turn = db.begin().await?;
    let found = Entity::find_by_id(id_.uuid())
        .lock_exclusive()
        .one(&turn)
        .await?
        .ok_or(Error::NotFound {
            what: "accommodation",
        })?;
    let known = Editable::try_from(found)?;
    let (mut place, mut active) = (known.accommodation.clone(), known.active);
    if let Err(refused) = change(&mut place, &mut active) {
        return Ok(Edited::Refused(refused));
    }
    place.id = id(id_.uuid());
    let (mut before, mut after) = (
        told(&known.accommodation, known.active)?,
        told(&place, active)?,
    );
    before.retain(|name, value| after.get(name) != Some(value));
    after.retain(|name, _| before.contains_key(name));
    if after.is_empty() {
        // Also what somebody else has just made so.
        return Ok(Edited::Done);
    }
    if known.version != version {
        return Ok(Edited::Stale);
    }
    Entity::update(to_row(&place, active)?).exec(&turn).await?;
    Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::cust("clock_timestamp()"))
        .filter(Column::Id.eq(id_.uuid()))
        .exec(&turn)
        .await?;
    let act = NewAct {
        act: "accommodation.change",
        subject: id_.to_string(),
        before: Value::Object(before),
        after: Value::Object(after),
    };
    record_in(&turn, by, &act, at).await?;
    turn.commit().await?;
    Ok(Edited::Done)
}

/// What the trail can tell of one, by the names of its parts.
fn told(place: &Accommodation, active: bool) -> Result<Map<String, Value>, Error> {
    let Value::Object(mut parts) = row::to_document(place)? else {
        return Err(Error::unexpected("an accommodation is a document"));
    };
    parts.remove("id");
    parts.insert("active".to_owned(), active.into());
    Ok(parts)
}

//! What can be booked. Prices are not computed here.

mod edit;

use domain::{Accommodation, AccommodationId, accommodation::Kind, policy::Policies};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::{
    Database, Error,
    entity::accommodation::{ActiveModel, Column, Entity, Model},
    row,
};

pub use edit::{Editable, Edited, add, all, edit, editable};

/// Those that can be booked, the smallest first.
///
/// # Errors
/// See [`Error`].
pub async fn active(db: &Database) -> Result<Vec<Accommodation>, Error> {
    let rows = Entity::find()
        .filter(Column::Active.eq(true))
        .order_by_asc(Column::Capacity)
        .order_by_asc(Column::Name)
        .all(db.pool())
        .await?;
    rows.into_iter().map(Accommodation::try_from).collect()
}

/// One of them, whether or not it can be booked at the moment.
///
/// # Errors
/// See [`Error`].
pub async fn by_id(db: &Database, id: AccommodationId) -> Result<Option<Accommodation>, Error> {
    let row = Entity::find_by_id(id.uuid()).one(db.pool()).await?;
    row.map(Accommodation::try_from).transpose()
}

/// Stores an accommodation whole, new or changed. Only an `active` one can be booked.
///
/// # Errors
/// See [`Error`].
pub async fn upsert(
    db: &Database,
    accommodation: &Accommodation,
    active: bool,
) -> Result<(), Error> {
    let replaced = OnConflict::column(Column::Id)
        .update_columns(Column::changeable())
        .value(Column::UpdatedAt, Expr::current_timestamp())
        .to_owned();
    Entity::insert(to_row(accommodation, active)?)
        .on_conflict(replaced)
        .exec_without_returning(db.pool())
        .await?;
    Ok(())
}

/// Adds one, as part of whatever brings it.
pub(crate) async fn insert_in(
    turn: &impl ConnectionTrait,
    accommodation: &Accommodation,
    active: bool,
) -> Result<(), Error> {
    Entity::insert(to_row(accommodation, active)?)
        .exec_without_returning(turn)
        .await?;
    Ok(())
}

/// Replaces the policies of one.
///
/// # Errors
/// [`Error::NotFound`] when there is no such accommodation.
pub async fn set_policies(
    db: &Database,
    id: AccommodationId,
    policies: &Policies,
) -> Result<(), Error> {
    let changed = Entity::update_many()
        .col_expr(Column::Policies, Expr::value(row::to_document(policies)?))
        .col_expr(Column::UpdatedAt, Expr::current_timestamp())
        .filter(Column::Id.eq(id.uuid()))
        .exec(db.pool())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::NotFound {
            what: "accommodation",
        });
    }
    Ok(())
}

impl Column {
    /// Everything but the identifier.
    const fn changeable() -> [Self; 13] {
        [
            Self::Name,
            Self::Aliases,
            Self::Kind,
            Self::Capacity,
            Self::Description,
            Self::Amenities,
            Self::Photos,
            Self::Location,
            Self::Access,
            Self::TimeZone,
            Self::Rates,
            Self::Policies,
            Self::Active,
        ]
    }
}

fn to_row(accommodation: &Accommodation, active: bool) -> Result<ActiveModel, Error> {
    Ok(ActiveModel {
        id: Set(accommodation.id.uuid()),
        name: Set(accommodation.name.clone()),
        aliases: Set(row::to_document(&accommodation.aliases)?),
        kind: Set(accommodation.kind.as_str().to_owned()),
        capacity: Set(i16::from(accommodation.capacity)),
        description: Set(accommodation.description.clone()),
        amenities: Set(row::to_document(&accommodation.amenities)?),
        photos: Set(row::to_document(&accommodation.photos)?),
        location: Set(row::to_document(&accommodation.location)?),
        access: Set(accommodation.access.clone()),
        time_zone: Set(accommodation.time_zone.name().to_owned()),
        rates: Set(row::to_document(&accommodation.rates)?),
        policies: Set(row::to_document(&accommodation.policies)?),
        active: Set(active),
        updated_at: NotSet,
    })
}

impl TryFrom<Model> for Accommodation {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        Ok(Self {
            id: id(found.id),
            name: found.name,
            aliases: row::document(found.aliases)?,
            kind: row::document::<Kind>(found.kind.into())?,
            capacity: row::count(found.capacity)?,
            description: found.description,
            amenities: row::document(found.amenities)?,
            photos: row::document(found.photos)?,
            location: row::document(found.location)?,
            access: found.access,
            time_zone: row::word(&found.time_zone)?,
            rates: row::document(found.rates)?,
            policies: row::document(found.policies)?,
        })
    }
}

const fn id(uuid: Uuid) -> AccommodationId {
    AccommodationId::from_uuid(uuid)
}

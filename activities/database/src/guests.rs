//! The people who book, whatever numbers and accounts they write from.
//!
//! A guest may have no phone number, only a business-scoped id of WhatsApp's. Numbers are kept as received;
//! nothing here rewrites them.

mod aliases;
mod resolve;

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{GuestId, Language};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, raw_sql};

use crate::{
    Database, Error,
    entity::guest::{Column, Entity, Model},
    retry::until_settled,
    row,
};

pub use aliases::{learn_number, learn_phone, moved};
pub(crate) use resolve::{of_contact_in, resolve_in};

/// What is known of a guest.
#[derive(Clone, PartialEq, Eq)]
pub struct Guest {
    /// Who they are to us.
    pub id: GuestId,
    /// Who they are to WhatsApp, for our business alone.
    pub bsuid: Option<String>,
    /// Their WhatsApp number exactly as received: where answers go.
    pub wa_id: Option<String>,
    /// Their phone number with `+` and country.
    pub phone_e164: Option<String>,
    /// What their profile calls them.
    pub profile_name: Option<String>,
    /// What they told us to call them.
    pub name: Option<String>,
    /// Their mail address.
    pub email: Option<String>,
    /// The language they were last understood in.
    pub language: Option<Language>,
    /// Since when they want to hear nothing.
    pub opted_out_at: Option<DateTime<Utc>>,
    /// When they last wrote, by the provider's clock: WhatsApp's 24 hours are counted from here.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// When we first heard of them.
    pub created_at: DateTime<Utc>,
}

impl Guest {
    /// What to call them: what they told us before what their profile says.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.name.as_deref().or(self.profile_name.as_deref())
    }
}

/// Says which guest and keeps the rest to itself: personal data has no place in a log.
impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Who a message says it is from. At least one of the two ids is there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// WhatsApp's business-scoped id.
    pub bsuid: Option<String>,
    /// The WhatsApp number, digits only, as received.
    pub wa_id: Option<String>,
    /// The name in the profile.
    pub profile_name: Option<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// What somebody who books elsewhere than in the chat says of themselves.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their phone number with `+` and country; it is what tells guests apart.
    pub phone_e164: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their mail address.
    pub email: Option<String>,
    /// The language they want to be answered in.
    pub language: Option<Language>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").finish_non_exhaustive()
    }
}

/// The guest behind an identity, made on the first sight of them.
///
/// Looked up by business-scoped id, then by number; what the identity adds is linked. Two records that turn
/// out to be one person become one. A number that now belongs to another account leaves the old guest.
///
/// # Errors
/// [`Error::Conflict`] when the identity names nobody.
pub async fn resolve(db: &Database, identity: &Identity) -> Result<GuestId, Error> {
    until_settled(|| async {
        let turn = db.begin().await?;
        let id = resolve_in(&turn, identity, Utc::now()).await?;
        turn.commit().await?;
        Ok(id)
    })
    .await
}

/// The guest with this phone number, made when there is none; without a number, a new one each time.
///
/// What is already known of them stays: a stranger who types their number changes nothing.
///
/// # Errors
/// See [`Error`].
pub async fn of_contact(db: &Database, contact: &Contact) -> Result<GuestId, Error> {
    until_settled(|| resolve::of_contact_once(db, contact)).await
}

/// A guest. One whose record was merged into another answers as that other.
///
/// # Errors
/// See [`Error`].
pub async fn by_id(db: &Database, id: GuestId) -> Result<Option<Guest>, Error> {
    let id = id.uuid();
    let row = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"WITH RECURSIVE followed AS (
                  SELECT * FROM guests WHERE id = {id}
                  UNION ALL
                  SELECT guests.* FROM guests JOIN followed ON guests.id = followed.merged_into
              )
              SELECT * FROM followed WHERE merged_into IS NULL"
        ))
        .one(db.pool())
        .await?;
    row.map(Guest::try_from).transpose()
}

/// The guest with this phone number, with `+` and country.
///
/// # Errors
/// See [`Error`].
pub async fn by_phone(db: &Database, phone_e164: &str) -> Result<Option<Guest>, Error> {
    let row = Entity::find()
        .filter(Column::PhoneE164.eq(phone_e164))
        .one(db.pool())
        .await?;
    row.map(Guest::try_from).transpose()
}

/// Remembers the language a guest was understood in.
///
/// # Errors
/// See [`Error`].
pub async fn set_language(db: &Database, id: GuestId, language: Language) -> Result<(), Error> {
    set(db, id, Column::Language, language.code()).await
}

/// Remembers what a guest wants to be called.
///
/// # Errors
/// See [`Error`].
pub async fn rename(db: &Database, id: GuestId, name: &str) -> Result<(), Error> {
    set(db, id, Column::Name, name).await
}

/// Remembers a guest's mail address.
///
/// # Errors
/// See [`Error`].
pub async fn set_email(db: &Database, id: GuestId, email: &str) -> Result<(), Error> {
    set(db, id, Column::Email, email).await
}

/// Remembers that a guest wants to hear nothing more, since the first time they said so.
///
/// # Errors
/// See [`Error`].
pub async fn opt_out(db: &Database, id: GuestId, at: DateTime<Utc>) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::OptedOutAt, sea_orm::sea_query::Expr::value(at))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::OptedOutAt.is_null())
        .exec(db.pool())
        .await?;
    Ok(())
}

/// Remembers that a guest wants to hear from us again.
///
/// # Errors
/// See [`Error`].
pub async fn opt_in(db: &Database, id: GuestId) -> Result<(), Error> {
    set(db, id, Column::OptedOutAt, None::<DateTime<Utc>>).await
}

async fn set<V>(db: &Database, id: GuestId, column: Column, value: V) -> Result<(), Error>
where
    V: Into<sea_orm::Value> + Send,
{
    Entity::update_many()
        .col_expr(column, sea_orm::sea_query::Expr::value(value))
        .filter(Column::Id.eq(id.uuid()))
        .exec(db.pool())
        .await?;
    Ok(())
}

impl TryFrom<Model> for Guest {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        Ok(Self {
            id: GuestId::from_uuid(found.id),
            bsuid: found.bsuid,
            wa_id: found.wa_id,
            phone_e164: found.phone_e164,
            profile_name: found.profile_name,
            name: found.name,
            email: found.email,
            language: found.language.as_deref().map(row::word).transpose()?,
            opted_out_at: found.opted_out_at,
            last_inbound_at: found.last_inbound_at,
            created_at: found.created_at,
        })
    }
}

//! Whose message it is. Runs inside the caller's transaction; racing first messages of one guest end as one
//! guest, because the unique columns let only one of them in and the others look again.

use chrono::{DateTime, Utc};
use domain::GuestId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, raw_sql};
use uuid::Uuid;

use super::{Contact, Identity, aliases};
use crate::{
    Database, Error,
    entity::guest::{Entity, Model},
};

/// How often a new guest may be beaten to their own record.
const LOOKS: u32 = 5;

/// The guest behind an identity that wrote at `written_at`.
pub(crate) async fn resolve_in(
    turn: &DatabaseTransaction,
    identity: &Identity,
    written_at: DateTime<Utc>,
) -> Result<GuestId, Error> {
    if identity.bsuid.is_none() && identity.wa_id.is_none() {
        return Err(Error::conflict("an identity names somebody"));
    }
    for _ in 0..LOOKS {
        let known = Known::look_up(turn, identity).await?;
        let found = match known.whose(identity) {
            Some(guest) => {
                known.settle(turn, identity, guest).await?;
                Some(guest.id)
            }
            None => match aliases::holder(turn, identity, written_at).await? {
                Some(guest) => Some(guest),
                None => {
                    known.settle_without(turn).await?;
                    insert(turn, identity).await?
                }
            },
        };
        if let Some(id) = found {
            return Ok(GuestId::from_uuid(id));
        }
    }
    Err(Error::Unavailable("a guest's record kept changing".into()))
}

/// Everybody who holds a part of an identity, locked in the order of their ids so that two messages at once
/// do not wait for each other.
pub(super) struct Known {
    by_bsuid: Option<Model>,
    by_wa_id: Option<Model>,
    by_phone: Option<Model>,
}

impl Known {
    /// Everybody who holds a part of the identity, each once.
    pub(super) fn everybody(&self) -> Vec<&Model> {
        let mut all: Vec<&Model> = Vec::new();
        for holder in [&self.by_bsuid, &self.by_wa_id, &self.by_phone]
            .into_iter()
            .flatten()
        {
            if all.iter().all(|known| known.id != holder.id) {
                all.push(holder);
            }
        }
        all
    }

    pub(super) async fn look_up(
        turn: &DatabaseTransaction,
        identity: &Identity,
    ) -> Result<Self, Error> {
        let (bsuid, wa_id) = (identity.bsuid.as_deref(), identity.wa_id.as_deref());
        let phone = phone(identity);
        let found = Entity::find()
            .from_raw_sql(raw_sql!(
                Postgres,
                r"SELECT * FROM guests
                  WHERE bsuid = {bsuid} OR wa_id = {wa_id} OR phone_e164 = {phone}
                  ORDER BY id FOR NO KEY UPDATE"
            ))
            .all(turn)
            .await?;
        let holder =
            |holds: &dyn Fn(&Model) -> bool| found.iter().find(|guest| holds(guest)).cloned();
        Ok(Self {
            by_bsuid: holder(&|guest| bsuid.is_some() && guest.bsuid.as_deref() == bsuid),
            by_wa_id: holder(&|guest| wa_id.is_some() && guest.wa_id.as_deref() == wa_id),
            by_phone: holder(&|guest| phone.is_some() && guest.phone_e164 == phone),
        })
    }

    /// The guest it is: the account decides before the number, and a number counts only while it is not
    /// known to be another account's.
    pub(super) fn whose(&self, identity: &Identity) -> Option<&Model> {
        let could_be = |guest: &&Model| {
            identity.bsuid.is_none() || guest.bsuid.is_none() || guest.bsuid == identity.bsuid
        };
        self.by_bsuid
            .as_ref()
            .or_else(|| self.by_wa_id.as_ref().filter(could_be))
            .or_else(|| self.by_phone.as_ref().filter(could_be))
    }

    /// Gives `guest` everything the identity says, taking it from whoever else holds it.
    async fn settle(
        &self,
        turn: &DatabaseTransaction,
        identity: &Identity,
        guest: &Model,
    ) -> Result<(), Error> {
        for other in [&self.by_wa_id, &self.by_phone].into_iter().flatten() {
            if other.id != guest.id {
                if other.bsuid.is_none() {
                    merge(turn, other.id, guest.id).await?;
                } else {
                    take_number(turn, other.id).await?;
                }
            }
        }
        if is_news(identity, guest) {
            link(turn, identity, guest.id).await?;
        }
        Ok(())
    }

    /// Nobody here is the one who writes: whoever holds the number has lost it.
    async fn settle_without(&self, turn: &DatabaseTransaction) -> Result<(), Error> {
        for other in [&self.by_wa_id, &self.by_phone].into_iter().flatten() {
            take_number(turn, other.id).await?;
        }
        Ok(())
    }
}

/// The phone number behind a WhatsApp number.
pub(super) fn phone(identity: &Identity) -> Option<String> {
    identity
        .wa_id
        .as_deref()
        .filter(|wa_id| !wa_id.is_empty() && wa_id.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|digits| format!("+{digits}"))
}

fn is_news(identity: &Identity, guest: &Model) -> bool {
    let new = |said: &Option<String>, known: &Option<String>| said.is_some() && said != known;
    new(&identity.bsuid, &guest.bsuid)
        || new(&identity.wa_id, &guest.wa_id)
        || new(&phone(identity), &guest.phone_e164)
        || new(&identity.profile_name, &guest.profile_name)
}

async fn link(turn: &DatabaseTransaction, identity: &Identity, id: Uuid) -> Result<(), Error> {
    let Identity {
        bsuid,
        wa_id,
        profile_name,
    } = identity.clone();
    let phone = phone(identity);
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE guests SET bsuid = coalesce({bsuid}, bsuid), wa_id = coalesce({wa_id}, wa_id),
              phone_e164 = coalesce({phone}, phone_e164),
              profile_name = coalesce({profile_name}, profile_name)
          WHERE id = {id}"
    ))
    .await?;
    Ok(())
}

/// One person had two records: everything of `from` becomes `into`'s.
pub(super) async fn merge(turn: &DatabaseTransaction, from: Uuid, into: Uuid) -> Result<(), Error> {
    turn.execute_raw(raw_sql!(
        Postgres,
        r"WITH moved_reservations AS (UPDATE reservations SET guest_id = {into} WHERE guest_id = {from}),
               moved_messages AS (UPDATE messages SET guest_id = {into} WHERE guest_id = {from}),
               moved_aliases AS (UPDATE guest_aliases SET guest_id = {into} WHERE guest_id = {from}),
               moved_dialogue AS (
                   UPDATE dialogue_states SET guest_id = {into} WHERE guest_id = {from}
                     AND NOT EXISTS (SELECT FROM dialogue_states WHERE guest_id = {into})
               ),
               kept AS (
                   UPDATE guests SET
                       name = coalesce(guests.name, merged.name),
                       email = coalesce(guests.email, merged.email),
                       language = coalesce(guests.language, merged.language),
                       opted_out_at = coalesce(guests.opted_out_at, merged.opted_out_at),
                       last_inbound_at = greatest(guests.last_inbound_at, merged.last_inbound_at)
                   FROM guests AS merged WHERE guests.id = {into} AND merged.id = {from}
               )
          UPDATE guests SET merged_into = {into}, bsuid = NULL, wa_id = NULL, phone_e164 = NULL
          WHERE id = {from}"
    ))
    .await?;
    tracing::info!(guest.id = %into, guest.merged = %from, "two records of one guest became one");
    Ok(())
}

/// A number changed hands: its old holder must not be reached, nor their reservations seen, through it.
pub(super) async fn take_number(turn: &DatabaseTransaction, id: Uuid) -> Result<(), Error> {
    turn.execute_raw(raw_sql!(
        Postgres,
        "UPDATE guests SET wa_id = NULL, phone_e164 = NULL WHERE id = {id}"
    ))
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

async fn insert(turn: &DatabaseTransaction, identity: &Identity) -> Result<Option<Uuid>, Error> {
    let id = GuestId::generate().uuid();
    let Identity {
        bsuid,
        wa_id,
        profile_name,
    } = identity.clone();
    let phone = phone(identity);
    let inserted = Id::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO guests (id, bsuid, wa_id, phone_e164, profile_name)
          VALUES ({id}, {bsuid}, {wa_id}, {phone}, {profile_name})
          ON CONFLICT DO NOTHING RETURNING id"
    ));
    Ok(inserted.one(turn).await?.map(|inserted| inserted.id))
}

pub(super) async fn of_contact_once(db: &Database, contact: &Contact) -> Result<GuestId, Error> {
    of_contact_in(db.pool(), contact).await
}

/// The guest behind a contact, as part of whatever is done for them.
pub(crate) async fn of_contact_in(
    turn: &impl ConnectionTrait,
    contact: &Contact,
) -> Result<GuestId, Error> {
    let id = GuestId::generate().uuid();
    let Contact {
        phone_e164,
        name,
        email,
        language,
    } = contact.clone();
    let language = language.map(|language| language.code());
    // The update changes nothing but makes the row come back.
    let found = Id::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO guests (id, phone_e164, name, email, language)
          VALUES ({id}, {phone_e164}, {name}, {email}, {language})
          ON CONFLICT (phone_e164) DO UPDATE SET
              name = coalesce(guests.name, guests.profile_name, EXCLUDED.name),
              email = coalesce(guests.email, EXCLUDED.email),
              language = coalesce(guests.language, EXCLUDED.language)
          RETURNING id"
    ));
    let found = found.one(turn).await?;
    found
        .map(|found| GuestId::from_uuid(found.id))
        .ok_or_else(|| Error::unexpected("an upsert answered no row"))
}

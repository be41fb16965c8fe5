//! What guests said, and what both sides said.

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, raw_sql,
};

use super::{Inbound, Message, Outbound, SendFailure};
use crate::{
    Database, Error, Page,
    entity::message::{Column, Entity, Model},
    row,
};

/// What a guest said.
///
/// # Errors
/// See [`Error`].
pub async fn inbound(db: &Database, id: MessageId) -> Result<Option<Inbound>, Error> {
    match message(db, id).await? {
        Some(Message::In(inbound)) => Ok(Some(inbound)),
        Some(Message::Out(_)) | None => Ok(None),
    }
}

/// What is said to a guest, and how far it has got.
///
/// # Errors
/// See [`Error`].
pub async fn outbound(db: &Database, id: MessageId) -> Result<Option<Outbound>, Error> {
    match message(db, id).await? {
        Some(Message::Out(outbound)) => Ok(Some(outbound)),
        Some(Message::In(_)) | None => Ok(None),
    }
}

async fn message(db: &Database, id: MessageId) -> Result<Option<Message>, Error> {
    let row = Entity::find_by_id(id.uuid()).one(db.pool()).await?;
    row.map(Message::try_from).transpose()
}

/// Remembers that a guest is told that their message is read. True for the first caller alone.
///
/// # Errors
/// See [`Error`].
pub async fn mark_seen(db: &Database, id: MessageId, at: DateTime<Utc>) -> Result<bool, Error> {
    let id = id.uuid();
    let marked = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE messages SET seen_at = {at}
              WHERE id = {id} AND direction = 'in' AND seen_at IS NULL"
        ))
        .await?;
    Ok(marked.rows_affected() == 1)
}

#[derive(FromQueryResult)]
struct Latest {
    wamid: Option<String>,
}

/// Whether the text of this name is the last one that a guest wrote before `message`.
///
/// # Errors
/// See [`Error`].
pub async fn is_latest_text(db: &Database, wamid: &str, message: &Inbound) -> Result<bool, Error> {
    let (guest, seq) = (message.guest_id.uuid(), message.seq);
    let latest = Latest::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT wamid FROM messages
          WHERE guest_id = {guest} AND direction = 'in' AND kind = 'text' AND seq < {seq}
          ORDER BY seq DESC LIMIT 1"
    ));
    let latest = latest.one(db.pool()).await?;
    Ok(latest.is_some_and(|latest| latest.wamid.as_deref() == Some(wamid)))
}

/// Both sides of a guest's conversation, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn thread(db: &Database, guest_id: GuestId, page: Page) -> Result<Vec<Message>, Error> {
    let rows = Entity::find()
        .filter(Column::GuestId.eq(guest_id.uuid()))
        .order_by_desc(Column::Seq)
        .limit(page.limit())
        .offset(page.offset())
        .all(db.pool())
        .await?;
    rows.into_iter().map(Message::try_from).collect()
}

impl TryFrom<Model> for Message {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        if found.direction == "in" {
            Ok(Self::In(Inbound {
                id: MessageId::from_uuid(found.id),
                seq: found.seq,
                guest_id: GuestId::from_uuid(found.guest_id),
                wamid: found.wamid.unwrap_or_default(),
                kind: found.kind,
                content: found.content,
                hearing: found.hearing,
                at: found.provider_timestamp.unwrap_or(found.created_at),
            }))
        } else {
            found.try_into().map(Self::Out)
        }
    }
}

impl TryFrom<Model> for Outbound {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        let code = found.error_code;
        Ok(Self {
            id: MessageId::from_uuid(found.id),
            seq: found.seq,
            guest_id: GuestId::from_uuid(found.guest_id),
            step: found.step.unwrap_or_default(),
            kind: found.kind,
            content: found.content,
            delivery: row::word(&found.status)?,
            wamid: found.wamid,
            failure: found.error.map(|text| SendFailure { code, text }),
            attempted_at: found.attempted_at,
            accepted_at: found.accepted_at,
            created_at: found.created_at,
        })
    }
}

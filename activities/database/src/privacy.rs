//! What guests may ask of us: to see what we have of them, to have it erased; and what we owe them unasked, not
//! to keep it for longer than it serves.
//!
//! Money is kept: the ledger, payments and reservations go by codes and by our own ids, and stay true when
//! nobody can tell any more whom they were about.

mod erase;
mod export;
mod retain;

use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use uuid::Uuid;

use crate::{Database, Error};

pub use erase::{Cause, Erased, Proof, erase};
pub use export::export;
pub use retain::{Forgotten, forget};

/// Every table with a column that names a guest, and what becomes of it when they are erased. A new one has to
/// be thought of here: a test compares this with the schema.
pub const TABLES: [(&str, &str); 10] = [
    (
        "conversations_read",
        "kept under our own id: how far somebody here has read",
    ),
    ("dialogue_states", "deleted"),
    ("dialogue_turns", "deleted"),
    ("erasures", "the proof"),
    ("guest_aliases", "deleted"),
    (
        "guest_consents",
        "kept under our own id: what was agreed to has to be shown",
    ),
    ("inbox", "emptied"),
    ("messages", "emptied"),
    ("reservations", "kept under our own id, without free text"),
    ("waiting_list", "deleted"),
];

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// The guest with this number, account or id of ours, closed records left out.
///
/// # Errors
/// See [`Error`].
pub async fn find(db: &Database, address: &str) -> Result<Option<domain::GuestId>, Error> {
    if let Ok(id) = address.parse::<domain::GuestId>() {
        return Ok(crate::guests::by_id(db, id).await?.map(|guest| guest.id));
    }
    let digits = address.trim_start_matches('+');
    let e164 = format!("+{digits}");
    let asked = raw_sql!(
        Postgres,
        r"SELECT id FROM guests WHERE merged_into IS NULL
              AND (wa_id = {digits} OR phone_e164 = {e164} OR phone_e164 = {digits} OR bsuid = {address})
          LIMIT 1"
    );
    let found = Found::find_by_statement(asked).one(db.pool()).await?;
    Ok(found.map(|found| domain::GuestId::from_uuid(found.id)))
}

/// The guest's record and all that were merged into it.
async fn records(db: &impl ConnectionTrait, guest: Uuid) -> Result<Vec<Uuid>, Error> {
    let asked = raw_sql!(
        Postgres,
        r"WITH RECURSIVE same (id) AS (
              SELECT id FROM guests WHERE id = {guest}
              UNION SELECT guests.id FROM guests JOIN same ON guests.merged_into = same.id
          )
          SELECT id FROM same"
    );
    let found = Found::find_by_statement(asked).all(db).await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

//! Guests' conversations as staff see them: who wrote last, who answers, and what nobody has read.

use chrono::{DateTime, Utc};
use domain::GuestId;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error, Page,
    acts::{Actor, NewAct, record_in},
    inbox::{Event, staff_wrote_in},
    messages::{NewOutbound, compose_in},
    review_queue::resolve_about_in,
};

/// A conversation in the list of them.
#[derive(Clone, PartialEq)]
pub struct Conversation {
    /// Whose.
    pub guest_id: GuestId,
    /// What the guest is called.
    pub guest: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// `in` or `out`: whose the last message is.
    pub direction: String,
    /// What kind of message it is.
    pub kind: String,
    /// What it says.
    pub content: Value,
    /// How far it has got.
    pub status: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// How many messages of the guest nobody here has seen.
    pub unread: i64,
    /// Since when a person answers, if one does.
    pub person_since: Option<DateTime<Utc>>,
    /// When the guest last wrote.
    pub last_inbound_at: Option<DateTime<Utc>>,
}

/// Keeps personal data out of logs.
impl std::fmt::Debug for Conversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conversation")
            .field("guest_id", &self.guest_id)
            .finish_non_exhaustive()
    }
}

/// Which conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that a person answers.
    WithPerson,
    /// Those with something that nobody has seen.
    Unread,
}

#[derive(FromQueryResult)]
struct ConversationRow {
    guest_id: Uuid,
    guest: Option<String>,
    phone: Option<String>,
    direction: String,
    kind: String,
    content: Value,
    status: String,
    at: DateTime<Utc>,
    unread: i64,
    person_since: Option<DateTime<Utc>>,
    last_inbound_at: Option<DateTime<Utc>>,
}

impl From<ConversationRow> for Conversation {
    fn from(found: ConversationRow) -> Self {
        Self {
            guest_id: GuestId::from_uuid(found.guest_id),
            guest: found.guest,
            phone: found.phone,
            direction: found.direction,
            kind: found.kind,
            content: found.content,
            status: found.status,
            at: found.at,
            unread: found.unread,
            person_since: found.person_since,
            last_inbound_at: found.last_inbound_at,
        }
    }
}

/// Conversations, the last written in first.
///
/// # Errors
/// See [`Error`].
pub async fn list(db: &Database, which: Which, page: Page) -> Result<Vec<Conversation>, Error> {
    let (limit, offset) = (page.limit(), page.offset());
    let person = which == Which::WithPerson;
    let unread = which == Which::Unread;
    let found = ConversationRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT g.id AS guest_id, coalesce(g.name, g.profile_name) AS guest, g.phone_e164 AS phone,
              last.direction, last.kind, last.content, last.status,
              coalesce(last.provider_timestamp, last.created_at) AS at,
              (SELECT count(*) FROM messages m
                  WHERE m.guest_id = g.id AND m.direction = 'in' AND m.seq > coalesce(seen.seq, 0)) AS unread,
              (state.state->'mode'->>'since')::timestamptz AS person_since, g.last_inbound_at
          FROM guests g
          CROSS JOIN LATERAL (
              SELECT * FROM messages m WHERE m.guest_id = g.id ORDER BY m.seq DESC LIMIT 1) AS last
          LEFT JOIN dialogue_states state ON state.guest_id = g.id
          LEFT JOIN conversations_read seen ON seen.guest_id = g.id
          WHERE (NOT {person} OR state.state->'mode'->>'mode' = 'person')
            AND (NOT {unread} OR EXISTS (SELECT 1 FROM messages m
                WHERE m.guest_id = g.id AND m.direction = 'in' AND m.seq > coalesce(seen.seq, 0)))
          ORDER BY last.seq DESC LIMIT {limit} OFFSET {offset}"
    ));
    let rows = found.all(db.pool()).await?;
    Ok(rows.into_iter().map(Conversation::from).collect())
}

/// Remembers that staff have seen a conversation up to a message.
///
/// # Errors
/// [`Error::Conflict`] when there is no such guest.
pub async fn mark_read(db: &Database, guest: GuestId, seq: i64) -> Result<(), Error> {
    let guest = guest.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO conversations_read AS known (guest_id, seq) VALUES ({guest}, {seq})
              ON CONFLICT (guest_id) DO UPDATE SET seq = greatest(known.seq, EXCLUDED.seq)"
        ))
        .await?;
    Ok(())
}

/// What waits for somebody here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    /// Matters of the owner's queue that are open.
    pub queue: i64,
    /// Conversations that a person is to answer and in which the guest wrote last.
    pub conversations: i64,
}

/// What waits for somebody here.
///
/// # Errors
/// See [`Error`].
pub async fn waiting(db: &Database) -> Result<Waiting, Error> {
    let found = Waiting::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT
              (SELECT count(*) FROM review_queue WHERE resolved_at IS NULL) AS queue,
              (SELECT count(*) FROM dialogue_states state
                  LEFT JOIN conversations_read seen USING (guest_id)
                  WHERE state.state->'mode'->>'mode' = 'person' AND EXISTS (
                      SELECT 1 FROM messages m WHERE m.guest_id = state.guest_id
                          AND m.direction = 'in' AND m.seq > coalesce(seen.seq, 0))) AS conversations"
    ));
    found
        .one(db.pool())
        .await?
        .ok_or_else(|| Error::unexpected("a count answered no row"))
}

#[derive(FromQueryResult)]
struct Since {
    since: Option<DateTime<Utc>>,
}

/// Since when a person answers a guest, if one does.
///
/// # Errors
/// See [`Error`].
pub async fn person_since(db: &Database, guest: GuestId) -> Result<Option<DateTime<Utc>>, Error> {
    let guest = guest.uuid();
    let found = Since::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT (state->'mode'->>'since')::timestamptz AS since FROM dialogue_states
          WHERE guest_id = {guest} AND state->'mode'->>'mode' = 'person'"
    ));
    Ok(found.one(db.pool()).await?.and_then(|found| found.since))
}

/// Silences the bot: a person answers from now on. What a turn of the bot's that is under way at this moment says is
/// still said.
///
/// # Errors
/// [`Error::Conflict`] when there is no such guest.
pub async fn take_over(
    db: &Database,
    guest: GuestId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    set_mode_in(&turn, guest, &json!({ "mode": "person", "since": at })).await?;
    record_in(&turn, by, &act("conversation.take_over", guest), at).await?;
    Ok(turn.commit().await?)
}

/// Calls the bot back, and closes the guest's wish for a person.
///
/// # Errors
/// [`Error::Conflict`] when there is no such guest.
pub async fn hand_back(
    db: &Database,
    guest: GuestId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (reference, resolution) = (guest.to_string(), "handed back to the bot");
    let turn = db.begin().await?;
    set_mode_in(&turn, guest, &json!({ "mode": "bot" })).await?;
    resolve_about_in(&turn, "guest_wants_a_person", &reference, resolution, at).await?;
    record_in(&turn, by, &act("conversation.hand_back", guest), at).await?;
    Ok(turn.commit().await?)
}

/// Writes down what a person answers, and silences the bot.
///
/// It is still to be sent: the event says so, and waits in the inbox until that is handed over. Idempotent on the
/// message's id; a repetition has no event.
///
/// # Errors
/// [`Error::Conflict`] when there is no such guest.
pub async fn answer(
    db: &Database,
    message: &NewOutbound,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<Option<Event>, Error> {
    let (guest, uuid) = (message.guest_id, message.id.uuid());
    let turn = db.begin().await?;
    let known = turn
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT 1 FROM messages WHERE id = {uuid}"
        ))
        .await?;
    if known.is_some() {
        return Ok(None);
    }
    compose_in(&turn, std::slice::from_ref(message)).await?;
    let event = staff_wrote_in(&turn, guest, message.id, at).await?;
    set_mode_in(&turn, guest, &json!({ "mode": "person", "since": at })).await?;
    let mut written = act("conversation.answer", guest);
    written.after = json!({ "message": message.id });
    record_in(&turn, by, &written, at).await?;
    turn.commit().await?;
    Ok(Some(event))
}

fn act(act: &'static str, guest: GuestId) -> NewAct {
    NewAct {
        act,
        subject: guest.to_string(),
        before: Value::Null,
        after: Value::Null,
    }
}

async fn set_mode_in(
    turn: &impl ConnectionTrait,
    guest: GuestId,
    mode: &Value,
) -> Result<(), Error> {
    let (guest, mode) = (guest.uuid(), mode.clone());
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO dialogue_states (guest_id, state) VALUES ({guest}, jsonb_build_object('mode', {mode}::jsonb))
          ON CONFLICT (guest_id) DO UPDATE SET
              state = jsonb_set(dialogue_states.state, ARRAY['mode'], {mode}::jsonb), updated_at = now()"
    ))
    .await?;
    Ok(())
}

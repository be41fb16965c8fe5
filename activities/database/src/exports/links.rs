//! The links themselves: made, listed, replaced, revoked.

use ::calendars::Channel;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::{AccommodationId, ExportId};
use hmac::{Hmac, Mac as _};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Database, Error, Page, row};

/// How the link for no channel in particular is named.
const GENERAL: &str = "general";

/// How many bytes of the keyed hash make a token: 192 bits, 32 letters.
const TOKEN_BYTES: usize = 24;

/// A secret address of our calendar of one accommodation.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its name.
    pub id: ExportId,
    /// Whose calendar.
    pub accommodation_id: AccommodationId,
    /// Which channel reads it; none for the general link.
    pub channel: Option<Channel>,
    /// What opens it. A secret.
    pub token: SecretString,
    /// Whether nights that channels close by their own rules are passed on.
    pub with_rules: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its token was last replaced.
    pub replaced_at: Option<DateTime<Utc>>,
    /// How often it was read.
    pub fetches: i64,
    /// When it was last read.
    pub last_fetch: Option<DateTime<Utc>>,
    /// By whom, by their own account.
    pub last_user_agent: Option<String>,
}

/// A link to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// Whose calendar.
    pub accommodation_id: AccommodationId,
    /// Which channel reads it; none for the general link.
    pub channel: Option<Channel>,
    /// Whether nights that channels close by their own rules are passed on.
    pub with_rules: bool,
}

#[derive(FromQueryResult)]
struct LinkRow {
    id: Uuid,
    accommodation_id: Uuid,
    channel: String,
    salt: Vec<u8>,
    with_rules: bool,
    created_at: DateTime<Utc>,
    replaced_at: Option<DateTime<Utc>>,
    fetches: i64,
    key: Vec<u8>,
    last_fetch: Option<DateTime<Utc>>,
    last_user_agent: Option<String>,
}

impl TryFrom<LinkRow> for Link {
    type Error = Error;

    fn try_from(found: LinkRow) -> Result<Self, Error> {
        Ok(Self {
            id: ExportId::from_uuid(found.id),
            accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
            channel: match found.channel.as_str() {
                GENERAL => None,
                channel => Some(row::word(channel)?),
            },
            token: token(&found.key, &found.salt).into(),
            with_rules: found.with_rules,
            created_at: found.created_at,
            replaced_at: found.replaced_at,
            fetches: found.fetches,
            last_fetch: found.last_fetch,
            last_user_agent: found.last_user_agent,
        })
    }
}

/// The live link of an accommodation and channel, and whether it is new. There is one at most, so that asking
/// again gives the same; only what it passes on may be changed so.
///
/// # Errors
/// [`Error::Conflict`] with `export_links_accommodation_fkey` when there is no such accommodation.
pub async fn create(db: &Database, new: NewLink, at: DateTime<Utc>) -> Result<(Link, bool), Error> {
    let key = key(db).await?;
    let salt = fresh_salt();
    let digest = digest(&token(&key, &salt));
    let (fresh, accommodation_id) = (ExportId::generate().uuid(), new.accommodation_id.uuid());
    let channel = new.channel.map_or(GENERAL, Channel::as_str);
    let with_rules = new.with_rules;
    let made = db.pool().query_one_raw(raw_sql!(
        Postgres,
        r"INSERT INTO export_links (id, accommodation_id, channel, salt, token_digest, with_rules, created_at)
          VALUES ({fresh}, {accommodation_id}, {channel}, {salt}, {digest}, {with_rules}, {at})
          ON CONFLICT (accommodation_id, channel) WHERE revoked_at IS NULL
          DO UPDATE SET with_rules = excluded.with_rules
          RETURNING id"
    ));
    let made = made
        .await?
        .ok_or_else(|| Error::unexpected("an insert answered no row"))?;
    let id: Uuid = made.try_get("", "id")?;
    let link = by_id(db, ExportId::from_uuid(id)).await?;
    let link = link.ok_or(Error::NotFound { what: "link" })?;
    Ok((link, id == fresh))
}

/// One of those that were not revoked.
///
/// # Errors
/// See [`Error`].
pub async fn by_id(db: &Database, id: ExportId) -> Result<Option<Link>, Error> {
    let found = select(db, Some(id), None, Page::first(1)).await?;
    Ok(found.into_iter().next())
}

/// Those that were not revoked, of one accommodation or of all, in the order in which they were made.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    db: &Database,
    accommodation_id: Option<AccommodationId>,
    page: Page,
) -> Result<Vec<Link>, Error> {
    select(db, None, accommodation_id, page).await
}

async fn select(
    db: &Database,
    id: Option<ExportId>,
    accommodation_id: Option<AccommodationId>,
    page: Page,
) -> Result<Vec<Link>, Error> {
    let (id, of) = (
        id.map(ExportId::uuid),
        accommodation_id.map(AccommodationId::uuid),
    );
    let (limit, offset) = (page.limit(), page.offset());
    let found = LinkRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT link.id, accommodation_id, channel, salt, with_rules, created_at, replaced_at, fetches, key,
              last.at AS last_fetch, last.user_agent AS last_user_agent
          FROM export_links AS link CROSS JOIN export_key
          LEFT JOIN LATERAL (
              SELECT at, user_agent FROM export_fetches WHERE link_id = link.id ORDER BY id DESC LIMIT 1
          ) AS last ON true
          WHERE revoked_at IS NULL AND ({id}::uuid IS NULL OR link.id = {id})
            AND ({of}::uuid IS NULL OR accommodation_id = {of})
          ORDER BY created_at, link.id LIMIT {limit} OFFSET {offset}"
    ));
    let found = found.all(db.pool()).await?;
    found.into_iter().map(Link::try_from).collect()
}

/// Gives a link another token. The old one opens nothing any more.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link.
pub async fn replace(db: &Database, id: ExportId, at: DateTime<Utc>) -> Result<Link, Error> {
    let key = key(db).await?;
    let salt = fresh_salt();
    let digest = digest(&token(&key, &salt));
    let uuid = id.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE export_links SET salt = {salt}, token_digest = {digest}, replaced_at = {at}
              WHERE id = {uuid} AND revoked_at IS NULL"
        ))
        .await?;
    by_id(db, id).await?.ok_or(Error::NotFound { what: "link" })
}

/// Ends a link. What it served stays known, because its channel may still give it back. Idempotent.
///
/// # Errors
/// [`Error::NotFound`] when there never was such a link.
pub async fn revoke(db: &Database, id: ExportId, at: DateTime<Utc>) -> Result<(), Error> {
    let id = id.uuid();
    let revoked = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE export_links SET revoked_at = coalesce(revoked_at, {at}) WHERE id = {id}"
        ))
        .await?;
    if revoked.rows_affected() == 0 {
        return Err(Error::NotFound { what: "link" });
    }
    Ok(())
}

/// What a token is found by: whoever reads the table by it learns nothing from how long that takes.
pub(super) fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

async fn key(db: &Database) -> Result<Vec<u8>, Error> {
    let found = db
        .pool()
        .query_one_raw(raw_sql!(Postgres, "SELECT key FROM export_key"))
        .await?;
    let found = found.ok_or_else(|| Error::unexpected("the key of the exports is missing"))?;
    Ok(found.try_get("", "key")?)
}

fn fresh_salt() -> Vec<u8> {
    rand::random::<[u8; 16]>().to_vec()
}

fn token(key: &[u8], salt: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(b"link\0");
    mac.update(salt);
    let seal = mac.finalize().into_bytes();
    URL_SAFE_NO_PAD.encode(seal.get(..TOKEN_BYTES).unwrap_or(&seal))
}

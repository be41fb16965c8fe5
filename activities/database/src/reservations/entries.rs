//! Reservations as lists and boards show them: with the names of guest and accommodation.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, Channel, GuestId, Money, ReservationCode, ReservationStatus, Stay};
use sea_orm::{DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::{Database, Error, Page, row};

/// The most entries of a board.
const LARGEST_BOARD: u32 = 5000;

const SELECT: &str = r"
SELECT r.code, r.accommodation_id, a.name AS accommodation, r.guest_id,
    coalesce(g.name, g.profile_name) AS guest, g.phone_e164 AS phone, r.check_in, r.check_out, r.guests,
    r.reservation_status, r.channel, r.source, r.expires_at, r.total_centavos, r.paid_centavos, r.currency,
    r.created_at
FROM reservations r
JOIN accommodations a ON a.id = r.accommodation_id
LEFT JOIN guests g ON g.id = r.guest_id ";

/// A reservation in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub code: ReservationCode,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// What the accommodation is called.
    pub accommodation: String,
    /// Whose.
    pub guest_id: Option<GuestId>,
    /// What the guest is called.
    pub guest: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// When.
    pub stay: Stay,
    /// How many sleep there.
    pub guests: u8,
    /// What it is.
    pub status: ReservationStatus,
    /// Where it came from.
    pub channel: Channel,
    /// The channel's feed, for what was imported.
    pub source: Option<String>,
    /// When a hold ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it costs.
    pub total: Money,
    /// What is paid of it.
    pub paid: Money,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Keeps personal data out of logs.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

#[derive(FromQueryResult)]
struct EntryRow {
    code: String,
    accommodation_id: Uuid,
    accommodation: String,
    guest_id: Option<Uuid>,
    guest: Option<String>,
    phone: Option<String>,
    check_in: NaiveDate,
    check_out: NaiveDate,
    guests: i16,
    reservation_status: String,
    channel: String,
    source: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    total_centavos: i64,
    paid_centavos: i64,
    currency: String,
    created_at: DateTime<Utc>,
}

impl TryFrom<EntryRow> for Entry {
    type Error = Error;

    fn try_from(found: EntryRow) -> Result<Self, Error> {
        Ok(Self {
            code: row::word(&found.code)?,
            accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
            accommodation: found.accommodation,
            guest_id: found.guest_id.map(GuestId::from_uuid),
            guest: found.guest,
            phone: found.phone,
            stay: Stay::new(found.check_in, found.check_out).map_err(Error::unexpected)?,
            guests: row::count(found.guests)?,
            status: row::word(&found.reservation_status)?,
            channel: row::word(&found.channel)?,
            source: found.source,
            expires_at: found.expires_at,
            total: row::money(found.total_centavos, &found.currency)?,
            paid: row::money(found.paid_centavos, &found.currency)?,
            created_at: found.created_at,
        })
    }
}

/// What is looked for. What is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// A part of a code, of a guest's name, of their number, or of their mail address.
    pub text: Option<String>,
    /// Only those of this status.
    pub status: Option<ReservationStatus>,
    /// Only those of this accommodation.
    pub accommodation_id: Option<AccommodationId>,
    /// Only those with a night on this date or after it.
    pub from: Option<NaiveDate>,
    /// Only those with a night on this date or before it.
    pub to: Option<NaiveDate>,
    /// In which order.
    pub sort: Sort,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The next to arrive first.
    CheckIn,
    /// The last to arrive first.
    CheckInDescending,
    /// The dearest first.
    Total,
    /// In the order in which they were made: what is made meanwhile comes last.
    Oldest,
}

impl Sort {
    const fn order(self) -> &'static str {
        match self {
            Self::Newest => "r.created_at DESC, r.id DESC",
            Self::CheckIn => "r.check_in, r.id",
            Self::CheckInDescending => "r.check_in DESC, r.id DESC",
            Self::Total => "r.total_centavos DESC, r.id DESC",
            Self::Oldest => "r.id",
        }
    }
}

async fn entries(
    db: &Database,
    rest: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Entry>, Error> {
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, format!("{SELECT}{rest}"), values);
    let rows = EntryRow::find_by_statement(statement)
        .all(db.pool())
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// One of them.
///
/// # Errors
/// See [`Error`].
pub async fn entry(db: &Database, code: &ReservationCode) -> Result<Option<Entry>, Error> {
    let found = entries(db, "WHERE r.code = $1", [code.as_str().into()]).await?;
    Ok(found.into_iter().next())
}

/// Who arrives on a day.
///
/// # Errors
/// See [`Error`].
pub async fn arriving(db: &Database, day: NaiveDate) -> Result<Vec<Entry>, Error> {
    let rest = "WHERE r.check_in = $1 AND r.reservation_status = 'confirmed' ORDER BY a.name";
    entries(db, rest, [day.into()]).await
}

/// Who leaves on a day.
///
/// # Errors
/// See [`Error`].
pub async fn leaving(db: &Database, day: NaiveDate) -> Result<Vec<Entry>, Error> {
    let rest = "WHERE r.check_out = $1 AND r.reservation_status IN ('confirmed', 'completed')
                ORDER BY a.name";
    entries(db, rest, [day.into()]).await
}

/// Who sleeps here in the night of a day, those who arrive left out.
///
/// # Errors
/// See [`Error`].
pub async fn staying(db: &Database, day: NaiveDate) -> Result<Vec<Entry>, Error> {
    let rest = "WHERE r.check_in < $1 AND r.check_out > $1
                AND r.reservation_status IN ('confirmed', 'completed') ORDER BY r.check_out, a.name";
    entries(db, rest, [day.into()]).await
}

/// The holds, the first to run out first.
///
/// # Errors
/// See [`Error`].
pub async fn holds(db: &Database) -> Result<Vec<Entry>, Error> {
    let rest = "WHERE r.reservation_status = 'pre_reserved' ORDER BY r.expires_at, r.id LIMIT 200";
    entries(db, rest, []).await
}

/// Everything that has nights between two dates and was not given up, by accommodation and date.
///
/// # Errors
/// See [`Error`].
pub async fn board(db: &Database, from: NaiveDate, to: NaiveDate) -> Result<Vec<Entry>, Error> {
    let rest = "WHERE r.reservation_status IN ('pre_reserved', 'confirmed', 'blocked', 'completed', 'no_show')
                AND r.period && daterange($1, $2, '[)') ORDER BY a.name, r.check_in, r.id LIMIT $3";
    let values = [from.into(), to.into(), LARGEST_BOARD.into()];
    entries(db, rest, values).await
}

/// Those that are looked for.
///
/// # Errors
/// See [`Error`].
pub async fn search(db: &Database, wanted: &Search, page: Page) -> Result<Vec<Entry>, Error> {
    let mut conditions = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut only = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.replace("{}", &format!("${}", values.len())));
    };
    if let Some(text) = &wanted.text {
        only(
            "(r.code ILIKE {} OR g.name ILIKE {} OR g.profile_name ILIKE {} OR g.phone_e164 LIKE {} \
              OR g.email ILIKE {})",
            pattern(text).into(),
        );
    }
    if let Some(status) = wanted.status {
        only("r.reservation_status = {}", status.as_str().into());
    }
    if let Some(id) = wanted.accommodation_id {
        only("r.accommodation_id = {}", id.uuid().into());
    }
    if let Some(from) = wanted.from {
        only("r.check_out > {}", from.into());
    }
    if let Some(to) = wanted.to {
        only("r.check_in <= {}", to.into());
    }
    let filter = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {} ", conditions.join(" AND "))
    };
    let order = wanted.sort.order();
    let (limit, offset) = (page.limit(), page.offset());
    let rest = format!("{filter}ORDER BY {order} LIMIT {limit} OFFSET {offset}");
    entries(db, &rest, values).await
}

/// What contains a text as it is written: `%` and `_` mean themselves.
fn pattern(text: &str) -> String {
    let escaped = text
        .trim()
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    format!("%{escaped}%")
}

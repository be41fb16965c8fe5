//! Taking nights. Postgres decides who gets them; nobody waits in line and nobody deadlocks.

use chrono::{DateTime, Utc};
use domain::{
    AccommodationId, Channel, GuestId, Money, Party, Quote, ReservationCode, ReservationStatus,
    Stay, policy::Policies,
};
use sea_orm::{EntityTrait, raw_sql};
use serde_json::{Value, json};

use super::{Reservation, by_code};
use crate::{Database, Error, entity::reservation::Entity, retry::until_settled, row};

/// Nights to be kept for a guest for a while.
#[derive(Debug, Clone)]
pub struct NewHold {
    /// Its name, chosen by the caller: the key that makes the call safe to repeat.
    pub code: ReservationCode,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// Who, once they are known.
    pub guest_id: Option<GuestId>,
    /// When.
    pub stay: Stay,
    /// How many.
    pub party: Party,
    /// The price, which stays what it is from now on.
    pub quote: Quote,
    /// The policies, which stay what they are too.
    pub terms: Policies,
    /// Where it came from.
    pub channel: Channel,
    /// When the hold ends.
    pub expires_at: DateTime<Utc>,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// Nights that the owner keeps.
#[derive(Debug, Clone)]
pub struct NewBlock {
    /// Its name, chosen by the caller: the key that makes the call safe to repeat.
    pub code: ReservationCode,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// When.
    pub stay: Stay,
    /// Why, for the timeline.
    pub reason: String,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// Who got the nights.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once a call and taken apart at once"
)]
pub enum HoldPlaced {
    /// The caller, now or in an earlier call. The reservation is as it is now, whatever became of it since.
    Held(Reservation),
    /// Somebody else.
    Taken,
}

/// Holds nights for a guest.
///
/// Idempotent on the code: a second call answers the first one's reservation, whatever its status is by now.
///
/// # Errors
/// [`Error::Conflict`] when the code already names a reservation of another accommodation or guest, or when
/// the accommodation or the guest does not exist.
pub async fn place_hold(db: &Database, hold: &NewHold) -> Result<HoldPlaced, Error> {
    let row = NewRow {
        code: &hold.code,
        accommodation_id: hold.accommodation_id,
        guest_id: hold.guest_id,
        stay: hold.stay,
        party: hold.party,
        quote: &hold.quote,
        terms: Some(&hold.terms),
        status: ReservationStatus::PreReserved,
        channel: hold.channel,
        expires_at: Some(hold.expires_at),
        at: hold.at,
        kind: "held",
        details: json!({ "expires_at": hold.expires_at }),
    };
    row.take(db).await
}

/// Keeps nights for the owner.
///
/// Idempotent on the code, as [`place_hold`].
///
/// # Errors
/// As [`place_hold`].
pub async fn block(db: &Database, block: &NewBlock) -> Result<HoldPlaced, Error> {
    let quote = Quote {
        lines: Vec::new(),
        total: Money::ZERO,
        deposit: Money::ZERO,
        nights: block.stay.nights(),
    };
    let row = NewRow {
        code: &block.code,
        accommodation_id: block.accommodation_id,
        guest_id: None,
        stay: block.stay,
        party: Party::of(1).map_err(Error::unexpected)?,
        quote: &quote,
        terms: None,
        status: ReservationStatus::Blocked,
        channel: Channel::Owner,
        expires_at: None,
        at: block.at,
        kind: "blocked",
        details: json!({ "reason": block.reason }),
    };
    row.take(db).await
}

/// A row that wants nights.
struct NewRow<'a> {
    code: &'a ReservationCode,
    accommodation_id: AccommodationId,
    guest_id: Option<GuestId>,
    stay: Stay,
    party: Party,
    quote: &'a Quote,
    terms: Option<&'a Policies>,
    status: ReservationStatus,
    channel: Channel,
    expires_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    kind: &'a str,
    details: Value,
}

impl NewRow<'_> {
    async fn take(&self, db: &Database) -> Result<HoldPlaced, Error> {
        if let Some(taken) = until_settled(|| self.insert(db)).await? {
            return Ok(HoldPlaced::Held(taken));
        }
        match by_code(db, self.code).await? {
            None => Ok(HoldPlaced::Taken),
            Some(earlier) if self.names(&earlier) => Ok(HoldPlaced::Held(earlier)),
            Some(_) => Err(Error::conflict("reservations_code_key")),
        }
    }

    /// Whether it is the row that an earlier call made. A guest's may have moved since; a block never does.
    fn names(&self, earlier: &Reservation) -> bool {
        earlier.accommodation_id == self.accommodation_id
            && earlier.guest_id == self.guest_id
            && (self.status != ReservationStatus::Blocked || earlier.stay == self.stay)
    }

    /// Inserts the row, or nothing when the code or a night is taken.
    ///
    /// A plain insert would wait for every rival and deadlock with some of them; `DO NOTHING` yields.
    async fn insert(&self, db: &Database) -> Result<Option<Reservation>, Error> {
        let code = self.code.as_str();
        let accommodation_id = self.accommodation_id.uuid();
        let guest_id = self.guest_id.map(GuestId::uuid);
        let (check_in, check_out) = (self.stay.check_in(), self.stay.check_out());
        let guests = i16::from(self.party.guests());
        let children = i16::from(self.party.children());
        let pets = self.party.pets();
        let quote = row::to_document(self.quote)?;
        let terms = self.terms.map(row::to_document).transpose()?;
        let (total, deposit) = (self.quote.total.centavos, self.quote.deposit.centavos);
        let currency = self.quote.total.currency.code();
        let (status, channel) = (self.status.as_str(), self.channel.as_str());
        let (expires_at, at, kind) = (self.expires_at, self.at, self.kind);
        let details = self.details.clone();
        let inserted = Entity::find()
            .from_raw_sql(raw_sql!(
                Postgres,
                r"WITH taken AS (
                      INSERT INTO reservations (
                          code, accommodation_id, guest_id, check_in, check_out, guests, children, pets,
                          quote, total_centavos, deposit_centavos, currency, reservation_status, channel,
                          expires_at, terms, created_at)
                      VALUES (
                          {code}, {accommodation_id}, {guest_id}, {check_in}, {check_out}, {guests},
                          {children}, {pets}, {quote}, {total}, {deposit}, {currency}, {status}, {channel},
                          {expires_at}, {terms}, {at})
                      ON CONFLICT DO NOTHING
                      RETURNING *
                  ), logged AS (
                      INSERT INTO reservation_events (code, at, kind, details)
                      SELECT code, {at}, {kind}, {details} FROM taken
                  )
                  SELECT * FROM taken"
            ))
            .one(db.pool())
            .await?;
        inserted.map(Reservation::try_from).transpose()
    }
}

//! What is shown of a reservation. Who booked it is not.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use database::{
    Database, Page, accommodations, payment_links,
    reservations::{self, Filter, Reservation, by_code},
};
use domain::{AccommodationId, ReservationCode, ReservationStatus, settlement::Purpose};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::Error,
    views::{Amount, QuoteView},
};

/// A reservation with what is kept elsewhere about it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) code: ReservationCode,
    reservation: Reservation,
    accommodation_name: String,
    payment_url: Option<String>,
}

/// A reservation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReservationView {
    /// Its name, which a guest can read aloud.
    #[schema(example = "RES270115ABC123")]
    code: String,
    /// `pre_reserved` (a hold), `confirmed`, `completed`, `expired`, `cancelled`, `no_show` or `blocked`.
    #[schema(example = "pre_reserved")]
    status: &'static str,
    /// Where.
    accommodation_id: String,
    /// What guests know it as.
    accommodation_name: String,
    /// The first night.
    check_in: NaiveDate,
    /// The day the guest leaves.
    check_out: NaiveDate,
    /// How many nights.
    nights: u16,
    /// Everybody who sleeps there, children included.
    guests: u8,
    /// How many of the guests are children.
    children: u8,
    /// Whether animals come along.
    pets: bool,
    /// The price, as it was when the nights were held.
    quote: QuoteView,
    /// The whole price.
    total: Amount,
    /// What confirms the stay.
    deposit: Amount,
    /// What was paid and not given back.
    paid: Amount,
    /// What is still owed of the whole price.
    balance: Amount,
    /// When the hold ends, or ended.
    expires_at: Option<DateTime<Utc>>,
    /// Whether the hold had its one extension.
    extended: bool,
    /// Where to pay the deposit; null until the link is made, and when there is nothing to pay.
    payment_url: Option<String>,
    /// `whatsapp`, `direct`, `owner` or `calendar`.
    channel: &'static str,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was confirmed.
    confirmed_at: Option<DateTime<Utc>>,
    /// When it was cancelled.
    cancelled_at: Option<DateTime<Utc>>,
}

/// A reservation that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Held {
    /// The reservation.
    #[serde(flatten)]
    pub(crate) reservation: ReservationView,
    /// The guest's key to it.
    pub(crate) guest_token: String,
}

/// A reservation whose hold is not decided yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Undecided {
    /// Its name.
    pub(crate) code: String,
    /// `undecided`.
    pub(crate) status: &'static str,
    /// The guest's key to it.
    pub(crate) guest_token: String,
}

impl From<Shown> for ReservationView {
    fn from(shown: Shown) -> Self {
        let reservation = shown.reservation;
        let account = reservation.account();
        Self {
            code: shown.code.to_string(),
            status: reservation.status.as_str(),
            accommodation_id: reservation.accommodation_id.to_string(),
            accommodation_name: shown.accommodation_name,
            check_in: reservation.stay.check_in(),
            check_out: reservation.stay.check_out(),
            nights: reservation.stay.nights(),
            guests: reservation.party.guests(),
            children: reservation.party.children(),
            pets: reservation.party.pets(),
            quote: QuoteView::from(&reservation.quote),
            total: account.total.into(),
            deposit: account.deposit.into(),
            paid: account.paid.into(),
            balance: account.balance().into(),
            expires_at: reservation.expires_at,
            extended: reservation.extended,
            payment_url: shown.payment_url,
            channel: reservation.channel.as_str(),
            created_at: reservation.created_at,
            confirmed_at: reservation.confirmed_at,
            cancelled_at: reservation.cancelled_at,
        }
    }
}

/// The reservation of this code, with its link while it is a hold.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn load(
    database: &Database,
    code: &ReservationCode,
) -> Result<Option<Shown>, Error> {
    let Some(reservation) = by_code(database, code).await? else {
        return Ok(None);
    };
    let link = if reservation.status == ReservationStatus::PreReserved {
        payment_links::payable(database, code, Purpose::Deposit).await?
    } else {
        None
    };
    let accommodation = accommodations::by_id(database, reservation.accommodation_id).await?;
    Ok(Some(Shown {
        code: reservation.code.clone(),
        accommodation_name: accommodation.map(|it| it.name).unwrap_or_default(),
        payment_url: link.map(|link| link.url),
        reservation,
    }))
}

/// Reservations without their links, the newest first.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn list(
    database: &Database,
    filter: Filter,
    page: Page,
) -> Result<Vec<Shown>, Error> {
    let found = reservations::list(database, filter, page).await?;
    let names: HashMap<AccommodationId, String> = accommodations::active(database)
        .await?
        .into_iter()
        .map(|accommodation| (accommodation.id, accommodation.name))
        .collect();
    let shown = found.into_iter().map(|reservation| Shown {
        code: reservation.code.clone(),
        accommodation_name: names
            .get(&reservation.accommodation_id)
            .cloned()
            .unwrap_or_default(),
        payment_url: None,
        reservation,
    });
    Ok(shown.collect())
}

//! Other dates for a reservation: what they cost is decided here, whether they can be had by its workflow.

use calendars::{NightSet, Nights};
use chrono::{NaiveDate, Utc};
use database::{
    Database, accommodations, availability,
    reservations::{Reservation, by_code},
};
use domain::{
    Accommodation, Money, ReservationCode, ReservationStatus, Stay,
    availability::{Inventory, Refusal},
    change::{Booked, Obstacle},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use workflows::contracts::reservations::{Actor, ChangeOutcome, ChangeRequest};

use super::{
    change::record,
    key::IdempotencyKey,
    not_possible,
    view::{self, ReservationView},
};
use crate::{
    app::App,
    auth::Party,
    error::Error,
    views::{Amount, OfferView, QuoteView},
    wish::StayTexts,
};

/// How many other dates are offered when the wanted ones cannot be had.
const ALTERNATIVES: usize = 5;

const NOT_NOW: &str = "only holds and confirmed stays that are not over can be changed";
const TOO_LATE: &str =
    "its guest could change it for as long as cancelling was free; the owner still can";

/// The new dates.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct DatesBody {
    /// The first night.
    #[schema(format = Date, example = "2027-01-16")]
    check_in: String,
    /// The day the guest leaves.
    #[schema(format = Date, example = "2027-01-19")]
    check_out: String,
}

/// The new dates, as they are asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DatesQuery {
    /// The first night.
    #[param(value_type = String, format = Date, example = "2027-01-16")]
    check_in: Option<String>,
    /// The day the guest leaves.
    #[param(value_type = String, format = Date, example = "2027-01-19")]
    check_out: Option<String>,
}

impl TryFrom<DatesQuery> for Stay {
    type Error = Error;

    fn try_from(query: DatesQuery) -> Result<Self, Error> {
        Self::try_from(StayTexts {
            check_in: query.check_in.as_deref(),
            check_out: query.check_out.as_deref(),
        })
    }
}

impl DatesBody {
    /// From a form of our own pages.
    pub(crate) fn new(check_in: &str, check_out: &str) -> Self {
        Self {
            check_in: check_in.to_owned(),
            check_out: check_out.to_owned(),
        }
    }
}

/// What other dates would mean for a reservation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatesPreview {
    /// Its name.
    code: String,
    /// What it is.
    status: &'static str,
    /// The first night.
    check_in: NaiveDate,
    /// The day the guest leaves.
    check_out: NaiveDate,
    /// The whole price of the dates it has.
    total_before: Amount,
    /// What the new ones cost, line by line.
    quote: QuoteView,
    /// What was paid and not given back.
    paid: Amount,
    /// What would be given back, when more was paid than the new price.
    refund: Amount,
    /// What a hold would still need to be confirmed.
    deposit_due: Amount,
    /// What would still be owed of the new price.
    balance: Amount,
}

/// A reservation with other dates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatesChanged {
    /// The reservation as it is now.
    #[serde(flatten)]
    reservation: ReservationView,
    /// What is given back, when more was paid than the new price.
    refund: Amount,
}

/// Changes the dates.
///
/// # Errors
/// What keeps the reservation from having them.
pub(crate) async fn change(
    app: &App,
    code: &ReservationCode,
    party: Party,
    body: DatesBody,
    key: Option<IdempotencyKey>,
) -> Result<DatesChanged, Error> {
    let stay = Stay::try_from(StayTexts {
        check_in: Some(&body.check_in),
        check_out: Some(&body.check_out),
    })?;
    let database = app.database()?;
    let reservation = by_code(&database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    let asked = ("change-dates", code, &body);
    let key = IdempotencyKey::claim(key, &database, code, &asked).await?;
    let request = request(&database, reservation, party, stay).await?;
    match app.desk()?.change_dates(request, &key).await? {
        Some(ChangeOutcome::Changed { refund }) => {
            record(app, code, party, "change_dates", "").await;
            let shown = view::load(&database, code).await?;
            Ok(DatesChanged {
                reservation: shown.ok_or(Error::NotFound("reservation"))?.into(),
                refund: refund.into(),
            })
        }
        Some(ChangeOutcome::Taken) => Err(taken(&database, code, stay).await?),
        Some(ChangeOutcome::NotAllowed { obstacle }) => {
            Err(not_possible(app, code, told(obstacle)).await)
        }
        Some(ChangeOutcome::NotPossible { status }) => Err(Error::NotPossible {
            status,
            detail: NOT_NOW,
        }),
        Some(ChangeOutcome::Unknown) | None => Err(not_possible(app, code, NOT_NOW).await),
    }
}

/// Moves a stay off nights that a channel has sold as well. Without dates, or with dates that are the channel's too,
/// the nearest that are nobody's are answered.
///
/// # Errors
/// What keeps the reservation from having them.
pub(crate) async fn move_off(
    app: &App,
    code: &ReservationCode,
    sold: &NightSet,
    body: Option<DatesBody>,
) -> Result<DatesChanged, Error> {
    let database = app.database()?;
    let reservation = by_code(&database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    let wanted = match &body {
        Some(body) => Stay::try_from(StayTexts {
            check_in: Some(&body.check_in),
            check_out: Some(&body.check_out),
        })?,
        None => reservation.stay,
    };
    match body {
        Some(body) if !meets(sold, wanted) => change(app, code, Party::Operator, body, None).await,
        _ => Err(Error::DatesTaken {
            alternatives: nobodys(&database, &reservation, wanted, sold).await?,
        }),
    }
}

/// The dates nearest to these that the stay can have, and no channel has.
async fn nobodys(
    database: &Database,
    reservation: &Reservation,
    wanted: Stay,
    sold: &NightSet,
) -> Result<Vec<OfferView>, Error> {
    let place = place_of(database, reservation).await?;
    let inventory = availability::inventory_around(database, Utc::now(), wanted).await?;
    let (own, party) = (reservation.stay, reservation.party);
    let mut found = inventory.alternatives_instead(&place, own, wanted, party, usize::MAX);
    found.retain(|offer| !meets(sold, offer.stay));
    found.truncate(ALTERNATIVES);
    Ok(OfferView::all(&found, &inventory))
}

fn meets(sold: &NightSet, stay: Stay) -> bool {
    let nights = Nights::new(stay.check_in(), stay.check_out());
    nights.is_some_and(|nights| sold.meets(&NightSet::of([nights])))
}

/// What other dates would mean for the money, and that they can be had at this moment. It changes nothing and keeps
/// nothing: whoever agrees asks for the change, at the price of that moment.
///
/// # Errors
/// What keeps the reservation from having them.
pub(crate) async fn preview(
    app: &App,
    code: &ReservationCode,
    party: Party,
    stay: Stay,
) -> Result<DatesPreview, Error> {
    let database = app.database()?;
    let reservation = by_code(&database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    let (status, account, total_before) = (
        reservation.status,
        reservation.account(),
        reservation.quote.total,
    );
    let place = place_of(&database, &reservation).await?;
    let booked = Booked {
        status,
        policy: place.policies.cancellation,
        check_in_at: place.check_in_at(reservation.stay.check_in()),
        check_out_at: place.check_out_at(reservation.stay.check_out()),
    };
    let now = Utc::now();
    let allowed = match party {
        Party::Guest => booked.may_be_changed_by_guest(now),
        Party::Operator => booked.may_be_changed(now),
    };
    allowed.map_err(|obstacle| Error::NotPossible {
        status,
        detail: told(obstacle),
    })?;
    let request = request(&database, reservation, party, stay).await?;
    let account = account.changed(&request.quote);
    let deposit_due = match status {
        ReservationStatus::PreReserved => account.deposit.less(account.paid),
        _ => Money::ZERO,
    };
    Ok(DatesPreview {
        code: code.to_string(),
        status: status.as_str(),
        check_in: stay.check_in(),
        check_out: stay.check_out(),
        total_before: total_before.into(),
        quote: QuoteView::from(&request.quote),
        paid: account.paid.into(),
        refund: account.excess().into(),
        deposit_due: deposit_due.into(),
        balance: account.balance().into(),
    })
}

/// What other dates would cost an operator's reservation, before they are asked for.
///
/// # Errors
/// What keeps the reservation from having them.
pub(crate) async fn would_cost(
    database: &Database,
    code: &ReservationCode,
    body: &DatesBody,
) -> Result<Money, Error> {
    let stay = Stay::try_from(StayTexts {
        check_in: Some(&body.check_in),
        check_out: Some(&body.check_out),
    })?;
    let reservation = by_code(database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    let request = request(database, reservation, Party::Operator, stay).await?;
    Ok(request.quote.total)
}

/// What is asked of the workflow: the dates with today's price, under the policies of the reservation.
async fn request(
    database: &Database,
    reservation: Reservation,
    party: Party,
    stay: Stay,
) -> Result<ChangeRequest, Error> {
    if !matches!(
        reservation.status,
        ReservationStatus::PreReserved | ReservationStatus::Confirmed
    ) {
        return Err(Error::NotPossible {
            status: reservation.status,
            detail: NOT_NOW,
        });
    }
    let place = place_of(database, &reservation).await?;
    let by = match party {
        Party::Guest => Actor::Guest,
        Party::Operator => Actor::Operator,
    };
    // Dates that it has already cost what was agreed on: a request that is repeated changes nothing.
    let quote = if stay == reservation.stay {
        reservation.quote
    } else {
        let inventory = availability::inventory_around(database, Utc::now(), stay).await?;
        let own = reservation.stay;
        let offer = inventory
            .offer_instead(&place, own, stay, reservation.party)
            .map_err(|refusal| refused(&inventory, &place, &reservation, stay, refusal))?;
        offer.quote
    };
    Ok(ChangeRequest {
        code: reservation.code,
        by,
        stay,
        quote,
        check_in_at: place.check_in_at(stay.check_in()),
        check_out_at: place.check_out_at(stay.check_out()),
    })
}

/// Where a reservation is, under the policies it was made under; what is older than their record goes by today's.
pub(super) async fn place_of(
    database: &Database,
    reservation: &Reservation,
) -> Result<Accommodation, Error> {
    let place = accommodations::by_id(database, reservation.accommodation_id)
        .await?
        .ok_or(Error::NotFound("accommodation"))?;
    Ok(match &reservation.terms {
        Some(terms) => place.under(terms.clone()),
        None => place,
    })
}

const fn told(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::TooLate { .. } => TOO_LATE,
        Obstacle::Over => NOT_NOW,
    }
}

/// Somebody was faster than the workflow.
async fn taken(database: &Database, code: &ReservationCode, stay: Stay) -> Result<Error, Error> {
    let reservation = by_code(database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    let place = place_of(database, &reservation).await?;
    let inventory = availability::inventory_around(database, Utc::now(), stay).await?;
    Ok(refused(
        &inventory,
        &place,
        &reservation,
        stay,
        Refusal::Taken,
    ))
}

/// The answer to dates that cannot be had, with near ones that can.
fn refused(
    inventory: &Inventory,
    place: &Accommodation,
    reservation: &Reservation,
    stay: Stay,
    refusal: Refusal,
) -> Error {
    let found = inventory.alternatives_instead(
        place,
        reservation.stay,
        stay,
        reservation.party,
        ALTERNATIVES,
    );
    let alternatives = OfferView::all(&found, inventory);
    match refusal {
        Refusal::Taken => Error::DatesTaken { alternatives },
        refusal => Error::Refused {
            refusal,
            alternatives,
        },
    }
}

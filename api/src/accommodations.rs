//! What can be booked, as anybody may know it: no address, no way in.

use axum::{
    Json,
    extract::{Path, State},
};
use chrono::NaiveTime;
use domain::{Accommodation, AccommodationId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    error::{
        Error,
        answers::{Invalid, NotFound, Unavailable},
    },
    extract::Query,
    paging::{Listed, PageQuery},
    views::Amount,
};

/// A unit that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccommodationView {
    /// Its name for machines.
    #[schema(example = "acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    id: String,
    /// What guests know it as.
    name: String,
    /// `cabin`, `house`, `apartment` or `room`.
    kind: &'static str,
    /// How many can sleep there.
    capacity: u8,
    /// A few sentences about it.
    description: String,
    /// What it offers, in the owner's words.
    amenities: Vec<String>,
    /// Pictures of it, the best first.
    photos: Vec<PhotoView>,
    /// The town or region. The address is told to confirmed guests.
    area: String,
    /// The calendar its nights are counted in.
    #[schema(example = "America/Argentina/Buenos_Aires")]
    time_zone: &'static str,
    /// A night outside of seasons, weekends and holidays. A stay's price is what its quote says.
    nightly_rate: Amount,
    /// The rules for stays.
    rules: RulesView,
}

/// A picture.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PhotoView {
    /// Where it can be fetched.
    url: String,
    /// What it shows.
    caption: Option<String>,
}

/// Which stays are taken, and on which terms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesView {
    /// The fewest nights outside a season that says otherwise.
    minimum_nights: u16,
    /// From when guests can arrive, local time.
    check_in_from: NaiveTime,
    /// By when guests leave, local time.
    check_out_by: NaiveTime,
    /// Whether animals are welcome.
    pets_allowed: bool,
    /// How long nights are kept without a deposit.
    hold_minutes: u32,
    /// How long they are kept where the guest may also pay in cash at a shop; `null` where nobody may.
    voucher_hold_minutes: Option<u32>,
    /// Only for stays that begin at least so many days from today.
    voucher_days_ahead: Option<u16>,
    /// The deposit, in hundredths of a percent of the total: 3000 is 30 %.
    deposit_basis_points: u32,
    /// Until so many hours before check-in, cancelling is free.
    free_cancellation_hours: u32,
    /// After that, this share of what was paid is given back, in hundredths of a percent.
    late_refund_basis_points: u32,
}

impl From<Accommodation> for AccommodationView {
    fn from(accommodation: Accommodation) -> Self {
        let policies = &accommodation.policies;
        let vouchers = policies.hold.vouchers;
        let rules = RulesView {
            minimum_nights: policies.stay.minimum_nights,
            check_in_from: policies.stay.check_in_from,
            check_out_by: policies.stay.check_out_by,
            pets_allowed: policies.stay.pets_allowed,
            hold_minutes: policies.hold.seconds / 60,
            voucher_hold_minutes: vouchers.allowed.then_some(vouchers.seconds / 60),
            voucher_days_ahead: vouchers.allowed.then_some(vouchers.days_ahead),
            deposit_basis_points: policies.deposit.share.0,
            free_cancellation_hours: policies.cancellation.free_until_hours,
            late_refund_basis_points: policies.cancellation.late_share.0,
        };
        let photos = accommodation.photos.into_iter().map(|photo| PhotoView {
            url: photo.url,
            caption: photo.caption,
        });
        Self {
            id: accommodation.id.to_string(),
            name: accommodation.name,
            kind: accommodation.kind.as_str(),
            capacity: accommodation.capacity,
            description: accommodation.description,
            amenities: accommodation.amenities,
            photos: photos.collect(),
            area: accommodation.location.area,
            time_zone: accommodation.time_zone.name(),
            nightly_rate: accommodation.rates.nightly.into(),
            rules,
        }
    }
}

/// What can be booked, the smallest first.
#[utoipa::path(
    get,
    path = "/api/v1/accommodations",
    tag = "booking",
    params(PageQuery),
    responses(
        (status = 200, body = Listed<AccommodationView>),
        Invalid,
        Unavailable,
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<AccommodationView>>, Error> {
    let wanted = page.wanted()?;
    let active = database::accommodations::active(&app.database()?).await?;
    let part = active.into_iter().skip(wanted.skip()).take(wanted.take());
    Ok(Json(
        wanted.listed(part.map(AccommodationView::from).collect()),
    ))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/api/v1/accommodations/{id}",
    tag = "booking",
    params(("id" = String, Path, description = "`acc_…`")),
    responses(
        (status = 200, body = AccommodationView),
        NotFound,
        Unavailable,
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<AccommodationView>, Error> {
    let id: AccommodationId = id
        .parse()
        .map_err(|_no_id| Error::NotFound("accommodation"))?;
    let found = database::accommodations::by_id(&app.database()?, id).await?;
    let accommodation = found.ok_or(Error::NotFound("accommodation"))?;
    Ok(Json(accommodation.into()))
}

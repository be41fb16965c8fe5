//! Reservations over HTTP: commands go to their workflows, answers come from Postgres.

mod admission;
pub(crate) mod change;
pub(crate) mod dates;
mod hold;
mod key;
mod ledger;
pub(crate) mod money;
mod request;
mod view;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use database::reservations::{Filter, by_code};
use domain::{ReservationCode, ReservationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use self::{
    admission::{Admitted, ByOperator},
    hold::{PlaceHold, Placed},
};
pub(crate) use self::{
    change::{Cancelled, Confirmed, Extended, Missed},
    dates::{DatesBody, DatesChanged, DatesPreview, DatesQuery},
    key::IdempotencyKey,
    ledger::ReservationAccount,
    money::{Recorded, Refundable, Revoked},
    request::{CancelBody, ConfirmBody, HoldBody, PaymentBody},
    view::{Held, ReservationView, Undecided},
};
use crate::{
    app::App,
    auth::{Operator, Party},
    error::{
        Error, Problem,
        answers::{Invalid, Malformed, NotFound, Unauthorized, Unavailable},
    },
    extract::{self, Query},
    paging::{Listed, PageQuery},
    wish,
};

/// Holds nights for a guest.
///
/// The price is fixed here. Repeating the request with the same `Idempotency-Key` gives the same reservation.
/// `guest_token` is the guest's key to this reservation: send it as a bearer token.
#[utoipa::path(
    post,
    path = "/api/v1/reservations",
    tag = "booking",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat; use a random value")),
    request_body = HoldBody,
    responses(
        (status = 201, body = Held, description = "Held", headers(("Location" = String, description = "The reservation"))),
        (status = 202, body = Undecided, description = "Taken, and not decided yet: ask the `Location`"),
        Malformed,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`dates_taken`, with alternatives"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be, a rule that refuses the stay with alternatives, or `idempotency_key_reused`"),
        (status = 423, body = Problem, content_type = "application/problem+json", description = "`in_progress`: somebody else is asking for the dates right now"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        Unavailable,
    )
)]
pub(crate) async fn place(
    State(app): State<App>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<HoldBody>,
) -> Result<Response, Error> {
    let claim = key.map(|key| key.on(&body)).transpose()?;
    let placed = hold::place(&app, PlaceHold::try_from(body)?, claim).await;
    app.metrics.hold(hold::outcome(&placed));
    Ok(answer(&app, placed?))
}

/// Holds nights as a form of our own pages asks: its code, and whether it is held already.
///
/// # Errors
/// As [`place`].
pub(crate) async fn place_by_hand(
    app: &App,
    key: Option<IdempotencyKey>,
    body: HoldBody,
) -> Result<(ReservationCode, bool), Error> {
    let claim = key.map(|key| key.on(&body)).transpose()?;
    let placed = hold::place(app, PlaceHold::try_from(body)?, claim).await;
    app.metrics.hold(hold::outcome(&placed));
    Ok(match placed? {
        Placed::Held(held) => (held.code, true),
        Placed::Undecided(code) => (code, false),
    })
}

fn answer(app: &App, placed: Placed) -> Response {
    match placed {
        Placed::Held(reservation) => {
            let location = location(&reservation.code);
            let guest_token = app.tokens.of_guest(&reservation.code);
            let held = Held {
                reservation: (*reservation).into(),
                guest_token,
            };
            (
                StatusCode::CREATED,
                [(header::LOCATION, location)],
                Json(held),
            )
                .into_response()
        }
        Placed::Undecided(code) => {
            let undecided = Undecided {
                code: code.to_string(),
                status: "undecided",
                guest_token: app.tokens.of_guest(&code),
            };
            (
                StatusCode::ACCEPTED,
                [(header::LOCATION, location(&code))],
                Json(undecided),
            )
                .into_response()
        }
    }
}

fn location(code: &ReservationCode) -> String {
    format!("/api/v1/reservations/{code}")
}

/// A reservation, for its guest or an operator.
///
/// An operator is also shown its account.
#[utoipa::path(
    get,
    path = "/api/v1/reservations/{code}",
    tag = "booking",
    params(("code" = String, Path, example = "RES270115ABC123")),
    security(("guest" = []), ("operator" = [])),
    responses(
        (status = 200, body = ReservationAccount),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Not this reservation's token, whether or not it exists"),
        NotFound,
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
) -> Result<Json<ReservationAccount>, Error> {
    let database = app.database()?;
    let shown = view::load(&database, &code).await?;
    let shown = shown.ok_or(Error::NotFound("reservation"))?;
    let ledger = match party {
        Party::Operator => Some(ledger::load(&database, &shown.code).await?),
        Party::Guest => None,
    };
    Ok(Json(ReservationAccount {
        reservation: shown.into(),
        ledger,
    }))
}

/// Cancels a hold or a reservation: the nights are free, and what is the guest's is on its way back.
///
/// A guest cancels by the accommodation's policy; when an operator cancels, everything is given back.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/cancel",
    tag = "booking",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("guest" = []), ("operator" = [])),
    request_body(content = Option<CancelBody>),
    responses(
        (status = 200, body = Cancelled),
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_possible`, with what it is"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
    key: Option<IdempotencyKey>,
    extract::Raw(body): extract::Raw,
) -> Result<Json<Cancelled>, Error> {
    let body = if body.is_empty() {
        CancelBody::default()
    } else {
        extract::read(&body)?
    };
    change::cancel(&app, &code, party, body.reason()?, key)
        .await
        .map(Json)
}

/// Closes a stay whose guest did not come: the nights that are left are free, and nothing is given back.
///
/// From the hour of check-in. The guest is told.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/no-show",
    tag = "operators",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("operator" = [])),
    request_body(content = Option<CancelBody>),
    responses(
        (status = 200, body = Missed),
        Unauthorized,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "A guest's token"),
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_possible`, with what it is: no confirmed stay, or too early to know"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn no_show(
    State(app): State<App>,
    ByOperator(code): ByOperator,
    key: Option<IdempotencyKey>,
    extract::Raw(body): extract::Raw,
) -> Result<Json<Missed>, Error> {
    let body = if body.is_empty() {
        CancelBody::default()
    } else {
        extract::read(&body)?
    };
    change::no_show(&app, &code, body.reason()?, key)
        .await
        .map(Json)
}

/// What cancelling would give back now, and until when the purchase can be revoked instead.
///
/// To be told before it is done: for a guest's token by the accommodation's policy, for an operator everything.
#[utoipa::path(
    get,
    path = "/api/v1/reservations/{code}/cancellation",
    tag = "booking",
    params(("code" = String, Path)),
    security(("guest" = []), ("operator" = [])),
    responses(
        (status = 200, body = Refundable),
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_possible`, with what it is"),
        Unavailable,
    )
)]
pub(crate) async fn cancellation(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
) -> Result<Json<Refundable>, Error> {
    money::refundable(&app, &code, party).await.map(Json)
}

/// Revokes the purchase: everything paid is on its way back, and the number that proves it is in the answer.
///
/// A guest can for ten calendar days, until a day before check-in; after that there is cancelling.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/revoke",
    tag = "booking",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("guest" = []), ("operator" = [])),
    request_body(content = Option<CancelBody>),
    responses(
        (status = 200, body = Revoked),
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_possible`: it is too late to revoke, or it is nothing that can be revoked"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
    key: Option<IdempotencyKey>,
    extract::Raw(body): extract::Raw,
) -> Result<Json<Revoked>, Error> {
    let body = if body.is_empty() {
        CancelBody::default()
    } else {
        extract::read(&body)?
    };
    money::revoke(&app, &code, party, body.reason()?, key)
        .await
        .map(Json)
}

/// Records money that the owner took in cash or by transfer, never more than is owed.
///
/// A hold whose deposit is complete is confirmed by it.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/payments",
    tag = "operators",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("operator" = [])),
    request_body = PaymentBody,
    responses(
        (status = 201, body = Recorded),
        Unauthorized,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "A guest's token"),
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_possible`, with what it is"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be, more than is owed, or `idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn record_payment(
    State(app): State<App>,
    ByOperator(code): ByOperator,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<PaymentBody>,
) -> Result<(StatusCode, Json<Recorded>), Error> {
    let recorded = money::record_payment(&app, &code, body.try_into()?, key).await?;
    Ok((StatusCode::CREATED, Json(recorded)))
}

/// Gives a hold its one extension.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/extend",
    tag = "booking",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("guest" = []), ("operator" = [])),
    responses(
        (status = 200, body = Extended),
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It was extended before, or is no hold any more"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn extend(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
    key: Option<IdempotencyKey>,
) -> Result<Json<Extended>, Error> {
    change::extend(&app, &code, party, key).await.map(Json)
}

/// Moves a hold or a confirmed stay to other dates, at today's prices and under the policies it was made under.
///
/// A hold keeps its end and gets a new link; `payment_url` is null until it is made. What was paid
/// beyond the new price is given back. A guest can change a confirmed stay for as long as cancelling it is free,
/// an operator until it is over. Nothing changes when the dates cannot be had.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/change-dates",
    tag = "booking",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("guest" = []), ("operator" = [])),
    request_body = DatesBody,
    responses(
        (status = 200, body = DatesChanged),
        Malformed,
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`dates_taken`, with alternatives, or `not_possible`, with what it is"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be, a rule that refuses the dates with alternatives, or `idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn change_dates(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<DatesBody>,
) -> Result<Json<DatesChanged>, Error> {
    dates::change(&app, &code, party, body, key).await.map(Json)
}

/// What other dates would cost and give back, before anybody agrees to them. It changes nothing.
///
/// The price is today's and is not kept: whoever agrees posts the same dates to the same address.
#[utoipa::path(
    get,
    path = "/api/v1/reservations/{code}/change-dates",
    tag = "booking",
    params(("code" = String, Path), DatesQuery),
    security(("guest" = []), ("operator" = [])),
    responses(
        (status = 200, body = DatesPreview),
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`dates_taken`, with alternatives, or `not_possible`, with what it is"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Dates that cannot be, or a rule that refuses them, with alternatives"),
        Unavailable,
    )
)]
pub(crate) async fn preview_dates(
    State(app): State<App>,
    Admitted { code, party }: Admitted,
    Query(dates): Query<DatesQuery>,
) -> Result<Json<DatesPreview>, Error> {
    dates::preview(&app, &code, party, dates.try_into()?)
        .await
        .map(Json)
}

/// Records what was paid outside the provider, and confirms when it reaches the deposit.
#[utoipa::path(
    post,
    path = "/api/v1/reservations/{code}/confirm",
    tag = "operators",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("operator" = [])),
    request_body = ConfirmBody,
    responses(
        (status = 200, body = Confirmed),
        Unauthorized,
        (status = 403, body = Problem, content_type = "application/problem+json", description = "A guest's token"),
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_possible`, with what it is"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be, more than is owed, or `idempotency_key_reused`"),
        Unavailable,
    )
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    ByOperator(code): ByOperator,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<ConfirmBody>,
) -> Result<Json<Confirmed>, Error> {
    change::confirm(&app, &code, body.try_into()?, key)
        .await
        .map(Json)
}

/// Which reservations are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Only those of this status.
    #[param(example = "pre_reserved")]
    status: Option<String>,
    /// Only those of this accommodation.
    accommodation_id: Option<String>,
    /// Only those with a night on this date or after it.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Only those with a night before this date.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

impl TryFrom<ListQuery> for Filter {
    type Error = Error;

    fn try_from(query: ListQuery) -> Result<Self, Error> {
        let status = query.status.map(|word| {
            word.parse::<ReservationStatus>().map_err(|_unknown| {
                Error::invalid("status", "invalid_field", "there is no such status")
            })
        });
        Ok(Self {
            status: status.transpose()?,
            accommodation_id: query
                .accommodation_id
                .as_deref()
                .map(wish::accommodation_id)
                .transpose()?,
            from: query
                .from
                .map(|date| wish::date("from", Some(&date)))
                .transpose()?,
            to: query
                .to
                .map(|date| wish::date("to", Some(&date)))
                .transpose()?,
        })
    }
}

/// All reservations, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/reservations",
    tag = "operators",
    params(ListQuery, PageQuery),
    security(("operator" = [])),
    responses(
        (status = 200, body = Listed<ReservationView>),
        Unauthorized,
        Invalid,
    )
)]
pub(crate) async fn list(
    _operator: Operator,
    State(app): State<App>,
    Query(query): Query<ListQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<ReservationView>>, Error> {
    let wanted = page.wanted()?;
    let found = view::list(&app.database()?, Filter::try_from(query)?, wanted.rows()).await?;
    Ok(Json(wanted.listed(
        found.into_iter().map(ReservationView::from).collect(),
    )))
}

/// What to answer when a workflow is not there to answer for itself.
async fn not_possible(app: &App, code: &ReservationCode, detail: &'static str) -> Error {
    let found = match app.database() {
        Ok(database) => by_code(&database, code).await.map_err(Error::from),
        Err(away) => Err(away),
    };
    match found {
        Ok(Some(reservation)) => Error::NotPossible {
            status: reservation.status,
            detail,
        },
        Ok(None) => Error::NotFound("reservation"),
        Err(error) => error,
    }
}

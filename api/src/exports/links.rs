//! The links to our calendars, for operators.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use calendars::Channel;
use chrono::{DateTime, Utc};
use database::exports::{self, Fetch, Link, NewLink};
use domain::{AccommodationId, ExportId};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::Operator,
    error::{
        Error, Problem,
        answers::{Invalid, Malformed, NotFound, Unauthorized, Unavailable},
    },
    extract::{self, Query},
    paging::{Listed, PageQuery},
};

/// The name of the link that is for no channel in particular.
const GENERAL: &str = "general";

/// The constraint that refuses links of accommodations that are not there.
const ACCOMMODATION: &str = "export_links_accommodation_fkey";

/// A secret address under which one channel reads the calendar of one accommodation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportView {
    /// Its name for machines.
    #[schema(example = "exp_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    id: String,
    /// Whose calendar.
    accommodation_id: String,
    /// `airbnb`, `booking`, `vrbo`, `google`, `other` or `general`.
    channel: &'static str,
    /// What to paste at the channel. Whoever has it reads when the house is taken.
    #[schema(example = "https://reservas.example.com/ical/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAA.ics")]
    url: String,
    /// Whether nights that channels close by their own rules are passed on.
    include_rules: bool,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When the address was last replaced.
    replaced_at: Option<DateTime<Utc>>,
    /// When it was last read.
    last_read_at: Option<DateTime<Utc>>,
    /// By whom, by their own account.
    last_read_by: Option<String>,
    /// How often it was read.
    reads: i64,
}

/// A link to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ExportBody {
    /// Whose calendar.
    #[schema(example = "acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    accommodation_id: String,
    /// `airbnb`, `booking`, `vrbo`, `google`, `other`, or `general` for anybody else: what the same channel
    /// told us is not told to it.
    #[schema(example = "airbnb")]
    channel: String,
    /// Whether nights that channels close by their own rules are passed on.
    #[serde(default)]
    include_rules: bool,
}

/// Which links are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// Only those of this accommodation.
    accommodation_id: Option<String>,
}

/// One reading of a link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FetchView {
    /// When.
    at: DateTime<Utc>,
    /// `GET` or `HEAD`.
    method: String,
    /// What it was answered.
    status: i16,
    /// The `ETag` of what the link said then.
    etag: String,
    /// Who read, by their own account.
    user_agent: Option<String>,
}

/// Every link that opens something, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/api/v1/ical/exports",
    tag = "calendars",
    params(ExportQuery, PageQuery),
    responses(
        (status = 200, body = Listed<ExportView>),
        Unauthorized,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _operator: Operator,
    Query(query): Query<ExportQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<ExportView>>, Error> {
    let wanted = page.wanted()?;
    let of = query.accommodation_id.as_deref().map(accommodation);
    let found = exports::list(&app.database()?, of.transpose()?, wanted.rows()).await?;
    let views = found.into_iter().map(|link| view(&app, link)).collect();
    Ok(Json(wanted.listed(views)))
}

/// Makes the link of an accommodation and channel. There is one: asking again answers the one there is.
#[utoipa::path(
    post,
    path = "/api/v1/ical/exports",
    tag = "calendars",
    request_body = ExportBody,
    responses(
        (status = 200, body = ExportView, description = "It was there already"),
        (status = 201, body = ExportView, description = "Made"),
        Malformed,
        Unauthorized,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such accommodation"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be"),
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    _operator: Operator,
    extract::Json(body): extract::Json<ExportBody>,
) -> Result<(StatusCode, Json<ExportView>), Error> {
    let new = NewLink {
        accommodation_id: accommodation(&body.accommodation_id)?,
        channel: channel(&body.channel)?,
        with_rules: body.include_rules,
    };
    let made = exports::create(&app.database()?, new, Utc::now()).await;
    let (link, is_new) = made.map_err(|error| match error {
        database::Error::Conflict { rule } if rule == ACCOMMODATION => {
            Error::NotFound("accommodation")
        }
        other => other.into(),
    })?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(view(&app, link))))
}

/// Gives a link another address. The old one stops at once.
#[utoipa::path(
    post,
    path = "/api/v1/ical/exports/{id}/replace",
    tag = "calendars",
    params(("id" = String, Path, description = "`exp_…`")),
    responses(
        (status = 200, body = ExportView),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn replace(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> Result<Json<ExportView>, Error> {
    let link = exports::replace(&app.database()?, named(&id)?, Utc::now()).await?;
    Ok(Json(view(&app, link)))
}

/// Ends a link. Its address stops at once.
#[utoipa::path(
    delete,
    path = "/api/v1/ical/exports/{id}",
    tag = "calendars",
    params(("id" = String, Path, description = "`exp_…`")),
    responses(
        (status = 204, description = "Ended"),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    exports::revoke(&app.database()?, named(&id)?, Utc::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The last readings of a link, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/ical/exports/{id}/fetches",
    tag = "calendars",
    params(("id" = String, Path, description = "`exp_…`"), PageQuery),
    responses(
        (status = 200, body = Listed<FetchView>),
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn fetches(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<FetchView>>, Error> {
    let wanted = page.wanted()?;
    let (id, database) = (named(&id)?, app.database()?);
    let link = exports::by_id(&database, id).await?;
    let link = link.ok_or(Error::NotFound("link"))?;
    let found = exports::fetches(&database, link.id, wanted.rows()).await?;
    Ok(Json(
        wanted.listed(found.into_iter().map(FetchView::from).collect()),
    ))
}

impl From<Fetch> for FetchView {
    fn from(fetch: Fetch) -> Self {
        Self {
            at: fetch.at,
            method: fetch.method,
            status: fetch.status,
            etag: fetch.etag,
            user_agent: fetch.user_agent,
        }
    }
}

fn view(app: &App, link: Link) -> ExportView {
    ExportView {
        id: link.id.to_string(),
        accommodation_id: link.accommodation_id.to_string(),
        channel: link.channel.map_or(GENERAL, Channel::as_str),
        url: format!("{}/ical/{}.ics", app.public_url, link.token.expose_secret()),
        include_rules: link.with_rules,
        created_at: link.created_at,
        replaced_at: link.replaced_at,
        last_read_at: link.last_fetch,
        last_read_by: link.last_user_agent,
        reads: link.fetches,
    }
}

fn named(id: &str) -> Result<ExportId, Error> {
    id.parse().map_err(|_no_id| Error::NotFound("link"))
}

fn accommodation(id: &str) -> Result<AccommodationId, Error> {
    id.parse().map_err(|_no_id| {
        Error::invalid(
            "accommodation_id",
            "invalid_field",
            "accommodation_id looks like acc_…",
        )
    })
}

fn channel(name: &str) -> Result<Option<Channel>, Error> {
    if name == GENERAL {
        return Ok(None);
    }
    name.parse().map(Some).map_err(|_unknown| {
        Error::invalid(
            "channel",
            "invalid_field",
            "channel is general, airbnb, booking, vrbo, google or other",
        )
    })
}

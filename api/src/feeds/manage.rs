//! Adding, changing and removing feeds.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use database::calendars as stored;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    accommodation,
    acts::{answered, begin_reading, changed, new_feed, removed},
    existing,
    preview::{self, PreviewView},
    settings::SettingsBody,
    view::FeedView,
};
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

/// Which feeds are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedQuery {
    /// Only those of this accommodation.
    accommodation_id: Option<String>,
}

/// A feed to be read from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FeedBody {
    /// For which accommodation.
    #[schema(example = "acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    accommodation_id: String,
    /// `airbnb`, `booking`, `vrbo`, `google` or `other`.
    #[schema(example = "airbnb")]
    channel: String,
    /// The calendar's link as the channel shows it: `https://…` or `webcal://…`.
    url: String,
    /// What is decided for it.
    #[serde(default)]
    settings: SettingsBody,
    /// Only say what would be taken.
    #[serde(default)]
    dry_run: bool,
}

/// What is to be changed of a feed; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedChange {
    /// Whether it is left alone for now. What it said stays taken.
    pub(crate) paused: Option<bool>,
    /// What is decided for it.
    pub(crate) settings: Option<SettingsBody>,
    /// Another link.
    pub(crate) url: Option<String>,
    /// With another link: whether what the old one said is released, as when it was another listing's.
    #[serde(default)]
    pub(crate) release_blocks: bool,
}

/// What becomes of the blocks of a feed that is removed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Removal {
    /// Whether its nights are free then. Without an answer nothing is removed.
    release_blocks: Option<bool>,
}

/// A feed that was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Removed {
    /// Its name.
    pub(super) id: String,
    /// How many blocks it had.
    pub(super) blocks: i64,
    /// Whether they were released.
    pub(super) released: bool,
}

/// What the owner says of nights that a feed suddenly left out.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DropAnswer {
    /// They are free; otherwise they stay taken for as long as they are missing.
    free: bool,
}

/// Every feed that is read, in the order in which they were added.
#[utoipa::path(
    get,
    path = "/api/v1/ical/feeds",
    tag = "calendars",
    params(FeedQuery, PageQuery),
    responses(
        (status = 200, body = Listed<FeedView>),
        Unauthorized,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _operator: Operator,
    Query(query): Query<FeedQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<FeedView>>, Error> {
    let wanted = page.wanted()?;
    let of = query.accommodation_id.as_deref().map(accommodation);
    let found = stored::list(&app.database()?, of.transpose()?, wanted.rows()).await?;
    let views = found.into_iter().map(FeedView::from).collect();
    Ok(Json(wanted.listed(views)))
}

/// One feed.
#[utoipa::path(
    get,
    path = "/api/v1/ical/feeds/{id}",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`")),
    responses(
        (status = 200, body = FeedView),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> Result<Json<FeedView>, Error> {
    let feed = existing(&app.database()?, &id).await?;
    Ok(Json(feed.into()))
}

/// Adds a feed, which is read at once and from then on by the clock. With `dry_run` it is read once, and what it
/// would take is answered.
#[utoipa::path(
    post,
    path = "/api/v1/ical/feeds",
    tag = "calendars",
    request_body = FeedBody,
    responses(
        (status = 200, body = PreviewView, description = "What it would take"),
        (status = 201, body = FeedView, description = "Added"),
        Malformed,
        Unauthorized,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such accommodation"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`feed_exists`"),
        (status = 422, body = Problem, content_type = "application/problem+json",
         description = "A field that cannot be, such as `url_scheme`; of a dry run also what is wrong with the calendar, such as `not_a_calendar`"),
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn add(
    State(app): State<App>,
    _operator: Operator,
    extract::Json(body): extract::Json<FeedBody>,
) -> Result<Response, Error> {
    let place = (body.accommodation_id.as_str(), body.channel.as_str());
    let new = new_feed(&app, place, &body.url, body.settings)?;
    if body.dry_run {
        let preview = preview::look(&app, &new).await?;
        return Ok(Json(preview).into_response());
    }
    let added = begin_reading(&app, &new).await?;
    let location = format!("/api/v1/ical/feeds/{}", added.id);
    let view = Json(FeedView::from(added));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view).into_response())
}

/// Pauses or resumes a feed, changes what is decided for it, or gives it another link.
#[utoipa::path(
    patch,
    path = "/api/v1/ical/feeds/{id}",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`")),
    request_body = FeedChange,
    responses(
        (status = 200, body = FeedView),
        Malformed,
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`feed_exists`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be"),
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    extract::Json(body): extract::Json<FeedChange>,
) -> Result<Json<FeedView>, Error> {
    Ok(Json(changed(&app, &id, body).await?.into()))
}

/// Removes a feed. Whether its nights are free then must be said.
#[utoipa::path(
    delete,
    path = "/api/v1/ical/feeds/{id}",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`"), Removal),
    responses(
        (status = 200, body = Removed),
        Unauthorized,
        NotFound,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`answer_needed`: say what becomes of its blocks"),
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(removal): Query<Removal>,
) -> Result<Json<Removed>, Error> {
    Ok(Json(removed(&app, &id, removal.release_blocks).await?))
}

/// Says whether the nights that a feed suddenly left out are free.
#[utoipa::path(
    post,
    path = "/api/v1/ical/feeds/{id}/drop",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`")),
    request_body = DropAnswer,
    responses(
        (status = 200, body = FeedView),
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`no_drop`: nothing is held"),
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn answer_drop(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    extract::Json(answer): extract::Json<DropAnswer>,
) -> Result<Json<FeedView>, Error> {
    Ok(Json(answered(&app, &id, answer.free).await?.into()))
}

//! Adding, changing and removing feeds.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use calendars::Settings;
use chrono::Utc;
use database::calendars::{self as stored, Feed, NewFeed};
use domain::FeedId;
use front_desk::{FeedTimes, FrontDesk};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    accommodation, channel, existing,
    preview::{self, PreviewView},
    settings::SettingsBody,
    today,
    view::FeedView,
};
use crate::{
    app::App,
    auth::Operator,
    error::{Error, Problem},
    extract::{self, Query},
    paging::{Listed, PageQuery},
};

/// The constraints that refuse a feed.
const ACCOMMODATION: &str = "calendar_feeds_accommodation_fkey";
const TWICE: &str = "calendar_feeds_url_key";

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
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedChange {
    /// Whether it is left alone for now. What it said stays taken.
    paused: Option<bool>,
    /// What is decided for it.
    settings: Option<SettingsBody>,
    /// Another link.
    url: Option<String>,
    /// With another link: whether what the old one said is released, as when it was another listing's.
    #[serde(default)]
    release_blocks: bool,
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
    id: String,
    /// How many blocks it had.
    blocks: i64,
    /// Whether they were released.
    released: bool,
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
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
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
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
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
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed_json`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such accommodation"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`feed_exists`"),
        (status = 422, body = Problem, content_type = "application/problem+json",
         description = "A field that cannot be, such as `url_scheme`; of a dry run also what is wrong with the calendar, such as `not_a_calendar`"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
    security(("operator" = []))
)]
pub(crate) async fn add(
    State(app): State<App>,
    _operator: Operator,
    extract::Json(body): extract::Json<FeedBody>,
) -> Result<Response, Error> {
    let new = NewFeed {
        id: FeedId::generate(),
        accommodation_id: accommodation(&body.accommodation_id)?,
        channel: channel(&body.channel)?,
        url: link(&app, &body.url)?,
        settings: body.settings.applied_to(Settings::default())?,
        at: Utc::now(),
    };
    if body.dry_run {
        let preview = preview::look(&app, &new).await?;
        return Ok(Json(preview).into_response());
    }
    let added = stored::add(&app.database()?, &new).await.map_err(refused)?;
    let reading = app.desk().ok().map(|desk| (desk, added.id));
    let location = format!("/api/v1/ical/feeds/{}", added.id);
    if let Some((desk, feed)) = reading {
        schedule(&desk, &added).await;
        begin(&desk, feed).await;
    }
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
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed_json`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`feed_exists`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A field that cannot be"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
    security(("operator" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    extract::Json(body): extract::Json<FeedChange>,
) -> Result<Json<FeedView>, Error> {
    let database = app.database()?;
    let feed = existing(&database, &id).await?;
    let settings = body.settings.map(|it| it.applied_to(feed.settings.clone()));
    let settings = settings.transpose()?;
    let url = body.url.map(|url| link(&app, &url)).transpose()?;
    let is_read_anew = settings.is_some() || url.is_some() || body.paused == Some(false);
    if let Some(url) = url {
        let today = today(&database, feed.accommodation_id).await?;
        let replaced = (&url, body.release_blocks);
        stored::replace_url(&database, feed.id, replaced, today, Utc::now())
            .await
            .map_err(refused)?;
        if body.release_blocks {
            tell_those_who_wait(&app).await;
        }
    }
    if let Some(settings) = settings {
        stored::set_settings(&database, feed.id, &settings).await?;
    }
    if let Some(paused) = body.paused {
        stored::set_paused(&database, feed.id, paused).await?;
    }
    let changed = existing(&database, &id).await?;
    if let Ok(desk) = app.desk() {
        schedule(&desk, &changed).await;
        if is_read_anew {
            begin(&desk, changed.id).await;
        }
    }
    Ok(Json(changed.into()))
}

/// Removes a feed. Whether its nights are free then must be said.
#[utoipa::path(
    delete,
    path = "/api/v1/ical/feeds/{id}",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`"), Removal),
    responses(
        (status = 200, body = Removed),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`answer_needed`: say what becomes of its blocks"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
    security(("operator" = []))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(removal): Query<Removal>,
) -> Result<Json<Removed>, Error> {
    let database = app.database()?;
    let feed = existing(&database, &id).await?;
    let today = today(&database, feed.accommodation_id).await?;
    let blocks = stored::count_blocks(&database, feed.id, today).await?;
    let released = removal.release_blocks.ok_or_else(|| {
        Error::invalid(
            "release_blocks",
            "answer_needed",
            format!("release its {blocks} blocks? Say true, and their nights are free, or false"),
        )
    })?;
    stored::remove(&database, feed.id, released, today, Utc::now()).await?;
    if released {
        tell_those_who_wait(&app).await;
    }
    if let Ok(desk) = app.desk()
        && let Err(error) = desk.unschedule_feed(feed.id).await
    {
        tracing::warn!(feed.id = %feed.id, %error, "a feed's schedule is removed with the next round");
    }
    Ok(Json(Removed {
        id: feed.id.to_string(),
        blocks,
        released,
    }))
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
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`no_drop`: nothing is held"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
    security(("operator" = []))
)]
pub(crate) async fn answer_drop(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    extract::Json(answer): extract::Json<DropAnswer>,
) -> Result<Json<FeedView>, Error> {
    let database = app.database()?;
    let feed = existing(&database, &id).await?;
    if feed.drop_since.is_none() {
        return Err(Error::Conflict {
            code: "no_drop",
            detail: "nothing of this feed is held; its status says so when there is".to_owned(),
        });
    }
    let today = today(&database, feed.accommodation_id).await?;
    stored::answer_drop(&database, feed.id, answer.free, today, Utc::now()).await?;
    if answer.free {
        tell_those_who_wait(&app).await;
    }
    Ok(Json(existing(&database, &id).await?.into()))
}

/// A link that may be fetched.
fn link(app: &App, text: &str) -> Result<secrecy::SecretString, Error> {
    let parsed = app.feeds.parse(text);
    parsed
        .map(|url| url.to_secret())
        .map_err(|error| Error::invalid("url", error.code(), error.to_string()))
}

fn refused(error: database::Error) -> Error {
    match error {
        database::Error::Conflict { rule } if rule == ACCOMMODATION => {
            Error::NotFound("accommodation")
        }
        database::Error::Conflict { rule } if rule == TWICE => Error::Conflict {
            code: "feed_exists",
            detail: "the accommodation has a feed with this link".to_owned(),
        },
        other => other.into(),
    }
}

/// What a round would do as well, without waiting for it.
async fn schedule(desk: &FrontDesk, feed: &Feed) {
    let times = FeedTimes {
        feed: feed.id,
        every: Duration::from_secs(u64::from(feed.settings.interval_minutes) * 60),
        paused: feed.paused,
    };
    if let Err(error) = desk.schedule_feed(times).await {
        tracing::warn!(feed.id = %feed.id, %error, "a feed is scheduled with the next round");
    }
}

/// Nights may have come free for which somebody waits.
async fn tell_those_who_wait(app: &App) {
    let told = match app.desk() {
        Ok(desk) => desk.nights_came_free().await.map_err(Error::from),
        Err(error) => Err(error),
    };
    if let Err(error) = told {
        tracing::warn!(%error, "who waits for nights hears of them with the next reading of a calendar");
    }
}

async fn begin(desk: &FrontDesk, feed: FeedId) {
    if let Err(error) = desk.begin_sync(feed).await {
        tracing::warn!(feed.id = %feed, %error, "a feed is read when its schedule says");
    }
}

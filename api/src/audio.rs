//! What the bot hears in a clip. It changes nothing.
//!
//! This program never listens itself: the clip is left for a worker, and its words are found there.

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest as _, Multipart, Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
};
use clips::Heard;
use domain::Language;
use serde::Serialize;
use utoipa::ToSchema;
use workflows::contracts::speech::{Hearing, Patience};

use crate::{
    app::App,
    auth::Bearer,
    error::{Error, Problem},
    extract::Raw,
};

/// Where it is asked.
pub(crate) const PATH: &str = "/api/v1/audio/transcribe";

/// The most bytes that `WhatsApp` carries as a voice note.
const LARGEST: usize = 16 * 1024 * 1024;

/// A form around a clip takes a little more.
pub(crate) const LARGEST_BODY: usize = LARGEST + 64 * 1024;

/// Longer than a clip can take.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(75);

/// How long a caller is kept waiting. Without anybody who listens the answer comes soon.
const PATIENCE: Patience = Patience {
    begin_within_seconds: 15,
    end_within_seconds: 60,
};

/// Clips are large: so many are taken in at a time.
pub(crate) const AT_ONCE: usize = 4;

/// Whoever comes when there are too many comes again after this time.
const COME_AGAIN: Duration = Duration::from_secs(5);

/// The bytes of a clip.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes a body and is never built")]
struct Clip(Vec<u8>);

/// A form whose first file is the clip.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body and is never built")]
struct ClipForm {
    /// The clip.
    #[schema(value_type = String, format = Binary)]
    clip: Vec<u8>,
}

/// What was heard. Absent values are null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeardView {
    /// `text`, `no_speech`, `unclear`, `too_long`, `rejected` (no voice note), or `unavailable` (it was not
    /// listened to in time).
    #[schema(value_type = String, example = "text")]
    result: Hearing,
    /// The words.
    #[schema(example = "Hola, quería saber si tienen disponible del 15 al 18 de enero.")]
    text: Option<String>,
    /// How sure they are, from 0 to 1. Below 0.6 a whole clip is `unclear`.
    #[schema(example = 0.9)]
    confidence: Option<f64>,
    /// `es`, `pt` or `en`.
    #[schema(value_type = Option<String>, example = "es")]
    language: Option<Language>,
    /// How long the clip is.
    #[schema(example = 8.5)]
    seconds: Option<f64>,
    /// Whether part of it is missing or broken: dates in it are not to be relied on.
    damaged: Option<bool>,
    /// Why there are no words: `empty`, `too_large`, `not_ogg_opus`, `no_sound`, `low_confidence`, `out_of_time`.
    reason: Option<String>,
}

impl From<Heard> for HeardView {
    fn from(heard: Heard) -> Self {
        Self {
            result: heard.result,
            text: heard.text,
            confidence: heard.confidence,
            language: heard.language,
            seconds: heard.seconds,
            damaged: heard.damaged,
            reason: heard.reason,
        }
    }
}

/// What the bot hears in a clip: Ogg/Opus, as the body or as the first file of a form.
///
/// A clip that cannot be heard is answered 200 with the reason, an empty body too.
#[utoipa::path(
    post,
    path = "/api/v1/audio/transcribe",
    tag = "operators",
    security(("operator" = []), ()),
    request_body(
        content((Clip = "audio/ogg"), (ClipForm = "multipart/form-data")),
        description = "A voice note of at most 16 MB"
    ),
    responses(
        (status = 200, body = HeardView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The form cannot be read"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Only operators may ask here"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "More than 16 MB"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many clips at once"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "`nobody_listens`: no worker with a model is there; `unavailable`: Redis or Temporal is away"),
    )
)]
pub(crate) async fn transcribe(
    State(app): State<App>,
    bearer: Bearer,
    request: Request,
) -> Result<Json<HeardView>, Error> {
    if !app.open_analysis && !app.tokens.is_operator(&bearer) {
        return Err(Error::Unauthorized);
    }
    let _turn = app
        .transcriptions
        .try_acquire()
        .map_err(|_all_taken| Error::RateLimited {
            retry_after: COME_AGAIN,
        })?;
    let clip = clip(request).await?;
    if clip.is_empty() {
        return Ok(Json(Heard::nothing(Hearing::Rejected, "empty").into()));
    }
    if clip.len() > LARGEST {
        return Err(Error::TooLarge);
    }
    heard(&app, &clip).await.map(|heard| Json(heard.into()))
}

/// The bytes, whatever they are wrapped in.
async fn clip(request: Request) -> Result<Bytes, Error> {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_form = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    if !is_form {
        return Raw::from_request(request, &())
            .await
            .map(|Raw(bytes)| bytes);
    }
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_no_form| Error::Malformed)?;
    let unread = |error: &axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Error::TooLarge
        } else {
            Error::Malformed
        }
    };
    let field = form.next_field().await.map_err(|error| unread(&error))?;
    match field {
        Some(field) => field.bytes().await.map_err(|error| unread(&error)),
        None => Ok(Bytes::new()),
    }
}

async fn heard(app: &App, clip: &[u8]) -> Result<Heard, Error> {
    let away = |error: clips::Away| Error::Unavailable {
        what: "the place where clips are left",
        source: Some(error.into()),
    };
    let desk = app.desk()?;
    if !desk.listens().await? {
        return Err(Error::NobodyListens);
    }
    let name = app.clips.leave(clip).await.map_err(away)?;
    let answer = desk.transcribe(&name, PATIENCE).await;
    let words = app.clips.heard(&name).await;
    app.clips.forget(&name).await;
    match (answer, words.map_err(away)?) {
        (_, Some(words)) => Ok(words),
        (Ok(_) | Err(front_desk::Error::NoAnswer), None) => Err(Error::NobodyListens),
        (Err(error), None) => Err(error.into()),
    }
}

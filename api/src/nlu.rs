//! What the bot reads in a text. It changes nothing.

use std::ops::RangeInclusive;

use axum::{Json, extract::State};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use domain::Accommodation;
use nlu::{AccommodationName, Analysis, Context};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::Bearer,
    error::{
        Error, Problem,
        answers::{Invalid, Malformed},
    },
    extract,
};

/// The longest text that WhatsApp lets anybody write.
const LONGEST: usize = 4096;

/// The years in which guests write: calendars end somewhere, and stays must not run over their edge.
const YEARS: RangeInclusive<i32> = 2000..=2999;

/// As many accommodations as one caller may name, and the longest name: they are compared with every word.
const MOST_NAMES: usize = 200;
const LONGEST_NAME: usize = 100;

/// A text to be read.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AnalyzeBody {
    /// What a guest wrote.
    #[schema(example = "Hola, ¿tenés lugar del 15 al 18 de enero para 4?")]
    text: String,
    /// When, as an instant or a date where the cabins are; now when nothing is said.
    #[serde(default)]
    #[schema(example = "2026-11-24T12:00:00-03:00")]
    now: Option<String>,
    /// What the conversation knows by then: `awaiting`, `check_in`, `check_out`, `guests`, `accommodations`,
    /// `language`. Without accommodations, those that can be booked are known.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    context: Option<Context>,
}

/// What was read. Absent values are null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnalysisView {
    /// The wish to answer first.
    #[schema(example = "availability")]
    intent: String,
    /// Arrival.
    check_in: Option<NaiveDate>,
    /// Departure.
    check_out: Option<NaiveDate>,
    /// A length of stay that was said without dates.
    nights: Option<u16>,
    /// Everybody who sleeps there.
    guests: Option<u8>,
    /// How many of them are children.
    children: Option<u8>,
    /// Whether pets come along.
    pets: Option<bool>,
    /// The accommodation that was named.
    accommodation: Option<String>,
    /// The reservation code that was quoted.
    reservation_code: Option<String>,
    /// True when the dates cannot be a stay.
    date_error: Option<bool>,
    /// `es`, `pt` or `en`.
    language: String,
}

/// What the bot reads in a text.
#[utoipa::path(
    post,
    path = "/api/v1/nlu/analyze",
    tag = "operators",
    security(("operator" = []), ()),
    request_body = AnalyzeBody,
    responses(
        (status = 200, body = AnalysisView),
        Malformed,
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Only operators may ask here"),
        Invalid,
    )
)]
pub(crate) async fn analyze(
    State(app): State<App>,
    bearer: Bearer,
    extract::Json(body): extract::Json<AnalyzeBody>,
) -> Result<Json<Analysis>, Error> {
    if !app.open_analysis && !app.tokens.is_operator(&bearer) {
        return Err(Error::Unauthorized);
    }
    if body.text.trim().is_empty() {
        return Err(Error::invalid("text", "required", "text is empty"));
    }
    if body.text.chars().count() > LONGEST {
        return Err(Error::invalid(
            "text",
            "too_long",
            format!("text is at most {LONGEST} characters"),
        ));
    }
    let known = known_accommodations(&app).await;
    let today = today(body.now.as_deref(), &known)?;
    let named = body
        .context
        .as_ref()
        .map_or(&[][..], |context| &context.accommodations);
    let names = || named.iter().flat_map(|named| &named.names);
    if named.len() > MOST_NAMES
        || names().count() > MOST_NAMES
        || names().any(|name| name.chars().count() > LONGEST_NAME)
    {
        return Err(Error::invalid(
            "context.accommodations",
            "too_long",
            format!("at most {MOST_NAMES} names of {LONGEST_NAME} characters"),
        ));
    }
    let context = completed(body.context.unwrap_or_default(), known);
    Ok(Json(nlu::read(&body.text, today, &context).into()))
}

/// Those that can be booked; none while the database is away, which is no reason not to read.
async fn known_accommodations(app: &App) -> Vec<Accommodation> {
    let Ok(database) = app.database() else {
        return Vec::new();
    };
    let active = database::accommodations::active(&database).await;
    active
        .inspect_err(
            |error| tracing::warn!(%error, "a text is read without knowing the accommodations"),
        )
        .unwrap_or_default()
}

/// The date where the cabins are.
fn today(now: Option<&str>, known: &[Accommodation]) -> Result<NaiveDate, Error> {
    let zone = known.first().map_or(
        chrono_tz::America::Argentina::Buenos_Aires,
        |accommodation| accommodation.time_zone,
    );
    let Some(now) = now else {
        return Ok(Utc::now().with_timezone(&zone).date_naive());
    };
    let instant = now
        .parse::<DateTime<Utc>>()
        .map(|at| at.with_timezone(&zone).date_naive());
    let local = || now.parse::<chrono::NaiveDateTime>().map(|at| at.date());
    instant
        .or_else(|_no_instant| local())
        .or_else(|_no_local| now.parse::<NaiveDate>())
        .ok()
        .filter(|day| YEARS.contains(&day.year()))
        .ok_or_else(|| {
            Error::invalid(
                "now",
                "invalid_field",
                "now is an instant or a date, as 2026-11-24T12:00:00-03:00",
            )
        })
}

fn completed(context: Context, known: Vec<Accommodation>) -> Context {
    if !context.accommodations.is_empty() {
        return context;
    }
    let accommodations = known.into_iter().map(|accommodation| AccommodationName {
        id: accommodation.id.to_string(),
        names: std::iter::once(accommodation.name)
            .chain(accommodation.aliases)
            .collect(),
    });
    Context {
        accommodations: accommodations.collect(),
        ..context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_one_where_the_cabins_are() {
        let day = |now| today(Some(now), &[]).unwrap().to_string();
        assert_eq!(day("2026-11-24T01:00:00Z"), "2026-11-23");
        assert_eq!(day("2026-11-24T01:00:00-03:00"), "2026-11-24");
        assert_eq!(day("2026-11-24T01:00:00"), "2026-11-24");
        assert_eq!(day("2026-11-24"), "2026-11-24");
        for no_day in [
            "tomorrow",
            "",
            "+262142-12-31",
            "-0001-01-01",
            "1999-12-31",
            "3000-01-01",
        ] {
            assert!(today(Some(no_day), &[]).is_err(), "{no_day}");
        }
    }
}

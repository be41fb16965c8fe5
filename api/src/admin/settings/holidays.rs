//! The public holidays, which the law moves and the owner corrects.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::holidays::{self, Holiday};
use serde::Deserialize;

use super::words::SettingsWords;
use crate::{
    admin::{
        access::{Owner, SignedIn},
        account::Done,
        chrome::{Fields, Section, Shell, page, refused},
        format::Format,
    },
    app::App,
    error::Error,
    extract::Query,
    wish::whole_date,
};

/// The longest name.
const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "admin/holidays.html")]
struct HolidaysPage {
    shell: Shell,
    w: &'static SettingsWords,
    holidays: Vec<Row>,
    form: Day,
    problem: Option<&'static str>,
}

struct Row {
    day: String,
    date: String,
    name: String,
}

/// A day, as a form says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Day {
    date: String,
    name: String,
}

/// Shows them, from today on.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &done, Day::default(), None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    done: &str,
    form: Day,
    problem: Option<&'static str>,
) -> Result<HolidaysPage, Error> {
    let database = app.database()?;
    let shell = Shell::new(&database, me, Section::Settings)
        .await?
        .saying(done);
    let format = shell.format();
    let row = |Holiday { date, name }| Row {
        day: format.full_day(date),
        date: date.to_string(),
        name,
    };
    let found = holidays::from(&database, Format::today(Utc::now())).await?;
    Ok(HolidaysPage {
        w: SettingsWords::of(shell.t),
        holidays: found.into_iter().map(row).collect(),
        shell,
        form,
        problem,
    })
}

/// Adds one, or names it anew.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn add(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(given): Fields<Day>,
) -> Result<Response, Error> {
    let name = given.name.trim().to_owned();
    let is_line =
        !name.is_empty() && name.chars().count() <= LONGEST && !name.contains(char::is_control);
    let today = Format::today(Utc::now());
    let date = whole_date(&given.date).filter(|date| *date >= today);
    let problem = match date {
        None => SettingsWords::of(me.words()).holiday_day_invalid,
        Some(_) if !is_line => me.words().name_invalid,
        Some(date) => {
            let holiday = Holiday { date, name };
            holidays::set(&app.database()?, &holiday, &me.actor(), Utc::now()).await?;
            return Ok(Redirect::to("/admin/settings/holidays?done=saved").into_response());
        }
    };
    refused(&load(&app, me, "", given, Some(problem)).await?)
}

/// Makes one an ordinary day.
///
/// # Errors
/// [`Error::NotFound`] when it is no day.
pub(in crate::admin) async fn remove(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(given): Fields<Day>,
) -> Result<Response, Error> {
    let date = whole_date(&given.date).ok_or(Error::NotFound("day"))?;
    holidays::remove(&app.database()?, date, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to("/admin/settings/holidays?done=saved").into_response())
}

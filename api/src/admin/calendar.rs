//! All accommodations over the days: a row each, a bar a stay.
//!
//! A day is two columns, morning and afternoon, so that a stay begins in the afternoon of its first day and ends in
//! the morning of its last: when one guest leaves and the next arrives, both bars are seen to touch.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::{Datelike as _, Days, Months, NaiveDate, Utc};
use database::{
    accommodations,
    acts::{self, NewAct},
    reservations::{self, Entry, HoldPlaced, NewBlock},
};
use domain::{AccommodationId, ReservationCode, ReservationStatus, Stay};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access::{ReadOnly, Staff},
    chrome::{Fields, Section, Shell, page, refused},
    format::Format,
    new_reservation::NewWords,
};
use crate::{app::App, error::Error, extract::Query, wish::whole_date};

/// The days of the shorter view.
const FORTNIGHT: u64 = 14;

/// The longest reason of a block.
const LONGEST: usize = 120;

#[derive(Template)]
#[template(path = "admin/calendar.html")]
struct CalendarPage {
    shell: Shell,
    title: String,
    is_month: bool,
    from: NaiveDate,
    earlier: NaiveDate,
    later: NaiveDate,
    today: NaiveDate,
    days: Vec<Day>,
    rows: Vec<Row>,
    form: BlockForm,
    places: Vec<(String, String)>,
    new_words: &'static NewWords,
    problem: Option<&'static str>,
}

struct Day {
    weekday: &'static str,
    number: u32,
    is_weekend: bool,
    is_today: bool,
}

struct Row {
    id: String,
    name: String,
    cells: Vec<Cell>,
}

/// A run of columns: a stay, or nothing.
#[derive(Debug, PartialEq, Eq)]
struct Cell {
    columns: u64,
    bar: Option<Bar>,
    /// The first free day, to begin a block on.
    from: NaiveDate,
}

#[derive(Debug, PartialEq, Eq)]
struct Bar {
    code: String,
    guest: String,
    state: &'static str,
    status: String,
    dates: String,
    begins_before: bool,
    goes_on: bool,
}

/// Which days.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct View {
    view: String,
    from: String,
    /// An accommodation and a day, to begin a block with.
    accommodation: String,
    day: String,
    done: String,
}

/// Nights to be kept, as the form says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BlockForm {
    key: String,
    accommodation: String,
    check_in: String,
    check_out: String,
    reason: String,
}

/// Shows it.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(view): Query<View>,
) -> Result<Response, Error> {
    let shell = Shell::new(&app.database()?, me, Section::Calendar)
        .await?
        .saying(&view.done);
    let form = BlockForm {
        key: code(Utc::now())?.to_string(),
        accommodation: view.accommodation.clone(),
        check_in: view.day.clone(),
        ..BlockForm::default()
    };
    page(&load(&app, shell, &view, form, None).await?)
}

async fn load(
    app: &App,
    shell: Shell,
    view: &View,
    form: BlockForm,
    problem: Option<&'static str>,
) -> Result<CalendarPage, Error> {
    let database = app.database()?;
    let today = Format::today(Utc::now());
    let is_month = view.view == "month";
    let wanted = whole_date(&view.from).unwrap_or(today);
    let span = Span::of(is_month, wanted);
    let places = accommodations::active(&database).await?;
    let mut stays: HashMap<AccommodationId, Vec<Entry>> = HashMap::new();
    for entry in reservations::board(&database, span.from, span.to).await? {
        stays.entry(entry.accommodation_id).or_default().push(entry);
    }
    let rows = places.iter().map(|place| Row {
        id: place.id.to_string(),
        name: place.name.clone(),
        cells: cells(&shell, span, stays.remove(&place.id).unwrap_or_default()),
    });
    Ok(CalendarPage {
        title: span.title(shell.format()),
        is_month,
        from: span.from,
        earlier: span.earlier(is_month),
        later: span.to,
        today,
        days: span.days().map(|day| head(&shell, day, today)).collect(),
        rows: rows.collect(),
        places: places
            .iter()
            .map(|place| (place.id.to_string(), place.name.clone()))
            .collect(),
        form,
        new_words: NewWords::of(shell.t),
        problem,
        shell,
    })
}

/// The days that are shown: from the first to before the last.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: NaiveDate,
    to: NaiveDate,
}

impl Span {
    fn of(is_month: bool, day: NaiveDate) -> Self {
        let from = if is_month {
            day.with_day(1).unwrap_or(day)
        } else {
            day
        };
        let to = if is_month {
            from.checked_add_months(Months::new(1))
        } else {
            from.checked_add_days(Days::new(FORTNIGHT))
        };
        Self {
            from,
            to: to.unwrap_or(from),
        }
    }

    fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |day| *day < self.to)
    }

    fn earlier(self, is_month: bool) -> NaiveDate {
        let earlier = if is_month {
            self.from.checked_sub_months(Months::new(1))
        } else {
            self.from.checked_sub_days(Days::new(FORTNIGHT))
        };
        earlier.unwrap_or(self.from)
    }

    fn title(self, format: Format) -> String {
        let last = self.to.pred_opt().unwrap_or(self.to);
        let of = |day: NaiveDate| format!("{} {}", format.month(day), day.year());
        if self.from.month() == last.month() {
            of(self.from)
        } else {
            format!("{} – {}", format.month(self.from), of(last))
        }
    }

    /// The column in which a day's afternoon begins; the edges for days that are not shown.
    fn afternoon(self, day: NaiveDate) -> u64 {
        if day < self.from {
            return 0;
        }
        let end = columns_between(self.from, self.to);
        (columns_between(self.from, day) + 1).min(end)
    }
}

fn columns_between(from: NaiveDate, to: NaiveDate) -> u64 {
    u64::try_from((to - from).num_days()).unwrap_or_default() * 2
}

fn head(shell: &Shell, day: NaiveDate, today: NaiveDate) -> Day {
    Day {
        weekday: shell.format().weekday(day),
        number: day.day(),
        is_weekend: day.weekday().num_days_from_monday() >= 5,
        is_today: day == today,
    }
}

/// A row: what is taken and what is free, in order. Stays that would cover another are told in the one before.
fn cells(shell: &Shell, span: Span, mut stays: Vec<Entry>) -> Vec<Cell> {
    stays.sort_by_key(|entry| (entry.stay.check_in(), entry.code.clone()));
    let mut cells = Vec::new();
    let mut column = 0;
    let day_of = |column: u64| span.from + Days::new(column / 2);
    for entry in stays {
        let begins = span.afternoon(entry.stay.check_in()).max(column);
        let ends = span.afternoon(entry.stay.check_out());
        if ends <= begins {
            continue;
        }
        if begins > column {
            cells.push(Cell {
                columns: begins - column,
                bar: None,
                from: day_of(column),
            });
        }
        cells.push(Cell {
            columns: ends - begins,
            from: day_of(begins),
            bar: Some(bar(shell, span, entry)),
        });
        column = ends;
    }
    let end = columns_between(span.from, span.to);
    if end > column {
        cells.push(Cell {
            columns: end - column,
            bar: None,
            from: day_of(column),
        });
    }
    cells
}

fn bar(shell: &Shell, span: Span, entry: Entry) -> Bar {
    let (t, format) = (shell.t, shell.format());
    let state = match (entry.status, entry.channel) {
        (ReservationStatus::Confirmed, domain::Channel::Calendar) => "calendar",
        (status, _) => status.as_str(),
    };
    Bar {
        guest: t.guest_name(
            entry.guest.as_deref(),
            entry.channel,
            entry.source.as_deref(),
        ),
        status: format!("{} · {}", t.status(entry.status), t.channel(entry.channel)),
        dates: format!(
            "{} → {}",
            format.day(entry.stay.check_in()),
            format.day(entry.stay.check_out())
        ),
        begins_before: entry.stay.check_in() < span.from,
        goes_on: entry.stay.check_out() >= span.to,
        code: entry.code.to_string(),
        state,
    }
}

fn code(now: chrono::DateTime<Utc>) -> Result<ReservationCode, Error> {
    ReservationCode::generate(Format::today(now)).map_err(Error::unexpected)
}

/// Keeps nights for the owner. The form carries the block's code: sent twice, it is one block.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn block(
    Staff(me): Staff,
    State(app): State<App>,
    Fields(form): Fields<BlockForm>,
) -> Result<Response, Error> {
    let (t, database, now) = (me.words(), app.database()?, Utc::now());
    let problem = match wanted(&form, now) {
        None => t.block_invalid,
        Some(block) => {
            let act = |act, after: Value| NewAct {
                act,
                subject: block.code.to_string(),
                before: Value::Null,
                after,
            };
            let asked = json!({ "accommodation": block.accommodation_id, "stay": block.stay });
            acts::record(&database, &me.actor(), &act("block.ask", asked), now).await?;
            match reservations::block(&database, &block).await {
                Ok(HoldPlaced::Held(_)) => {
                    let held = act("block.create", Value::Null);
                    acts::record(&database, &me.actor(), &held, now).await?;
                    let from = block.stay.check_in();
                    let there = format!("/admin/calendar?done=block&from={from}");
                    return Ok(Redirect::to(&there).into_response());
                }
                Ok(HoldPlaced::Taken) => t.block_taken,
                Err(database::Error::Conflict { .. }) => t.block_invalid,
                Err(error) => return Err(error.into()),
            }
        }
    };
    let view = View {
        from: form.check_in.clone(),
        ..View::default()
    };
    let shell = Shell::new(&database, me, Section::Calendar).await?;
    refused(&load(&app, shell, &view, form, Some(problem)).await?)
}

fn wanted(form: &BlockForm, now: chrono::DateTime<Utc>) -> Option<NewBlock> {
    let reason = form.reason.trim();
    if reason.len() > LONGEST || reason.contains(char::is_control) {
        return None;
    }
    let stay = Stay::new(form.check_in.parse().ok()?, form.check_out.parse().ok()?).ok()?;
    if stay.nights() > 90 || stay.check_out() <= Format::today(now) {
        return None;
    }
    Some(NewBlock {
        code: form.key.parse().ok()?,
        accommodation_id: form.accommodation.parse().ok()?,
        stay,
        reason: reason.to_owned(),
        at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_stay_begins_in_the_afternoon_and_ends_in_the_morning() {
        let span = Span::of(false, day("2027-01-10"));
        assert_eq!(span.afternoon(day("2027-01-10")), 1);
        assert_eq!(span.afternoon(day("2027-01-12")), 5);
        assert_eq!(span.afternoon(day("2027-01-09")), 0);
        assert_eq!(span.afternoon(day("2027-02-20")), 28);
    }

    #[test]
    fn a_month_is_its_own_days() {
        let span = Span::of(true, day("2028-02-17"));
        assert_eq!((span.from, span.to), (day("2028-02-01"), day("2028-03-01")));
        assert_eq!(span.days().count(), 29);
        assert_eq!(span.earlier(true), day("2028-01-01"));
    }

    #[test]
    fn a_block_is_of_real_nights_to_come() {
        let form = |check_in: &str, check_out: &str| BlockForm {
            key: "RES270101ABC123".to_owned(),
            accommodation: AccommodationId::generate().to_string(),
            check_in: check_in.to_owned(),
            check_out: check_out.to_owned(),
            reason: "pintura".to_owned(),
        };
        let now = "2027-01-10T15:00:00Z".parse().unwrap();
        assert!(wanted(&form("2027-01-10", "2027-01-12"), now).is_some());
        for (check_in, check_out) in [
            ("2027-01-12", "2027-01-12"),
            ("2027-01-12", "2027-01-11"),
            ("2027-01-01", "2027-01-10"),
            ("2027-01-10", "2027-06-10"),
            ("", "2027-01-12"),
        ] {
            assert!(
                wanted(&form(check_in, check_out), now).is_none(),
                "{check_in}"
            );
        }
    }
}

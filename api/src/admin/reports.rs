//! How the house does: how full, at what price, from where; and everything as a table for other programs.

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use chrono::{Datelike as _, Months, NaiveDate, Utc};
use database::{
    Database, Page,
    acts::{self, NewAct},
    reports::{self, Yield},
    reservations::{self, Entry, Search, Sort},
};
use domain::Money;
use futures::{Stream, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access::{ReadOnly, Staff},
    chrome::{Section, Shell, page},
    format::Format,
};
use crate::{app::App, error::Error, extract::Query, wish::whole_date};

/// How many months back the chart goes.
const MONTHS: u32 = 6;

/// How many rows of a table are read at once.
const PART: u32 = 200;

#[derive(Template)]
#[template(path = "admin/reports.html")]
struct ReportsPage {
    shell: Shell,
    title: String,
    earlier: String,
    later: String,
    occupancy: String,
    average: String,
    per_room: String,
    revenue: String,
    lead_time: String,
    rows: Vec<Row>,
    channels: Vec<Share>,
    funnel: Vec<Share>,
    chart: Vec<Column>,
}

struct Row {
    name: String,
    nights: i64,
    blocked: i64,
    occupancy: String,
    average: String,
    revenue: String,
}

/// A part of a whole, drawn as a bar.
struct Share {
    name: &'static str,
    count: i64,
    per_mille: i64,
}

/// A month of the chart.
struct Column {
    name: String,
    revenue: String,
    height: i64,
    top: i64,
    left: i64,
}

/// Which month, as `2027-01`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    month: String,
}

/// What a month comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    nights: i64,
    own_nights: i64,
    available: i64,
    revenue: i64,
}

impl Sum {
    fn of(found: &[Yield], days: i64) -> Self {
        let places = i64::try_from(found.len()).unwrap_or_default();
        let blocked: i64 = found.iter().map(|it| it.blocked).sum();
        Self {
            nights: found.iter().map(|it| it.nights).sum(),
            own_nights: found.iter().map(|it| it.own_nights).sum(),
            available: (places * days - blocked).max(0),
            revenue: found.iter().map(|it| it.revenue_centavos).sum(),
        }
    }

    fn occupancy(self) -> String {
        percent(per_mille(self.nights, self.available))
    }
}

/// How many thousandths `part` is, rounded half up; none of nothing.
fn per_mille(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    (part * 2000 + whole) / (whole * 2)
}

fn percent(per_mille: i64) -> String {
    format!("{},{} %", per_mille / 10, per_mille % 10)
}

/// An amount by a number of nights, rounded half up.
fn each(centavos: i64, nights: i64) -> Money {
    Money::ars(if nights <= 0 {
        0
    } else {
        (centavos * 2 + nights) / (nights * 2)
    })
}

/// Shows a month.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let first = month(&wanted.month).unwrap_or_else(|| first_of(Format::today(Utc::now())));
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let days = (next - first).num_days();
    let found = reports::by_accommodation(&database, first, next).await?;
    let channels = reports::by_channel(&database, first, next).await?;
    let funnel = reports::funnel(&database, first, next).await?;
    let shell = Shell::new(&database, me, Section::Reports).await?;
    let (t, format) = (shell.t, shell.format());
    let chart = chart(&database, format, first).await?;
    let lead_time = reports::lead_time(&database, first, next).await?;
    let sum = Sum::of(&found, days);
    let all: i64 = channels.iter().map(|it| it.nights).sum();
    let reached = |name, count| Share {
        name,
        count,
        per_mille: per_mille(count, funnel.wrote),
    };
    let earlier = first.checked_sub_months(Months::new(1)).unwrap_or(first);
    page(&ReportsPage {
        title: format!("{} {}", format.month(first), first.year()),
        earlier: written(earlier),
        later: written(next),
        occupancy: sum.occupancy(),
        average: format.money(each(sum.revenue, sum.own_nights)),
        per_room: format.money(each(sum.revenue, sum.available)),
        revenue: format.money(Money::ars(sum.revenue)),
        lead_time: lead_time.map_or("—".to_owned(), |days| format!("{days} d")),
        rows: found.iter().map(|it| row(format, it, days)).collect(),
        channels: channels
            .iter()
            .map(|it| Share {
                name: t.channel(it.channel),
                count: it.nights,
                per_mille: per_mille(it.nights, all),
            })
            .collect(),
        funnel: vec![
            reached(t.funnel_wrote, funnel.wrote),
            reached(t.funnel_held, funnel.held),
            reached(t.funnel_confirmed, funnel.confirmed),
        ],
        chart,
        shell,
    })
}

fn row(format: Format, found: &Yield, days: i64) -> Row {
    let sum = Sum::of(std::slice::from_ref(found), days);
    Row {
        name: found.accommodation.clone(),
        nights: found.nights,
        blocked: found.blocked,
        occupancy: sum.occupancy(),
        average: format.money(each(sum.revenue, sum.own_nights)),
        revenue: format.money(Money::ars(sum.revenue)),
    }
}

/// The revenue of the months up to one, as columns of at most a hundred.
async fn chart(database: &Database, format: Format, last: NaiveDate) -> Result<Vec<Column>, Error> {
    let mut months = Vec::new();
    for back in (0..MONTHS).rev() {
        let first = last.checked_sub_months(Months::new(back)).unwrap_or(last);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        let found = reports::by_accommodation(database, first, next).await?;
        let revenue: i64 = found.iter().map(|it| it.revenue_centavos).sum();
        months.push((first, revenue));
    }
    let most = months
        .iter()
        .map(|(_, revenue)| *revenue)
        .max()
        .unwrap_or(0);
    let columns = (0_i64..).zip(months).map(|(index, (first, revenue))| {
        let height = per_mille(revenue, most) / 10;
        Column {
            name: format.month(first).chars().take(3).collect(),
            revenue: format.money(Money::ars(revenue)),
            height,
            top: 110 - height,
            left: index * 60 + 10,
        }
    });
    Ok(columns.collect())
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

fn month(text: &str) -> Option<NaiveDate> {
    whole_date(&format!("{text}-01"))
}

fn written(first: NaiveDate) -> String {
    first.format("%Y-%m").to_string()
}

/// All reservations as a table, one part after the other: however many there are, few are held in memory.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn table(Staff(me): Staff, State(app): State<App>) -> Result<Response, Error> {
    let database = app.database()?;
    let act = NewAct {
        act: "report.export",
        subject: "reservations".to_owned(),
        before: Value::Null,
        after: json!({ "as": "csv" }),
    };
    acts::record(&database, &me.actor(), &act, Utc::now()).await?;
    let name = format!("posada-{}.csv", Format::today(Utc::now()));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, Body::from_stream(parts(database))).into_response())
}

/// The table, part by part. The order is that of arrival at our desk, so that what comes meanwhile moves nothing.
fn parts(database: Database) -> impl Stream<Item = Result<Bytes, database::Error>> {
    stream::try_unfold(Some(0_u32), move |next| {
        let database = database.clone();
        async move {
            let Some(offset) = next else { return Ok(None) };
            let wanted = Search {
                sort: Sort::Oldest,
                ..Search::default()
            };
            let found = reservations::search(&database, &wanted, Page::new(PART, offset)).await?;
            let mut text = if offset == 0 {
                COLUMNS.to_owned()
            } else {
                String::new()
            };
            for entry in &found {
                text.push_str(&line(entry));
            }
            let is_last = found.len() < usize::try_from(PART).unwrap_or_default();
            let next = (!is_last).then_some(offset + PART);
            Ok(Some((Bytes::from(text), next)))
        }
    })
}

const COLUMNS: &str = "code,status,accommodation,guest,phone,check_in,check_out,nights,guests,channel,total,paid,\
                       created_at\r\n";

fn line(entry: &Entry) -> String {
    let cells = [
        entry.code.to_string(),
        entry.status.as_str().to_owned(),
        entry.accommodation.clone(),
        entry.guest.clone().unwrap_or_default(),
        entry.phone.clone().unwrap_or_default(),
        entry.stay.check_in().to_string(),
        entry.stay.check_out().to_string(),
        entry.stay.nights().to_string(),
        entry.guests.to_string(),
        entry.channel.as_str().to_owned(),
        decimal(entry.total),
        decimal(entry.paid),
        entry.created_at.to_rfc3339(),
    ];
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// `14400.50`: what every spreadsheet reads as a number.
fn decimal(amount: Money) -> String {
    let centavos = amount.centavos.unsigned_abs();
    format!("{}.{:02}", centavos / 100, centavos % 100)
}

/// A cell that no spreadsheet takes for a formula, whatever a guest calls themselves.
pub(super) fn quoted(cell: &str) -> String {
    let harmless = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    format!("\"{}\"", harmless.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("Ana", "\"Ana\""),
            ("=1+1", "\"'=1+1\""),
            ("+5491122334455", "\"'+5491122334455\""),
            ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("la \"mejor\"", "\"la \"\"mejor\"\"\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }

    #[test]
    fn shares_are_rounded_half_up_and_nothing_is_none() {
        assert_eq!(per_mille(1, 3), 333);
        assert_eq!(per_mille(2, 3), 667);
        assert_eq!(per_mille(5, 0), 0);
        assert_eq!(percent(653), "65,3 %");
        assert_eq!(each(100, 3), Money::ars(33));
        assert_eq!(each(5, 2), Money::ars(3));
    }

    #[test]
    fn what_the_owner_keeps_is_not_for_sale() {
        let found = Yield {
            accommodation_id: domain::AccommodationId::generate(),
            accommodation: "Lago".to_owned(),
            nights: 10,
            own_nights: 8,
            blocked: 5,
            revenue_centavos: 800_000,
        };
        let sum = Sum::of(&[found], 30);
        assert_eq!((sum.available, sum.occupancy().as_str()), (25, "40,0 %"));
    }
}

//! All reservations: looked for, sorted, a page at a time.

use askama::Template;
use axum::{extract::State, response::Response};
use database::{
    accommodations,
    reservations::{self, Entry, Search, Sort},
};
use domain::{Money, ReservationStatus};
use serde::Deserialize;

use super::{
    access::ReadOnly,
    chrome::{Section, Shell, page},
    new_reservation::NewWords,
};
use crate::{app::App, error::Error, extract::Query, paging::PageQuery, wish::whole_date};

/// The longest text that is looked for.
const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "admin/reservations.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    filter: Filter,
    statuses: Vec<Choice>,
    accommodations: Vec<Choice>,
    sorts: Vec<Choice>,
    new_words: &'static NewWords,
    page: u32,
    has_more: bool,
    /// The query without its page.
    query: String,
}

/// What is looked for, as the address says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    q: String,
    status: String,
    accommodation: String,
    from: String,
    to: String,
    sort: String,
    page: String,
}

struct Row {
    code: String,
    guest: String,
    accommodation: String,
    dates: String,
    nights: String,
    status: &'static str,
    state: &'static str,
    channel: &'static str,
    total: String,
    owed: Option<String>,
    created: String,
}

struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// Shows them.
///
/// # Errors
/// [`Error::Invalid`] when there is no such page.
pub(super) async fn list(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(filter): Query<Filter>,
) -> Result<Response, Error> {
    let wanted = PageQuery::numbered(&filter.page).wanted()?;
    let database = app.database()?;
    let found = reservations::search(&database, &filter.search(), wanted.rows()).await?;
    let shell = Shell::new(&database, me, Section::Reservations).await?;
    let (found, has_more) = wanted.cut(found);
    let places = accommodations::active(&database).await?;
    let choice = |value: &str, name: &str, chosen: &str| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        chosen: value == chosen,
    };
    let t = shell.t;
    let statuses = ReservationStatus::ALL
        .iter()
        .map(|it| choice(it.as_str(), t.status(*it), &filter.status));
    let accommodations = places
        .iter()
        .map(|it| choice(&it.id.to_string(), &it.name, &filter.accommodation));
    let sorts = [
        ("newest", t.sort_newest),
        ("check_in", t.sort_check_in),
        ("check_in_desc", t.sort_check_in_desc),
        ("total", t.sort_total),
    ];
    page(&ListPage {
        rows: found.into_iter().map(|it| row(&shell, it)).collect(),
        statuses: statuses.collect(),
        accommodations: accommodations.collect(),
        sorts: sorts
            .into_iter()
            .map(|(value, name)| choice(value, name, &filter.sort))
            .collect(),
        query: filter.query(),
        page: wanted.number(),
        has_more,
        filter,
        new_words: NewWords::of(shell.t),
        shell,
    })
}

impl Filter {
    /// What cannot be read is not looked for.
    fn search(&self) -> Search {
        let text: String = self.q.trim().chars().take(LONGEST).collect();
        Search {
            text: Some(text).filter(|text| !text.is_empty()),
            status: self.status.parse().ok(),
            accommodation_id: self.accommodation.parse().ok(),
            from: whole_date(&self.from),
            to: whole_date(&self.to),
            sort: match self.sort.as_str() {
                "check_in" => Sort::CheckIn,
                "check_in_desc" => Sort::CheckInDescending,
                "total" => Sort::Total,
                _ => Sort::Newest,
            },
        }
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", &self.q),
            ("status", &self.status),
            ("accommodation", &self.accommodation),
            ("from", &self.from),
            ("to", &self.to),
            ("sort", &self.sort),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    fn is_empty(&self) -> bool {
        self.query().is_empty()
    }
}

fn row(shell: &Shell, found: Entry) -> Row {
    let (t, format) = (shell.t, shell.format());
    let owes = matches!(
        found.status,
        ReservationStatus::PreReserved | ReservationStatus::Confirmed
    );
    let owed = found.total.less(found.paid);
    Row {
        guest: t.guest_name(
            found.guest.as_deref(),
            found.channel,
            found.source.as_deref(),
        ),
        accommodation: found.accommodation,
        dates: format!(
            "{} → {}",
            format.day(found.stay.check_in()),
            format.full_day(found.stay.check_out())
        ),
        nights: t.nights(found.stay.nights()),
        status: t.status(found.status),
        state: found.status.as_str(),
        channel: t.channel(found.channel),
        total: format.money(found.total),
        owed: (owes && owed != Money::ZERO).then(|| format.money(owed)),
        created: format.instant(found.created_at),
        code: found.code.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_not_looked_for() {
        let filter = Filter {
            q: "  ".to_owned(),
            status: "lost".to_owned(),
            from: "yesterday".to_owned(),
            ..Filter::default()
        };
        let search = filter.search();
        assert_eq!(
            (search.text, search.status, search.from),
            (None, None, None)
        );
    }

    #[test]
    fn the_next_page_looks_for_the_same() {
        let filter = Filter {
            q: "Ana & Beto".to_owned(),
            page: "3".to_owned(),
            ..Filter::default()
        };
        assert_eq!(filter.query(), "q=Ana+%26+Beto");
    }
}

//! Finding payments by reference, status or date, page by page.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
};
use chrono::{DateTime, Duration, Utc};
use mercado_pago::date;
use serde_json::{Value, json};

use crate::{
    Sandbox,
    mercado_pago::{payment::Payment, refusal::Refusal},
};

/// The most results on one page.
const MOST: usize = 1000;

pub(super) async fn payments(
    State(sandbox): State<Arc<Sandbox>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let search = Search::read(&query, Utc::now())?;
    let ledger = sandbox.mercado_pago.ledger();
    let lag = Duration::milliseconds(ledger.switches.search_lag_ms.into());
    let mut found: Vec<&Payment> = ledger
        .payments
        .values()
        .filter(|payment| payment.created + lag <= search.now && search.matches(payment))
        .collect();
    found.sort_by_key(|payment| (search.sort.of(payment), payment.id));
    if search.descending {
        found.reverse();
    }
    let page = found.iter().skip(search.offset).take(search.limit);
    let results: Vec<Value> = page
        .map(|payment| ledger.payment_document(payment, &sandbox.public_url))
        .collect();
    let paging = json!({
        "total": found.len(),
        "limit": search.limit,
        "offset": search.offset,
    });
    Ok(Json(json!({ "paging": paging, "results": results })))
}

/// A date of a payment that can be sorted by or searched in.
#[derive(Clone, Copy)]
enum Field {
    Created,
    Approved,
    Updated,
    Released,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        match name {
            "date_created" => Some(Self::Created),
            "date_approved" => Some(Self::Approved),
            "date_last_updated" => Some(Self::Updated),
            "money_release_date" => Some(Self::Released),
            _ => None,
        }
    }

    fn of(self, payment: &Payment) -> Option<DateTime<Utc>> {
        match self {
            Self::Created => Some(payment.created),
            Self::Approved | Self::Released => payment.approved,
            Self::Updated => Some(payment.updated),
        }
    }
}

struct Search<'a> {
    now: DateTime<Utc>,
    reference: Option<&'a str>,
    status: Option<&'a str>,
    range: Field,
    begin: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    sort: Field,
    descending: bool,
    offset: usize,
    limit: usize,
}

impl<'a> Search<'a> {
    fn read(query: &'a HashMap<String, String>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let text = |name: &str| {
            query
                .get(name)
                .map(String::as_str)
                .filter(|text| !text.is_empty())
        };
        let number = |name: &str, otherwise: usize| match text(name) {
            None => Ok(otherwise),
            Some(text) => text
                .parse()
                .ok()
                .ok_or_else(|| Refusal::bad_request(format!("{name} invalid"))),
        };
        let field = |name: &str| match text(name) {
            None => Ok(Field::Created),
            Some(text) => Field::named(text)
                .ok_or_else(|| Refusal::coded(1003, "Invalid sort or range field")),
        };
        let instant = |name: &str| match text(name) {
            None => Ok(None),
            Some(text) => moment(text, now)
                .map(Some)
                .ok_or_else(|| Refusal::coded(1001, "Invalid date format")),
        };
        let limit = number("limit", 30)?;
        if limit > MOST {
            return Err(Refusal::coded(1000, "Number of rows exceeded the limits"));
        }
        Ok(Self {
            now,
            reference: text("external_reference"),
            status: text("status"),
            range: field("range")?,
            begin: instant("begin_date")?,
            end: instant("end_date")?,
            sort: field("sort")?,
            descending: match text("criteria") {
                None | Some("desc") => true,
                Some("asc") => false,
                Some(_) => return Err(Refusal::coded(1004, "Invalid criteria")),
            },
            offset: number("offset", 0)?,
            limit,
        })
    }

    fn matches(&self, payment: &Payment) -> bool {
        let reference = payment.external_reference.as_deref();
        let at = self.range.of(payment);
        let after = self
            .begin
            .is_none_or(|begin| at.is_some_and(|at| at >= begin));
        let before = self.end.is_none_or(|end| at.is_some_and(|at| at <= end));
        (self.reference.is_none() || self.reference == reference)
            && self
                .status
                .is_none_or(|status| status == payment.status.as_str())
            && after
            && before
    }
}

/// A date, or one relative to now such as `NOW-1DAYS`.
fn moment(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let Some(relative) = text.strip_prefix("NOW") else {
        return date::parse(text);
    };
    if relative.is_empty() {
        return Some(now);
    }
    let amount = relative.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = relative.strip_prefix(amount)?;
    let count: i64 = amount.parse().ok()?;
    let span = match unit.trim_end_matches('S') {
        "MINUTE" => Duration::try_minutes(count),
        "HOUR" => Duration::try_hours(count),
        "DAY" => Duration::try_days(count),
        "MONTH" => Duration::try_days(count.checked_mul(30)?),
        _ => None,
    }?;
    now.checked_add_signed(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_dates_count_from_now() {
        let now = date::parse("2026-12-10T12:00:00Z").unwrap();
        assert_eq!(moment("NOW", now), Some(now));
        assert_eq!(
            moment("NOW-1DAYS", now),
            date::parse("2026-12-09T12:00:00Z")
        );
        assert_eq!(
            moment("NOW-2HOURS", now),
            date::parse("2026-12-10T10:00:00Z")
        );
        assert_eq!(moment("2026-12-10T09:00:00.000-03:00", now), Some(now));
        for wrong in ["yesterday", "NOW-", "NOW-1", "NOW-1AGES", "2026-12-10"] {
            assert_eq!(moment(wrong, now), None, "{wrong}");
        }
    }
}

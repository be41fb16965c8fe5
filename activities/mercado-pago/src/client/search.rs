//! Finding payments nobody told us about.
//!
//! Results come oldest change first, so that what changes while the pages are turned appears again
//! at the end instead of slipping through.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;

use super::{Client, send};
use crate::date;
use crate::error::Error;
use crate::id::ExternalReference;
use crate::lenient;
use crate::payment::FoundPayment;

/// Which payments to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentFilter {
    /// All payments made under one reference.
    Reference(ExternalReference),
    /// All payments that changed between two instants.
    UpdatedBetween {
        /// From here.
        begin: DateTime<Utc>,
        /// To here.
        end: DateTime<Utc>,
    },
}

/// One page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSearch {
    filter: PaymentFilter,
    offset: u32,
    limit: u32,
}

impl PaymentSearch {
    /// Large enough for any reservation, small enough for any answer.
    const LIMIT: u32 = 50;

    /// The first page.
    #[must_use]
    pub const fn new(filter: PaymentFilter) -> Self {
        Self {
            filter,
            offset: 0,
            limit: Self::LIMIT,
        }
    }

    /// With pages of another size.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self {
            limit: limit.max(1),
            ..self
        }
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![
            ("sort", "date_last_updated".to_owned()),
            ("criteria", "asc".to_owned()),
            ("limit", self.limit.to_string()),
            ("offset", self.offset.to_string()),
        ];
        match &self.filter {
            PaymentFilter::Reference(reference) => {
                query.push(("external_reference", reference.as_str().to_owned()));
            }
            PaymentFilter::UpdatedBetween { begin, end } => {
                query.push(("range", "date_last_updated".to_owned()));
                query.push(("begin_date", date::format(*begin)));
                query.push(("end_date", date::format(*end)));
            }
        }
        query
    }
}

/// One page of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What was found. Read each payment itself before acting on it.
    pub payments: Vec<FoundPayment>,
    /// How many there are on all pages.
    pub total: u32,
    /// The page after this one, if there is more.
    pub next: Option<PaymentSearch>,
}

impl Client {
    /// Looks for payments, page by page.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with code `1000` for too large a page, or any other.
    pub async fn search_payments(&self, search: &PaymentSearch) -> Result<Page, Error> {
        let request = self.request(Method::GET, &["v1", "payments", "search"]);
        let answer: Answer = send(request.query(&search.query())).await?;
        let seen = search.offset.saturating_add(search.limit);
        let more = answer.paging.total > seen;
        Ok(Page {
            payments: answer.results,
            total: answer.paging.total,
            next: more.then(|| PaymentSearch {
                offset: seen,
                ..search.clone()
            }),
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    paging: Paging,
    #[serde(deserialize_with = "lenient::items")]
    results: Vec<FoundPayment>,
}

#[derive(Deserialize)]
struct Paging {
    total: u32,
}

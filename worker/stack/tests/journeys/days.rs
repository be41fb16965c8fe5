//! Days that lie ahead, whatever today is.

use chrono::{Datelike as _, NaiveDate, TimeDelta, Utc};

/// A month and a day, such as `01-15`, in the year in which it comes next.
///
/// Days of one stay must lie in one year: those of January all come when the 15th does, as guests who ask for "el 15
/// de enero" mean it, and all others when the 1st of March does.
pub(crate) fn coming(month_day: &str) -> NaiveDate {
    let today = (Utc::now() - TimeDelta::hours(3)).date_naive();
    let in_year = |year: i32, month_day: &str| -> NaiveDate {
        let day = format!("{year}-{month_day}").parse();
        day.expect("a month and a day")
    };
    let first = if month_day.starts_with("01") {
        in_year(today.year(), "01-15")
    } else {
        in_year(today.year(), "03-01") - TimeDelta::days(7)
    };
    let year = today.year() + i32::from(first <= today);
    in_year(year, month_day)
}

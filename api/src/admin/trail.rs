//! The audit trail: who did what, when.

use askama::Template;
use axum::{extract::State, response::Response};
use database::acts::{self, Act};
use serde_json::Value;

use super::{
    access::Owner,
    chrome::{Section, Shell, page},
    format::Format,
};
use crate::{app::App, error::Error, extract::Query, paging::PageQuery};

#[derive(Template)]
#[template(path = "admin/trail.html")]
struct TrailPage {
    shell: Shell,
    acts: Vec<Row>,
    page: u32,
    has_more: bool,
}

struct Row {
    at: String,
    who: String,
    what: String,
    subject: String,
    before: Option<String>,
    after: Option<String>,
}

/// Shows it.
///
/// # Errors
/// [`Error::Invalid`] when there is no such page.
pub(super) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Error> {
    let wanted = query.wanted()?;
    let database = app.database()?;
    let (t, format) = (me.words(), Format::of(me.user.language));
    let found = acts::list(&database, wanted.rows()).await?;
    let row = |act: Act| Row {
        at: format.instant(act.at),
        who: act.actor_name,
        what: t.act(&act.act).map_or(act.act.clone(), str::to_owned),
        subject: act.subject,
        before: particulars(&act.before),
        after: particulars(&act.after),
    };
    let (found, has_more) = wanted.cut(found);
    page(&TrailPage {
        acts: found.into_iter().map(row).collect(),
        shell: Shell::new(&database, me, Section::Trail).await?,
        page: wanted.number(),
        has_more,
    })
}

/// A small document in one line.
fn particulars(value: &Value) -> Option<String> {
    let told = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Null => None,
        Value::Object(fields) => Some(
            fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", told(value)))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        other => Some(told(other)),
    }
}

//! The audit trail: who did what, when. It is searched, and written out as a table.

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use chrono::{Days, NaiveDate, Utc};
use database::{
    Database, Page,
    acts::{self, Act, Sought},
};
use futures::{Stream, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access::Owner,
    chrome::{Section, Shell, page},
    format::Format,
    reports::quoted,
    words::texts,
};
use crate::{app::App, error::Error, extract::Query, paging::PageQuery, wish::whole_date};

/// How much of the table is in memory at a time.
const PART: u32 = 200;

texts! {
    /// What is said around the trail, in one language.
    TrailWords {
        who: "Quién", "Who";
        about: "Sobre qué (código o clave)", "About (code or id)";
        what: "Qué", "What";
        anything: "Cualquier cosa", "Anything";
        from: "Desde", "From";
        to: "Hasta", "Until";
        search: "Buscar", "Search";
        nothing: "Nada de eso quedó registrado.", "Nothing of the kind is on record.";
        download: "Descargar", "Download";
    }
}

/// The kinds of acts, by how their names begin.
const KINDS: [(&str, &str, &str); 11] = [
    ("reservation.", "Reservas", "Reservations"),
    ("block.", "Bloqueos", "Blocks"),
    ("accommodation.", "Alojamientos", "Accommodations"),
    ("conversation.", "Conversaciones", "Conversations"),
    ("queue.", "Pendientes", "To decide"),
    ("feed.", "Calendarios", "Calendars"),
    ("text.", "Textos", "Texts"),
    ("holiday.", "Feriados", "Holidays"),
    ("user.", "Equipo", "Team"),
    ("session.", "Ingresos", "Sign-ins"),
    ("api.", "API", "API"),
];

#[derive(Template)]
#[template(path = "admin/trail.html")]
struct TrailPage {
    shell: Shell,
    w: &'static TrailWords,
    wanted: Wanted,
    kinds: Vec<(&'static str, &'static str, bool)>,
    query: String,
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

/// What somebody looks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    who: String,
    act: String,
    subject: String,
    from: String,
    to: String,
}

impl Wanted {
    fn sought(&self) -> Sought {
        let filled = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let day = |text: &str| whole_date(text);
        let after = |date: NaiveDate| date.checked_add_days(Days::new(1));
        Sought {
            who: filled(&self.who),
            act: filled(&self.act),
            subject: filled(&self.subject),
            from: day(&self.from).and_then(Format::start_of),
            to: day(&self.to).and_then(after).and_then(Format::start_of),
            before: None,
        }
    }

    fn is_empty(&self) -> bool {
        self.sought() == Sought::default()
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("who", &self.who),
            ("act", &self.act),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        query.finish()
    }
}

/// Shows it.
///
/// # Errors
/// [`Error::Invalid`] when there is no such page.
pub(super) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Error> {
    let paged = query.wanted()?;
    let database = app.database()?;
    let (t, format) = (me.words(), Format::of(me.user.language));
    let found = acts::search(&database, &wanted.sought(), paged.rows()).await?;
    let row = |act: Act| Row {
        at: format.instant(act.at),
        who: act.actor_name,
        what: t.act(&act.act).map_or(act.act.clone(), str::to_owned),
        subject: act.subject,
        before: particulars(&act.before),
        after: particulars(&act.after),
    };
    let (found, has_more) = paged.cut(found);
    let kind = |(word, es, en): (&'static str, _, _)| (word, t.pick(es, en), wanted.act == word);
    page(&TrailPage {
        kinds: KINDS.into_iter().map(kind).collect(),
        acts: found.into_iter().map(row).collect(),
        shell: Shell::new(&database, me, Section::Trail).await?,
        w: TrailWords::of(t),
        query: wanted.query(),
        page: paged.number(),
        has_more,
        wanted,
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

/// What was looked for as a table, part by part. That it was taken along is on the trail as well.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn table(
    Owner(me): Owner,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let asked = json!({ "as": "csv", "query": wanted.query() });
    me.asks(&app, "trail.export", "trail".to_owned(), asked)
        .await?;
    let name = format!("posada-trail-{}.csv", Format::today(Utc::now()));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    let parts = parts(app.database()?, wanted.sought());
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// Each part begins below the last entry of the one before, so that what is added meanwhile moves nothing.
fn parts(database: Database, sought: Sought) -> impl Stream<Item = Result<Bytes, database::Error>> {
    stream::try_unfold(Some(sought), move |next| {
        let database = database.clone();
        async move {
            let Some(sought) = next else { return Ok(None) };
            let found = acts::search(&database, &sought, Page::first(PART)).await?;
            let mut text = if sought.before.is_none() {
                COLUMNS.to_owned()
            } else {
                String::new()
            };
            found.iter().for_each(|act| text.push_str(&line(act)));
            let is_full = found.len() >= usize::try_from(PART).unwrap_or_default();
            let next = found.last().filter(|_| is_full).map(|last| Sought {
                before: Some(last.id),
                ..sought
            });
            Ok(Some((Bytes::from(text), next)))
        }
    })
}

const COLUMNS: &str = "id,at,actor_kind,actor_id,actor_name,act,subject,before,after\r\n";

fn line(act: &Act) -> String {
    let document = |value: &Value| match value {
        Value::Null => String::new(),
        value => value.to_string(),
    };
    let cells = [
        act.id.to_string(),
        act.at.to_rfc3339(),
        act.actor_kind.clone(),
        act.actor_id.clone(),
        act.actor_name.clone(),
        act.act.clone(),
        act.subject.clone(),
        document(&act.before),
        document(&act.after),
    ];
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

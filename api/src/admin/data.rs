//! Everything that is the owner's, to be taken away; and what they bring along from elsewhere.

use std::{
    io::{self, Write},
    sync::Arc,
};

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use chrono::Utc;
use luggage::{File, Unpacked};
use serde::Deserialize;
use serde_json::json;
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    access::{Owner, SignedIn},
    chrome::{Fields, Section, Shell, page, refused},
    words::texts,
};
use crate::{
    app::App,
    dispatch,
    error::{Error, chain},
};

/// How many pieces may wait for whoever takes them.
const PIECES: usize = 8;

/// About as much as is sent at once.
const PIECE: usize = 64 * 1024;

texts! {
    /// The texts of the page.
    DataWords {
        title: "Tus datos", "Your data";
        lead: "Todo lo que Posada guarda es tuyo: llevátelo cuando quieras.", "All that Posada keeps is yours: take it along whenever you want.";
        export: "Llevarme todo", "Take everything";
        export_detail: "Un zip con cada tabla en CSV, para planillas, y en JSON, para programas: alojamientos, reservas, huéspedes, mensajes, pagos y el libro. No lleva contraseñas ni claves.",
            "A zip with each table as CSV, for spreadsheets, and as JSON, for programs: accommodations, reservations, guests, messages, payments and the books. Passwords and keys are not in it.";
        export_warning: "Tiene nombres y teléfonos de tus huéspedes: guardalo como los guardarías a ellos.",
            "It holds your guests' names and numbers: keep it as you would keep those.";
        download: "Descargar", "Download";
        import: "Traer alojamientos y reservas", "Bring accommodations and bookings in";
        import_detail: "Pegá dos tablas en CSV, con coma o punto y coma y los títulos en la primera línea. Entra todo o no entra nada, y traerlo dos veces no duplica nada. Lo que ya esté pagado se anota después en cada reserva.",
            "Paste two tables as CSV, with commas or semicolons and the headings in the first line. All of it comes in or nothing does, and bringing it twice doubles nothing. What is paid already is recorded on each reservation afterwards.";
        places: "Alojamientos", "Accommodations";
        bookings: "Reservas", "Bookings";
        preview: "Revisar", "Check";
        bring: "Traer", "Bring in";
        would: "Entrarían", "Would come in";
        came: "Entraron", "Came in";
        n_places: "alojamientos", "accommodations";
        n_bookings: "reservas", "bookings";
        n_known: "líneas que ya estaban", "lines that were there already";
        refused: "No entró nada. Corregí estas líneas:", "Nothing came in. Correct these lines:";
        line: "línea", "line";
    }
}

#[derive(Template)]
#[template(path = "admin/data.html")]
struct DataPage {
    shell: Shell,
    w: &'static DataWords,
    given: Given,
    outcome: Option<Outcome>,
}

/// What the form of the import says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    places: String,
    bookings: String,
    /// `import`; anything else only looks.
    act: String,
}

/// What came of it.
struct Outcome {
    kept: bool,
    unpacked: Unpacked,
    bad: Vec<Bad>,
}

struct Bad {
    file: &'static str,
    line: u64,
    column: &'static str,
    why: &'static str,
}

impl DataWords {
    /// What is wrong with a line.
    fn why(&self, code: &'static str, english: bool) -> &'static str {
        let (es, en) = match code {
            "unknown_column" => (
                "hay un título que no se conoce",
                "there is an unknown heading",
            ),
            "unreadable" => ("no se puede leer como CSV", "it cannot be read as CSV"),
            "too_many_lines" => ("hay demasiadas líneas", "there are too many lines"),
            "twice" => ("está dos veces", "it is there twice"),
            "missing" => ("falta", "it is missing"),
            "no_line" => ("tiene que ser una línea corta", "it has to be a short line"),
            "too_long" => ("es demasiado largo", "it is too long"),
            "no_number" => ("no es un número", "it is no number"),
            "no_date" => (
                "no es una fecha (2027-01-15 o 15/01/2027)",
                "it is no date (2027-01-15 or 15/01/2027)",
            ),
            "no_amount" => ("no es un monto", "it is no amount"),
            "no_stay" => (
                "la salida no es después de la llegada, o son más de 90 noches",
                "it is not after the arrival, or more than 90 nights later",
            ),
            "no_phone" => (
                "no es un teléfono con + y país",
                "it is no number with + and country",
            ),
            "out_of_range" => ("es demasiado o muy poco", "it is too many or too few"),
            "unknown_kind" => (
                "es cabin, house, apartment o room",
                "it is cabin, house, apartment or room",
            ),
            "unknown_accommodation" => (
                "no hay un alojamiento con ese nombre",
                "there is no accommodation of this name",
            ),
            "too_many_guests" => ("no entran tantas personas", "so many do not sleep there"),
            "nights_taken" => (
                "alguna de esas noches está ocupada",
                "one of the nights is taken",
            ),
            other => (other, other),
        };
        if english { en } else { es }
    }
}

/// Shows what can be done.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(Owner(me): Owner, State(app): State<App>) -> Result<Response, Error> {
    page(&load(&app, me, Given::default(), None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    given: Given,
    outcome: Option<Outcome>,
) -> Result<DataPage, Error> {
    Ok(DataPage {
        w: DataWords::of(me.words()),
        shell: Shell::new(&app.database()?, me, Section::Data).await?,
        given,
        outcome,
    })
}

/// Brings accommodations and bookings in, or says what would come in.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn import(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(given): Fields<Given>,
) -> Result<Response, Error> {
    let (kept, by) = (given.act == "import", me.actor());
    let texts = (given.places.as_str(), given.bookings.as_str());
    let mut unpacked = luggage::unpack(&app.database()?, texts, kept, &by, Utc::now()).await?;
    dispatch::at_once(&app, std::mem::take(&mut unpacked.begun));
    let (w, english) = (DataWords::of(me.words()), me.words().is_english());
    let bad: Vec<_> = unpacked
        .bad
        .iter()
        .map(|bad| Bad {
            file: match bad.file {
                File::Accommodations => w.places,
                File::Bookings => w.bookings,
            },
            line: bad.line,
            column: bad.column.unwrap_or_default(),
            why: w.why(bad.code, english),
        })
        .collect();
    let is_bad = !bad.is_empty();
    let outcome = Outcome {
        kept,
        unpacked,
        bad,
    };
    let shown = load(&app, me, given, Some(outcome)).await?;
    if is_bad {
        refused(&shown)
    } else {
        page(&shown)
    }
}

/// Sends everything, while it is read.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn export(Owner(me): Owner, State(app): State<App>) -> Result<Response, Error> {
    let (database, now, handle) = (app.database()?, Utc::now(), Handle::current());
    me.asks(&app, "data.export", "everything".to_owned(), json!(null))
        .await?;
    let (pieces, taken) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let to = Pipe {
            pieces: pieces.clone(),
            waiting: Vec::with_capacity(PIECE),
        };
        let packed = luggage::pack(&handle, &database, now, to);
        let sent = packed.and_then(|mut pipe| pipe.flush().map_err(luggage::Error::Writing));
        if let Err(error) = sent {
            tracing::warn!(error = chain(&error), "an export was not sent whole");
            // Whoever downloads sees that it broke off, instead of a zip that seems whole.
            let _ = pieces.blocking_send(Err(io::Error::other("the export broke off")));
        }
    });
    let body = futures::stream::unfold(taken, async |mut taken| {
        let piece: io::Result<Bytes> = taken.recv().await?;
        Some((piece, taken))
    });
    let name = format!(
        "attachment; filename=\"posada-{}.zip\"",
        now.format("%Y-%m-%d")
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).map_err(Error::unexpected)?,
        ),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// What is written here is sent, as soon as there is a piece of it and somebody who takes it.
struct Pipe {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    waiting: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.waiting, Vec::with_capacity(PIECE));
        self.pieces
            .blocking_send(Ok(Bytes::from(piece)))
            .map_err(|_gone| io::ErrorKind::BrokenPipe.into())
    }
}

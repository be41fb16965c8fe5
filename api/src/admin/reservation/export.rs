//! A reservation to take along: a sheet for people, and a document for programs. That it was taken is on the trail.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use chrono::Utc;
use database::{ledger, reservations};
use domain::ReservationCode;
use serde_json::{Value, json};

use super::{ReservationPage, load, read, sheet::Sheet};
use crate::{
    admin::{access::Staff, words::texts},
    app::App,
    error::Error,
};

texts! {
    /// What stands on the sheet and nowhere else, in one language.
    SheetWords {
        title: "Reserva", "Reservation";
        written: "Emitido", "Issued";
        guest: "Huésped", "Guest";
        accommodation: "Alojamiento", "Accommodation";
        stay: "Estadía", "Stay";
        state: "Estado", "State";
        price: "Precio", "Price";
        account: "Cuenta", "Account";
        balance: "saldo", "balance";
        no_invoice: "No es una factura.", "This is no invoice.";
    }
}

/// As a document.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn document(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response, Error> {
    let (code, database) = (read(&code)?, app.database()?);
    let missing = || Error::NotFound("reservation");
    let entry = reservations::entry(&database, &code)
        .await?
        .ok_or_else(missing)?;
    let found = reservations::by_code(&database, &code)
        .await?
        .ok_or_else(missing)?;
    let statement = ledger::statement(&database, &code).await?;
    let happened = reservations::timeline(&database, &code).await?;
    let account: Vec<Value> = statement
        .iter()
        .map(|it| {
            json!({
                "at": it.at, "what": it.what.as_str(), "amount": it.amount, "balance": it.balance,
            })
        })
        .collect();
    let timeline: Vec<Value> = happened
        .iter()
        .map(|it| json!({ "at": it.at, "kind": it.kind, "details": it.details }))
        .collect();
    let document = json!({
        "code": code,
        "status": entry.status.as_str(),
        "channel": entry.channel.as_str(),
        "source": entry.source,
        "accommodation": { "id": entry.accommodation_id, "name": entry.accommodation },
        "guest": { "id": entry.guest_id, "name": entry.guest, "phone": entry.phone },
        "stay": entry.stay,
        "party": found.party,
        "quote": found.quote,
        "total": entry.total,
        "paid": entry.paid,
        "created_at": entry.created_at,
        "cancel_reason": found.cancel_reason,
        "account": account,
        "timeline": timeline,
    });
    me.asks(
        &app,
        "reservation.export",
        code.to_string(),
        json!({ "as": "json" }),
    )
    .await?;
    let written = serde_json::to_string_pretty(&document).map_err(Error::unexpected)?;
    Ok(file(
        &code,
        "json",
        "application/json",
        written.into_bytes(),
    ))
}

/// As a sheet to print.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn printed(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response, Error> {
    let code = read(&code)?;
    let shown = load(&app, std::sync::Arc::clone(&me), &code, "", None).await?;
    me.asks(
        &app,
        "reservation.export",
        code.to_string(),
        json!({ "as": "pdf" }),
    )
    .await?;
    Ok(file(&code, "pdf", "application/pdf", sheet(&shown)))
}

fn sheet(shown: &ReservationPage) -> Vec<u8> {
    let (t, w) = (shown.shell.t, SheetWords::of(shown.shell.t));
    let format = shown.shell.format();
    let mut sheet = Sheet::new();
    sheet.title(&format!("{} {}", w.title, shown.code));
    sheet.small(&format!(
        "Posada · {} {}",
        w.written,
        format.instant(Utc::now())
    ));
    sheet.space();
    let stay = format!(
        "{} – {} · {} · {}",
        shown.check_in, shown.check_out, shown.nights, shown.people
    );
    for (name, value) in [
        (w.guest, shown.guest.as_str()),
        (w.accommodation, &shown.accommodation),
        (w.stay, &stay),
        (w.state, shown.status),
    ] {
        sheet.fact(name, value);
    }
    sheet.heading(w.price);
    for line in &shown.lines {
        sheet.amount(&format!("{} ({})", line.what, line.how), &line.amount);
    }
    sheet.sum(t.total, &shown.total);
    sheet.amount(t.deposit, &shown.deposit);
    sheet.amount(t.paid, &shown.paid);
    sheet.sum(t.owed, &shown.owed);
    if !shown.statement.is_empty() {
        sheet.heading(w.account);
        for it in &shown.statement {
            let what = format!("{} · {} ({} {})", it.at, it.what, w.balance, it.balance);
            sheet.amount(&what, &it.amount);
        }
    }
    sheet.space();
    sheet.small(w.no_invoice);
    sheet.written(shown.shell.language(), &shown.code)
}

fn file(code: &ReservationCode, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{code}.{ending}\""),
        ),
    ];
    (headers, bytes).into_response()
}

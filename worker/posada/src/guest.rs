//! What a guest may ask of us: to see what we have of them, and to have it erased.

use anyhow::Result;
use chrono::Utc;
use database::{
    Database,
    privacy::{self, Cause, Erased, Proof},
};
use domain::GuestId;
use serde_json::json;

use crate::command::{DatabaseOptions, GuestOptions};

/// It is not there, or not yet possible.
const NOT_DONE: u8 = 1;

/// Everything that we have of a guest.
pub(crate) async fn export(
    database: &DatabaseOptions,
    options: &GuestOptions,
) -> Result<(String, u8)> {
    let db = database.connect().await?;
    let Some(guest) = privacy::find(&db, &options.guest).await? else {
        return Ok(nobody());
    };
    match privacy::export(&db, guest).await? {
        Some(document) => Ok((format!("{document:#}\n"), 0)),
        None => Ok(nobody()),
    }
}

/// Erases a guest.
pub(crate) async fn erase(
    database: &DatabaseOptions,
    options: &GuestOptions,
) -> Result<(String, u8)> {
    let db = database.connect().await?;
    match privacy::find(&db, &options.guest).await? {
        Some(guest) => erased(&db, guest).await,
        None => Ok(nobody()),
    }
}

async fn erased(db: &Database, guest: GuestId) -> Result<(String, u8)> {
    Ok(
        match privacy::erase(db, guest, Cause::Request, Utc::now()).await? {
            Erased::Done(proof) => (told(guest, &proof, "erased"), 0),
            Erased::Already(proof) => (told(guest, &proof, "erased before"), 0),
            Erased::UnderWay(what) => {
                let said = format!(
                    "Nothing was erased: this is under way, and has to end or be cancelled first:\n{}\n",
                    what.join("\n")
                );
                (said, NOT_DONE)
            }
        },
    )
}

fn told(guest: GuestId, proof: &Proof, what: &str) -> String {
    let proof = json!({
        "proof": proof.id,
        "guest": guest,
        "what": what,
        "at": proof.at,
        "cause": proof.cause,
        "rows": proof.counts,
        "kept": "reservations, payments, refunds and the ledger, with codes, dates and amounts and without names",
    });
    format!("{proof:#}\n")
}

fn nobody() -> (String, u8) {
    let said =
        "There is no guest with this number, account or id. Numbers look like +5491155550001.\n";
    (said.to_owned(), NOT_DONE)
}

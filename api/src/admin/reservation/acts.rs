//! What staff do with a reservation. Each act is an update of its workflow, as over the API, made once per form.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::{
    acts::{self, NewAct},
    reservations,
};
use domain::{Money, ReservationCode, payment::HandMethod};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use workflows::{
    contracts::reservations::BalanceOutcome,
    reservation::{ConfirmByHand, RecordPayment},
};

use super::{load, read};
use crate::{
    admin::{
        access::{SignedIn, Staff},
        chrome::{Fields, refused},
        format::read_pesos,
    },
    app::App,
    auth::Party,
    error::Error,
    reservations::{IdempotencyKey, change, dates, money},
};

/// The longest reason or note.
const LONGEST: usize = 500;

/// A form of the page. What an act does not ask for stays empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Form {
    key: String,
    reason: String,
    amount: String,
    method: String,
    text: String,
    check_in: String,
    check_out: String,
}

impl Form {
    /// The name of an act: pressed twice it is one, and with another amount or other dates it is another. The reason
    /// does not count: who says it again in other words wants the same.
    fn key(&self, act: &str) -> Option<IdempotencyKey> {
        let wish = [
            act,
            &self.amount,
            &self.method,
            &self.check_in,
            &self.check_out,
        ];
        IdempotencyKey::of_form(&self.key, &wish)
    }
}

/// Somebody who does something to a reservation.
struct Doing<'a> {
    app: &'a App,
    me: Arc<SignedIn>,
    code: ReservationCode,
    act: &'static str,
    /// What the form carried.
    key: String,
}

impl Doing<'_> {
    /// Puts on the trail what is asked for, before it is asked: it may be done although no answer comes.
    async fn asked(&self, what: Value) -> Result<(), Error> {
        let act = NewAct {
            act: self.act,
            subject: self.code.to_string(),
            before: Value::Null,
            after: what,
        };
        let by = self.me.actor();
        Ok(acts::record(&self.app.database()?, &by, &act, Utc::now()).await?)
    }

    /// Back to the page: with what was done, or with why not.
    async fn answer<T>(self, became: Result<T, Error>, done: &str) -> Result<Response, Error> {
        let Err(error) = became else {
            let there = format!("/admin/reservations/{}?done={done}", self.code);
            return Ok(Redirect::to(&there).into_response());
        };
        let is_undecided = matches!(error, Error::Unavailable { .. });
        let problem = self.me.words().why_not(error)?;
        let mut page = load(self.app, self.me, &self.code, "", Some(problem)).await?;
        if is_undecided && !self.key.is_empty() {
            // It may have been done although no answer came: asked again, it is the same wish.
            page.key = self.key;
        }
        refused(&page)
    }
}

fn reason(form: &Form, me: &SignedIn) -> Result<String, Error> {
    let reason = form.reason.trim();
    if reason.is_empty() || reason.len() > LONGEST || reason.contains(char::is_control) {
        let problem = me.words().reason_needed;
        return Err(Error::invalid("reason", "invalid_field", problem));
    }
    Ok(reason.to_owned())
}

fn amount(form: &Form, me: &SignedIn) -> Result<Money, Error> {
    let problem = me.words().amount_invalid;
    read_pesos(&form.amount)
        .filter(|amount| amount.is_positive())
        .ok_or_else(|| Error::invalid("amount", "out_of_range", problem))
}

fn doing<'a>(
    app: &'a App,
    me: Arc<SignedIn>,
    code: &str,
    act: &'static str,
    form: &Form,
) -> Result<Doing<'a>, Error> {
    Ok(Doing {
        app,
        me,
        code: read(code)?,
        act,
        key: form.key.clone(),
    })
}

/// Extends a hold.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn extend(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.extend", &form)?;
    let key = form.key(doing.act);
    doing.asked(Value::Null).await?;
    let became = change::extend(&app, &doing.code, Party::Operator, key).await;
    doing.answer(became, "extended").await
}

/// Confirms a hold with money that came another way.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn confirm(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.confirm", &form)?;
    let given = amount(&form, &doing.me).and_then(|it| Ok((it, reason(&form, &doing.me)?)));
    let (amount, reason) = match given {
        Ok(given) => given,
        Err(problem) => return doing.answer(Err::<(), _>(problem), "").await,
    };
    let key = form.key(doing.act);
    doing
        .asked(json!({ "amount": amount, "reason": reason }))
        .await?;
    let request = ConfirmByHand { amount, reason };
    let became = change::confirm(&app, &doing.code, request, key).await;
    doing.answer(became, "confirmed").await
}

/// Records money that was taken by hand.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn record_payment(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.payment", &form)?;
    let given = amount(&form, &doing.me).and_then(|it| Ok((it, reason(&form, &doing.me)?)));
    let (amount, reason) = match given {
        Ok(given) => given,
        Err(problem) => return doing.answer(Err::<(), _>(problem), "").await,
    };
    let method = match form.method.as_str() {
        "cash" => HandMethod::Cash,
        _ => HandMethod::Transfer,
    };
    let key = form.key(doing.act);
    doing
        .asked(json!({ "amount": amount, "method": method.as_str(), "reason": reason }))
        .await?;
    let request = RecordPayment {
        amount,
        method,
        reason,
    };
    let became = money::record_payment(&app, &doing.code, request, key).await;
    doing.answer(became, "payment").await
}

/// Sends the guest a link over what remains.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn offer_balance(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.offer_balance", &form)?;
    let key = IdempotencyKey::or_new(form.key(doing.act));
    doing.asked(Value::Null).await?;
    let became = match app.desk()?.offer_balance(&doing.code, &key).await {
        Ok(Some(BalanceOutcome::Coming { .. })) => Ok(()),
        Ok(_) => {
            let problem = doing.me.words().not_possible;
            Err(Error::invalid("reservation", "not_possible", problem))
        }
        Err(error) => Err(error.into()),
    };
    doing.answer(became, "link").await
}

/// Gives the reservation other dates, at today's price.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn change_dates(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.change_dates", &form)?;
    let key = form.key(doing.act);
    doing
        .asked(json!({ "check_in": form.check_in, "check_out": form.check_out }))
        .await?;
    let body = dates::DatesBody::new(&form.check_in, &form.check_out);
    let became = dates::change(&app, &doing.code, Party::Operator, body, key).await;
    doing.answer(became, "dates").await
}

/// Cancels: the nights are free, and what was paid is on its way back.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn cancel(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.cancel", &form)?;
    let reason = match reason(&form, &doing.me) {
        Ok(reason) => reason,
        Err(problem) => return doing.answer(Err::<(), _>(problem), "").await,
    };
    let key = form.key(doing.act);
    doing.asked(json!({ "reason": reason })).await?;
    let became = change::cancel(&app, &doing.code, Party::Operator, reason, key).await;
    doing.answer(became, "cancelled").await
}

/// Closes a stay whose guest did not come.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn no_show(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.no_show", &form)?;
    let reason = match reason(&form, &doing.me) {
        Ok(reason) => reason,
        Err(problem) => return doing.answer(Err::<(), _>(problem), "").await,
    };
    let key = form.key(doing.act);
    doing.asked(json!({ "reason": reason })).await?;
    let became = change::no_show(&app, &doing.code, reason, key).await;
    doing.answer(became, "missed").await
}

/// Puts a note on the timeline.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn note(
    Staff(me): Staff,
    State(app): State<App>,
    Path(code): Path<String>,
    Fields(form): Fields<Form>,
) -> Result<Response, Error> {
    let doing = doing(&app, me, &code, "reservation.note", &form)?;
    let text = form.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        let problem = doing.me.words().note_invalid;
        let invalid = Error::invalid("text", "invalid_field", problem);
        return doing.answer(Err::<(), _>(invalid), "").await;
    }
    let details = json!({ "text": text, "by_name": doing.me.user.name });
    let database = app.database()?;
    doing.asked(Value::Null).await?;
    let noted = reservations::note(&database, &doing.code, Utc::now(), "note", &details).await;
    match noted {
        Ok(()) => {}
        Err(database::Error::Conflict { .. }) => return Err(Error::NotFound("reservation")),
        Err(error) => return Err(error.into()),
    }
    doing.answer(Ok(()), "saved").await
}

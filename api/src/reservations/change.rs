//! Changing a reservation: each change is an update of its workflow, and who asked is on record.

use chrono::{DateTime, Utc};
use database::reservations::note;
use domain::{ReservationCode, ReservationStatus, cancellation::RefundBasis};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use workflows::{
    contracts::reservations::{Actor, CancelOutcome, CancelRequest, ExtendOutcome, ExtendRequest},
    reservation::{ConfirmByHand, ConfirmOutcome},
};

use super::{key::IdempotencyKey, money::too_much, not_possible};
use crate::{app::App, auth::Party, error::Error, views::Amount};

/// A reservation that was cancelled.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cancelled {
    /// Its name.
    code: String,
    /// `cancelled`.
    status: &'static str,
    /// What is given back.
    refund: Amount,
    /// The rule that gives it: `nothing_paid`, `free`, `revocation`, `late`, `no_show` or `owner_cancelled`.
    refund_basis: &'static str,
}

/// A stay whose guest did not come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Missed {
    /// Its name.
    code: String,
    /// `no_show`.
    status: &'static str,
    /// What is given back: nothing.
    refund: Amount,
    /// The rule that says so: `no_show`, or `nothing_paid`.
    refund_basis: &'static str,
}

/// A hold that lasts longer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Extended {
    /// Its name.
    code: String,
    /// `pre_reserved`.
    status: &'static str,
    /// When it ends now.
    expires_at: DateTime<Utc>,
}

/// What a payment by hand did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Confirmed {
    /// Its name.
    code: String,
    /// `confirmed`, or `pre_reserved` when the amount does not reach the deposit.
    status: &'static str,
    /// What is still missing of the deposit.
    missing: Option<Amount>,
}

/// Cancels.
///
/// # Errors
/// [`Error::NotPossible`] when it is nothing that can be cancelled.
pub(crate) async fn cancel(
    app: &App,
    code: &ReservationCode,
    party: Party,
    reason: String,
    key: Option<IdempotencyKey>,
) -> Result<Cancelled, Error> {
    const NOT_NOW: &str = "only holds and confirmed stays can be cancelled";
    let by = match party {
        Party::Guest => Actor::Guest,
        Party::Operator => Actor::Operator,
    };
    let request = CancelRequest {
        code: code.clone(),
        by,
        reason: reason.clone(),
        stay: None,
    };
    let key = IdempotencyKey::claim(key, &app.database()?, code, &("cancel", &request)).await?;
    match app.desk()?.cancel(request, &key).await? {
        Some(CancelOutcome::Cancelled { refund }) => {
            record(app, code, party, "cancel", &reason).await;
            Ok(Cancelled {
                code: code.to_string(),
                status: ReservationStatus::Cancelled.as_str(),
                refund: refund.amount.into(),
                refund_basis: basis(refund.basis),
            })
        }
        Some(CancelOutcome::NotPossible { status }) => Err(Error::NotPossible {
            status,
            detail: NOT_NOW,
        }),
        Some(CancelOutcome::Unknown) | None => Err(not_possible(app, code, NOT_NOW).await),
    }
}

/// Closes a stay whose guest did not come: by the policy nothing is given back.
///
/// # Errors
/// [`Error::NotPossible`] when it is no confirmed stay, or the guest could not have come yet.
pub(crate) async fn no_show(
    app: &App,
    code: &ReservationCode,
    reason: String,
    key: Option<IdempotencyKey>,
) -> Result<Missed, Error> {
    const NOT_NOW: &str = "only a confirmed stay can be missed, from the hour of its check-in";
    let request = CancelRequest {
        code: code.clone(),
        by: Actor::Absence,
        reason: reason.clone(),
        stay: None,
    };
    let key = IdempotencyKey::claim(key, &app.database()?, code, &("no-show", &request)).await?;
    match app.desk()?.cancel(request, &key).await? {
        Some(CancelOutcome::Cancelled { refund }) => {
            record(app, code, Party::Operator, "no-show", &reason).await;
            Ok(Missed {
                code: code.to_string(),
                status: ReservationStatus::NoShow.as_str(),
                refund: refund.amount.into(),
                refund_basis: basis(refund.basis),
            })
        }
        Some(CancelOutcome::NotPossible { status }) => Err(Error::NotPossible {
            status,
            detail: NOT_NOW,
        }),
        Some(CancelOutcome::Unknown) | None => Err(not_possible(app, code, NOT_NOW).await),
    }
}

/// Extends.
///
/// # Errors
/// [`Error::NotPossible`] when it had its extension, or is no hold.
pub(crate) async fn extend(
    app: &App,
    code: &ReservationCode,
    party: Party,
    key: Option<IdempotencyKey>,
) -> Result<Extended, Error> {
    let key = IdempotencyKey::claim(key, &app.database()?, code, &("extend", code)).await?;
    let request = ExtendRequest { tell_guest: true };
    match app.desk()?.extend(code, request, &key).await? {
        Some(ExtendOutcome::Extended { expires_at }) => {
            record(app, code, party, "extend", "").await;
            Ok(Extended {
                code: code.to_string(),
                status: ReservationStatus::PreReserved.as_str(),
                expires_at,
            })
        }
        Some(ExtendOutcome::AlreadyExtended) => Err(Error::NotPossible {
            status: ReservationStatus::PreReserved,
            detail: "a hold can be extended once",
        }),
        Some(ExtendOutcome::NotPossible) | None => {
            Err(not_possible(app, code, "only a hold can be extended").await)
        }
    }
}

/// Confirms by hand.
///
/// # Errors
/// [`Error::NotPossible`] when it is no hold.
pub(crate) async fn confirm(
    app: &App,
    code: &ReservationCode,
    request: ConfirmByHand,
    key: Option<IdempotencyKey>,
) -> Result<Confirmed, Error> {
    const NOT_NOW: &str = "only a hold can be confirmed";
    let reason = request.reason.clone();
    let asked = ("confirm", code, &request);
    let key = IdempotencyKey::claim(key, &app.database()?, code, &asked).await?;
    let confirmed = app.desk()?.confirm(code, request, &key).await;
    let (status, missing) = match confirmed {
        Ok(Some(ConfirmOutcome::Confirmed)) => (ReservationStatus::Confirmed, None),
        Ok(Some(ConfirmOutcome::Short { missing })) => {
            (ReservationStatus::PreReserved, Some(missing))
        }
        Ok(Some(ConfirmOutcome::TooMuch { due })) => return Err(too_much(due)),
        Ok(Some(ConfirmOutcome::NotPossible { status })) => {
            return Err(Error::NotPossible {
                status,
                detail: NOT_NOW,
            });
        }
        Ok(None) => return Err(not_possible(app, code, NOT_NOW).await),
        Err(front_desk::Error::Refused(why)) => {
            return Err(Error::invalid("amount", "out_of_range", why));
        }
        Err(error) => return Err(error.into()),
    };
    record(app, code, Party::Operator, "confirm", &reason).await;
    Ok(Confirmed {
        code: code.to_string(),
        status: status.as_str(),
        missing: missing.map(Amount::from),
    })
}

/// Puts on the timeline who asked for what. The change is made by then, and is not undone when this fails.
pub(super) async fn record(
    app: &App,
    code: &ReservationCode,
    party: Party,
    act: &str,
    reason: &str,
) {
    let by = match party {
        Party::Guest => "guest",
        Party::Operator => "operator",
    };
    let details = json!({ "act": act, "by": by, "over": "http", "reason": reason });
    let noted = match app.database() {
        Ok(database) => note(&database, code, Utc::now(), "requested", &details)
            .await
            .map_err(Error::from),
        Err(away) => Err(away),
    };
    if let Err(error) = noted {
        tracing::error!(reservation.code = %code, %error, act, by, "a change could not be put on the timeline");
    }
}

pub(super) const fn basis(basis: RefundBasis) -> &'static str {
    match basis {
        RefundBasis::NothingPaid => "nothing_paid",
        RefundBasis::Free => "free",
        RefundBasis::Revocation => "revocation",
        RefundBasis::Late => "late",
        RefundBasis::NoShow => "no_show",
        RefundBasis::OwnerCancelled => "owner_cancelled",
    }
}

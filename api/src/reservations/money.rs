//! Money of a reservation: what would be given back, revoking the purchase, and what the owner took by hand.

use chrono::{DateTime, Utc};
use database::reservations::by_code;
use domain::{
    Accommodation, ReservationCode, ReservationStatus,
    cancellation::{Purchase, Refund, RefundBasis, refund},
};
use serde::Serialize;
use utoipa::ToSchema;
use workflows::{
    contracts::reservations::{RevokeOutcome, RevokeRequest},
    reservation::{RecordOutcome, RecordPayment},
};

use super::{
    change::{basis, record},
    dates::place_of,
    key::IdempotencyKey,
    not_possible,
};
use crate::{app::App, auth::Party, error::Error, views::Amount};

const NOT_CANCELLABLE: &str = "only holds and confirmed stays can be cancelled";

/// What cancelling would give back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Refundable {
    /// Its name.
    code: String,
    /// What it is.
    status: &'static str,
    /// What was paid and not given back.
    paid: Amount,
    /// What would be given back if it were cancelled now.
    refund: Amount,
    /// The rule that gives it: `nothing_paid`, `free`, `revocation`, `late`, `no_show` or `owner_cancelled`.
    refund_basis: &'static str,
    /// Until when the guest can revoke the purchase and get everything back.
    revocable_until: DateTime<Utc>,
    /// Whether they still can.
    revocable: bool,
}

/// A purchase that was revoked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Revoked {
    /// Its name.
    code: String,
    /// `cancelled`.
    status: &'static str,
    /// What proves the revocation.
    #[schema(example = "REV270115ABC123")]
    revocation_code: String,
    /// What is given back: everything.
    refund: Amount,
    /// `revocation`, or `nothing_paid`.
    refund_basis: &'static str,
}

/// Money that was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recorded {
    /// Its name.
    code: String,
    /// What the reservation is now.
    status: &'static str,
    /// What is paid in all.
    paid: Amount,
    /// What is still owed.
    balance: Amount,
}

/// Computes what cancelling would give back, as it would be computed when it is done.
///
/// # Errors
/// [`Error::NotPossible`] when it is nothing that can be cancelled.
pub(crate) async fn refundable(
    app: &App,
    code: &ReservationCode,
    party: Party,
) -> Result<Refundable, Error> {
    let database = app.database()?;
    let found = by_code(&database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    if !matches!(
        found.status,
        ReservationStatus::PreReserved | ReservationStatus::Confirmed
    ) {
        return Err(Error::NotPossible {
            status: found.status,
            detail: NOT_CANCELLABLE,
        });
    }
    let place = place_of(&database, &found).await?;
    let now = Utc::now();
    let purchase = purchase(&place, &found);
    let refund = match party {
        Party::Guest => refund(place.policies.cancellation, purchase, now),
        Party::Operator => Refund {
            amount: found.paid,
            basis: RefundBasis::OwnerCancelled,
        },
    };
    Ok(Refundable {
        code: code.to_string(),
        status: found.status.as_str(),
        paid: found.paid.into(),
        refund: refund.amount.into(),
        refund_basis: basis(refund.basis),
        revocable_until: purchase.revocable_until,
        revocable: now <= purchase.revocable_until,
    })
}

fn purchase(place: &Accommodation, found: &database::reservations::Reservation) -> Purchase {
    Purchase {
        paid: found.paid,
        revocable_until: place.revocable_until(found.created_at, found.stay.check_in()),
        check_in_at: place.check_in_at(found.stay.check_in()),
    }
}

/// Revokes.
///
/// # Errors
/// [`Error::NotPossible`] when it is too late, or nothing that can be revoked.
pub(crate) async fn revoke(
    app: &App,
    code: &ReservationCode,
    party: Party,
    reason: String,
    key: Option<IdempotencyKey>,
) -> Result<Revoked, Error> {
    let request = RevokeRequest {
        code: code.clone(),
        reason: reason.clone(),
    };
    let key = IdempotencyKey::claim(key, &app.database()?, code, &("revoke", &request)).await?;
    match app.desk()?.revoke(request, &key).await? {
        Some(RevokeOutcome::Revoked { number, refund }) => {
            record(app, code, party, "revoke", &reason).await;
            Ok(Revoked {
                code: code.to_string(),
                status: ReservationStatus::Cancelled.as_str(),
                revocation_code: number,
                refund: refund.amount.into(),
                refund_basis: basis(refund.basis),
            })
        }
        Some(RevokeOutcome::TooLate { .. }) => {
            Err(not_possible(app, code, "the time to revoke is over; it can be cancelled").await)
        }
        Some(RevokeOutcome::NotPossible { status }) => Err(Error::NotPossible {
            status,
            detail: NOT_CANCELLABLE,
        }),
        Some(RevokeOutcome::Unknown) | None => Err(not_possible(app, code, NOT_CANCELLABLE).await),
    }
}

/// Records money that the owner took.
///
/// # Errors
/// [`Error::Invalid`] when it is more than is owed, [`Error::NotPossible`] when nothing can be paid for it.
pub(crate) async fn record_payment(
    app: &App,
    code: &ReservationCode,
    request: RecordPayment,
    key: Option<IdempotencyKey>,
) -> Result<Recorded, Error> {
    const NOT_NOW: &str = "nothing can be paid for it";
    let (amount, method, reason) = (request.amount, request.method, request.reason.clone());
    let asked = ("payments", code, &request);
    let key = IdempotencyKey::claim(key, &app.database()?, code, &asked).await?;
    let recorded = app.desk()?.record_payment(code, request, &key).await;
    let (status, paid, balance) = match recorded {
        Ok(Some(RecordOutcome::Recorded {
            status,
            paid,
            balance,
        })) => (status, paid, balance),
        Ok(Some(RecordOutcome::TooMuch { due })) => return Err(too_much(due)),
        Ok(Some(RecordOutcome::NotPossible { status })) => {
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
    let said = format!("{amount}, {}: {reason}", method.as_str());
    record(app, code, Party::Operator, "payment", &said).await;
    Ok(Recorded {
        code: code.to_string(),
        status: status.as_str(),
        paid: paid.into(),
        balance: balance.into(),
    })
}

/// More than is owed cannot be recorded: what is too much is the guest's.
pub(crate) fn too_much(due: domain::Money) -> Error {
    let detail = format!("amount is more than the {due} that are owed");
    Error::invalid("amount", "out_of_range", detail)
}

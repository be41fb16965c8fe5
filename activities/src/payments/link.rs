//! Links to pay with.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use database::{
    Database, accommodations, payment_links, payment_links::PaymentLink, payments, reservations,
};
use domain::{ReservationCode, ReservationStatus, payment::PaymentStatus, settlement::Purpose};
use mercado_pago::{
    Amount, Client, ExternalReference, Item, NewPreference, NotificationUrl, PaymentFilter,
    PaymentId, PaymentSearch, PaymentStatus as Word, PaymentType, Preference, StatementDescriptor,
};
use serde_json::Value;
use temporalio_sdk::activities::ActivityError;
use workflows::contracts::payments::{LinkName, LinkOutcome, LinkRequest};

use super::PaymentSettings;
use crate::failure::{missing, of_database, of_mercado_pago, permanent};

/// What is paid later: at a shop, at a machine, or by a bank that takes its time.
const PAID_LATER: [PaymentType; 3] = [
    PaymentType::Ticket,
    PaymentType::Atm,
    PaymentType::BankTransfer,
];

/// The word under which a payment remembers what its link asked for.
pub(super) const PURPOSE: &str = "purpose";

pub(super) const fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Deposit => "deposit",
        Purpose::Balance => "balance",
    }
}

/// Makes a link, unless there is one over the same amount and for the same dates; another is closed first, so
/// that never two are live.
///
/// Making one is not idempotent at the provider: before a second try, what the first may have made is looked
/// for there.
pub(super) async fn create(
    db: &Database,
    provider: &Client,
    settings: &PaymentSettings,
    request: LinkRequest,
    first_try: bool,
) -> Result<LinkOutcome, ActivityError> {
    let (code, purpose) = (&request.code, request.purpose);
    let shown = payment_links::payable(db, code, purpose).await;
    if shown
        .map_err(of_database)?
        .is_some_and(|link| still_asks_for(&link, &request))
    {
        return Ok(LinkOutcome::Made);
    }
    let open = payment_links::find(db, code, purpose).await;
    if let Some(link) = open.map_err(of_database)? {
        close_stored(db, provider, &link).await?;
    }
    let reference = reference(&request.code)?;
    let left_behind = if first_try {
        None
    } else {
        open_link(provider, &reference, &request).await?
    };
    let preference = match left_behind {
        Some(preference) => preference,
        None => {
            let new = preference(db, settings, &request, reference).await?;
            provider
                .create_preference(&new)
                .await
                .map_err(of_mercado_pago)?
        }
    };
    let link = PaymentLink {
        code: request.code,
        purpose: request.purpose,
        preference_id: preference.id,
        url: preference.init_point,
        amount: request.amount,
        expires_at: Some(request.expires_at),
    };
    let stored = payment_links::insert_first_wins(db, &link)
        .await
        .map_err(of_database)?;
    if stored
        .as_ref()
        .is_none_or(|stored| stored.preference_id != link.preference_id)
    {
        close_at_provider(provider, &link.preference_id).await?;
    }
    Ok(stored.map_or(LinkOutcome::NotWanted, |_| LinkOutcome::Made))
}

/// Whether an open link is the one that is asked for.
fn still_asks_for(link: &PaymentLink, request: &LinkRequest) -> bool {
    let now = Utc::now();
    link.amount == request.amount && link.expires_at.is_none_or(|end| now < end)
}

/// What is not there cannot be paid on either.
async fn close_at_provider(provider: &Client, preference_id: &str) -> Result<(), ActivityError> {
    match provider.close_preference(preference_id, Utc::now()).await {
        Ok(_) | Err(mercado_pago::Error::NotFound) => Ok(()),
        Err(error) => Err(of_mercado_pago(error)),
    }
}

/// Closes a link at the provider, then with us: a link that is closed here is closed there.
async fn close_stored(
    db: &Database,
    provider: &Client,
    link: &PaymentLink,
) -> Result<(), ActivityError> {
    close_at_provider(provider, &link.preference_id).await?;
    payment_links::close(db, &link.code, link.purpose, Utc::now())
        .await
        .map_err(of_database)?;
    Ok(())
}

/// Closes a link, and with it whatever else is open at the provider for the same reservation: an attempt whose
/// answer was lost leaves a link behind that we have never seen. One for the other purpose is left to its own end while
/// there is something to pay on it. When the reservation was cancelled, a voucher
/// that nobody has paid yet is closed too.
pub(super) async fn close(
    db: &Database,
    provider: &Client,
    name: LinkName,
) -> Result<(), ActivityError> {
    let stored = async |purpose| {
        let found = payment_links::find(db, &name.code, purpose).await;
        found.map_err(of_database)
    };
    if let Some(link) = stored(name.purpose).await? {
        close_stored(db, provider, &link).await?;
    }
    let kept = stored(other(name.purpose)).await?;
    let is_kept = |id: &str| kept.as_ref().is_some_and(|kept| kept.preference_id == id);
    let found = provider.find_preferences(&reference(&name.code)?).await;
    let found = found.map_err(of_mercado_pago)?;
    let reservation = reservations::by_code(db, &name.code).await;
    let status = reservation.map_err(of_database)?.map(|found| found.status);
    // One for the other purpose may be in the making at this moment, and not be stored yet.
    let in_the_making = |preference: &Preference| {
        let purpose = other(name.purpose);
        status == Some(payment_links::wanted_in(purpose))
            && preference.metadata.get(PURPOSE).and_then(Value::as_str) == Some(word(purpose))
    };
    let now = Utc::now();
    for left_behind in &found {
        if left_behind.is_open(now) && !is_kept(&left_behind.id) && !in_the_making(left_behind) {
            close_at_provider(provider, &left_behind.id).await?;
        }
    }
    if status == Some(ReservationStatus::Cancelled) {
        close_vouchers(db, provider, &name.code).await?;
    }
    Ok(())
}

/// Cancels what is pending at the provider, whether its notification has come or not. It races with the payer:
/// whoever was sooner is told, like every other change, by the payment itself.
async fn close_vouchers(
    db: &Database,
    provider: &Client,
    code: &ReservationCode,
) -> Result<(), ActivityError> {
    for id in pending_payments(db, provider, code).await? {
        match provider.cancel_payment(id).await {
            Ok(_) | Err(mercado_pago::Error::NotFound | mercado_pago::Error::Rejected { .. }) => {}
            Err(error) => return Err(of_mercado_pago(error)),
        }
    }
    Ok(())
}

/// The payments of a reservation that are pending as far as we know, or as far as the provider's search does: it
/// may lag behind, and so may we.
async fn pending_payments(
    db: &Database,
    provider: &Client,
    code: &ReservationCode,
) -> Result<BTreeSet<PaymentId>, ActivityError> {
    let known = payments::of_reservation(db, code).await;
    let mut pending: BTreeSet<_> = known
        .map_err(of_database)?
        .iter()
        .filter(|payment| payment.latest.status == PaymentStatus::Pending)
        .filter_map(|payment| payment.latest.id.0.parse().ok())
        .collect();
    let mut next = Some(PaymentSearch::new(PaymentFilter::Reference(reference(
        code,
    )?)));
    while let Some(search) = next {
        let page = provider.search_payments(&search).await;
        let page = page.map_err(of_mercado_pago)?;
        let found = page.payments.into_iter().filter(|found| {
            matches!(
                found.status,
                Some(Word::Pending | Word::InProcess | Word::Authorized)
            )
        });
        pending.extend(found.map(|found| found.id));
        next = page.next;
    }
    Ok(pending)
}

const fn other(purpose: Purpose) -> Purpose {
    match purpose {
        Purpose::Deposit => Purpose::Balance,
        Purpose::Balance => Purpose::Deposit,
    }
}

/// Lets a link live as long as its hold. One that was closed while its end was moved is closed again.
pub(super) async fn extend(
    db: &Database,
    provider: &Client,
    request: LinkRequest,
) -> Result<(), ActivityError> {
    let found = payment_links::find(db, &request.code, request.purpose)
        .await
        .map_err(of_database)?;
    let Some(link) = found else { return Ok(()) };
    let moved = provider.move_preference_end(&link.preference_id, request.expires_at);
    moved.await.map_err(of_mercado_pago)?;
    let stands = payment_links::extend(db, &link, request.expires_at)
        .await
        .map_err(of_database)?;
    if stands {
        Ok(())
    } else {
        close_at_provider(provider, &link.preference_id).await
    }
}

/// A link that an attempt left behind whose answer was lost.
async fn open_link(
    provider: &Client,
    reference: &ExternalReference,
    request: &LinkRequest,
) -> Result<Option<Preference>, ActivityError> {
    let found = provider
        .find_preferences(reference)
        .await
        .map_err(of_mercado_pago)?;
    Ok(found.into_iter().find(|preference| {
        preference
            .closes_at
            .is_some_and(|closes_at| (closes_at - request.expires_at).abs() < TimeDelta::seconds(1))
    }))
}

async fn preference(
    db: &Database,
    settings: &PaymentSettings,
    request: &LinkRequest,
    reference: ExternalReference,
) -> Result<NewPreference, ActivityError> {
    let reservation = reservations::by_code(db, &request.code)
        .await
        .map_err(of_database)?;
    let reservation = reservation.ok_or_else(|| missing("reservation"))?;
    let place = accommodations::by_id(db, reservation.accommodation_id)
        .await
        .map_err(of_database)?;
    let place = place.ok_or_else(|| missing("accommodation"))?;
    let stay = reservation.stay;
    let title = format!(
        "{}, {} - {}",
        place.name,
        stay.check_in().format("%d/%m/%Y"),
        stay.check_out().format("%d/%m/%Y")
    );
    let item = Item::new(
        request.code.as_str(),
        title,
        Amount::from_centavos(request.amount.centavos),
    )
    .map_err(|error| permanent("InvalidLink", error))?;
    let mut new = NewPreference::new(item, reference);
    new.closes_at = Some(request.expires_at);
    new.vouchers_expire_at = Some(request.expires_at);
    if !request.vouchers {
        new.excluded_types = PAID_LATER.to_vec();
        new.binary_mode = true;
    }
    new.metadata = [(PURPOSE.to_owned(), word(request.purpose).to_owned())].into();
    new.notification_url = Some(
        NotificationUrl::parse(settings.notification_url.as_str())
            .map_err(|error| permanent("InvalidLink", error))?,
    );
    new.statement_descriptor =
        StatementDescriptor::parse(settings.statement_descriptor.as_str()).ok();
    Ok(new)
}

pub(super) fn reference(code: &ReservationCode) -> Result<ExternalReference, ActivityError> {
    ExternalReference::parse(code.as_str()).map_err(|error| permanent("InvalidLink", error))
}

//! Links to pay with.

use chrono::{TimeDelta, Utc};
use database::{Database, accommodations, payment_links, payment_links::PaymentLink, reservations};
use domain::{ReservationCode, settlement::Purpose};
use mercado_pago::{
    Amount, Client, ExternalReference, Item, NewPreference, NotificationUrl, PaymentType,
    Preference, StatementDescriptor,
};
use temporalio_sdk::activities::ActivityError;
use workflows::contracts::payments::{LinkName, LinkRequest};

use super::PaymentSettings;
use crate::failure::{missing, of_database, of_mercado_pago, permanent};

/// Vouchers are paid whenever the payer walks past a shop: they are offered only on links that live at least
/// so long.
const VOUCHERS_FROM: TimeDelta = TimeDelta::hours(72);

/// The word under which a payment remembers what its link asked for.
pub(super) const PURPOSE: &str = "purpose";

pub(super) const fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Deposit => "deposit",
        Purpose::Balance => "balance",
    }
}

/// Makes a link, unless there is one.
///
/// Making one is not idempotent at the provider: before a second try, what the first may have made is looked
/// for there.
pub(super) async fn create(
    db: &Database,
    provider: &Client,
    settings: &PaymentSettings,
    request: LinkRequest,
    first_try: bool,
) -> Result<(), ActivityError> {
    let found = payment_links::find(db, &request.code, request.purpose)
        .await
        .map_err(of_database)?;
    if found.is_some() {
        return Ok(());
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
    if stored.preference_id != link.preference_id {
        close_spare(provider, &link.preference_id).await;
    }
    Ok(())
}

/// A link that another attempt was faster than is closed, if the provider will. Money that comes through it
/// all the same is settled like any other.
async fn close_spare(provider: &Client, preference_id: &str) {
    if let Err(error) = provider.close_preference(preference_id, Utc::now()).await {
        tracing::warn!(%error, "a spare payment link stays open until it runs out");
    }
}

/// Closes a link at the provider, then with us: a link that is closed here is closed there.
pub(super) async fn close(
    db: &Database,
    provider: &Client,
    name: LinkName,
) -> Result<(), ActivityError> {
    let found = payment_links::find(db, &name.code, name.purpose)
        .await
        .map_err(of_database)?;
    let Some(link) = found else { return Ok(()) };
    let now = Utc::now();
    match provider.close_preference(&link.preference_id, now).await {
        Ok(_) | Err(mercado_pago::Error::NotFound) => {}
        Err(error) => return Err(of_mercado_pago(error)),
    }
    payment_links::close(db, &name.code, name.purpose, now)
        .await
        .map_err(of_database)?;
    Ok(())
}

/// Lets a link live as long as its hold.
pub(super) async fn extend(
    db: &Database,
    provider: &Client,
    request: LinkRequest,
) -> Result<(), ActivityError> {
    let found = payment_links::find(db, &request.code, request.purpose)
        .await
        .map_err(of_database)?;
    if let Some(link) = found {
        let moved = provider.move_preference_end(&link.preference_id, request.expires_at);
        moved.await.map_err(of_mercado_pago)?;
    }
    Ok(())
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
    if request.expires_at - Utc::now() < VOUCHERS_FROM {
        new.excluded_types = vec![PaymentType::Ticket, PaymentType::Atm];
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

fn reference(code: &ReservationCode) -> Result<ExternalReference, ActivityError> {
    ExternalReference::parse(code.as_str()).map_err(|error| permanent("InvalidLink", error))
}

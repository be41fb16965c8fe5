//! What is done to endpoints, whoever asks: programs over the API, or the owner on a page.

use chrono::{TimeDelta, Utc};
use database::{
    acts::Actor,
    webhooks::{self, Change, ClosedSecret, Endpoint, KINDS, NewEndpoint},
};
use domain::{WebhookDeliveryId, WebhookEndpointId};
use secrecy::{ExposeSecret as _, SecretString};
use standard_webhooks::Secret;

use crate::{app::App, dispatch, error::Error};

/// The longest name.
const LONGEST_NAME: usize = 80;

/// The most endpoints: each event is sent to all of them.
const MOST: usize = 20;

/// How long both secrets are valid while one is replaced.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// An endpoint as it was asked for, judged.
///
/// # Errors
/// [`Error::Invalid`] with the field that cannot be.
pub(crate) fn judged(
    app: &App,
    url: &str,
    name: &str,
    events: &[String],
) -> Result<NewEndpoint, Error> {
    Ok(NewEndpoint {
        url: address(app, url)?,
        name: named(name)?,
        events: kinds(events)?,
    })
}

/// Adds an endpoint; answers it with its secret, this once.
///
/// # Errors
/// [`Error::Conflict`] when there are too many.
pub(crate) async fn added(
    app: &App,
    new: &NewEndpoint,
    by: &Actor,
) -> Result<(Endpoint, SecretString), Error> {
    let database = app.database()?;
    if webhooks::all(&database).await?.len() >= MOST {
        return Err(Error::Conflict {
            code: "too_many_webhooks",
            detail: format!("there are {MOST} webhooks, which is the most; remove one"),
        });
    }
    let id = WebhookEndpointId::generate();
    let (written, closed) = secret(app, id)?;
    webhooks::add(&database, id, new, &closed, by, Utc::now()).await?;
    let endpoint = existing(app, id).await?;
    Ok((endpoint, written))
}

/// Changes an endpoint.
///
/// # Errors
/// [`Error::Invalid`] with the field that cannot be; [`Error::NotFound`].
pub(crate) async fn changed(
    app: &App,
    id: WebhookEndpointId,
    (url, name, events): (Option<&str>, Option<&str>, Option<&[String]>),
    by: &Actor,
) -> Result<Endpoint, Error> {
    let change = Change {
        url: url.map(|url| address(app, url)).transpose()?,
        name: name.map(named).transpose()?,
        events: events.map(kinds).transpose()?,
    };
    webhooks::change(&app.database()?, id, &change, by, Utc::now()).await?;
    existing(app, id).await
}

/// Gives an endpoint another secret, and answers it, this once; the old one is valid for a day longer.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn secret_replaced(
    app: &App,
    id: WebhookEndpointId,
    by: &Actor,
) -> Result<SecretString, Error> {
    let (written, closed) = secret(app, id)?;
    webhooks::replace_secret(&app.database()?, id, &closed, OVERLAP, by, Utc::now()).await?;
    Ok(written)
}

/// Has a delivery sent once more and now. The same `key` counts once.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn resent(
    app: &App,
    id: WebhookDeliveryId,
    key: &str,
    by: &Actor,
) -> Result<(), Error> {
    let noted = webhooks::resend(&app.database()?, id, key, by, Utc::now()).await?;
    dispatch::at_once(app, noted.into_iter().collect());
    Ok(())
}

/// The id of an endpoint as a path or a form has it.
///
/// # Errors
/// [`Error::NotFound`]: what is no id names nothing.
pub(crate) fn endpoint(id: &str) -> Result<WebhookEndpointId, Error> {
    id.parse()
        .map_err(|_no_id| Error::NotFound("webhook endpoint"))
}

/// The id of a delivery as a path or a form has it.
///
/// # Errors
/// [`Error::NotFound`]: what is no id names nothing.
pub(crate) fn delivery(id: &str) -> Result<WebhookDeliveryId, Error> {
    id.parse()
        .map_err(|_no_id| Error::NotFound("webhook delivery"))
}

/// The endpoint of this id.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn existing(app: &App, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    let found = webhooks::endpoint(&app.database()?, id).await?;
    found.ok_or(Error::NotFound("webhook endpoint"))
}

fn secret(app: &App, id: WebhookEndpointId) -> Result<(SecretString, ClosedSecret), Error> {
    let written = Secret::generate().map_err(Error::unexpected)?.written();
    let plain = written.expose_secret().as_bytes();
    let (key, closed) = app
        .keys
        .close(&webhooks::purpose(id), plain)
        .map_err(Error::unexpected)?;
    let closed = ClosedSecret {
        key_name: key.to_owned(),
        closed,
    };
    Ok((written, closed))
}

/// The same addresses as those of calendars are refused, for the same reasons.
fn address(app: &App, url: &str) -> Result<String, Error> {
    let judged = app.feeds.parse(url);
    judged
        .map(|url| url.to_secret().expose_secret().to_owned())
        .map_err(|error| Error::invalid("url", error.code(), error.to_string()))
}

fn named(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(Error::invalid(
            "name",
            "invalid",
            format!("name is one line of at most {LONGEST_NAME} characters"),
        ));
    }
    Ok(name.to_owned())
}

fn kinds(events: &[String]) -> Result<Vec<String>, Error> {
    let mut wanted = Vec::new();
    for event in events {
        if !KINDS.contains(&event.as_str()) {
            return Err(Error::invalid(
                "events",
                "unknown_event",
                format!("events are of {}", KINDS.join(", ")),
            ));
        }
        if !wanted.contains(event) {
            wanted.push(event.clone());
        }
    }
    Ok(wanted)
}

//! The links by which channels read our calendars: made, copied, replaced and revoked.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use calendars::Channel;
use chrono::{DateTime, Utc};
use database::exports::{self, Link, NewLink};
use domain::{AccommodationId, ExportId};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CHANNELS, words::ChannelWords};
use crate::{
    admin::{
        access::Owner,
        chrome::{Fields, Shell},
    },
    app::App,
    error::Error,
};

/// The word for the link that is for no channel in particular.
const GENERAL: &str = "general";

/// A link, as it is shown.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) channel: &'static str,
    pub(super) address: String,
    pub(super) read: Option<String>,
}

/// What a link may be for.
pub(super) fn choices(shell: &Shell) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (t, w) = (shell.t, ChannelWords::of(shell.t));
    CHANNELS
        .into_iter()
        .map(move |channel| (channel.as_str(), w.name(t, channel)))
        .chain(std::iter::once((GENERAL, w.general)))
}

pub(super) fn row(app: &App, shell: &Shell, link: &Link, now: DateTime<Utc>) -> Row {
    let (t, w) = (shell.t, ChannelWords::of(shell.t));
    Row {
        id: link.id.to_string(),
        channel: link.channel.map_or(w.general, |it| w.name(t, it)),
        address: format!("{}/ical/{}.ics", app.public_url, link.token.expose_secret()),
        read: link.last_fetch.map(|at| shell.format().ago(at, now)),
    }
}

/// A link that is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Wanted {
    accommodation: String,
    channel: String,
}

/// Makes one. There is one for each channel: asked for again, it is the same.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`].
pub(in crate::admin) async fn create(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(wanted): Fields<Wanted>,
) -> Result<Response, Error> {
    let id: AccommodationId = wanted
        .accommodation
        .parse()
        .map_err(|_no_id| Error::NotFound("accommodation"))?;
    let channel: Option<Channel> = match wanted.channel.as_str() {
        GENERAL => None,
        name => Some(name.parse().map_err(|_unknown| Error::Malformed)?),
    };
    let new = NewLink {
        accommodation_id: id,
        channel,
        with_rules: false,
    };
    let what = json!({ "channel": wanted.channel });
    me.asks(&app, "export.create", id.to_string(), what).await?;
    match exports::create(&app.database()?, new, Utc::now()).await {
        Ok(_) => Ok(back("link_made")),
        Err(database::Error::Conflict { .. }) => Err(Error::NotFound("accommodation")),
        Err(error) => Err(error.into()),
    }
}

/// Gives one another address.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn replace(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = named(&id)?;
    me.asks(&app, "export.replace", id.to_string(), Value::Null)
        .await?;
    exports::replace(&app.database()?, id, Utc::now()).await?;
    Ok(back("link_replaced"))
}

/// Ends one.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn revoke(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = named(&id)?;
    me.asks(&app, "export.revoke", id.to_string(), Value::Null)
        .await?;
    exports::revoke(&app.database()?, id, Utc::now()).await?;
    Ok(back("link_revoked"))
}

fn named(id: &str) -> Result<ExportId, Error> {
    id.parse().map_err(|_no_id| Error::NotFound("link"))
}

fn back(done: &str) -> Response {
    Redirect::to(&format!("/admin/channels?done={done}")).into_response()
}

//! The owner's pages: what staff see and do, drawn on the server.
//!
//! A page reads Postgres through `database` and asks workflows through `front-desk`, like the rest of this crate;
//! nothing here changes a status. Who may see or do something is the type of a handler's argument
//! (`access::Owner`, `access::Staff`, `access::ReadOnly`), and the table of routes says it once more, so that a
//! test can ask at every door.

mod access;
mod accommodations;
mod account;
mod assets;
mod calendar;
mod channels;
mod chrome;
mod conversations;
mod data;
mod forgery;
mod format;
mod gate;
pub(crate) mod live;
mod new_reservation;
mod queue;
mod quotes;
mod reports;
mod reservation;
mod reservations;
mod routes;
mod second_factor;
mod settings;
mod sign_in;
mod team;
mod today;
mod tokens;
mod trail;
mod webhooks;
mod words;

use axum::{Router, http::HeaderMap, middleware::from_fn_with_state};
use domain::Role;

use crate::{app::App, error::Error};

use routes::Routes;
pub use routes::{Access, Route};

/// Where the pages are.
const ROOT: &str = "/admin";

/// Every door of the admin pages, with who may go through.
#[must_use]
pub fn table() -> Vec<Route> {
    doors().table
}

/// In which role somebody is signed in to the pages whose browser sends these headers.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<Role>, Error> {
    let visitor = gate::visitor(app, headers).await?;
    Ok(visitor.signed_in.map(|who| who.user.role))
}

/// The pages, behind their gate.
pub(crate) fn routes(app: &App) -> Router<App> {
    doors()
        .router
        .layer(from_fn_with_state(app.clone(), gate::gate))
}

fn doors() -> Routes {
    use Access::{Anybody, Only};
    let (owner, staff, reader) = (Only(Role::Owner), Only(Role::Staff), Only(Role::ReadOnly));
    Routes::default()
        .get(Anybody, "/admin/assets/{name}", assets::show)
        .get(Anybody, "/admin/login", sign_in::form)
        .post(Anybody, "/admin/login", sign_in::sign_in)
        .post(reader, "/admin/logout", sign_in::sign_out)
        .get(reader, "/admin", today::show)
        .get(reader, "/admin/live", live::stream)
        .get(reader, "/admin/calendar", calendar::show)
        .post(staff, "/admin/calendar/blocks", calendar::block)
        .get(reader, "/admin/reservations", reservations::list)
        .post(staff, "/admin/reservations", new_reservation::create)
        .get(staff, "/admin/reservations/new", new_reservation::show)
        .get(reader, "/admin/reservations/{code}", reservation::show)
        .get(
            staff,
            "/admin/reservations/{code}/document.json",
            reservation::document,
        )
        .get(
            staff,
            "/admin/reservations/{code}/sheet.pdf",
            reservation::printed,
        )
        .post(
            staff,
            "/admin/reservations/{code}/extend",
            reservation::extend,
        )
        .post(
            staff,
            "/admin/reservations/{code}/confirm",
            reservation::confirm,
        )
        .post(
            staff,
            "/admin/reservations/{code}/payments",
            reservation::record_payment,
        )
        .post(
            staff,
            "/admin/reservations/{code}/link",
            reservation::offer_balance,
        )
        .post(
            staff,
            "/admin/reservations/{code}/dates",
            reservation::change_dates,
        )
        .post(
            staff,
            "/admin/reservations/{code}/cancel",
            reservation::cancel,
        )
        .post(
            staff,
            "/admin/reservations/{code}/no-show",
            reservation::no_show,
        )
        .post(staff, "/admin/reservations/{code}/notes", reservation::note)
        .get(reader, "/admin/conversations", conversations::list)
        .get(reader, "/admin/conversations/{guest}", conversations::show)
        .post(
            staff,
            "/admin/conversations/{guest}/answer",
            conversations::answer,
        )
        .post(
            staff,
            "/admin/conversations/{guest}/take-over",
            conversations::take_over,
        )
        .post(
            staff,
            "/admin/conversations/{guest}/hand-back",
            conversations::hand_back,
        )
        .get(reader, "/admin/queue", queue::list)
        .post(staff, "/admin/queue/{id}/resolve", queue::resolve)
        .get(reader, "/admin/accommodations", accommodations::list)
        .post(owner, "/admin/accommodations", accommodations::create)
        .get(owner, "/admin/accommodations/new", accommodations::new)
        .get(
            reader,
            "/admin/accommodations/{accommodation}",
            accommodations::show,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/facts",
            accommodations::change::<accommodations::Facts>,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/terms",
            accommodations::change::<accommodations::Terms>,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/seasons",
            accommodations::change::<accommodations::Season>,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/seasons/remove",
            accommodations::change::<accommodations::Removal>,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/photos",
            accommodations::change::<accommodations::Photo>,
        )
        .upload(
            owner,
            "/admin/accommodations/{accommodation}/photos/upload",
            accommodations::upload,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/photos/change",
            accommodations::change::<accommodations::Fate>,
        )
        .post(
            owner,
            "/admin/accommodations/{accommodation}/rates",
            accommodations::change::<accommodations::Rates>,
        )
        .get(reader, "/admin/channels", channels::list)
        .post(owner, "/admin/channels", channels::add)
        .get(owner, "/admin/channels/add", channels::form)
        .post(owner, "/admin/channels/preview", channels::preview)
        .post(owner, "/admin/channels/links", channels::create)
        .post(
            owner,
            "/admin/channels/links/{id}/replace",
            channels::replace,
        )
        .post(owner, "/admin/channels/links/{id}/revoke", channels::revoke)
        .get(reader, "/admin/channels/{feed}", channels::show_feed)
        .post(owner, "/admin/channels/{feed}/settings", channels::change)
        .post(
            owner,
            "/admin/channels/{feed}/address",
            channels::replace_address,
        )
        .post(owner, "/admin/channels/{feed}/remove", channels::remove)
        .post(staff, "/admin/channels/{feed}/pause", channels::pause)
        .post(staff, "/admin/channels/{feed}/read", channels::read_now)
        .post(staff, "/admin/channels/{feed}/drop", channels::answer_drop)
        .get(reader, "/admin/conflicts/{id}", channels::show_conflict)
        .post(staff, "/admin/conflicts/{id}/decide", channels::decide)
        .get(reader, "/admin/reports", reports::show)
        .get(staff, "/admin/reports/reservations.csv", reports::table)
        .get(reader, "/admin/more", chrome::more)
        .get(reader, "/admin/account", account::show)
        .post(reader, "/admin/account/password", account::password)
        .post(reader, "/admin/account/language", account::language)
        .post(
            reader,
            "/admin/account/sessions/{id}/end",
            account::end_session,
        )
        .get(reader, "/admin/account/second-factor", second_factor::show)
        .post(reader, "/admin/account/second-factor", second_factor::offer)
        .post(
            reader,
            "/admin/account/second-factor/begin",
            second_factor::begin,
        )
        .post(
            reader,
            "/admin/account/second-factor/end",
            second_factor::end,
        )
        .post(
            owner,
            "/admin/team/{id}/second-factor/remove",
            second_factor::remove,
        )
        .get(owner, "/admin/team", team::list)
        .post(owner, "/admin/team", team::create)
        .post(owner, "/admin/team/{id}/role", team::set_role)
        .post(owner, "/admin/team/{id}/access", team::set_access)
        .get(owner, "/admin/tokens", tokens::list)
        .post(owner, "/admin/tokens", tokens::create)
        .post(owner, "/admin/tokens/{id}/revoke", tokens::revoke)
        .get(owner, "/admin/data", data::show)
        .post(owner, "/admin/data/export", data::export)
        .post(owner, "/admin/data/import", data::import)
        .get(owner, "/admin/webhooks", webhooks::list)
        .post(owner, "/admin/webhooks", webhooks::add)
        .get(owner, "/admin/webhooks/{id}", webhooks::show)
        .post(owner, "/admin/webhooks/{id}/enable", webhooks::enable)
        .post(
            owner,
            "/admin/webhooks/{id}/secret",
            webhooks::replace_secret,
        )
        .post(owner, "/admin/webhooks/{id}/remove", webhooks::remove)
        .post(
            owner,
            "/admin/webhooks/deliveries/{id}/resend",
            webhooks::resend,
        )
        .get(owner, "/admin/trail", trail::list)
        .get(owner, "/admin/trail/acts.csv", trail::table)
        .get(owner, "/admin/settings", settings::show)
        .get(owner, "/admin/settings/texts", settings::texts)
        .get(
            owner,
            "/admin/settings/texts/{language}/{key}",
            settings::text,
        )
        .post(
            owner,
            "/admin/settings/texts/{language}/{key}",
            settings::change_text,
        )
        .get(owner, "/admin/settings/holidays", settings::holidays)
        .post(owner, "/admin/settings/holidays", settings::add_holiday)
        .post(
            owner,
            "/admin/settings/holidays/remove",
            settings::remove_holiday,
        )
        .get(owner, "/admin/settings/templates", settings::templates)
}

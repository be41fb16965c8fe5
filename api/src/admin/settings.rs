//! What the owner settles for the whole house: what guests are told, which days are holidays, and what stands
//! where.

mod holidays;
mod templates;
mod texts;
mod words;

use askama::Template;
use axum::{extract::State, response::Response};

pub(super) use holidays::{add as add_holiday, list as holidays, remove as remove_holiday};
pub(super) use templates::list as templates;
pub(super) use texts::{change as change_text, list as texts, show as text};

use super::{
    access::Owner,
    chrome::{Section, Shell, page},
};
use crate::{app::App, error::Error};
use words::SettingsWords;

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    shell: Shell,
    doors: Vec<Door>,
}

struct Door {
    path: &'static str,
    icon: &'static str,
    name: &'static str,
    what: &'static str,
}

/// Shows what can be settled, and where.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(Owner(me): Owner, State(app): State<App>) -> Result<Response, Error> {
    let shell = Shell::new(&app.database()?, me, Section::Settings).await?;
    let (t, w) = (shell.t, SettingsWords::of(shell.t));
    let doors = [
        (
            "/admin/settings/texts",
            "message-circle",
            w.texts,
            w.texts_lead,
        ),
        (
            "/admin/settings/holidays",
            "calendar-days",
            w.holidays,
            w.holidays_lead,
        ),
        (
            "/admin/settings/templates",
            "send",
            w.templates,
            w.templates_lead,
        ),
        ("/admin/accommodations", "house", t.terms, w.policies_lead),
        ("/admin/team", "users", t.team, t.team_lead),
        ("/admin/tokens", "key-round", t.tokens, t.tokens_lead),
        ("/admin/trail", "history", t.trail, t.trail_lead),
    ];
    let door = |(path, icon, name, what)| Door {
        path,
        icon,
        name,
        what,
    };
    page(&SettingsPage {
        shell,
        doors: doors.into_iter().map(door).collect(),
    })
}

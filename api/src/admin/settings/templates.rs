//! The messages that the platform approves beforehand: what they say, and what it last told of each.

use std::collections::HashMap;

use askama::Template;
use axum::{extract::State, response::Response};
use database::inbox;
use dialogue::ApprovedTemplate;

use super::{texts::ours, words::SettingsWords};
use crate::{
    admin::{
        access::Owner,
        chrome::{Section, Shell, page},
    },
    app::App,
    error::Error,
};

#[derive(Template)]
#[template(path = "admin/whatsapp_templates.html")]
struct TemplatesPage {
    shell: Shell,
    w: &'static SettingsWords,
    templates: Vec<Row>,
}

struct Row {
    name: String,
    language: String,
    body: String,
    state: &'static str,
    tone: &'static str,
}

/// Shows them.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let told: HashMap<String, String> = inbox::told_of_templates(&database)
        .await?
        .into_iter()
        .collect();
    let shell = Shell::new(&database, me, Section::Settings).await?;
    let w = SettingsWords::of(shell.t);
    let row = |template: ApprovedTemplate| {
        let name = format!("{}/{}", template.name, template.language);
        let (state, tone) = state(w, told.get(&name).map(String::as_str));
        Row {
            name: template.name,
            language: template.language,
            body: template.body,
            state,
            tone,
        }
    };
    page(&TemplatesPage {
        w,
        templates: dialogue::templates(ours()?).into_iter().map(row).collect(),
        shell,
    })
}

fn state(w: &'static SettingsWords, told: Option<&str>) -> (&'static str, &'static str) {
    match told {
        Some("APPROVED" | "REINSTATED") => (w.template_approved, "good"),
        Some("PENDING" | "IN_APPEAL") => (w.template_pending, "info"),
        Some("REJECTED") => (w.template_rejected, "bad"),
        Some("PAUSED" | "DISABLED" | "FLAGGED") => (w.template_paused, "warn"),
        Some(_) | None => (w.template_silent, "plain"),
    }
}

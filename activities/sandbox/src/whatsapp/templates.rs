//! The template store: created through the API, approved at once, told by a webhook.

use std::{fs, io, path, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State as Shared},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Sandbox;

use super::refusal::Refusal;

/// Where the ids begin: the platform's have sixteen digits.
const FIRST_ID: u64 = 1_000_000_000_000_000;

/// The templates of the account.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalogue(Vec<Template>);

/// A registered template.
#[derive(Clone, Debug)]
pub(super) struct Template {
    /// A number in webhooks and text in answers.
    id: u64,
    pub(super) name: String,
    pub(super) language: String,
    category: String,
    pub(super) state: State,
    /// The wording, with its placeholders.
    pub(super) body: String,
    pub(super) buttons: Vec<Button>,
}

/// A template's button.
#[derive(Clone, Debug)]
pub(super) struct Button {
    pub(super) text: String,
    pub(super) url: Option<String>,
}

/// What Meta thinks of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum State {
    Approved,
    Pending,
    Rejected,
    Paused,
    Disabled,
}

impl Catalogue {
    /// Reads a manifest: an array of what submits each of them.
    pub(super) fn load(path: &path::Path) -> io::Result<Self> {
        let named = |error: String| {
            let what = format!("the templates in {}: {error}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        let text = fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
        let manifest: Vec<Value> =
            serde_json::from_str(&text).map_err(|error| named(error.to_string()))?;
        let templates = (FIRST_ID..).zip(&manifest).map(|(id, body)| {
            Template::read(id, body).map_err(|refusal| named(refusal.details().to_owned()))
        });
        Ok(Self(templates.collect::<io::Result<_>>()?))
    }

    pub(super) fn find(&self, name: &str, language: &str) -> Option<&Template> {
        self.0
            .iter()
            .find(|template| template.name == name && template.language == language)
    }
}

impl Template {
    /// The placeholders of the wording, in order, each once.
    pub(super) fn placeholders(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for part in self.body.split("{{").skip(1) {
            if let Some((name, _)) = part.split_once("}}")
                && !found.iter().any(|known| known == name.trim())
            {
                found.push(name.trim().to_owned());
            }
        }
        found
    }

    /// Whether the placeholders are names rather than numbers.
    pub(super) fn is_named(&self) -> bool {
        self.placeholders()
            .iter()
            .any(|name| name.parse::<u32>().is_err())
    }

    fn read(id: u64, body: &Value) -> Result<Self, Refusal> {
        let text = |value: &Value, key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
                .ok_or_else(|| Refusal::malformed(format!("The parameter {key} is required.")))
        };
        let component = |kind: &str| {
            body.get("components")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .find(|component| {
                    let given = component.get("type").and_then(Value::as_str);
                    given.is_some_and(|given| given.eq_ignore_ascii_case(kind))
                })
        };
        let wording = component("BODY")
            .map(|component| text(component, "text"))
            .ok_or_else(|| Refusal::malformed("A template needs a BODY component."))??;
        let buttons = component("BUTTONS")
            .and_then(|component| component.get("buttons")?.as_array())
            .into_iter()
            .flatten()
            .map(|button| {
                Ok(Button {
                    text: text(button, "text")?,
                    url: text(button, "url").ok(),
                })
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Self {
            id,
            name: text(body, "name")?,
            language: text(body, "language")?,
            category: text(body, "category")?,
            // Only the sandbox lets the creator choose what Meta will think.
            state: match body.get("status") {
                Some(status) => serde_json::from_value(status.clone())
                    .map_err(|error| Refusal::malformed(error.to_string()))?,
                None => State::Approved,
            },
            body: wording.trim().to_owned(),
            buttons,
        })
    }

    fn described(&self) -> Value {
        json!({
            "id": self.id.to_string(),
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "status": self.state,
        })
    }
}

/// `POST /{version}/{account}/message_templates`.
pub(super) async fn create(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Path((_version, account)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    of_account(&sandbox, &account)?;
    let id = u64::from(rand::random::<u32>()).saturating_add(FIRST_ID);
    let template = Template::read(id, &body)?;
    {
        let mut books = sandbox.whatsapp.books();
        let known = books.templates.find(&template.name, &template.language);
        if known.is_some() {
            return Err(Refusal::malformed(
                "There is already content in this language for this template.",
            ));
        }
        books.templates.0.push(template.clone());
    }
    if template.state != State::Pending {
        sandbox.tell_account(
            "message_template_status_update",
            &json!({
                "event": template.state,
                "message_template_id": template.id,
                "message_template_name": template.name,
                "message_template_language": template.language,
                "message_template_category": template.category,
                "reason": "NONE",
            }),
        );
    }
    // As Meta answers: the review is told by the webhook.
    Ok(Json(json!({
        "id": template.id.to_string(), "status": State::Pending, "category": template.category,
    })))
}

/// `GET /{version}/{account}/message_templates`.
pub(super) async fn list(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Path((_version, account)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    of_account(&sandbox, &account)?;
    let books = sandbox.whatsapp.books();
    let data: Vec<Value> = books.templates.0.iter().map(Template::described).collect();
    Ok(Json(json!({ "data": data })))
}

/// Which template to delete.
#[derive(Deserialize)]
pub(super) struct Deleted {
    name: String,
}

/// `DELETE /{version}/{account}/message_templates?name=`.
pub(super) async fn delete(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Path((_version, account)): Path<(String, String)>,
    Query(Deleted { name }): Query<Deleted>,
) -> Result<Json<Value>, Refusal> {
    of_account(&sandbox, &account)?;
    let mut books = sandbox.whatsapp.books();
    let before = books.templates.0.len();
    books.templates.0.retain(|template| template.name != name);
    if books.templates.0.len() == before {
        return Err(Refusal::malformed("Message template not found."));
    }
    Ok(Json(json!({ "success": true })))
}

fn of_account(sandbox: &Sandbox, account: &str) -> Result<(), Refusal> {
    if account == sandbox.config.whatsapp.business_account_id {
        Ok(())
    } else {
        Err(Refusal::malformed(format!(
            "Unsupported request. Object with ID '{account}' does not exist."
        )))
    }
}

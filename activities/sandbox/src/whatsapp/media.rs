//! Media: uploaded by the product or sent by a guest, looked up by id, downloaded for five minutes.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Multipart, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::{Sandbox, problem::Problem};

use super::{gate, refusal::Refusal, shelf::Medium};

/// `POST /{version}/{phone_number_id}/media`.
pub(super) async fn upload(
    State(sandbox): State<Arc<Sandbox>>,
    Path((_version, number)): Path<(String, String)>,
    mut form: Multipart,
) -> Result<Json<Value>, Refusal> {
    gate::of_number(&sandbox, &number)?;
    let malformed = |error: axum::extract::multipart::MultipartError| {
        Refusal::malformed(format!("The form cannot be read: {error}"))
    };
    let mut fields: HashMap<String, String> = HashMap::new();
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let mime = field.content_type().unwrap_or_default().to_owned();
            file = Some((mime, field.bytes().await.map_err(malformed)?));
        } else {
            fields.insert(name, field.text().await.map_err(malformed)?);
        }
    }
    if fields.get("messaging_product").map(String::as_str) != Some("whatsapp") {
        return Err(Refusal::malformed(
            "The parameter messaging_product is required.",
        ));
    }
    let (mime, bytes) = file.ok_or_else(|| Refusal::missing("file"))?;
    let medium = Medium {
        mime: fields.remove("type").unwrap_or(mime),
        bytes,
    };
    medium.check()?;
    let id = sandbox.whatsapp.books().media.keep(medium);
    Ok(Json(json!({ "id": id })))
}

/// `GET /{version}/{media_id}`.
pub(super) async fn look_up(
    State(sandbox): State<Arc<Sandbox>>,
    Path((_version, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let mut books = sandbox.whatsapp.books();
    let medium = books.media.find(&id).cloned().ok_or_else(|| unknown(&id))?;
    let token = books.media.give_address(&id);
    let origin = origin_for(&sandbox, &headers);
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "url": format!("{origin}/whatsapp-media/{token}"),
        "mime_type": medium.mime,
        "sha256": hex::encode(medium.sha256()),
        "file_size": medium.bytes.len(),
        "id": id,
    })))
}

/// Our address as the caller wrote it, which is the one under which it certainly reaches us again.
fn origin_for(sandbox: &Sandbox, headers: &HeaderMap) -> String {
    let scheme = sandbox.public_url.split(':').next().unwrap_or("http");
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .map_or_else(
            || sandbox.public_url.clone(),
            |host| format!("{scheme}://{host}"),
        )
}

/// `DELETE /{version}/{media_id}`.
pub(super) async fn delete(
    State(sandbox): State<Arc<Sandbox>>,
    Path((_version, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    match sandbox.whatsapp.books().media.remove(&id) {
        Some(_) => Ok(Json(json!({ "success": true }))),
        None => Err(unknown(&id)),
    }
}

/// `GET` of an address that was given out; the same token opens it for five minutes.
pub(super) async fn download(
    State(sandbox): State<Arc<Sandbox>>,
    Path(token): Path<String>,
) -> Response {
    match sandbox.whatsapp.books().media.at_address(&token) {
        Some(medium) => serve(medium),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /sandbox/media/{id}`: the same bytes for the chat page, which has no token.
pub(super) async fn show(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let books = sandbox.whatsapp.books();
    let medium = books.media.find(&id);
    medium
        .map(serve)
        .ok_or_else(|| Problem::not_found("no such medium"))
}

fn serve(medium: &Medium) -> Response {
    let content_type = [(header::CONTENT_TYPE, medium.mime.clone())];
    (content_type, medium.bytes.clone()).into_response()
}

fn unknown(id: &str) -> Refusal {
    Refusal::malformed(format!(
        "Unsupported request. Object with ID '{id}' does not exist."
    ))
}

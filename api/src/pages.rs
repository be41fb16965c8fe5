//! The two things here that are for eyes: where to look, and the cabins' pictures.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use database::pictures;
use rust_embed::RustEmbed;

use crate::{app::App, error::Error};

/// What somebody finds who opens the bare address.
const WELCOME: &str = include_str!("../assets/welcome.html");

/// Pictures do not change under their name.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// The demo's pictures, inside the program.
#[derive(RustEmbed)]
#[folder = "assets/photos"]
struct Photos;

/// Says where to look.
pub(crate) async fn welcome() -> Html<&'static str> {
    Html(WELCOME)
}

/// Shows a picture.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn photo(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    let Some(photo) = Photos::get(&name) else {
        return uploaded(&app, &name).await;
    };
    let mime = HeaderValue::from_static(mime(&name));
    let headers = [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, A_DAY)];
    Ok((headers, photo.data.into_owned()).into_response())
}

/// One that the owner uploaded.
async fn uploaded(app: &App, name: &str) -> Result<Response, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    let missing = || Error::NotFound("picture");
    if !name.bytes().all(is_plain) {
        return Err(missing());
    }
    let found = pictures::find(&app.database()?, name).await?;
    let picture = found.ok_or_else(missing)?;
    let mime = HeaderValue::try_from(picture.content_type).map_err(Error::unexpected)?;
    let headers = [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, A_DAY)];
    Ok((headers, picture.bytes).into_response())
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        _ => "application/octet-stream",
    }
}

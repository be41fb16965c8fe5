//! Pictures of a place, by their address: `WhatsApp` fetches each from there when a guest asks for it.

use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{Accommodation, accommodation};
use serde::Deserialize;

use super::{Change, Forms, of_ours, save, words::PlaceWords};
use crate::{
    admin::{access::Owner, chrome::Fields, words::Words},
    app::App,
    error::Error,
};

/// More pictures than this nobody looks at in a chat.
const MOST: usize = 20;

/// The longest address.
const LONGEST: usize = 500;

/// A picture, as it is shown.
pub(super) struct PhotoRow {
    pub(super) place: usize,
    /// Where the page can show it; only pictures of ours.
    pub(super) shown: Option<String>,
    pub(super) address: String,
    pub(super) caption: String,
}

pub(super) fn rows(place: &Accommodation, public_url: &str) -> Vec<PhotoRow> {
    let row = |(index, photo): (usize, &accommodation::Photo)| PhotoRow {
        place: index,
        shown: of_ours(&photo.url, public_url),
        address: photo.url.clone(),
        caption: photo.caption.clone().unwrap_or_default(),
    };
    place.photos.iter().enumerate().map(row).collect()
}

/// A picture to be added, as the form says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Photo {
    version: String,
    pub(super) url: String,
    pub(super) caption: String,
}

impl Change for Photo {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        _active: &mut bool,
        w: &'static PlaceWords,
        _t: &'static Words,
    ) -> Result<(), &'static str> {
        let url = self.url.trim();
        let is_plain =
            url.len() <= LONGEST && !url.contains(|it: char| it.is_whitespace() || it.is_control());
        let host = url
            .strip_prefix("https://")
            .filter(|rest| rest.contains('.'));
        if host.is_none() || !is_plain {
            return Err(w.photo_invalid);
        }
        let caption = self.caption.trim();
        if caption.chars().count() > 200 || caption.contains(char::is_control) {
            return Err(w.lines_invalid);
        }
        if place.photos.len() >= MOST {
            return Err(w.photos_many);
        }
        place.photos.push(accommodation::Photo {
            url: url.to_owned(),
            caption: (!caption.is_empty()).then(|| caption.to_owned()),
        });
        Ok(())
    }

    fn keep(self, forms: &mut Forms) {
        forms.photo = self;
    }
}

/// Adds one.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn add(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Photo>,
) -> Result<Response, Error> {
    save(&app, me, &id, form).await
}

/// What becomes of a picture: it goes, or it comes first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Fate {
    version: String,
    place: String,
    fate: String,
}

impl Change for Fate {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        _active: &mut bool,
        _w: &'static PlaceWords,
        t: &'static Words,
    ) -> Result<(), &'static str> {
        let photos = &mut place.photos;
        let index = self.place.parse().ok().filter(|it| *it < photos.len());
        let photo = photos.remove(index.ok_or(t.changed_meanwhile)?);
        if self.fate == "first" {
            photos.insert(0, photo);
        }
        Ok(())
    }

    fn keep(self, _forms: &mut Forms) {}
}

/// Removes one, or puts it first.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`].
pub(in crate::admin) async fn change(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Fate>,
) -> Result<Response, Error> {
    if !matches!(form.fate.as_str(), "first" | "remove") {
        return Err(Error::Malformed);
    }
    save(&app, me, &id, form).await
}

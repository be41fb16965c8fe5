//! Pictures of a place, by their address: `WhatsApp` fetches each from there when a guest asks for it. Those that are
//! uploaded are kept in Postgres, under a name that their bytes give them.

use axum::{
    body::Bytes,
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    response::Response,
};
use chrono::Utc;
use database::pictures::{self, Picture};
use domain::{Accommodation, accommodation};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Change, Forms, of_ours, save, words::PlaceWords};
use crate::{
    admin::{access::Owner, words::Words},
    app::App,
    error::Error,
};

/// More pictures than this nobody looks at in a chat.
const MOST: usize = 20;

/// The longest address.
const LONGEST: usize = 500;

/// The largest file: more WhatsApp does not take.
const LARGEST: usize = 5 * 1024 * 1024;

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
        put(place, url, &self.caption, w)
    }

    fn keep(self, forms: &mut Forms) {
        forms.photo = self;
    }
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

/// Puts a picture behind the others.
fn put(
    place: &mut Accommodation,
    url: &str,
    caption: &str,
    w: &'static PlaceWords,
) -> Result<(), &'static str> {
    let caption = caption.trim();
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

/// A picture that came as a file.
#[derive(Default)]
struct Uploaded {
    version: String,
    caption: String,
    /// Where it is from now on; nothing when it is no picture that guests can be sent.
    url: Option<String>,
}

impl Change for Uploaded {
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
        let url = self.url.as_deref().ok_or(w.file_invalid)?;
        put(place, url, &self.caption, w)
    }

    fn keep(self, _forms: &mut Forms) {}
}

/// What a file is, by its first bytes, whatever it calls itself: the two kinds that `WhatsApp` takes.
fn kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(("jpg", "image/jpeg"))
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(("png", "image/png"))
    } else {
        None
    }
}

/// The picture that these bytes are. The same bytes are the same picture.
fn picture(bytes: &Bytes) -> Option<Picture> {
    if bytes.len() > LARGEST {
        return None;
    }
    let (ending, content_type) = kind(bytes)?;
    let name = hex::encode(Sha256::digest(bytes));
    Some(Picture {
        name: format!("{}.{ending}", name.get(..32)?),
        content_type: content_type.to_owned(),
        bytes: bytes.to_vec(),
    })
}

/// Keeps a picture that comes as a file, and adds it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when it is no form with a file.
pub(in crate::admin) async fn upload(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    let mut form = form.map_err(|_no_file| Error::Malformed)?;
    let (mut uploaded, mut file) = (Uploaded::default(), None);
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|_cut_off| Error::Malformed)?
    {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_cut_off| Error::Malformed)?;
        let text = || String::from_utf8_lossy(&bytes).replace('\0', "");
        match name.as_str() {
            "version" => uploaded.version = text(),
            "caption" => uploaded.caption = text(),
            "file" => file = picture(&bytes),
            _ => {}
        }
    }
    if let Some(picture) = file {
        let (database, now) = (app.database()?, Utc::now());
        pictures::keep(&database, &picture, now).await?;
        pictures::forget_unused(&database, now).await?;
        let base = app.public_url.trim_end_matches('/');
        uploaded.url = Some(format!("{base}/photos/{}", picture.name));
    }
    save(&app, me, &id, uploaded).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_told_by_its_bytes() {
        let named = |bytes: &'static [u8]| picture(&Bytes::from_static(bytes)).map(|it| it.name);
        assert!(
            named(b"\xff\xd8\xff\xe0 and so on")
                .unwrap()
                .ends_with(".jpg")
        );
        assert!(
            named(b"\x89PNG\r\n\x1a\n and so on")
                .unwrap()
                .ends_with(".png")
        );
        for other in [
            &b"<svg onload='alert(1)'/>"[..],
            b"",
            b"GIF89a",
            b"RIFF....WEBP",
        ] {
            assert_eq!(named(other), None);
        }
        let mut large = vec![0; LARGEST + 1];
        large[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
        assert!(picture(&Bytes::from(large)).is_none());
    }
}

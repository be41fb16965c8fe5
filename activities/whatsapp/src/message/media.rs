//! Pictures by their address, and pins on the map.

use super::{
    interactive::web_address,
    text::{Caption, Invalid},
};

/// A picture that the platform fetches from a public address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub(super) link: String,
    pub(super) caption: Option<Caption>,
}

impl Image {
    /// A picture at `link`, JPEG or PNG of at most 5 MB.
    ///
    /// # Errors
    ///
    /// [`Invalid::Malformed`] unless `link` is an absolute http or https address.
    pub fn new(link: impl Into<String>, caption: Option<Caption>) -> Result<Self, Invalid> {
        Ok(Self {
            link: web_address(link.into(), "the picture's address")?,
            caption,
        })
    }

    /// Where the picture is.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// The text under it.
    #[must_use]
    pub fn caption(&self) -> Option<&Caption> {
        self.caption.as_ref()
    }
}

/// A pin on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
}

impl Location {
    /// A place by its degrees north and east.
    ///
    /// # Errors
    ///
    /// [`Invalid::Malformed`] when there is no such place.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, Invalid> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(Invalid::Malformed {
                what: "the latitude",
            });
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(Invalid::Malformed {
                what: "the longitude",
            });
        }
        Ok(Self {
            latitude,
            longitude,
            name: None,
            address: None,
        })
    }

    /// Adds what the place is called and where it is; an empty text adds nothing.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, address: impl Into<String>) -> Self {
        self.name = Some(name.into()).filter(|name| !name.trim().is_empty());
        self.address = Some(address.into()).filter(|address| !address.trim().is_empty());
        self
    }
}
